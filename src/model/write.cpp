#include "model/write.hpp"

#include <algorithm>
#include <atomic>
#include <pgvista/error.hpp>
#include <pgvista/prepared.hpp>

#include "base/text.hpp"
#include "model/binding.hpp"
#include "model/load.hpp"
#include "sql/identifier.hpp"

namespace pgvista::model {

namespace {

using sql::quote_identifier;

// One SELECT, UPDATE or DELETE being written, and those around it.
class Writing {
 public:
  /// `around`: whose columns outer() may name; `root`: where common table expressions are kept, null in the outermost.
  Writing(const QuerySpec& query, std::vector<Parameter>& parameters, bool literals, Writing* around, Writing* root) : query_(query), parameters_(parameters), literals_(literals), around_(around), root_(root ? *root : *this) {
    reads_ = !root && !literals;
    if (query.operation) return;
    plan_ = plan_loads(query);
    qualified_ = around != nullptr || !query.joins.empty() || !plan_.joined.empty() || (query.batch && query.batch->link.between) || names_something_else();
    sources_.push_back(source_of(query.model, query.query, query.cte));
    for (const JoinSpec& join : query.joins) sources_.push_back(source_of(join.to.model, join.to.query, join.to.cte, join.left));
  }

  // What stands before the first SELECT, UPDATE or DELETE; known once that is written.
  std::string with_clause() const {
    std::vector<std::string> out;
    bool recursive = false;
    for (const Written& one : ctes_) {
      out.push_back(quote_identifier(one.spec->name) + " AS (" + one.text + ")");
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
    if (query_.operation || !query_.group.empty()) return "SELECT EXISTS (" + select() + ")";
    return "SELECT EXISTS (SELECT" + from_on(false) + ")";
  }

  // The rows as a condition on the primary key, where the table alone does not tell them.
  std::string update(const std::vector<Named>& assignments) {
    if (assignments.empty()) throw Failure(usage_error("no_assignment", "an update of " + query_.model().type + " sets nothing", "Give it set(&…, value)."));
    std::vector<std::string> sets;
    for (const Named& one : assignments) sets.push_back(quote_identifier(query_.model().at(one.name).column) + " = " + expression(*one.value));
    return "UPDATE " + table_name(query_.model()) + " SET " + join(sets, ", ") + rows();
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
  };
  struct Written {
    const CteSpec* spec;
    std::string text;
  };

  Source source_of(InfoOf model, const SpecPtr& query, const CtePtr& cte, bool left = false) {
    Source out{model, "", unique_alias(model().table), "", left};
    if (query) out.text = "(" + Writing(*query, parameters_, literals_, around_, &root_).select() + ")";
    if (cte) out.text = quote_identifier(root_.common(*cte));
    return out;
  }

  // Written when it is first read; a recursive one names itself.
  std::string common(const CteSpec& cte) {
    for (const Written& one : ctes_) {
      if (one.spec == &cte) return cte.name;
      if (one.spec->name == cte.name) throw Failure(usage_error("duplicate_name", "two common table expressions of one query are called \"" + cte.name + "\"", "Name one of them: cte(query, \"name\")."));
    }
    ctes_.push_back({&cte, {}});
    std::string text = Writing(*cte.first, parameters_, literals_, nullptr, this).select();
    if (cte.step) text += (cte.all ? " UNION ALL " : " UNION ") + Writing(*cte.step, parameters_, literals_, nullptr, this).select();
    // Those that it names stand before it.
    const auto own = std::find_if(ctes_.begin(), ctes_.end(), [&](const Written& one) { return one.spec == &cte; });
    own->text = std::move(text);
    std::rotate(own, own + 1, ctes_.end());
    return cte.name;
  }

  bool names_something_else() const {
    const auto other = [](const NodePtr& one) { return names_other_rows(one); };
    const auto any = [&](const std::vector<NodePtr>& list) { return std::any_of(list.begin(), list.end(), other); };
    return query_.related_member.data() || any(query_.where) || any(query_.group) || any(query_.having) || std::any_of(query_.order.begin(), query_.order.end(), [&](const OrderNode& one) { return other(one.value); }) ||
           std::any_of(query_.outputs.begin(), query_.outputs.end(), [&](const Named& one) { return other(one.value); });
  }

  bool taken(const std::string& alias) const {
    return std::any_of(sources_.begin(), sources_.end(), [&](const Source& one) { return one.alias == alias; }) || (around_ && around_->taken(alias));
  }
  std::string unique_alias(const std::string& wanted) const {
    std::string out = wanted;
    for (int i = 2; taken(out); ++i) out = wanted + "_" + std::to_string(i);
    return out;
  }

  static std::string aliased(const Source& source) {
    const std::string table = source.text.empty() ? table_name(source.model()) : source.text;
    const bool same = source.text.empty() ? source.alias == source.model().table : source.text == quote_identifier(source.alias);
    return table + (same ? std::string{} : " AS " + quote_identifier(source.alias));
  }

  std::string outputs() {
    std::vector<std::string> out;
    for (const Named& one : named_outputs()) {
      if (one.value->kind == Node::Kind::object) {
        all_columns(explicit_source(one.value->owner), out);
        continue;
      }
      const bool cast = reads_ && *one.read_as;
      std::string text = cast ? bound(*one.value, conversion) + "::" + one.read_as : expression(*one.value);
      const std::string name = quote_identifier(one.name);
      const bool same = text == name || text.ends_with("." + name);
      out.push_back(one.name.empty() || same ? std::move(text) : std::move(text) + " AS " + name);
    }
    if (query_.outputs.empty()) {
      all_columns(0, out);
      std::vector<std::size_t> loaded;
      for (const JoinedLoad& load : plan_.joined) {
        loaded.push_back(path_source(load.parent < 0 ? 0 : loaded[static_cast<std::size_t>(load.parent)], load.member));
        all_columns(loaded.back(), out);
      }
    }
    if (query_.batch) out.push_back(batch_key());
    return join(out, ", ");
  }

  // In the order of the row struct's members, with the names of their columns.
  std::vector<Named> named_outputs() const {
    if (!query_.row) return query_.outputs;
    std::vector<Named> out;
    for (const FieldInfo& field : query_.row().fields) {
      for (const Named& one : query_.outputs) {
        if (one.member.name() == field.member) out.push_back({field.column, one.value, {}, !field.as_text ? "" : field.type.ends_with("[]") ? "text[]"
                                                                                                                                            : "text"});
      }
    }
    return out;
  }

  void all_columns(std::size_t source, std::vector<std::string>& out) {
    for (const FieldInfo& field : sources_[source].model().fields) out.push_back(reads_ ? as_read(field, column(source, field)) : column(source, field));
  }

  std::string column(std::size_t source, const FieldInfo& field) const { return column(source, field.column); }
  std::string column(std::size_t source, const std::string& name) const { return (qualified_ ? quote_identifier(sources_[source].alias) + "." : std::string{}) + quote_identifier(name); }

  std::string batch_key() const {
    const Link& link = query_.batch->link;
    return link.between ? quote_identifier(between_alias()) + "." + quote_identifier(link.between->own_column) : column(0, link.target_column);
  }
  std::string between_alias() const { return unique_alias(query_.batch->link.between->table); }

  std::size_t explicit_source(InfoOf model) const {
    const auto found = std::find_if(sources_.begin(), sources_.end(), [&](const Source& one) { return one.path.empty() && one.model().is_a(model); });
    if (found == sources_.end()) throw Failure(Error{"unknown_column", "a column of " + model().type + " is named in a query that does not read it", {}, "Join it, or use outer() for the query around this one.", {}, {}, 0, 0, ExitCode::usage});
    return static_cast<std::size_t>(found - sources_.begin());
  }

  // The source that a member of another one leads to; joined when it is named for the first time.
  std::size_t path_source(std::size_t from, std::string_view member) {
    const std::string path = std::to_string(from) + "." + std::string(member);
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (sources_[i].path == path) return use(i);
    }
    const Link link = model::link(sources_[from].model, member);
    const bool left = link.maybe_none || sources_[from].left;
    const std::string alias = unique_alias(from == 0 ? std::string(member) : sources_[from].alias + "_" + std::string(member));
    std::size_t own = from;
    std::string own_column = link.own_column;
    if (link.between) {
      own = add_source({link.target, path + "#", unique_alias(link.between->table), {}, left, table_between(*link.between)}, link.between->own_column, from, link.own_column);
      own_column = link.between->target_column;
    }
    return add_source({link.target, path, alias, {}, left}, link.target_column, own, own_column);
  }

