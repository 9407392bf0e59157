#pragma once
// The writer of queries: one SELECT, UPDATE or DELETE at a time.

#include <algorithm>
#include <optional>
#include <pgvista/error.hpp>
#include <pgvista/prepared.hpp>
#include <set>

#include "base/text.hpp"
#include "model/binding.hpp"
#include "model/load.hpp"
#include "model/write.hpp"
#include "sql/identifier.hpp"

namespace pgvista::model {

using sql::quote_identifier;

/// Throws Failure (not_grouped): an output of single rows beside groups that it is no part of.
void refuse_ungrouped(const QuerySpec& query);

// One SELECT, UPDATE or DELETE being written, and those around it.
class SqlWriter {
 public:
  /// `around`: whose columns outer() may name; `root`: where common table expressions are kept, null in the outermost.
  SqlWriter(const QuerySpec& query, std::vector<Parameter>& parameters, bool literals, SqlWriter* around,
            SqlWriter* root)
      : query_(query), parameters_(parameters), literals_(literals), around_(around), root_(root ? *root : *this) {
    reads_ = !root && !literals;
    if (query.operation) return;
    reuse_ = !query.group.empty() || query.distinct;
    plan_ = plan_loads(query);
    qualified_ = around != nullptr || !query.joins.empty() || !plan_.joined.empty() ||
                 (query.batch && query.batch->link.between) || names_something_else();
    sources_.push_back(source_of(query.model, query.query, query.cte));
    for (const JoinSpec& join : query.joins) {
      if (std::any_of(sources_.begin(), sources_.end(),
                      [&](const Source& one) { return one.model == join.to.model; })) {
        throw Failure(usage_error(
            "joined_twice",
            join.to.model().type +
                " is joined to a query that reads it already, and its columns would be told apart by nothing",
            "Join a struct that is based on it: struct Other : " + join.to.model().type +
                " {}; with its own BOOST_DESCRIBE_STRUCT line."));
      }
      sources_.push_back(source_of(join.to.model, join.to.query, join.to.cte, join.left));
    }
    for (const Source& one : sources_) root_.all_aliases_.insert(one.alias);
  }

  // What stands before the first SELECT, UPDATE or DELETE; known once that is written.
  std::string with_clause() const {
    std::vector<std::string> out;
    bool recursive = false;
    for (const Written& one : ctes_) {
      out.push_back(quote_identifier(one.name) + " AS (" + one.text + ")");
      recursive = recursive || one.spec->step;
    }
    return out.empty() ? std::string{} : (recursive ? "WITH RECURSIVE " : "WITH ") + join(out, ", ") + " ";
  }

  std::string select() {
    if (query_.operation) return combined();
    std::string out = query_.distinct ? "SELECT DISTINCT " : "SELECT ";
    out += outputs();
    return out + from_on();
  }

  std::string count() {
    const bool whole = !query_.operation && !query_.distinct && query_.group.empty() && !query_.limit && !query_.offset;
    if (whole) return "SELECT count(*)" + from_on(false);
    return "SELECT count(*) FROM (" + select() + ") AS q";
  }

  std::string exists() {
    if (query_.operation || !query_.group.empty() || query_.distinct) return "SELECT EXISTS (" + select() + ")";
    return "SELECT EXISTS (SELECT" + from_on(false) + ")";
  }

  // The rows as a condition on the primary key, where the table alone does not tell them.
  std::string update(const std::vector<Named>& assignments) {
    if (assignments.empty())
      throw Failure(usage_error("no_assignment", "an update of " + query_.model().type + " sets nothing",
                                "Give it set(&…, value)."));
    for (const Named& one : assignments) {
      if (follows_path(one.value)) throw path_in_assignment();
      // A subquery tells its own columns from those of the changed row by their qualifiers.
      qualified_ = qualified_ || names_other_rows(one.value);
    }
    std::vector<std::string> sets;
    for (const Named& one : assignments) {
      const FieldInfo& field = query_.model().at(one.name);
      const bool plain = one.value->kind == Node::Kind::parameter;
      if (plain) validate_value(query_.model(), field, one.value->value);
      const bool text = field.as_text && plain;
      sets.push_back(quote_identifier(field.column) + " = " +
                     (text ? given(as_text(one.value->value)) : expression(*one.value)));
    }
    if (sources_.size() > 1) throw path_in_assignment();
    return "UPDATE " + table_name(query_.model()) + " SET " + join(sets, ", ") + rows();
  }

