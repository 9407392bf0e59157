#include "parse/from_json.hpp"

#include <fmt/format.h>

#include <unordered_map>

namespace pgvista::parse {

using namespace sql;

Exprs Reader::list(const Object& node, std::string_view field) const {
  Exprs out;
  for (const Value& element : array(node, field)) out.push_back(expression(element));
  return out;
}

Box<Expr> Reader::optional(const Object& node, std::string_view field) const {
  const Value* value = find(node, field);
  if (!value) return {};
  return expression(*value);
}

ColumnRef Reader::column(const Object& node) const {
  ColumnRef ref;
  ref.at = location(node);
  ref.parts = strings(node, "fields");
  ref.star = ref.parts.size() < array(node, "fields").size();
  return ref;
}

// The JSON writes a positive integer, and leaves out both zero and negative ones: these are read from the text, where
// a sign, spaces, comments and parentheses may stand before the digits.
std::string Reader::integer_at(const Object& node, int offset) const {
  const int value = integer(node, "ival");
  if (value != 0) return std::to_string(value);
  std::size_t at = offset < 0 ? source_.size() : static_cast<std::size_t>(offset);
  while (at < source_.size() && !(source_[at] >= '0' && source_[at] <= '9')) {
    if (source_.substr(at, 2) == "--") {
      at = std::min(source_.find('\n', at), source_.size());
    } else if (source_.substr(at, 2) == "/*") {
      const std::size_t end = source_.find("*/", at + 2);
      at = end == std::string_view::npos ? source_.size() : end + 2;
    } else {
      ++at;
    }
  }
  std::string digits;
  for (; at < source_.size() && source_[at] >= '0' && source_[at] <= '9'; ++at) digits += source_[at];
  digits.erase(0, std::min(digits.find_first_not_of('0'), digits.size()));
  return digits.empty() ? "0" : "-" + digits;
}

Constant Reader::constant(const Object& node) const {
  Constant out;
  out.at = location(node);
  if (flag(node, "isnull")) return out;
  if (find(node, "ival")) {
    out.type = Constant::Type::integer;
    out.text = integer_at(object(node, "ival"), out.at.offset);
  } else if (find(node, "fval")) {
    out.type = Constant::Type::decimal;
    out.text = string(object(node, "fval"), "fval");
  } else if (find(node, "boolval")) {
    out.type = Constant::Type::boolean;
    out.text = flag(object(node, "boolval"), "boolval") ? "true" : "false";
  } else if (find(node, "bsval")) {
    out.type = Constant::Type::bits;
    out.text = string(object(node, "bsval"), "bsval");
  } else {
    out.type = Constant::Type::string;
    out.text = string(object(node, "sval"), "sval");
  }
  return out;
}

TypeName Reader::type(const Object& node) const {
  TypeName out;
  out.name = strings(node, "names");
  out.modifiers = list(node, "typmods");
  out.setof = flag(node, "setof");
  out.at = location(node);
  for (const Value& bound : array(node, "arrayBounds")) {
    const Tagged inner = tagged(bound);
    const int size = inner.fields ? integer(*inner.fields, "ival") : 0;
    out.array_bounds.push_back(size > 0 ? std::to_string(size) : "");
  }
  if (flag(node, "pct_type")) throw Unsupported{"%TYPE", out.at.offset};
  return out;
}

std::vector<OrderItem> Reader::order_items(const Object& node, std::string_view field) const {
  static const std::unordered_map<std::string_view, OrderItem::Direction> directions = {
      {"SORTBY_ASC", OrderItem::Direction::ascending},
      {"SORTBY_DESC", OrderItem::Direction::descending},
      {"SORTBY_USING", OrderItem::Direction::with_operator}};
  std::vector<OrderItem> out;
  for (const Value& element : array(node, field)) {
    const Object& sort = *tagged(element).fields;
    OrderItem item;
    item.value = optional(sort, "node");
    const auto direction = directions.find(string(sort, "sortby_dir"));
    if (direction != directions.end()) item.direction = direction->second;
    const std::string nulls = string(sort, "sortby_nulls");
    if (nulls == "SORTBY_NULLS_FIRST") item.nulls = OrderItem::Nulls::first;
    if (nulls == "SORTBY_NULLS_LAST") item.nulls = OrderItem::Nulls::last;
    item.with_operator = strings(sort, "useOp");
    out.push_back(std::move(item));
  }
  return out;
}

Window Reader::window(const Object& node) const {
  Window out;
  out.name = string(node, "name");
  out.extends = string(node, "refname");
  out.partition_by = list(node, "partitionClause");
  out.order_by = order_items(node, "orderClause");
  constexpr int nondefault = 0x1;
  const int frame = integer(node, "frameOptions");
  out.frame = frame & nondefault ? frame : 0;
  out.frame_start = optional(node, "startOffset");
  out.frame_end = optional(node, "endOffset");
  return out;
}

Expr Reader::call(const Object& node) const {
  FunctionCall out;
  out.name = strings(node, "funcname");
  out.arguments = list(node, "args");
  out.star = flag(node, "agg_star");
  out.distinct = flag(node, "agg_distinct");
  out.variadic = flag(node, "func_variadic");
  out.within_group = flag(node, "agg_within_group");
  out.sql_syntax = string(node, "funcformat") == "COERCE_SQL_SYNTAX";
  out.order_by = order_items(node, "agg_order");
  out.filter = optional(node, "agg_filter");
  if (find(node, "over")) out.over = window(object(node, "over"));
  out.at = location(node);
  return {std::move(out)};
}

Expr Reader::like(const Object& node, Like::Form form) const {
  Like out;
  out.form = form;
  out.at = location(node);
  const std::vector<std::string> name = strings(node, "name");
  out.negated = !name.empty() && name.back().starts_with('!');
  out.value = optional(node, "lexpr");
  Expr pattern = expression(*find(node, "rexpr"));
  auto* escape = pattern.as<FunctionCall>();
  const bool escaped = escape && escape->name.size() == 2 && escape->name[0] == "pg_catalog" &&
                       (escape->name[1] == "like_escape" || escape->name[1] == "similar_to_escape");
  if (!escaped) {
    out.pattern = std::move(pattern);
  } else {
    if (escape->arguments.size() > 1) out.escape = escape->arguments[1];
    Expr inner = escape->arguments[0];
    out.pattern = std::move(inner);
  }
  return {std::move(out)};
}

Expr Reader::between(const Object& node, bool negated, bool symmetric) const {
  Between out;
  out.at = location(node);
  out.value = optional(node, "lexpr");
  Exprs bounds = list(object(object(node, "rexpr"), "List"), "items");
  out.low = std::move(bounds.at(0));
  out.high = std::move(bounds.at(1));
  out.negated = negated;
  out.symmetric = symmetric;
  return {std::move(out)};
}

Expr Reader::operator_expression(const Object& node) const {
  const std::string kind = string(node, "kind");
  const std::vector<std::string> name = strings(node, "name");
  const Location at = location(node);
  if (kind == "AEXPR_OP") return {Operator{name, optional(node, "lexpr"), optional(node, "rexpr"), at}};
  if (kind == "AEXPR_OP_ANY" || kind == "AEXPR_OP_ALL") {
    return {Quantified{name, kind == "AEXPR_OP_ALL", optional(node, "lexpr"), optional(node, "rexpr"), at}};
  }
  if (kind == "AEXPR_IN") {
    InList out;
    out.value = optional(node, "lexpr");
    out.list = list(object(object(node, "rexpr"), "List"), "items");
    out.negated = name.back() == "<>";
    out.at = at;
    return {std::move(out)};
  }
  if (kind == "AEXPR_DISTINCT" || kind == "AEXPR_NOT_DISTINCT") {
    return {DistinctFrom{optional(node, "lexpr"), optional(node, "rexpr"), kind == "AEXPR_NOT_DISTINCT", at}};
  }
  if (kind == "AEXPR_NULLIF") return {NullIf{optional(node, "lexpr"), optional(node, "rexpr"), at}};
  if (kind == "AEXPR_LIKE") return like(node, Like::Form::like);
  if (kind == "AEXPR_ILIKE") return like(node, Like::Form::ilike);
  if (kind == "AEXPR_SIMILAR") return like(node, Like::Form::similar);
  if (kind == "AEXPR_BETWEEN") return between(node, false, false);
  if (kind == "AEXPR_NOT_BETWEEN") return between(node, true, false);
  if (kind == "AEXPR_BETWEEN_SYM") return between(node, false, true);
  if (kind == "AEXPR_NOT_BETWEEN_SYM") return between(node, true, true);
  throw Unsupported{"the operator form " + kind, at.offset};
}

Expr Reader::indirection(const Object& node) const {
  Indirection out;
  out.operand = optional(node, "arg");
  for (const Value& element : array(node, "indirection")) {
    const Tagged step = tagged(element);
    if (step.tag == "String") {
      out.steps.push_back({Step::Form::field, string(*step.fields, "sval"), {}, {}});
    } else if (step.tag == "A_Star") {
      out.steps.push_back({Step::Form::star, {}, {}, {}});
    } else {
      const bool slice = flag(*step.fields, "is_slice");
      out.steps.push_back({slice ? Step::Form::slice : Step::Form::index,
                           {},
                           optional(*step.fields, "lidx"),
                           optional(*step.fields, "uidx")});
    }
  }
  return {std::move(out)};
}

Expr Reader::sublink(const Object& node) const {
  static const std::unordered_map<std::string_view, Sublink::Form> forms = {{"EXISTS_SUBLINK", Sublink::Form::exists},
                                                                            {"ANY_SUBLINK", Sublink::Form::any},
                                                                            {"ALL_SUBLINK", Sublink::Form::all},
                                                                            {"EXPR_SUBLINK", Sublink::Form::scalar},
                                                                            {"ARRAY_SUBLINK", Sublink::Form::array}};
  Sublink out;
  out.at = location(node);
  const std::string form = string(node, "subLinkType");
  const auto found = forms.find(form);
  if (found == forms.end()) throw Unsupported{"the subquery form " + form, out.at.offset};
  out.form = found->second;
  out.test = optional(node, "testexpr");
  out.name = strings(node, "operName");
  out.query = select(object(object(node, "subselect"), "SelectStmt"));
  return {std::move(out)};
}

Case Reader::case_expression(const Object& node) const {
  Case out;
  out.operand = optional(node, "arg");
  for (const Value& element : array(node, "args")) {
    const Object& branch = *tagged(element).fields;
    out.branches.push_back({optional(branch, "expr"), optional(branch, "result")});
  }
  out.otherwise = optional(node, "defresult");
  out.at = location(node);
  return out;
}

GroupingSet Reader::grouping_set(const Object& node) const {
  static const std::unordered_map<std::string_view, GroupingSet::Form> forms = {
      {"GROUPING_SET_EMPTY", GroupingSet::Form::empty},
      {"GROUPING_SET_ROLLUP", GroupingSet::Form::rollup},
      {"GROUPING_SET_CUBE", GroupingSet::Form::cube},
      {"GROUPING_SET_SETS", GroupingSet::Form::sets}};
  const auto form = forms.find(string(node, "kind"));
  if (form == forms.end()) throw Unsupported{"this grouping set", location(node).offset};
  return {form->second, list(node, "content"), location(node)};
}

std::vector<XmlAttribute> Reader::xml_attributes(const Object& node, std::string_view field) const {
  std::vector<XmlAttribute> out;
  for (const Value& element : array(node, field)) {
    const Object& target = *tagged(element).fields;
    out.push_back({optional(target, "val"), string(target, "name")});
  }
  return out;
}

Expr Reader::xml(const Object& node) const {
  static const std::unordered_map<std::string_view, Xml::Form> forms = {{"IS_XMLCONCAT", Xml::Form::concat},
                                                                        {"IS_XMLELEMENT", Xml::Form::element},
                                                                        {"IS_XMLFOREST", Xml::Form::forest},
                                                                        {"IS_XMLPARSE", Xml::Form::parse},
                                                                        {"IS_XMLPI", Xml::Form::pi},
                                                                        {"IS_XMLROOT", Xml::Form::root},
                                                                        {"IS_DOCUMENT", Xml::Form::is_document}};
  Xml out;
  out.at = location(node);
  const auto form = forms.find(string(node, "op"));
  if (form == forms.end()) throw Unsupported{"this XML expression", out.at.offset};
  out.form = form->second;
  out.name = string(node, "name");
  // Only XMLPARSE can say which of the two it reads.
  out.document = out.form == Xml::Form::parse && string(node, "xmloption") == "XMLOPTION_DOCUMENT";
  out.attributes = xml_attributes(node, "named_args");
  out.arguments = list(node, "args");
  return {std::move(out)};
}

namespace {

const std::unordered_map<std::string_view, std::string_view> sql_values = {
    {"SVFOP_CURRENT_DATE", "CURRENT_DATE"},
    {"SVFOP_CURRENT_TIME", "CURRENT_TIME"},
    {"SVFOP_CURRENT_TIME_N", "CURRENT_TIME"},
    {"SVFOP_CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP"},
    {"SVFOP_CURRENT_TIMESTAMP_N", "CURRENT_TIMESTAMP"},
    {"SVFOP_LOCALTIME", "LOCALTIME"},
    {"SVFOP_LOCALTIME_N", "LOCALTIME"},
    {"SVFOP_LOCALTIMESTAMP", "LOCALTIMESTAMP"},
    {"SVFOP_LOCALTIMESTAMP_N", "LOCALTIMESTAMP"},
    {"SVFOP_CURRENT_ROLE", "CURRENT_ROLE"},
    {"SVFOP_CURRENT_USER", "CURRENT_USER"},
    {"SVFOP_USER", "USER"},
    {"SVFOP_SESSION_USER", "SESSION_USER"},
    {"SVFOP_CURRENT_CATALOG", "CURRENT_CATALOG"},
    {"SVFOP_CURRENT_SCHEMA", "CURRENT_SCHEMA"}};

SqlValue sql_value(const boost::json::object& node) {
  SqlValue out;
  const std::string op = string(node, "op");
  out.name = sql_values.at(op);
  if (op.ends_with("_N")) out.precision = integer(node, "typmod");
  out.at = location(node);
  return out;
}

std::string boolean_test(const boost::json::object& node) {
  std::string test = string(node, "booltesttype").substr(3);  // IS_NOT_TRUE
  if (test.starts_with("NOT_")) test[3] = ' ';
  return test;
}

}  // namespace

Expr Reader::any(std::string_view tag, const Object& node) const {
  const Location at = location(node);
  if (tag == "ColumnRef") return {column(node)};
  if (tag == "A_Const") return {constant(node)};
  if (tag == "FuncCall") return call(node);
  if (tag == "A_Expr") return operator_expression(node);
  if (tag == "TypeCast") return {Cast{optional(node, "arg"), type(object(node, "typeName")), at}};
  if (tag == "BoolExpr") {
    const std::string form = string(node, "boolop");
    return {Logical{form == "AND_EXPR"  ? Logical::Form::conjunction
                    : form == "OR_EXPR" ? Logical::Form::disjunction
                                        : Logical::Form::negation,
                    list(node, "args"), at}};
  }
  if (tag == "NullTest") return {NullTest{optional(node, "arg"), string(node, "nulltesttype") == "IS_NOT_NULL", at}};
  if (tag == "BooleanTest") return {BooleanTest{optional(node, "arg"), boolean_test(node), at}};
  if (tag == "SubLink") return sublink(node);
  if (tag == "CaseExpr") return {case_expression(node)};
  if (tag == "CoalesceExpr") return {Coalesce{list(node, "args"), at}};
  if (tag == "MinMaxExpr") return {Extremum{string(node, "op") == "IS_GREATEST", list(node, "args"), at}};
  if (tag == "A_ArrayExpr") return {ArrayLiteral{list(node, "elements"), at}};
  if (tag == "RowExpr") return {Row{list(node, "args"), string(node, "row_format") == "COERCE_EXPLICIT_CALL", at}};
  if (tag == "CollateClause") return {Collate{optional(node, "arg"), strings(node, "collname"), at}};
  if (tag == "A_Indirection") return indirection(node);
  if (tag == "ParamRef") return {Parameter{integer(node, "number"), at}};
  if (tag == "NamedArgExpr") return {NamedArgument{string(node, "name"), optional(node, "arg"), at}};
  if (tag == "SQLValueFunction") return {sql_value(node)};
  if (tag == "GroupingFunc") return {Grouping{list(node, "args"), at}};
  if (tag == "GroupingSet") return {grouping_set(node)};
  if (tag == "XmlExpr") return xml(node);
  if (tag == "XmlSerialize") {
    Xml out;
    out.form = Xml::Form::serialize;
    out.document = string(node, "xmloption") == "XMLOPTION_DOCUMENT";
    out.arguments.push_back(expression(*find(node, "expr")));
    out.type = type(object(node, "typeName"));
    out.at = at;
    return {std::move(out)};
  }
  if (tag == "SetToDefault") throw Unsupported{"DEFAULT in VALUES", at.offset};
  throw Unsupported{fmt::format("the node {}", tag), at.offset};
}

Expr Reader::expression(const Value& node) const {
  const Tagged inner = tagged(node);
  if (!inner.fields) throw Unsupported{"an empty expression", -1};
  return any(inner.tag, *inner.fields);
}

IndexColumn Reader::index_column(const Object& node) const {
  IndexColumn out;
  out.column = string(node, "name");
  out.expression = optional(node, "expr");
  out.collation = strings(node, "collation");
  out.operator_class = strings(node, "opclass");
  for (const Value& element : array(node, "opclassopts")) {
    const Object& option = *tagged(element).fields;
    const Tagged value = find(option, "arg") ? tagged(*find(option, "arg")) : Tagged{};
    std::string text;
    if (value.tag == "Integer") text = std::to_string(integer(*value.fields, "ival"));
    if (value.tag == "Float") text = string(*value.fields, "fval");
    if (value.tag == "String") text = string(*value.fields, "sval");
    if (value.tag == "TypeName") text = strings(*value.fields, "names").back();
    out.class_options.push_back(string(option, "defname") + "=" + text);
  }
  const std::string direction = string(node, "ordering");
  if (direction == "SORTBY_ASC") out.direction = OrderItem::Direction::ascending;
  if (direction == "SORTBY_DESC") out.direction = OrderItem::Direction::descending;
  const std::string nulls = string(node, "nulls_ordering");
  if (nulls == "SORTBY_NULLS_FIRST") out.nulls = OrderItem::Nulls::first;
  if (nulls == "SORTBY_NULLS_LAST") out.nulls = OrderItem::Nulls::last;
  return out;
}

}  // namespace pgvista::parse