  std::size_t add_source(Source source, const std::string& own_column, std::size_t from, const std::string& from_column) {
    source.on = quote_identifier(source.alias) + "." + quote_identifier(own_column) + " = " + column(from, from_column);
    source.from = from;
    sources_.push_back(std::move(source));
    return use(sources_.size() - 1);
  }
  std::size_t use(std::size_t source) {
    used_.push_back(source);
    return source;
  }

  // Explicit joins in their order, each behind what its condition names; then all other paths.
  void place_joins() {
    for (std::size_t i = 0; i < query_.joins.size(); ++i) {
      used_.clear();
      std::string on = join_condition(i);
      sources_[i + 1].on = std::move(on);
      for (const std::size_t one : used_) place(one);
      place(i + 1);
    }
  }
  void place(std::size_t i) {
    if (i == 0 || sources_[i].placed) return;
    sources_[i].placed = true;
    if (i > query_.joins.size()) place(sources_[i].from);
    order_.push_back(i);
  }

  std::string join_condition(std::size_t i) {
    const JoinSpec& join = query_.joins[i];
    if (join.condition) return expression(*join.condition);
    const std::size_t from = explicit_source(join.to.owner);
    const Link link = model::link(sources_[from].model, join.to.member);
    const std::string target = quote_identifier(sources_[i + 1].alias) + "." + quote_identifier(link.target_column);
    if (!link.between) return target + " = " + column(from, link.own_column);
    const std::size_t between = add_source({link.target, "join#" + std::to_string(i), unique_alias(link.between->table), {}, join.left, table_between(*link.between)}, link.between->own_column, from, link.own_column);
    return target + " = " + column(between, link.between->target_column);
  }
  static std::string table_between(const Link::Between& between) { return sql::Name{between.schema, between.table}.sql(); }