  Failure path_in_assignment() const {
    return Failure(usage_error("path_in_assignment",
                               "an assignment of " + query_.model().type + " computes with a column of another row",
                               "Use scalar(from<…>().where(… == outer(&…)).select(…))."));
  }

  std::string remove() { return "DELETE FROM " + table_name(query_.model()) + rows(); }

  std::string returning() const {
    std::vector<std::string> out;
    for (const FieldInfo& field : query_.model().fields) out.push_back(as_read(field, quote_identifier(field.column)));
    return " RETURNING " + join(out, ", ");
  }

 private:
  struct Source {
    InfoOf model;
    std::string path;  // members joined by dots; "" of the query's own rows and explicit joins
    std::string alias;
    std::string on;  // of a join along a path
    bool left = false;
    std::string text = {};  // a subquery, or another table than the model's
    std::size_t from = 0;   // of a path: the source that it starts from
    bool placed = false;    // in FROM
    bool many = false;      // a path along a Many member: several rows for one
  };
  struct Written {
    const CteSpec* spec;
    std::string name;
    std::string text;
  };

  Source source_of(InfoOf model, const SpecPtr& query, const CtePtr& cte, bool left = false) {
    Source out{model, "", unique_alias(model().table), "", left};
    if (query) out.text = "(" + SqlWriter(*query, parameters_, literals_, around_, &root_).select() + ")";
    if (cte) out.text = quote_identifier(root_.common(*cte));
    return out;
  }

  // Written when it is first read; a recursive one names itself.
  std::string common(const CteSpec& cte) {
    const std::string name = cte.name.empty() ? cte.row().table : cte.name;
    for (const Written& one : ctes_) {
      if (one.spec == &cte) return name;
      if (one.name == name)
        throw Failure(usage_error("duplicate_name",
                                  "two common table expressions of one query are called \"" + name + "\"",
                                  "Name one of them: cte(query, \"name\")."));
    }
    ctes_.push_back({&cte, name, {}});
    std::string text = SqlWriter(*cte.first, parameters_, literals_, nullptr, this).select();
    if (cte.step)
      text +=
          (cte.all ? " UNION ALL " : " UNION ") + SqlWriter(*cte.step, parameters_, literals_, nullptr, this).select();
    // Those that it names stand before it.
    const auto own = std::find_if(ctes_.begin(), ctes_.end(), [&](const Written& one) { return one.spec == &cte; });
    own->text = std::move(text);
    std::rotate(own, own + 1, ctes_.end());
    return name;
  }

  bool names_something_else() const {
    const auto other = [](const NodePtr& one) { return names_other_rows(one); };
    const auto any = [&](const std::vector<NodePtr>& list) { return std::any_of(list.begin(), list.end(), other); };
    return query_.related_member.data() || any(query_.where) || any(query_.group) || any(query_.having) ||
           std::any_of(query_.order.begin(), query_.order.end(),
                       [&](const OrderNode& one) { return other(one.value); }) ||
           std::any_of(query_.outputs.begin(), query_.outputs.end(),
                       [&](const Named& one) { return other(one.value); });
  }

  // Not one that an inner query uses either: it may name this source by outer().
  std::string path_alias(const std::string& wanted) const {
    std::string out = wanted;
    for (int i = 2; taken(out) || root_.all_aliases_.contains(out); ++i) out = wanted + "_" + std::to_string(i);
    return out;
  }
  bool taken(const std::string& alias) const {
    return alias == reserved_ ||
           std::any_of(sources_.begin(), sources_.end(), [&](const Source& one) { return one.alias == alias; }) ||
           (around_ && around_->taken(alias));
  }
  std::string unique_alias(const std::string& wanted) const {
    std::string out = wanted;
    for (int i = 2; taken(out); ++i) out = wanted + "_" + std::to_string(i);
    return out;
  }

