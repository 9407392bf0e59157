#include <fmt/format.h>

#include <unordered_map>

#include "base/text.hpp"
#include "sql/printer.hpp"

namespace pgvista::sql::detail {

std::string operator_text(const Path& name) {
  if (name.size() == 1) return name.front();
  std::string out = "OPERATOR(";
  for (std::size_t i = 0; i + 1 < name.size(); ++i) out += quote_identifier(name[i]) + ".";
  return out + name.back() + ")";
}

void Printer::expression(const Expr& expr) {
  std::visit([&](const auto& inner) { node(inner); }, expr.node);
}

void Printer::list(const Exprs& items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text(", ");
    expression(items[i]);
  }
}

void Printer::call(const std::string& name, const Exprs& arguments) {
  text(name + "(");
  list(arguments);
  text(")");
}

void Printer::binary(const Box<Expr>& left, const std::string& middle, const Box<Expr>& right) {
  expression(*left);
  text(" " + middle + " ");
  expression(*right);
}

void Printer::node(const ColumnRef& ref) {
  mark(ref.at);
  path(ref.parts);
  if (ref.star) text(ref.parts.empty() ? "*" : ".*");
}

void Printer::node(const Constant& constant) {
  mark(constant.at);
  switch (constant.type) {
    case Constant::Type::null: text("NULL"); break;
    case Constant::Type::boolean:
    case Constant::Type::integer:
    case Constant::Type::decimal:
      // A sign outside parentheses would bind after a cast or a subscript.
      text(constant.text.starts_with('-') ? "(" + constant.text + ")" : constant.text);
      break;
    case Constant::Type::string: text(quote_literal(constant.text)); break;
    case Constant::Type::bits: text(constant.text.substr(0, 1) + "'" + constant.text.substr(1) + "'"); break;
  }
}

void Printer::node(const Parameter& parameter) {
  mark(parameter.at);
  text(fmt::format("${}", parameter.number));
}

void Printer::node(const Operator& op) {
  text("(");
  if (op.left) {
    expression(*op.left);
    text(" ");
  }
  mark(op.at);
  text(operator_text(op.name) + " ");
  expression(*op.right);
  text(")");
}

void Printer::node(const Quantified& quantified) {
  text("(");
  expression(*quantified.left);
  text(" ");
  mark(quantified.at);
  text(operator_text(quantified.name) + (quantified.all ? " ALL (" : " ANY ("));
  expression(*quantified.array);
  text("))");
}

void Printer::node(const InList& in) {
  text("(");
  expression(*in.value);
  text(" ");
  mark(in.at);
  text(in.negated ? "NOT IN (" : "IN (");
  list(in.list);
  text("))");
}

void Printer::node(const Between& between) {
  text("(");
  expression(*between.value);
  text(" ");
  mark(between.at);
  text(between.negated ? "NOT BETWEEN " : "BETWEEN ");
  if (between.symmetric) text("SYMMETRIC ");
  binary(between.low, "AND", between.high);
  text(")");
}

void Printer::node(const Like& like) {
  text("(");
  expression(*like.value);
  text(" ");
  mark(like.at);
  if (like.negated) text("NOT ");
  switch (like.form) {
    case Like::Form::like: text("LIKE "); break;
    case Like::Form::ilike: text("ILIKE "); break;
    case Like::Form::similar: text("SIMILAR TO "); break;
  }
  expression(*like.pattern);
  if (like.escape) {
    text(" ESCAPE ");
    expression(*like.escape);
  }
  text(")");
}

void Printer::node(const DistinctFrom& distinct) {
  mark(distinct.at);
  text("(");
  binary(distinct.left, distinct.negated ? "IS NOT DISTINCT FROM" : "IS DISTINCT FROM", distinct.right);
  text(")");
}

void Printer::node(const NullIf& nullif) {
  mark(nullif.at);
  text("NULLIF(");
  binary(nullif.left, ",", nullif.right);
  text(")");
}

void Printer::node(const Logical& logical) {
  mark(logical.at);
  text("(");
  if (logical.form == Logical::Form::negation) {
    text("NOT ");
    expression(logical.operands.front());
  } else {
    const char* const word = logical.form == Logical::Form::conjunction ? " AND " : " OR ";
    for (std::size_t i = 0; i < logical.operands.size(); ++i) {
      if (i > 0) text(word);
      expression(logical.operands[i]);
    }
  }
  text(")");
}

void Printer::node(const NullTest& test) {
  mark(test.at);
  text("(");
  expression(*test.operand);
  text(test.negated ? " IS NOT NULL)" : " IS NULL)");
}

void Printer::node(const BooleanTest& test) {
  mark(test.at);
  text("(");
  expression(*test.operand);
  text(" IS " + test.test + ")");
}

void Printer::normalize_call(const FunctionCall& call) {
  const bool is_normalized = call.name.back() == "is_normalized";
  const Constant* form = call.arguments.size() == 2 ? call.arguments[1].as<Constant>() : nullptr;
  text(is_normalized ? "(" : "NORMALIZE(");
  expression(call.arguments[0]);
  if (is_normalized) text(" IS");
  if (form) text((is_normalized ? " " : ", ") + form->text);
  text(is_normalized ? " NORMALIZED)" : ")");
}