  std::string from_on(bool with_order = true) {
    place_joins();
    // Conditions first: they bring in the joins.
    std::vector<std::string> filters;
    if (query_.related_member.data()) filters.push_back(relation_condition());
    if (query_.batch) filters.push_back(batch_key() + " = ANY (" + given(query_.batch->keys) + ")");
    refuse_many(query_.where);
    const std::string where = conditions(" WHERE ", query_.where, std::move(filters));
    const std::string group = groups();
    const std::string having = conditions(" HAVING ", query_.having);
    std::string order = with_order ? order_by(query_.order) : std::string{};
    for (std::size_t i = query_.joins.size() + 1; i < sources_.size(); ++i) place(i);
    if (query_.batch && query_.order.empty()) order = " ORDER BY " + column(0, sources_.front().model().primary_key.empty() ? query_.batch->link.target_column : sources_.front().model().primary_key.front());
    std::string out = " FROM " + aliased(sources_.front());
    for (const std::size_t i : order_) out += std::string(sources_[i].left ? " LEFT JOIN " : " JOIN ") + aliased(sources_[i]) + " ON " + sources_[i].on;
    if (query_.batch && query_.batch->link.between) {
      const Link::Between& between = *query_.batch->link.between;
      const std::string alias = between_alias();
      out += " JOIN " + table_between(between) + (alias == between.table ? std::string{} : " AS " + quote_identifier(alias)) + " ON " + quote_identifier(alias) + "." + quote_identifier(between.target_column) + " = " + column(0, query_.batch->link.target_column);
    }
    return out + where + group + having + order + bounds() + lock();
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
    const std::string own = around_->column(from, link.own_column);
    if (!link.between) return column(0, link.target_column) + " = " + own;
    const std::size_t between = add_source({link.target, "related#", unique_alias(link.between->table), {}, false, table_between(*link.between)}, link.between->target_column, 0, link.target_column);
    return column(between, link.between->own_column) + " = " + own;
  }