  static std::string aliased(const Source& source) {
    const std::string table = source.text.empty() ? table_name(source.model()) : source.text;
    const bool same =
        source.text.empty() ? source.alias == source.model().table : source.text == quote_identifier(source.alias);
    return table + (same ? std::string{} : " AS " + quote_identifier(source.alias));
  }

  std::string outputs() {
    std::vector<std::string> out;
    for (const Named& one : named_outputs()) {
      if (one.value->kind == Node::Kind::object) {
        all_columns(explicit_source(one.value->owner), out);
        continue;
      }
      const FieldInfo* field = column_field(*one.value);
      const std::string type = !reads_ ? "" : *one.read_as || !field ? one.read_as : read_type(*field);
      std::string text = type.empty() ? expression(*one.value) : bound(*one.value, conversion) + "::" + type;
      const std::string name = quote_identifier(one.name);
      const bool same = text == name || text.ends_with("." + name);
      out.push_back(one.name.empty() || same ? std::move(text) : std::move(text) + " AS " + name);
    }
    if (query_.outputs.empty()) {
      all_columns(0, out);
      std::vector<std::size_t> loaded;
      for (const JoinedLoad& load : plan_.joined) {
        loaded.push_back(
            path_source(load.parent < 0 ? 0 : loaded[static_cast<std::size_t>(load.parent)], load.member, true));
        all_columns(loaded.back(), out);
      }
    }
    if (query_.batch && query_.batch->with_key) out.push_back(read_key());
    return join(out, ", ");
  }

  // In the order of the row struct's members, with the names of their columns.
  std::vector<Named> named_outputs() const {
    if (!query_.row) return query_.outputs;
    std::vector<Named> out;
    for (const FieldInfo& field : query_.row().fields) {
      const auto same = std::count_if(query_.outputs.begin(), query_.outputs.end(),
                                      [&](const Named& one) { return one.member.name() == field.member; });
      if (same != 1)
        throw Failure(usage_error(
            "filled_twice",
            query_.row().type + "::" + field.member + " is filled " + (same == 0 ? "by no field()" : "more than once"),
            "Give into() one field() for each member."));
      for (const Named& one : query_.outputs) {
        if (one.member.name() == field.member) out.push_back({field.column, one.value, {}, read_type(field)});
      }
    }
    return out;
  }

  // The server finds the type.
  static Parameter as_text(Parameter value) {
    value.oid = 0;
    value.binary = false;
    return value;
  }
  // The column that a node names; null of anything else.
  static const FieldInfo* column_field(const Node& node) {
    if (node.kind != Node::Kind::column) return nullptr;
    const MemberRef& last = node.path.back();
    return last.owner().field(last.name());
  }

  // Of the n-th output among the columns: an object takes several.
  int position(int output) const {
    int out = 1;
    for (int i = 1; i < output && i <= static_cast<int>(query_.outputs.size()); ++i) {
      const Node& node = *query_.outputs[static_cast<std::size_t>(i) - 1].value;
      out += node.kind == Node::Kind::object ? static_cast<int>(node.owner().fields.size()) : 1;
    }
    return out;
  }

  void all_columns(std::size_t source, std::vector<std::string>& out) {
    for (const FieldInfo& field : sources_[source].model().fields)
      out.push_back(reads_ ? as_read(field, column(source, field)) : column(source, field));
  }

  std::string column(std::size_t source, const FieldInfo& field) const { return column(source, field.column); }
  std::string column(std::size_t source, const std::string& name) const {
    return (qualified_ ? quote_identifier(sources_[source].alias) + "." : std::string{}) + quote_identifier(name);
  }

  // As the type of the key that it is compared with in the program.
  std::string read_key() {
    const Link& link = query_.batch->link;
    const FieldInfo& own = *query_.batch->own_key;
    const FieldInfo* target = link.between ? nullptr : link.target().column(link.target_column);
    if (own.as_text) return batch_key() + "::text";
    return target && target->type == own.type ? batch_key() : batch_key() + "::" + own.type;
  }
  std::string batch_key() { return reached_by(query_.batch->link); }