void Printer::trim_call(std::string_view side, const Exprs& args) {
  text("TRIM(" + std::string(side));
  if (args.size() > 1) {
    text(" ");
    expression(args.back());
  }
  text(" FROM ");
  for (std::size_t i = 0; i < std::max<std::size_t>(1, args.size() - 1); ++i) {
    if (i > 0) text(", ");
    expression(args[i]);
  }
  text(")");
}

// The functions that the grammar makes from SQL's own forms, each printed back in its form.
bool Printer::sql_syntax_call(const FunctionCall& call) {
  const std::string& function = call.name.back();
  const Exprs& args = call.arguments;
  const auto form = [&](std::initializer_list<std::string_view> words) {
    auto word = words.begin();
    for (const Expr& argument : args) {
      text(*word++);
      expression(argument);
    }
    text(")");
    return true;
  };
  if (function == "timezone" && args.size() == 2) {
    text("(");
    expression(args[1]);
    text(" AT TIME ZONE ");
    expression(args[0]);
    text(")");
    return true;
  }
  if (function == "extract" && args.size() == 2) return form({"EXTRACT(", " FROM "});
  if (function == "overlay" && (args.size() == 3 || args.size() == 4))
    return form({"OVERLAY(", " PLACING ", " FROM ", " FOR "});
  if (function == "substring" && (args.size() == 2 || args.size() == 3)) return form({"SUBSTRING(", " FROM ", " FOR "});
  if (function == "position" && args.size() == 2) {
    text("POSITION(");
    expression(args[1]);
    text(" IN ");
    expression(args[0]);
    text(")");
    return true;
  }
  if (function == "xmlexists" && args.size() == 2) return form({"XMLEXISTS((", ") PASSING ("}), text(")"), true;
  if (function == "overlaps" && args.size() == 4) return form({"((", ", ", ") OVERLAPS (", ", "}), text(")"), true;
  if (function == "pg_collation_for" && args.size() == 1) return form({"COLLATION FOR ("});
  if ((function == "normalize" || function == "is_normalized") && !args.empty()) return normalize_call(call), true;
  static const std::unordered_map<std::string_view, std::string_view> trims = {
      {"btrim", "BOTH"}, {"ltrim", "LEADING"}, {"rtrim", "TRAILING"}};
  if (const auto trim = trims.find(function); trim != trims.end() && !args.empty())
    return trim_call(trim->second, args), true;
  return false;
}

void Printer::node(const FunctionCall& call) {
  mark(call.at);
  if (call.sql_syntax && sql_syntax_call(call)) return;
  path(call.name);
  text("(");
  if (call.distinct) text("DISTINCT ");
  if (call.star) text("*");
  for (std::size_t i = 0; i < call.arguments.size(); ++i) {
    if (i > 0) text(", ");
    if (call.variadic && i + 1 == call.arguments.size()) text("VARIADIC ");
    expression(call.arguments[i]);
  }
  if (!call.within_group && !call.order_by.empty()) {
    text(" ORDER BY ");
    order_items(call.order_by);
  }
  text(")");
  if (call.within_group) {
    text(" WITHIN GROUP (ORDER BY ");
    order_items(call.order_by);
    text(")");
  }
  if (call.filter) {
    text(" FILTER (WHERE ");
    expression(*call.filter);
    text(")");
  }
  if (call.over) {
    text(" OVER ");
    if (!call.over->name.empty()) {
      name(call.over->name);
    } else {
      window(*call.over);
    }
  }
}

void Printer::node(const NamedArgument& argument) {
  mark(argument.at);
  name(argument.name);
  text(" => ");
  expression(*argument.value);
}

void Printer::node(const Case& branches) {
  mark(branches.at);
  text("CASE");
  if (branches.operand) {
    text(" ");
    expression(*branches.operand);
  }
  for (const CaseBranch& branch : branches.branches) {
    text(" WHEN ");
    binary(branch.condition, "THEN", branch.result);
  }
  if (branches.otherwise) {
    text(" ELSE ");
    expression(*branches.otherwise);
  }
  text(" END");
}

void Printer::node(const Coalesce& coalesce) {
  mark(coalesce.at);
  call("COALESCE", coalesce.arguments);
}

void Printer::node(const Extremum& extremum) {
  mark(extremum.at);
  call(extremum.greatest ? "GREATEST" : "LEAST", extremum.arguments);
}

void Printer::node(const ArrayLiteral& array) {
  mark(array.at);
  text("ARRAY[");
  list(array.elements);
  text("]");
}

void Printer::node(const Row& row) {
  mark(row.at);
  call(row.explicit_row ? "ROW" : "", row.fields);
}

void Printer::node(const Cast& cast) {
  mark(cast.at);
  // The outer parentheses keep the type's name from eating what follows.
  text("(");
  const bool atomic = !cast.operand->as<Case>() && !cast.operand->as<FunctionCall>();
  if (!atomic) text("(");
  expression(*cast.operand);
  text(atomic ? "::" : ")::");
  type(cast.type);
  text(")");
}