  // A filter along a Many member would give a row once for each partner.
  void refuse_many(const std::vector<NodePtr>& filters) const {
    if (!query_.group.empty() || !query_.outputs.empty()) return;
    for (const NodePtr& filter : filters) {
      any_node(filter, [&](const Node& node) {
        if (node.kind != Node::Kind::column || node.outer) return false;
        InfoOf at = node.owner;
        for (std::size_t i = 0; i + 1 < node.path.size(); ++i) {
          const Link link = model::link(at, node.path[i]);
          if (link.many) throw Failure(usage_error("many_in_filter", "a filter goes through " + at().type + "::" + std::string(node.path[i]) + ", which leads to many rows", "Use any(&" + at().type + "::" + std::string(node.path[i]) + ", condition)."));
          at = link.target;
        }
        return false;
      });
    }
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
      for (const std::string& name : key ? info.primary_key : std::vector<std::string>{}) out.push_back(column(source, name));
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
    const bool plain = query_.joins.empty() && !query_.limit && !query_.offset && !qualified_;
    if (plain) return conditions(" WHERE ", query_.where);
    const ModelInfo& info = query_.model();
    if (info.primary_key.empty()) throw Failure(Error{"no_primary_key", "rows of " + info.type + " that joins or limits choose are changed by their primary key, which the model has not got", {}, "Name it in define(): t.primary_key(&…).", {}, {}, 0, 0, ExitCode::usage});
    std::vector<std::string> key;
    std::vector<std::string> inner;
    for (const std::string& one : info.primary_key) {
      key.push_back(quote_identifier(one));
      inner.push_back((qualified_ ? quote_identifier(sources_.front().alias) + "." : std::string{}) + quote_identifier(one));
    }
    return " WHERE " + (key.size() == 1 ? key.front() : "(" + join(key, ", ") + ")") + " IN (SELECT " + join(inner, ", ") + from_on() + ")";
  }

  std::string combined() {
    const auto side = [&](const QuerySpec& one) {
      Writing writing(one, parameters_, literals_, around_, &root_);
      writing.reads_ = reads_;
      std::string text = writing.select();
      return one.limit || one.offset || !one.order.empty() || one.operation ? "(" + text + ")" : text;
    };
    const std::string left = side(*query_.left);
    const std::string right = side(*query_.right);
    std::string out = left + " " + query_.operation + " " + right;
    return out + combined_order() + bounds();
  }

