#include <fmt/format.h>

#include <unordered_map>

#include "parse/from_json.hpp"

namespace pgvista::parse {

using namespace sql;

namespace {

// larg, rarg and the like stand bare or wrapped.
const boost::json::object& statement(const boost::json::object& node, std::string_view field) {
  const boost::json::object& found = object(node, field);
  return find(found, "SelectStmt") ? object(found, "SelectStmt") : found;
}

}  // namespace

Alias Reader::alias(const Object& node) const {
  const Object& inner = object(node, "alias");
  return {string(inner, "aliasname"), strings(inner, "colnames")};
}

TableRef Reader::table(const Object& node) const {
  TableRef out;
  out.catalog = string(node, "catalogname");
  out.schema = string(node, "schemaname");
  out.name = string(node, "relname");
  out.only = !flag(node, "inh");
  out.alias = alias(node);
  out.at = location(node);
  return out;
}

std::vector<ColumnDefinition> Reader::column_definitions(const Object& node, std::string_view field) const {
  std::vector<ColumnDefinition> out;
  for (const Value& element : array(node, field)) {
    const Object& column = *tagged(element).fields;
    out.push_back({string(column, "colname"), type(object(column, "typeName")),
                   strings(object(column, "collClause"), "collname")});
  }
  return out;
}

FunctionRef Reader::function_ref(const Object& node) const {
  FunctionRef out;
  out.lateral = flag(node, "lateral");
  out.ordinality = flag(node, "ordinality");
  out.rows_from = flag(node, "is_rowsfrom");
  out.alias = alias(node);
  out.columns = column_definitions(node, "coldeflist");
  for (const Value& element : array(node, "functions")) {
    const boost::json::array& pair = array(*tagged(element).fields, "items");
    FunctionItem item;
    item.call = expression(pair.at(0));
    if (pair.size() > 1) {
      const Tagged list = tagged(pair.at(1));
      if (list.tag == "List") item.columns = column_definitions(*list.fields, "items");
    }
    out.functions.push_back(std::move(item));
  }
  return out;
}

Join Reader::join(const Object& node) const {
  static const std::unordered_map<std::string_view, Join::Type> types = {{"JOIN_INNER", Join::Type::inner},
                                                                         {"JOIN_LEFT", Join::Type::left},
                                                                         {"JOIN_RIGHT", Join::Type::right},
                                                                         {"JOIN_FULL", Join::Type::full}};
  Join out;
  out.type = types.at(string(node, "jointype"));
  out.natural = flag(node, "isNatural");
  out.left = from_item(*find(node, "larg"));
  out.right = from_item(*find(node, "rarg"));
  out.using_columns = strings(node, "usingClause");
  out.using_alias = string(object(node, "join_using_alias"), "aliasname");
  out.condition = optional(node, "quals");
  out.alias = alias(node);
  return out;
}

XmlTable Reader::xml_table(const Object& node) const {
  XmlTable out;
  out.lateral = flag(node, "lateral");
  out.document = optional(node, "docexpr");
  out.row = optional(node, "rowexpr");
  out.namespaces = xml_attributes(node, "namespaces");
  out.alias = alias(node);
  for (const Value& element : array(node, "columns")) {
    const Object& column = *tagged(element).fields;
    XmlTableColumn item;
    item.name = string(column, "colname");
    item.ordinality = flag(column, "for_ordinality");
    if (!item.ordinality) item.type = type(object(column, "typeName"));
    item.not_null = flag(column, "is_not_null");
    item.path = optional(column, "colexpr");
    item.otherwise = optional(column, "coldefexpr");
    out.columns.push_back(std::move(item));
  }
  return out;
}

FromItem Reader::from_item(const Value& node) const {
  const Tagged inner = tagged(node);
  if (inner.tag == "RangeVar") return {table(*inner.fields)};
  if (inner.tag == "JoinExpr") return {join(*inner.fields)};
  if (inner.tag == "RangeFunction") return {function_ref(*inner.fields)};
  if (inner.tag == "RangeTableFunc") return {xml_table(*inner.fields)};
  if (inner.tag == "RangeSubselect") {
    return {SubqueryRef{flag(*inner.fields, "lateral"), select(statement(*inner.fields, "subquery")),
                        alias(*inner.fields)}};
  }
  if (inner.tag == "RangeTableSample") {
    return {Sample{from_item(*find(*inner.fields, "relation")), strings(*inner.fields, "method"),
                   list(*inner.fields, "args"), optional(*inner.fields, "repeatable")}};
  }
  throw Unsupported{fmt::format("{} in FROM", inner.tag), -1};
}

CommonTable Reader::common_table(const Object& node) const {
  CommonTable out;
  out.name = string(node, "ctename");
  out.columns = strings(node, "aliascolnames");
  const std::string materialized = string(node, "ctematerialized");
  if (materialized == "CTEMaterializeAlways") out.materialized = CommonTable::Materialized::always;
  if (materialized == "CTEMaterializeNever") out.materialized = CommonTable::Materialized::never;
  out.at = location(node);
  const Object& query = object(node, "ctequery");
  if (!find(query, "SelectStmt")) throw Unsupported{"a WITH query that changes data", out.at.offset};
  out.query = select(object(query, "SelectStmt"));
  if (find(node, "search_clause")) {
    const Object& search = object(node, "search_clause");
    out.search = SearchClause{strings(search, "search_col_list"), flag(search, "search_breadth_first"),
                              string(search, "search_seq_column")};
  }
  if (find(node, "cycle_clause")) {
    const Object& cycle = object(node, "cycle_clause");
    out.cycle = CycleClause{strings(cycle, "cycle_col_list"), string(cycle, "cycle_mark_column"),
                            optional(cycle, "cycle_mark_value"), optional(cycle, "cycle_mark_default"),
                            string(cycle, "cycle_path_column")};
  }
  return out;
}

Locking Reader::locking(const Object& node) const {
  static const std::unordered_map<std::string_view, std::string_view> strengths = {
      {"LCS_FORKEYSHARE", "KEY SHARE"},
      {"LCS_FORSHARE", "SHARE"},
      {"LCS_FORNOKEYUPDATE", "NO KEY UPDATE"},
      {"LCS_FORUPDATE", "UPDATE"}};
  Locking out;
  out.strength = strengths.at(string(node, "strength"));
  for (const Value& element : array(node, "lockedRels"))
    out.tables.push_back(string(*tagged(element).fields, "relname"));
  const std::string wait = string(node, "waitPolicy");
  if (wait == "LockWaitError") out.wait = "NOWAIT";
  if (wait == "LockWaitSkip") out.wait = "SKIP LOCKED";
  return out;
}

Select Reader::select(const Object& node) const {
  static const std::unordered_map<std::string_view, Select::Operation> operations = {
      {"SETOP_UNION", Select::Operation::union_},
      {"SETOP_INTERSECT", Select::Operation::intersect},
      {"SETOP_EXCEPT", Select::Operation::except}};
  if (find(node, "intoClause")) throw Unsupported{"SELECT INTO", -1};
  Select out;
  const Object& with = object(node, "withClause");
  out.recursive = flag(with, "recursive");
  for (const Value& element : array(with, "ctes")) out.with.push_back(common_table(*tagged(element).fields));
  for (const Value& element : array(node, "distinctClause")) {
    out.distinct = true;
    if (tagged(element).fields) out.distinct_on.push_back(expression(element));
  }
  for (const Value& element : array(node, "targetList")) {
    const Object& target = *tagged(element).fields;
    out.targets.push_back({string(target, "name"), optional(target, "val"), location(target)});
  }
  for (const Value& element : array(node, "fromClause")) out.from.push_back(from_item(element));
  out.where = optional(node, "whereClause");
  out.group_by = list(node, "groupClause");
  out.group_distinct = flag(node, "groupDistinct");
  out.having = optional(node, "havingClause");
  for (const Value& element : array(node, "windowClause")) out.windows.push_back(window(*tagged(element).fields));
  for (const Value& element : array(node, "valuesLists"))
    out.values.push_back({list(*tagged(element).fields, "items"), false, {}});
  if (const auto operation = operations.find(string(node, "op")); operation != operations.end()) {
    out.operation = operation->second;
    out.all = flag(node, "all");
    out.left = select(statement(node, "larg"));
    out.right = select(statement(node, "rarg"));
  }
  out.order_by = order_items(node, "sortClause");
  out.limit = optional(node, "limitCount");
  out.with_ties = string(node, "limitOption") == "LIMIT_OPTION_WITH_TIES";
  out.offset = optional(node, "limitOffset");
  for (const Value& element : array(node, "lockingClause")) out.locking.push_back(locking(*tagged(element).fields));
  return out;
}

}  // namespace pgvista::parse
