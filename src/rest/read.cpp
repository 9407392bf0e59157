#include "rest/read.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <limits>
#include <map>
#include <set>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "rest/error.hpp"
#include "rest/filter.hpp"
#include "sql/known_types.hpp"

namespace pgvista::rest {

using schema::ApiColumn;
using schema::ApiFunction;
using schema::ApiRelation;

// One resource being read: what it outputs and what it needs for that.
struct ReadPlanner::Level {
  const Selection& selection;
  Source source;
  std::string alias;
  bool outermost = false;
  bool aggregated = false;
  bool hoists = false;  // a spread: its aggregates are made by the level above
  std::vector<Output> outputs = {};
  std::vector<std::string> laterals = {};
  std::vector<Child> children = {};

  // What is made of the rows of a group, by its name in the answer.
  const Output* aggregate(const std::string& key) const {
    const auto found = std::find_if(outputs.begin(), outputs.end(),
                                    [&](const Output& one) { return one.aggregate && one.key == key; });
    return aggregated && found != outputs.end() ? &*found : nullptr;
  }
  const Child* child(const SelectItem& item) const {
    for (const Child& one : children) {
      if (one.item == &item) return &one;
    }
    return nullptr;
  }
  const Child* child(const std::string& name) const {
    for (const Child& one : children) {
      if ((one.item->alias.empty() ? one.item->field.name : one.item->alias) == name) return &one;
    }
    return nullptr;
  }
};

namespace {

constexpr unsigned first_user_oid = 16384;

// What the writer of the outermost JSON cannot tell from the column's text.
bool needs_json(const ApiColumn& column) {
  return column.category == 'A' || column.composite || (column.type_oid >= first_user_oid && column.category != 'E');
}

bool json_type(const ApiColumn& column) {
  const sql::KnownType* known = sql::known_type(column.type);
  return known && known->kind == sql::TypeKind::json;
}

bool has_aggregate(const Selection& selection) {
  return std::any_of(selection.items.begin(), selection.items.end(), [](const SelectItem& item) {
    return !item.aggregate.empty() || (item.spread && item.embedded && has_aggregate(*item.embedded));
  });
}

[[noreturn]] void refuse_aggregates() {
  throw Refusal(400, "PGRST123", "Use of aggregate functions is not allowed", nullptr,
                "Set aggregates = true under [server] in pgvista.toml.");
}

std::string qualified(const std::string& alias, const std::string& column) {
  return alias + "." + sql::quote_identifier(column);
}

std::string row_value(const Source& source, const std::string& alias) {
  if (source.whole_row) return alias;
  std::vector<std::string> columns;
  for (const ApiColumn& column : source.relation->columns) columns.push_back(qualified(alias, column.name));
  return fmt::format("ROW({})::{}", join(columns, ", "), source.relation->name.sql());
}

}  // namespace

void apply_range(const Request& request, Selection& selection) {
  const std::string header = request.header("range");
  const std::size_t dash = header.find('-');
  if (header.empty() || dash == std::string::npos || dash == 0 ||
      header.find_first_not_of("0123456789-") != std::string::npos)
    return;
  std::int64_t low = 0;
  std::int64_t high = 0;
  const bool low_given = std::from_chars(header.data(), header.data() + dash, low).ec == std::errc{};
  const char* const end = header.data() + header.size();
  const auto [after, error] = std::from_chars(header.data() + dash + 1, end, high);
  const bool bounded = dash + 1 < header.size();
  if (!low_given || (bounded && (error != std::errc{} || after != end))) return;
  if (bounded && high < low)
    throw Refusal(416, "PGRST103", "Requested range not satisfiable",
                  boost::json::value(
                      "The lower boundary must be lower than or equal to the upper boundary in the Range header."));
  const std::int64_t offset = std::max(low, selection.offset.value_or(0));
  if (bounded) {
    const std::int64_t width = high - low == std::numeric_limits<std::int64_t>::max() ? high - low : high - low + 1;
    selection.limit = std::min(selection.limit.value_or(width), width);
  }
  selection.offset = offset;
}

// --- names -----------------------------------------------------------------------------------------------------------

const ApiColumn* ReadPlanner::column_of(const Level& level, const std::string& name) const {
  for (const ApiColumn& one : *level.source.columns) {
    if (one.name == name) return &one;
  }
  return nullptr;
}

const ApiFunction* ReadPlanner::computed_column(const Level& level, const std::string& name) const {
  if (!level.source.relation) return nullptr;
  for (const ApiFunction& function : api_.functions) {
    if (function.name.name != name || function.parameters.size() != 1 || function.set || function.relation) continue;
    if (function.parameters[0].type_oid == level.source.relation->row_type) return &function;
  }
  return nullptr;
}

void ReadPlanner::unknown_column(const Level& level, const std::string& name) const {
  const std::string table = level.source.relation ? level.source.relation->name.name : "result";
  std::vector<std::string> names;
  for (const ApiColumn& one : *level.source.columns) {
    if (one.told) names.push_back(one.name);
  }
  const auto guess = nearest(name, names);
  throw Refusal(400, "42703", fmt::format("column {}.{} does not exist", table, name), nullptr,
                guess ? fmt::format("Perhaps you meant to reference the column \"{}.{}\".", table, *guess) : "");
}

std::string ReadPlanner::cast(const std::string& expression, const std::string& type) const {
  const auto found = api_.types.find(lower(type));
  if (found != api_.types.end()) return fmt::format("CAST({} AS {})", expression, found->second);
  std::vector<std::string> names;
  for (const auto& [name, sql] : api_.types) names.push_back(name);
  throw Refusal(400, "42704", fmt::format("type \"{}\" does not exist", type), nullptr, did_you_mean(type, names));
}

std::string ReadPlanner::field(const Level& level, const Field& field) {
  const ApiColumn* column = column_of(level, field.name);
  std::string out;
  if (column) {
    out = qualified(level.alias, column->name);
  } else if (const ApiFunction* function = computed_column(level, field.name)) {
    out = fmt::format("{}({})", function->name.sql(), row_value(level.source, level.alias));
  } else {
    unknown_column(level, field.name);
  }
  if (field.path.empty()) return out;
  if (!column || !json_type(*column)) out = fmt::format("pg_catalog.to_jsonb({})", out);
  for (const JsonStep& step : field.path)
    out = fmt::format("({} {} {}::{})", out, step.as_text ? "->>" : "->", statement_.parameter(step.key),
                      step.index ? "int" : "text");
  return out;
}

// --- conditions
// --------------------------------------------------------------------------------------------------------

std::string ReadPlanner::condition(const Level& level, const Filter& filter) {
  const ApiColumn* column = filter.field.path.empty() ? column_of(level, filter.field.name) : nullptr;
  const Child* child = !column && filter.field.path.empty() ? level.child(filter.field.name) : nullptr;
  if (child && filter.op == FilterOperator::is) {
    const std::string word = lower(filter.value);
    if (word != "null" && word != "not_null")
      throw Refusal(400, "PGRST120",
                    fmt::format("Cannot apply the 'is' filter with '{}' to the embedded resource '{}'", filter.value,
                                filter.field.name),
                    boost::json::value("Only is null or not is null filters are allowed on embedded resources"));
    return ((word == "null") != filter.negated ? "NOT " : "") + exists(*child);
  }
  if (child)
    throw Refusal(400, "PGRST120", fmt::format("Bad operator on the '{}' embedded resource", filter.field.name),
                  boost::json::value("Only is null or not is null filters are allowed on embedded resources"));
  const std::string out =
      filter_sql(statement_, filter, field(level, filter.field), column ? column->type : std::string{});
  return filter.negated ? fmt::format("NOT ({})", out) : out;
}

std::string ReadPlanner::logic(const Level& level, const Logic& tree) {
  if (tree.form == Logic::Form::leaf) return condition(level, tree.filter);
  std::vector<std::string> parts;
  for (const Logic& one : tree.operands) parts.push_back("(" + logic(level, one) + ")");
  const std::string out = join(parts, tree.form == Logic::Form::conjunction ? " AND " : " OR ");
  return tree.negated ? fmt::format("NOT ({})", out) : out;
}

std::vector<std::string> ReadPlanner::conditions(Level& level) {
  std::vector<std::string> out;
  for (const Logic& one : level.selection.where)
    out.push_back(one.form == Logic::Form::leaf ? logic(level, one) : "(" + logic(level, one) + ")");
  for (const Child& child : level.children) {
    if (child.item->inner) out.push_back(exists(child));
  }
  return out;
}

std::string ReadPlanner::exists(const Child& child) {
  // Each holds the filters of what it embeds once more: a short request could make a statement without measure.
  constexpr int most = 100;
  if (++exists_ > most)
    throw Refusal(400, "PGVISTA108", "too many conditions on embedded resources", nullptr,
                  fmt::format("Together they make more than {}: ask in several requests.", most));
  Level inner{*child.item->embedded, child.source, child.alias};
  for (const SelectItem& item : inner.selection.items) {
    if (item.embedded) inner.children.push_back(child_of(inner, item));
  }
  std::vector<std::string> all = child.conditions;
  for (std::string& one : conditions(inner)) all.push_back(std::move(one));
  return fmt::format("EXISTS (SELECT FROM {}{}{})", child.from, all.empty() ? "" : " WHERE ", join(all, " AND "));
}

std::string ReadPlanner::condition(const Source& source, const Selection& selection, const std::string& alias,
                                   std::vector<std::string> more) {
  Level level{selection, source, alias};
  for (const SelectItem& item : selection.items) {
    if (item.embedded) level.children.push_back(child_of(level, item));
  }
  for (std::string& one : conditions(level)) more.push_back(std::move(one));
  return join(more, " AND ");
}

// --- order and limits
// --------------------------------------------------------------------------------------------------

std::string ReadPlanner::order(const Level& level, const Selection& selection) {
  std::vector<std::string> terms;
  for (const OrderTerm& term : selection.order) {
    std::string out;
    if (!term.aggregate.empty()) {
      if (!settings_.aggregates) refuse_aggregates();
      out = fmt::format("pg_catalog.{}({})", term.aggregate, term.field.name.empty() ? "*" : field(level, term.field));
    } else if (const Output* made =
                   term.relation.empty() && term.field.path.empty() ? level.aggregate(term.field.name) : nullptr) {
      out = made->expression;
    } else if (term.relation.empty()) {
      out = field(level, term.field);
    } else {
      const Child* child = level.child(term.relation);
      if (!child)
        throw Refusal(400, "PGRST108", fmt::format("'{}' is not an embedded resource in this request", term.relation),
                      nullptr,
                      fmt::format("Verify that '{}' is included in the 'select' query parameter.", term.relation));
      if (!child->relationship->to_one_row()) {
        throw Refusal(
            400, "PGRST118", fmt::format("A related order on '{}' is not possible", term.relation),
            boost::json::value(fmt::format("'{}' and '{}' do not form a many-to-one or one-to-one relationship",
                                           level.source.relation->name.name, term.relation)));
      }
      const Level inner{*child->item->embedded, child->source, child->alias};
      out = fmt::format("(SELECT {} FROM {}{}{} LIMIT 1)", field(inner, term.field), child->from,
                        child->conditions.empty() ? "" : " WHERE ", join(child->conditions, " AND "));
    }
    if (term.direction == OrderTerm::Direction::ascending) out += " ASC";
    if (term.direction == OrderTerm::Direction::descending) out += " DESC";
    if (term.nulls == OrderTerm::Nulls::first) out += " NULLS FIRST";
    if (term.nulls == OrderTerm::Nulls::last) out += " NULLS LAST";
    terms.push_back(std::move(out));
  }
  return terms.empty() ? "" : " ORDER BY " + join(terms, ", ");
}

std::string ReadPlanner::limits(const Selection& selection, bool capped) {
  std::optional<std::int64_t> limit = selection.limit;
  if (capped && settings_.max_rows) limit = std::min(limit.value_or(*settings_.max_rows), *settings_.max_rows);
  std::string out;
  if (limit) out += fmt::format(" LIMIT {}::bigint", statement_.parameter(std::to_string(*limit)));
  if (selection.offset && *selection.offset > 0)
    out += fmt::format(" OFFSET {}::bigint", statement_.parameter(std::to_string(*selection.offset)));
  return out;
}

// --- a level
// -------------------------------------------------------------------------------------------------------------

void ReadPlanner::add_star(Level& level) {
  for (const ApiColumn& column : *level.source.columns) {
    level.outputs.push_back({column.name, true, qualified(level.alias, column.name), false,
                             level.outermost && !csv_ && needs_json(column)});
  }
}

void ReadPlanner::add_item(Level& level, const SelectItem& item) {
  if (!item.aggregate.empty() && !settings_.aggregates) refuse_aggregates();
  if (item.field.name.empty()) {  // count()
    if (level.hoists) {
      // Of a row that is not there, nothing is counted.
      level.outputs.push_back({item.alias.empty() ? "count" : item.alias, item.alias.empty(), "1", false, false,
                               "count", item.aggregate_cast});
      return;
    }
    std::string out = "pg_catalog.count(*)";
    if (!item.aggregate_cast.empty()) out = cast(out, item.aggregate_cast);
    level.outputs.push_back({item.alias.empty() ? "count" : item.alias, item.alias.empty(), std::move(out), true});
    return;
  }
  const ApiColumn* column = column_of(level, item.field.name);
  Output out{item.alias, false, field(level, item.field)};
  if (item.alias.empty()) {
    const auto last = std::find_if(item.field.path.rbegin(), item.field.path.rend(),
                                   [](const JsonStep& step) { return !step.index; });
    out.key = !item.aggregate.empty() ? item.aggregate : last != item.field.path.rend() ? last->key : item.field.name;
    out.catalogue_name = !item.aggregate.empty() || item.field.path.empty();
  }
  const bool plain = column && item.field.path.empty();
  if (!item.cast.empty()) out.expression = cast(out.expression, item.cast);
  if (!item.aggregate.empty() && level.hoists) {
    out.hoisted = item.aggregate;
    out.hoisted_cast = item.aggregate_cast;
    level.outputs.push_back(std::move(out));
    return;
  }
  if (!item.aggregate.empty()) {
    out.expression = fmt::format("pg_catalog.{}({})", item.aggregate, out.expression);
    out.aggregate = true;
    if (!item.aggregate_cast.empty()) out.expression = cast(out.expression, item.aggregate_cast);
  }
  const std::string& last_cast = item.aggregate_cast.empty() ? item.cast : item.aggregate_cast;
  const bool array_cast = last_cast.ends_with("]") || last_cast.starts_with("_");
  // Rows are grouped by the value itself, since its JSON has no equality.
  out.to_json = level.outermost && !csv_ &&
                (array_cast || (plain && last_cast.empty() && needs_json(*column)) || (!column && last_cast.empty()));
  level.outputs.push_back(std::move(out));
}

ReadPlanner::Child ReadPlanner::child_of(const Level& level, const SelectItem& item) {
  if (!level.source.relation)
    throw Refusal(
        400, "PGRST200",
        fmt::format("Could not find a relationship between the result of the function and '{}' in the schema cache",
                    item.field.name),
        boost::json::value("The function does not return rows of a table or a view."));
  const Relationship& relationship = relationships_.find(*level.source.relation, item.field.name, item.hint);
  const ApiRelation& to = api_.relations.at(relationship.to);
  Child child{&item, &relationship, {&to, &to.columns, to.name.sql()}, next_alias(), {}, {}};
  if (relationship.form == Relationship::Form::computed) {
    child.from =
        fmt::format("{}({}) {}", relationship.function->name.sql(), row_value(level.source, level.alias), child.alias);
    return child;
  }
  child.from = fmt::format("{} {}", to.name.sql(), child.alias);
  std::string near = child.alias;
  if (relationship.form == Relationship::Form::many_to_many) {
    near = next_alias();
    child.from += fmt::format(", {} {}", api_.relations.at(relationship.junction).name.sql(), near);
    for (const auto& [junction, target] : relationship.junction_columns)
      child.conditions.push_back(fmt::format("{} = {}", qualified(near, junction), qualified(child.alias, target)));
  }
  for (const auto& [own, other] : relationship.columns)
    child.conditions.push_back(fmt::format("{} = {}", qualified(near, other), qualified(level.alias, own)));
  return child;
}

// SELECT … FROM … of an inner level, and what it is wrapped in to be one JSON value.
std::string ReadPlanner::objects(Level& inner, const Child& child, bool one) {
  read_level(inner);
  std::vector<std::string> all = child.conditions;
  for (std::string& condition : conditions(inner)) all.push_back(std::move(condition));
  const std::string from = fmt::format(" FROM {}{}{}{}{}", child.from, join(inner.laterals, ""),
                                       all.empty() ? "" : " WHERE ", join(all, " AND "), tail(inner));
  const std::string rest = order(inner, inner.selection) + (one ? " LIMIT 1" : limits(inner.selection, true));
  const auto stripped = [&](const std::string& value) {
    return strip_nulls_ ? fmt::format("pg_catalog.json_strip_nulls({})", value) : value;
  };
  const bool renamed = std::any_of(inner.outputs.begin(), inner.outputs.end(),
                                   [](const Output& output) { return !output.catalogue_name; });
  if (!renamed) {
    std::vector<std::string> columns;
    for (const Output& output : inner.outputs)
      columns.push_back(fmt::format("{} AS {}", output.shown(), sql::quote_identifier(output.key)));
    const std::string rows = fmt::format("(SELECT {}{}{}) r", join(columns, ", "), from, rest);
    if (one) return fmt::format("(SELECT {} FROM {})", stripped("pg_catalog.row_to_json(r)"), rows);
    return fmt::format("(SELECT {} FROM {})", stripped("coalesce(pg_catalog.json_agg(r), '[]'::json)"), rows);
  }
  // Names of the request: they are joined in as parameters.
  std::string object;
  for (const Output& output : inner.outputs) {
    const std::string key = boost::json::serialize(boost::json::string(output.key));
    object += fmt::format("{}{}::text || coalesce(pg_catalog.to_json({})::text, 'null')", object.empty() ? "" : " || ",
                          statement_.parameter((object.empty() ? "{" : ",") + key + ":"), output.expression);
  }
  object = fmt::format("({} || '}}')", object);
  if (one) return fmt::format("(SELECT {}{}{})", stripped(object + "::json"), from, rest);
  const std::string list = "('[' || coalesce(pg_catalog.string_agg(r.o, ','), '') || ']')::json";
  return fmt::format("(SELECT {} FROM (SELECT {} AS o{}{}) r)", stripped(list), object, from, rest);
}

std::string ReadPlanner::nested(const Child& child) {
  Level inner{*child.item->embedded, child.source, child.alias};
  return objects(inner, child, child.relationship->to_one_row());
}

void ReadPlanner::add_embedded(Level& level, const SelectItem& item) {
  const Child child = *level.child(item);
  if (item.spread) return add_spread(level, child);
  if (item.embedded->items.empty()) return;
  std::string value = nested(child);
  if (level.aggregated) {
    // As one of the things that rows are grouped by.
    const std::string alias = next_alias();
    level.laterals.push_back(fmt::format(" LEFT JOIN LATERAL (SELECT {}::jsonb AS v) {} ON true", value, alias));
    value = alias + ".v";
  }
  level.outputs.push_back({item.alias.empty() ? item.field.name : item.alias, item.alias.empty(), std::move(value)});
}

// The columns of an embedded resource as the level's own: one value each, or, of many rows, an array each.
void ReadPlanner::add_spread(Level& level, const Child& child) {
  const bool one = child.relationship->to_one_row();
  const Selection& raw = *child.item->embedded;
  if (!one && has_aggregate(raw))
    throw Refusal(400, "PGRST127", "Feature not implemented",
                  boost::json::value("Aggregates are not implemented for one-to-many or many-to-many spreads."));
  if (has_aggregate(raw) && !settings_.aggregates) refuse_aggregates();
  Level plain{raw, child.source, child.alias, one && level.outermost};
  plain.hoists = one;
  read_level(plain);
  std::vector<std::string> all = child.conditions;
  for (std::string& condition : conditions(plain)) all.push_back(std::move(condition));
  std::vector<std::string> columns;
  for (std::size_t i = 0; i < plain.outputs.size(); ++i)
    columns.push_back(fmt::format("{} AS c{}", plain.outputs[i].expression, i + 1));
  if (columns.empty()) return;
  std::string rows = fmt::format("SELECT {} FROM {}{}{}{}{}{}{}", join(columns, ", "), child.from,
                                 join(plain.laterals, ""), all.empty() ? "" : " WHERE ", join(all, " AND "),
                                 tail(plain), order(plain, raw), one ? " LIMIT 1" : limits(raw, true));
  const std::string alias = next_alias();
  if (!one) {
    std::vector<std::string> arrays;
    for (std::size_t i = 0; i < columns.size(); ++i)
      arrays.push_back(fmt::format("coalesce(pg_catalog.json_agg(r.c{0}), '[]'::json){1} AS c{0}", i + 1,
                                   level.aggregated ? "::jsonb" : ""));
    rows = fmt::format("SELECT {} FROM ({}) r", join(arrays, ", "), rows);
  }
  level.laterals.push_back(fmt::format(" LEFT JOIN LATERAL ({}) {} ON true", rows, alias));
  for (std::size_t i = 0; i < plain.outputs.size(); ++i) {
    const Output& inner = plain.outputs[i];
    Output out{inner.key, inner.catalogue_name, fmt::format("{}.c{}", alias, i + 1), false, one && inner.to_json};
    if (!inner.hoisted.empty() && level.hoists) {
      out.hoisted = inner.hoisted;
      out.hoisted_cast = inner.hoisted_cast;
    } else if (!inner.hoisted.empty()) {
      out.expression = fmt::format("pg_catalog.{}({})", inner.hoisted, out.expression);
      if (!inner.hoisted_cast.empty()) out.expression = cast(out.expression, inner.hoisted_cast);
      out.aggregate = true;
    }
    level.outputs.push_back(std::move(out));
  }
}

void ReadPlanner::read_level(Level& level) {
  level.aggregated = !level.hoists && has_aggregate(level.selection);
  for (const SelectItem& item : level.selection.items) {
    if (item.embedded) level.children.push_back(child_of(level, item));
  }
  for (const SelectItem& item : level.selection.items) {
    if (item.embedded) {
      add_embedded(level, item);
    } else if (item.field.name == "*") {
      add_star(level);
    } else {
      add_item(level, item);
    }
  }
  name_once(level);
}

// An object has each name once. What is asked for twice is told once; two values by one name cannot be told.
void ReadPlanner::name_once(Level& level) {
  std::vector<Output> kept;
  for (Output& one : level.outputs) {
    const auto same = std::find_if(kept.begin(), kept.end(), [&](const Output& before) {
      return before.key == one.key && before.hoisted == one.hoisted;
    });
    if (same == kept.end() || level.hoists) {
      kept.push_back(std::move(one));
    } else if (same->expression != one.expression) {
      throw Refusal(400, "PGVISTA104", fmt::format("two values of the answer would be called \"{}\"", one.key), nullptr,
                    fmt::format("Give one of them another name: \"other:{}\".", one.key));
    }
  }
  level.outputs = std::move(kept);
}

std::string ReadPlanner::tail(const Level& level) const {
  if (!level.aggregated) return {};
  std::vector<std::string> groups;
  for (const Output& output : level.outputs) {
    if (!output.aggregate) groups.push_back(output.expression);
  }
  return groups.empty() ? "" : " GROUP BY " + join(groups, ", ");
}

std::string ReadPlanner::select(const Source& source, const Selection& selection, const std::vector<std::string>& more,
                                std::vector<OutputColumn>& columns, const std::string& hidden) {
  Level level{selection, source, "t0", true};
  read_level(level);
  std::vector<std::string> all = more;
  for (std::string& one : conditions(level)) all.push_back(std::move(one));
  std::vector<std::string> expressions;
  for (const Output& output : level.outputs) {
    columns.push_back({output.key});
    expressions.push_back(output.shown());
  }
  if (!hidden.empty()) expressions.push_back(hidden);
  return fmt::format("SELECT {} FROM {} t0{}{}{}{}{}{}", join(expressions, ", "), source.from, join(level.laterals, ""),
                     all.empty() ? "" : " WHERE ", join(all, " AND "), tail(level), order(level, selection),
                     limits(selection, true));
}

std::string ReadPlanner::count(const Source& source, const Selection& selection, const std::vector<std::string>& more,
                               std::optional<std::int64_t> most) {
  Level level{selection, source, "t0", true};
  std::string from = source.from + " t0";
  if (has_aggregate(selection)) {
    read_level(level);
    from += join(level.laterals, "");
  } else {
    for (const SelectItem& item : selection.items) {
      if (item.embedded) level.children.push_back(child_of(level, item));
    }
  }
  std::vector<std::string> all = more;
  for (std::string& one : conditions(level)) all.push_back(std::move(one));
  const std::string rows = fmt::format("{}{}{}{}", from, all.empty() ? "" : " WHERE ", join(all, " AND "), tail(level));
  if (most)
    return fmt::format("SELECT pg_catalog.count(*) FROM (SELECT FROM {} LIMIT {}::bigint) r", rows,
                       statement_.parameter(std::to_string(*most)));
  if (level.aggregated) return fmt::format("SELECT pg_catalog.count(*) FROM (SELECT FROM {}) r", rows);
  return "SELECT pg_catalog.count(*) FROM " + rows;
}

std::vector<std::string> ReadPlanner::needed(const Source& source, const Selection& selection,
                                             const Relationships& relationships) {
  std::set<std::string> names;
  const auto is_column = [&](const std::string& name) { return source.relation->column(name) != nullptr; };
  bool all = false;
  for (const SelectItem& item : selection.items) {
    if (item.embedded) {
      const Relationship& relationship = relationships.find(*source.relation, item.field.name, item.hint);
      all |= relationship.form == Relationship::Form::computed;
      for (const auto& [own, other] : relationship.columns) names.insert(own);
    } else if (is_column(item.field.name)) {
      names.insert(item.field.name);
    } else {
      all = true;  // *, or a function of the row
    }
  }
  for (const OrderTerm& term : selection.order) {
    if (!term.relation.empty()) continue;
    if (is_column(term.field.name)) {
      names.insert(term.field.name);
    } else {
      all = true;
    }
  }
  std::vector<std::string> out;
  for (const ApiColumn& column : source.relation->columns) {
    if (all || names.contains(column.name)) out.push_back(column.name);
  }
  return out;
}

}  // namespace pgvista::rest