void Printer::node(const Collate& collate) {
  text("(");
  expression(*collate.operand);
  text(" ");
  mark(collate.at);
  text("COLLATE ");
  path(collate.collation);
  text(")");
}

void Printer::node(const Indirection& indirection) {
  text("(");
  expression(*indirection.operand);
  text(")");
  for (const Step& step : indirection.steps) {
    switch (step.form) {
      case Step::Form::field:
        text(".");
        name(step.field);
        break;
      case Step::Form::star: text(".*"); break;
      case Step::Form::index:
        text("[");
        expression(*step.high);
        text("]");
        break;
      case Step::Form::slice:
        text("[");
        if (step.low) expression(*step.low);
        text(":");
        if (step.high) expression(*step.high);
        text("]");
        break;
    }
  }
}

void Printer::node(const Sublink& sublink) {
  mark(sublink.at);
  switch (sublink.form) {
    case Sublink::Form::exists: text("EXISTS "); break;
    case Sublink::Form::array: text("ARRAY"); break;
    case Sublink::Form::scalar: break;
    case Sublink::Form::any:
    case Sublink::Form::all:
      text("(");
      expression(*sublink.test);
      if (sublink.name.empty()) {
        text(" IN ");
      } else {
        text(" " + operator_text(sublink.name) + (sublink.form == Sublink::Form::all ? " ALL " : " ANY "));
      }
      break;
  }
  operand(*sublink.query);
  if (sublink.test) text(")");
}

void Printer::node(const SqlValue& value) {
  mark(value.at);
  text(value.name);
  if (value.precision >= 0) text(fmt::format("({})", value.precision));
}

void Printer::node(const Grouping& grouping) {
  mark(grouping.at);
  call("GROUPING", grouping.arguments);
}

void Printer::node(const GroupingSet& set) {
  mark(set.at);
  switch (set.form) {
    case GroupingSet::Form::empty: text("()"); break;
    case GroupingSet::Form::rollup: call("ROLLUP", set.content); break;
    case GroupingSet::Form::cube: call("CUBE", set.content); break;
    case GroupingSet::Form::sets: call("GROUPING SETS ", set.content); break;
  }
}

void Printer::xml_attributes(const std::vector<XmlAttribute>& attributes, bool aliased) {
  for (std::size_t i = 0; i < attributes.size(); ++i) {
    if (i > 0) text(", ");
    if (aliased && attributes[i].name.empty()) text("DEFAULT ");
    expression(*attributes[i].value);
    if (attributes[i].name.empty()) continue;
    text(" AS ");
    name(attributes[i].name);
  }
}

void Printer::xml_element(const Xml& xml) {
  text("XMLELEMENT(NAME ");
  name(xml.name);
  if (!xml.attributes.empty()) {
    text(", XMLATTRIBUTES(");
    xml_attributes(xml.attributes, false);
    text(")");
  }
  if (!xml.arguments.empty()) text(", ");
  list(xml.arguments);
  text(")");
}

void Printer::xml_root(const Xml& xml) {
  text("XMLROOT(");
  expression(xml.arguments[0]);
  const Constant* version = xml.arguments[1].as<Constant>();
  text(", VERSION ");
  if (version && version->type == Constant::Type::null) {
    text("NO VALUE");
  } else {
    expression(xml.arguments[1]);
  }
  const Constant* standalone = xml.arguments[2].as<Constant>();
  const std::string value = standalone ? standalone->text : "3";
  if (value == "0") text(", STANDALONE YES");
  if (value == "1") text(", STANDALONE NO");
  if (value == "2") text(", STANDALONE NO VALUE");
  text(")");
}

void Printer::node(const Xml& xml) {
  mark(xml.at);
  const std::string option = xml.document ? "DOCUMENT " : "CONTENT ";
  switch (xml.form) {
    case Xml::Form::concat: call("XMLCONCAT", xml.arguments); break;
    case Xml::Form::element: xml_element(xml); break;
    case Xml::Form::forest:
      text("XMLFOREST(");
      xml_attributes(xml.attributes, false);
      text(")");
      break;
    case Xml::Form::parse: {
      text("XMLPARSE(" + option);
      expression(xml.arguments.front());
      const Constant* preserve = xml.arguments.back().as<Constant>();
      if (preserve && preserve->text == "true") text(" PRESERVE WHITESPACE");
      text(")");
      break;
    }
    case Xml::Form::pi:
      text("XMLPI(NAME ");
      name(xml.name);
      if (!xml.arguments.empty()) text(", ");
      list(xml.arguments);
      text(")");
      break;
    case Xml::Form::root: xml_root(xml); break;
    case Xml::Form::is_document:
      text("(");
      expression(xml.arguments.front());
      text(" IS DOCUMENT)");
      break;
    case Xml::Form::serialize:
      text("XMLSERIALIZE(" + option);
      expression(xml.arguments.front());
      text(" AS ");
      type(*xml.type);
      text(")");
      break;
  }
}

}  // namespace pgvista::sql::detail