  // The column that equals the key of the row which the link starts from; a table of pairs is joined to the own rows.
  std::string reached_by(const Link& link) {
    if (!link.between) return column(0, link.target_column);
    const std::string path = "pairs of " + link.between->table;
    const auto known =
        std::find_if(sources_.begin(), sources_.end(), [&](const Source& one) { return one.path == path; });
    const std::size_t between =
        known != sources_.end()
            ? static_cast<std::size_t>(known - sources_.begin())
            : add_source({link.target, path, path_alias(link.between->table), {}, false, table_between(*link.between)},
                         link.between->target_column, 0, link.target_column);
    return column(between, link.between->own_column);
  }

  bool reads_model(InfoOf model) const {
    return std::any_of(sources_.begin(), sources_.end(),
                       [&](const Source& one) { return one.path.empty() && one.model().is_a(model); });
  }
  std::size_t explicit_source(InfoOf model) const {
    std::optional<std::size_t> found;
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (!sources_[i].path.empty()) continue;
      if (sources_[i].model == model) return i;
      if (!sources_[i].model().is_a(model)) continue;
      if (found)
        throw Failure(usage_error("ambiguous_column",
                                  "a column of " + model().type + " may be of " + sources_[*found].model().type +
                                      " or of " + sources_[i].model().type,
                                  "Say which: col_of<" + sources_[i].model().type + ">(&…)."));
      found = i;
    }
    if (!found)
      throw Failure(usage_error("unknown_column",
                                "a column of " + model().type + " is named in a query that does not read it",
                                "Join it, or use outer() for the query around this one."));
    return *found;
  }

  // The source that a member of another one leads to; joined when it is named for the first time.
  std::size_t path_source(std::size_t from, std::string_view member, bool load = false);

  std::size_t add_source(Source source, const std::string& own_column, std::size_t from,
                         const std::string& from_column);
  std::size_t use(std::size_t source) {
    used_.push_back(source);
    return source;
  }

  // Explicit joins in their order, each behind what its condition names; then all other paths.
  void place_joins();
  void place(std::size_t i);

  bool starts_at(std::size_t source, std::size_t start) const;

  std::string join_condition(std::size_t i);
  static std::string table_between(const Link::Between& between) {
    return sql::Name{between.schema, between.table}.sql();
  }

  std::string from_on(bool with_order = true);

  std::string tables();

  // Loaded rows come in the same order each time.
  std::string batch_order() const {
    const std::vector<std::string>& key = sources_.front().model().primary_key;
    return column(0, key.empty() ? query_.batch->link.target_column : key.front());
  }

  // Of the query's own table, not of what it joins.
  std::string lock() const {
    if (!query_.lock) return {};
    const std::string words = query_.lock;
    if (sources_.size() == 1) return " " + words;
    constexpr std::size_t verb = std::string_view("FOR UPDATE").size();
    return " " + words.substr(0, verb) + " OF " + quote_identifier(sources_.front().alias) + words.substr(verb);
  }

  // The rows of the query around, by the member that leads here.
  std::string relation_condition() {
    const std::size_t from = around_->explicit_source(query_.related_owner);
    const Link link = model::link(around_->sources_[from].model, query_.related_member);
    return reached_by(link) + " = " + around_->column(from, link.own_column);
  }

  // A filter along a Many member would give a row once for each partner.
  void refuse_many(const std::vector<NodePtr>& filters) const {
    if (!query_.group.empty() || !query_.outputs.empty()) return;
    for (const NodePtr& filter : filters) {
      any_node(filter, [&](const Node& node) {
        if (node.kind != Node::Kind::column || node.outer) return false;
        InfoOf at = node.owner;
        for (std::size_t i = 0; i + 1 < node.path.size(); ++i) {
          const std::string member(node.path[i].name());
          const Link link = model::link(at, member);
          if (link.many)
            throw Failure(usage_error(
                "many_in_filter",
                "a filter or an order goes through " + at().type + "::" + member + ", which leads to many rows",
                "Use any(&" + at().type + "::" + member + ", condition)."));
          at = link.target;
        }
        return false;
      });
    }
  }