  // A union is ordered by its outputs: their numbers, or the names that the row struct gives them.
  std::string combined_order() const {
    std::vector<std::string> out;
    for (const OrderNode& one : query_.order) {
      const bool number = one.value->kind == Node::Kind::output;
      const bool name = one.value->kind == Node::Kind::column && one.value->path.size() == 1;
      if (!number && !name) throw Failure(usage_error("ordered_union", "a union is ordered by its own outputs", "Use output(n), or a member of the row struct that into() fills."));
      out.push_back((number ? one.value->text : quote_identifier(one.value->owner().at(one.value->path.front()).column)) + direction(one));
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
  std::string bound(const Node& node, Binding place, bool equal_too = false) {
    const Binding own = binding_of(node);
    const bool parentheses = own < place || (equal_too && own == place);
    return parentheses ? "(" + expression(node) + ")" : expression(node);
  }

  std::string expression(const Node& node) {
    switch (node.kind) {
      case Node::Kind::column: return named(node);
      case Node::Kind::parameter: return given(node.value);
      case Node::Kind::raw: return raw(node);
      case Node::Kind::prefix: return node.text + " " + bound(*node.children[0], binding_of(node), true);
      case Node::Kind::postfix: return bound(*node.children[0], comparison, true) + " " + node.text;
      case Node::Kind::infix: return infix(node);
      case Node::Kind::call: return call(node);
      case Node::Kind::cast: return bound(*node.children[0], conversion) + "::" + node.text;
      case Node::Kind::in_list: return in_list(node);
      case Node::Kind::in_query: return in_query(node);
      case Node::Kind::exists: return "EXISTS (" + inner_exists(*node.query) + ")";
      case Node::Kind::subquery: return "(" + inner(*node.query) + ")";
      case Node::Kind::object: return quote_identifier(sources_[explicit_source(node.owner)].alias);
      case Node::Kind::output: return node.text;
      case Node::Kind::cases: return cases(node);
    }
    return {};
  }

  std::string inner(const QuerySpec& query) { return Writing(query, parameters_, literals_, this, &root_).select(); }
  std::string inner_exists(const QuerySpec& query) {
    Writing writing(query, parameters_, literals_, this, &root_);
    return query.operation || !query.group.empty() ? writing.select() : "SELECT" + writing.from_on(false);
  }

  std::string infix(const Node& node) {
    const Binding own = binding_of(node);
    // a = b = c is no SQL; a - (b - c) keeps its parentheses, a AND b AND c needs none.
    const bool associative = own == conjunction || own == disjunction || node.text == "+" || node.text == "*";
    const bool same_right = associative && node.children[1]->kind == Node::Kind::infix && node.children[1]->text == node.text;
    const std::string left = bound(*node.children[0], own, own == comparison || own == membership);
    return left + " " + node.text + " " + bound(*node.children[1], own, !same_right);
  }

  std::string raw(const Node& node) {
    std::string out;
    std::size_t next = 0;
    for (const char c : node.text) {
      if (c == '?' && next < node.children.size()) {
        out += bound(*node.children[next++], atom);
      } else {
        out.push_back(c);
      }
    }
    return out;
  }

  std::string call(const Node& node) {
    std::vector<std::string> arguments;
    for (const NodePtr& one : node.children) arguments.push_back(expression(*one));
    std::string out = node.text + "(" + (node.distinct ? "DISTINCT " : "") + join(arguments, ", ") + order_by(node.order) + ")";
    if (node.filter) out += " FILTER (WHERE " + expression(*node.filter) + ")";
    if (!node.windowed) return out;
    const std::string partition = list("PARTITION BY ", node.partition);
    const std::string order = order_by(node.window_order);
    std::string window = partition + order + (node.frame.empty() ? std::string{} : " " + node.frame);
    if (window.starts_with(" ")) window.erase(0, 1);
    return out + " OVER (" + window + ")";
  }

  std::string in_query(const Node& node) {
    const std::string value = bound(*node.children[0], membership, true);
    return value + (node.negated ? " NOT IN (" : " IN (") + inner(*node.query) + ")";
  }

  std::string in_list(const Node& node) {
    if (node.children.size() == 1) return node.negated ? "true" : "false";
    const std::string value = bound(*node.children[0], membership, true);
    std::vector<std::string> values;
    for (std::size_t i = 1; i < node.children.size(); ++i) values.push_back(expression(*node.children[i]));
    return value + (node.negated ? " NOT IN (" : " IN (") + join(values, ", ") + ")";
  }

  std::string cases(const Node& node) {
    std::string out = "CASE";
    std::size_t i = 0;
    for (; i + 1 < node.children.size(); i += 2) {
      const std::string condition = expression(*node.children[i]);
      out += " WHEN " + condition + " THEN " + expression(*node.children[i + 1]);
    }
    if (i < node.children.size()) out += " ELSE " + expression(*node.children[i]);
    return out + " END";
  }

  std::string named(const Node& node) {
    if (node.outer) {
      if (!around_) throw Failure(Error{"no_outer_query", "outer() names a query around this one, and there is none", {}, "Use it inside exists(), in() or scalar().", {}, {}, 0, 0, ExitCode::usage});
      // What is named outside is joined there.
      return around_->path(node);
    }
    return path(node);
  }

  std::string path(const Node& node) {
    std::size_t source = explicit_source(node.owner);
    for (std::size_t i = 0; i + 1 < node.path.size(); ++i) {
      const ModelInfo& info = sources_[source].model();
      if (i + 2 == node.path.size() && is_own_key(info, node.path[i], node.path[i + 1])) return column(source, info.at(node.path[i]));
      source = path_source(source, node.path[i]);
    }
    return column(source, sources_[source].model().at(node.path.back()));
  }

  std::string given(const Parameter& value) {
    if (literals_) return literal(value);
    parameters_.push_back(value);
    return "$" + std::to_string(parameters_.size());
  }

  const QuerySpec& query_;
  std::vector<Parameter>& parameters_;
  bool literals_;
  Writing* around_;
  Writing& root_;
  LoadPlan plan_;
  bool qualified_ = false;
  bool reads_ = false;              // its outputs go to the program, and not to another query
  std::vector<Source> sources_;     // the query's own, the explicit joins, then those along paths
  std::vector<std::size_t> order_;  // of all but the first, in FROM
  std::vector<std::size_t> used_;   // paths that were named lately
  std::vector<Written> ctes_;       // of the outermost
};

template <class F>
Statement written(const QuerySpec& query, F&& write) {
  Statement out;
  Writing writing(query, out.parameters, false, nullptr, nullptr);
  const std::string text = write(writing);
  out.sql = writing.with_clause() + text;
  return out;
}

}  // namespace

std::string table_name(const ModelInfo& info) { return sql::Name{info.schema, info.table}.sql(); }

std::string as_read(const FieldInfo& field, std::string text) {
  if (!field.as_text) return text;
  return std::move(text) + (field.type.ends_with("[]") ? "::text[]" : "::text");
}

Statement select_statement(const QuerySpec& query) {
  return written(query, [](Writing& writing) { return writing.select(); });
}
Statement count_statement(const QuerySpec& query) {
  return written(query, [](Writing& writing) { return writing.count(); });
}
Statement exists_statement(const QuerySpec& query) {
  return written(query, [](Writing& writing) { return writing.exists(); });
}
Statement update_statement(const QuerySpec& query, const std::vector<Named>& assignments, bool returning) {
  return written(query, [&](Writing& writing) { return writing.update(assignments) + (returning ? writing.returning() : std::string{}); });
}
Statement delete_statement(const QuerySpec& query, bool returning) {
  return written(query, [&](Writing& writing) { return writing.remove() + (returning ? writing.returning() : std::string{}); });
}

Statement prepared_statement(const QuerySpec& query, std::size_t arguments) {
  static std::atomic<std::size_t> last = 0;
  Statement out = select_statement(query);
  for (const Parameter& one : out.parameters) {
    if (one.argument > static_cast<int>(arguments)) throw Failure(usage_error("unknown_argument", "param(" + std::to_string(one.argument) + ") stands in a query that is prepared for " + std::to_string(arguments) + " arguments", "Name the types of all: prepare<std::int64_t, …>(query)."));
  }
  out.id = ++last;
  return out;
}

Statement fill(const Statement& statement, std::vector<Parameter> arguments) {
  Statement out = statement;
  for (Parameter& one : out.parameters) {
    if (one.argument > 0) one = arguments[static_cast<std::size_t>(one.argument) - 1];
  }
  return out;
}

std::string definition_sql(const QuerySpec& query) {
  std::vector<Parameter> none;
  Writing writing(query, none, true, nullptr, nullptr);
  const std::string text = writing.select();
  return writing.with_clause() + text;
}

void no_row(const QuerySpec& query) { throw Failure(Error{"no_row", "no " + query.model().type + " is like that", {}, {}, {}, {}, 0, 0, ExitCode::failed}); }
void several_rows(const QuerySpec& query) { throw Failure(Error{"several_rows", "several " + query.model().type + " are like that where one was asked for", {}, {}, {}, {}, 0, 0, ExitCode::failed}); }

}  // namespace pgvista::model
