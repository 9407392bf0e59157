// SELECT and its parts.

#include <algorithm>
#include <pgvista/error.hpp>
#include <utility>

#include "base/text.hpp"
#include "model/query_checks.hpp"
#include "model/sql_writer.hpp"
#include "sql/identifier.hpp"

namespace pgvista::model {

using sql::quote_identifier;

namespace {

// A union is ordered by its outputs: their numbers, or the names that the row struct gives them.
std::string combined_order(const QuerySpec& query) {
  std::vector<std::string> out;
  for (const OrderNode& one : query.order) {
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

}  // namespace

std::string direction(const OrderNode& key) {
  static constexpr const char* nulls[] = {" NULLS FIRST", "", " NULLS LAST"};
  return std::string(key.descending ? " DESC" : "") + nulls[key.nulls + 1];
}

std::string with_clause(const WholeStatement& whole) {
  std::vector<std::string> out;
  bool recursive = false;
  for (const WholeStatement::CommonTable& one : whole.tables) {
    out.push_back(quote_identifier(one.name) + " AS (" + one.text + ")");
    recursive = recursive || one.spec->step;
  }
  return out.empty() ? std::string{} : (recursive ? "WITH RECURSIVE " : "WITH ") + join(out, ", ") + " ";
}

SqlWriter::SqlWriter(const QuerySpec& query, WholeStatement& whole, SqlWriter* around, bool reads)
    : query_(query),
      whole_(whole),
      around_(around),
      reads_(reads),
      sources_(around ? &around->sources_ : nullptr, whole.aliases) {
  if (query.operation) return;
  reuse_ = !query.group.empty() || query.distinct;
  plan_ = plan_loads(query);
  sources_.qualify(around != nullptr || !query.joins.empty() || !plan_.joined.empty() ||
                   (query.batch && query.batch->link.between) || names_something_else(query));
  sources_.name(source_of(query.model, query.query, query.cte));
  for (const JoinSpec& join : query.joins)
    sources_.name(source_of(join.to.model, join.to.query, join.to.cte, join.left));
  sources_.keep_names();
}

Source SqlWriter::source_of(InfoOf model, const SpecPtr& query, const CtePtr& cte, bool left) {
  Source out{model, "", sources_.unique_alias(model().table), "", left};
  if (query) out.text = "(" + SqlWriter(*query, whole_, around_, false).select() + ")";
  if (cte) out.text = quote_identifier(common_table(*cte));
  return out;
}

// Written when it is first read; a recursive one names itself.
std::string SqlWriter::common_table(const CteSpec& cte) {
  auto& tables = whole_.tables;
  const std::string name = cte.name.empty() ? cte.row().table : cte.name;
  for (const WholeStatement::CommonTable& one : tables) {
    if (one.spec == &cte) return name;
    if (one.name == name)
      throw Failure(usage_error("duplicate_name",
                                "two common table expressions of one query are called \"" + name + "\"",
                                "Name one of them: cte(query, \"name\")."));
  }
  tables.push_back({&cte, name, {}});
  std::string text = SqlWriter(*cte.first, whole_, nullptr, false).select();
  if (cte.step) text += (cte.all ? " UNION ALL " : " UNION ") + SqlWriter(*cte.step, whole_, nullptr, false).select();
  // Those that it names stand before it.
  const auto own = std::find_if(tables.begin(), tables.end(), [&](const auto& one) { return one.spec == &cte; });
  own->text = std::move(text);
  std::rotate(own, own + 1, tables.end());
  return name;
}

std::string SqlWriter::select() {
  if (query_.operation) return combined();
  std::string out = query_.distinct ? "SELECT DISTINCT " : "SELECT ";
  out += outputs();
  return out + from_on();
}

std::string SqlWriter::count() {
  const bool whole = !query_.operation && !query_.distinct && query_.group.empty() && !query_.limit && !query_.offset;
  if (whole) return "SELECT count(*)" + from_on(false);
  return "SELECT count(*) FROM (" + select() + ") AS q";
}

std::string SqlWriter::exists() {
  if (query_.operation || !query_.group.empty() || query_.distinct) return "SELECT EXISTS (" + select() + ")";
  return "SELECT EXISTS (SELECT" + from_on(false) + ")";
}

std::string SqlWriter::outputs() {
  std::vector<std::string> out;
  for (const Named& one : named_outputs(query_)) {
    if (one.value->kind == Node::Kind::object) {
      all_columns(sources_.of(one.value->owner), out);
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
      const std::size_t parent = load.parent < 0 ? 0 : loaded[static_cast<std::size_t>(load.parent)];
      loaded.push_back(sources_.along(parent, load.member, true));
      all_columns(loaded.back(), out);
    }
  }
  if (query_.batch && query_.batch->with_key) out.push_back(read_key());
  return join(out, ", ");
}

void SqlWriter::all_columns(std::size_t source, std::vector<std::string>& out) const {
  for (const FieldInfo& field : sources_[source].model().fields)
    out.push_back(reads_ ? as_read(field, sources_.column(source, field)) : sources_.column(source, field));
}

// An object is grouped by its key: the other columns depend on it.
std::string SqlWriter::groups() {
  std::vector<std::string> out;
  for (const NodePtr& one : query_.group) {
    if (one->kind != Node::Kind::object) {
      out.push_back(expression(*one));
      continue;
    }
    const std::size_t source = sources_.of(one->owner);
    const ModelInfo& info = one->owner();
    const bool key = !info.primary_key.empty() && info.kind == Kind::table && sources_[source].text.empty();
    if (!key) all_columns(source, out);
    for (const std::string& name : key ? info.primary_key : std::vector<std::string>{})
      out.push_back(sources_.column(source, name));
  }
  return out.empty() ? std::string{} : " GROUP BY " + join(out, ", ");
}

std::string SqlWriter::bounds() const {
  std::string out;
  if (query_.limit) out += " LIMIT " + std::to_string(*query_.limit);
  if (query_.offset) out += " OFFSET " + std::to_string(*query_.offset);
  return out;
}

// Of the query's own table, not of what it joins.
std::string SqlWriter::lock() const {
  if (!query_.lock) return {};
  const std::string words = query_.lock;
  if (sources_.size() == 1) return " " + words;
  constexpr std::size_t verb = std::string_view("FOR UPDATE").size();
  return " " + words.substr(0, verb) + " OF " + quote_identifier(sources_.front().alias) + words.substr(verb);
}

std::string SqlWriter::from_on(bool with_order) {
  sources_.place_joins([&](std::size_t i) { return join_condition(i); });
  // Conditions first: they bring in the joins.
  std::vector<std::string> filters;
  if (query_.related_member.data()) filters.push_back(relation_condition());
  if (query_.batch) filters.push_back(reached_by(query_.batch->link) + " = ANY (" + given(query_.batch->keys) + ")");
  refuse_many(query_, query_.where);
  for (const OrderNode& one : query_.order) refuse_many(query_, {one.value});
  const bool reuse = std::exchange(reuse_, false);
  const std::string where = conditions(" WHERE ", query_.where, std::move(filters));
  reuse_ = reuse;
  const std::string group = groups();
  const std::string having = conditions(" HAVING ", query_.having);
  const std::string order = !with_order ? ""
                            : query_.batch && query_.batch->with_key && query_.order.empty()
                                ? " ORDER BY " + batch_order()
                                : order_by(query_.order);
  refuse_multiplied(query_, sources_);
  refuse_ungrouped(query_);
  return sources_.tables() + where + group + having + order + bounds() + (with_order ? lock() : std::string{});
}

std::string SqlWriter::combined() {
  const auto side = [&](const QuerySpec& one) {
    std::string text = SqlWriter(one, whole_, around_, reads_).select();
    return one.limit || one.offset || !one.order.empty() || one.operation ? "(" + text + ")" : text;
  };
  const std::string left = side(*query_.left);
  const std::string right = side(*query_.right);
  std::string out = left + " " + query_.operation + " " + right;
  if (query_.distinct) out = "SELECT DISTINCT * FROM (" + out + ") AS q";
  return out + combined_order(query_) + bounds();
}

std::string SqlWriter::conditions(const char* word, const std::vector<NodePtr>& all, std::vector<std::string> out) {
  if (all.empty() && out.empty()) return {};
  const bool several = all.size() + out.size() > 1;
  for (const NodePtr& one : all) out.push_back(bound(*one, several ? conjunction : loose));
  return word + join(out, " AND ");
}

std::string SqlWriter::list(const char* word, const std::vector<NodePtr>& all) {
  std::vector<std::string> out;
  for (const NodePtr& one : all) out.push_back(expression(*one));
  return out.empty() ? std::string{} : word + join(out, ", ");
}

std::string SqlWriter::order_by(const std::vector<OrderNode>& keys) {
  std::vector<std::string> out;
  for (const OrderNode& one : keys) out.push_back(expression(*one.value) + direction(one));
  return out.empty() ? std::string{} : " ORDER BY " + join(out, ", ");
}

}  // namespace pgvista::model