  // Two Many members side by side give every pair of their rows: an aggregate over one counts each as often as the
  // other has rows.
  void refuse_multiplied() {
    const auto many = std::count_if(sources_.begin(), sources_.end(), [](const Source& one) { return one.many; });
    if (many < 2) return;
    static const std::set<std::string> safe = {"min", "max", "bool_and", "bool_or"};
    for (const Named& output : query_.outputs) {
      any_node(output.value, [&](const Node& node) {
        if (node.kind != Node::Kind::call || node.windowed || node.distinct || safe.contains(node.text) ||
            node.children.empty())
          return false;
        const std::set<std::size_t> own = many_sources(node);
        if (own.empty() || static_cast<std::ptrdiff_t>(own.size()) == many) return false;
        throw Failure(usage_error("multiplied",
                                  node.text + "() goes along one Many member beside another: each of its rows would "
                                              "count as often as the other has rows",
                                  "Use distinct(), an aggregate of each in a query of its own, or "
                                  "scalar(from<…>().where(… == outer(…)).select(…))."));
      });
    }
  }
  std::set<std::size_t> many_sources(const Node& node) {
    std::set<std::size_t> out;
    for (const NodePtr& child : node.children) {
      any_node(child, [&](const Node& one) {
        if (one.kind != Node::Kind::column || one.outer) return false;
        std::size_t source = explicit_source(one.owner);
        for (std::size_t i = 0; i + 1 < one.path.size() &&
                                !is_own_key(sources_[source].model(), one.path[i].name(), one.path[i + 1].name());
             ++i) {
          source = path_source(source, one.path[i].name());
          if (sources_[source].many) out.insert(source);
        }
        return false;
      });
    }
    return out;
  }

  // An object is grouped by its key: the other columns depend on it.
  std::string groups() {
    std::vector<std::string> out;
    for (const NodePtr& one : query_.group) {
      if (one->kind != Node::Kind::object) {
        out.push_back(expression(*one));
        continue;
      }
      const std::size_t source = explicit_source(one->owner);
      const ModelInfo& info = one->owner();
      const bool key = !info.primary_key.empty() && info.kind == Kind::table && sources_[source].text.empty();
      if (!key) all_columns(source, out);
      for (const std::string& name : key ? info.primary_key : std::vector<std::string>{})
        out.push_back(column(source, name));
    }
    return out.empty() ? std::string{} : " GROUP BY " + join(out, ", ");
  }

  std::string bounds() const {
    std::string out;
    if (query_.limit) out += " LIMIT " + std::to_string(*query_.limit);
    if (query_.offset) out += " OFFSET " + std::to_string(*query_.offset);
    return out;
  }

  std::string rows() {
    const bool plain = query_.joins.empty() && !query_.limit && !query_.offset && !query_.batch &&
                       !query_.related_member.data() &&
                       std::none_of(query_.where.begin(), query_.where.end(), follows_path);
    if (plain) {
      const std::size_t before = parameters_.size();
      std::string where = conditions(" WHERE ", query_.where);
      if (sources_.size() == 1) return where;
      // A subquery has named a column behind a foreign key of these rows: that takes a join.
      parameters_.resize(before);
    }
    const ModelInfo& info = query_.model();
    if (info.primary_key.empty())
      throw Failure(
          Error{"no_primary_key",
                "rows of " + info.type +
                    " that joins or limits choose are changed by their primary key, which the model has not got",
                {},
                "Name it in define(): t.primary_key(&…).",
                {},
                {},
                0,
                0,
                ExitCode::usage});
    std::vector<std::string> key;
    std::vector<std::string> inner;
    for (const std::string& one : info.primary_key) {
      key.push_back(quote_identifier(one));
      inner.push_back((qualified_ ? quote_identifier(sources_.front().alias) + "." : std::string{}) +
                      quote_identifier(one));
    }
    return " WHERE " + (key.size() == 1 ? key.front() : "(" + join(key, ", ") + ")") + " IN (SELECT " +
           join(inner, ", ") + from_on() + ")";
  }

  std::string combined() {
    const auto side = [&](const QuerySpec& one) {
      SqlWriter writing(one, parameters_, literals_, around_, &root_);
      writing.reads_ = reads_;
      std::string text = writing.select();
      return one.limit || one.offset || !one.order.empty() || one.operation ? "(" + text + ")" : text;
    };
    const std::string left = side(*query_.left);
    const std::string right = side(*query_.right);
    std::string out = left + " " + query_.operation + " " + right;
    if (query_.distinct) out = "SELECT DISTINCT * FROM (" + out + ") AS q";
    return out + combined_order() + bounds();
  }

  // A union is ordered by its outputs: their numbers, or the names that the row struct gives them.
  std::string combined_order() const {
    std::vector<std::string> out;
    for (const OrderNode& one : query_.order) {
      const bool number = one.value->kind == Node::Kind::output;
      const bool name = one.value->kind == Node::Kind::column && one.value->path.size() == 1;
      if (!number && !name)
        throw Failure(usage_error("ordered_union", "a union is ordered by its own outputs",
                                  "Use output(n), or a member of the row struct that into() fills."));
      out.push_back(
          (number ? one.value->text : quote_identifier(one.value->owner().at(one.value->path.front().name()).column)) +
          direction(one));
    }
    return out.empty() ? std::string{} : " ORDER BY " + join(out, ", ");
  }

  static std::string direction(const OrderNode& key) {
    static constexpr const char* nulls[] = {" NULLS FIRST", "", " NULLS LAST"};
    return std::string(key.descending ? " DESC" : "") + nulls[key.nulls + 1];
  }

  std::string conditions(const char* word, const std::vector<NodePtr>& all, std::vector<std::string> out = {}) {
    if (all.empty() && out.empty()) return {};
    const bool several = all.size() + out.size() > 1;
    for (const NodePtr& one : all) out.push_back(bound(*one, several ? conjunction : loose));
    return word + join(out, " AND ");
  }

  std::string list(const char* word, const std::vector<NodePtr>& all) {
    std::vector<std::string> out;
    for (const NodePtr& one : all) out.push_back(expression(*one));
    return out.empty() ? std::string{} : word + join(out, ", ");
  }

  std::string order_by(const std::vector<OrderNode>& keys) {
    std::vector<std::string> out;
    for (const OrderNode& one : keys) out.push_back(expression(*one.value) + direction(one));
    return out.empty() ? std::string{} : " ORDER BY " + join(out, ", ");
  }

  // With parentheses where the place binds at least as tightly.
  std::string bound(const Node& node, Binding place, bool equal_too = false);
  std::string expression(const Node& node);
  std::string inner(const QuerySpec& query);
  std::string inner_exists(const QuerySpec& query);
  std::string infix(const Node& node);
  std::string raw(const Node& node);
  std::string call(const Node& node);
  std::string in_query(const Node& node);
  std::string in_list(const Node& node);
  std::string cases(const Node& node);
  std::string named(const Node& node);
  std::string path(const Node& node);
  std::string given(const Parameter& value);
  const QuerySpec& query_;
  std::vector<Parameter>& parameters_;
  bool literals_;
  SqlWriter* around_;
  SqlWriter& root_;
  LoadPlan plan_;
  bool qualified_ = false;
  bool reads_ = false;                 // its outputs go to the program, and not to another query
  std::vector<Source> sources_;        // the query's own, the explicit joins, then those along paths
  std::vector<std::size_t> order_;     // of all but the first, in FROM
  std::vector<std::size_t> used_;      // paths that were named lately
  bool reuse_ = false;                 // of equal parameters
  std::string reserved_;               // an alias that is about to be used
  std::vector<Written> ctes_;          // of the outermost, as is …
  std::set<std::string> all_aliases_;  // … what is used in it anywhere
};

}  // namespace pgvista::model
