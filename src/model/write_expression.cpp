#include <algorithm>
#include <pgvista/error.hpp>

#include "base/text.hpp"
#include "model/sql_writer.hpp"
#include "sql/identifier.hpp"

namespace pgvista::model {

namespace {

// Of the n-th output among the columns: an object takes several.
int position(const QuerySpec& query, int output) {
  int out = 1;
  for (int i = 1; i < output && i <= static_cast<int>(query.outputs.size()); ++i) {
    const Node& node = *query.outputs[static_cast<std::size_t>(i) - 1].value;
    out += node.kind == Node::Kind::object ? static_cast<int>(node.owner().fields.size()) : 1;
  }
  return out;
}

}  // namespace

const FieldInfo* column_field(const Node& node) {
  if (node.kind != Node::Kind::column) return nullptr;
  const MemberRef& last = node.path.back();
  return last.owner().field(last.name());
}

Parameter as_text(Parameter value) {
  value.oid = 0;
  value.binary = false;
  return value;
}

std::string SqlWriter::bound(const Node& node, Binding place, bool equal_too) {
  const Binding own = binding_of(node);
  const bool parentheses = own < place || (equal_too && own == place);
  return parentheses ? "(" + expression(node) + ")" : expression(node);
}

std::string SqlWriter::expression(const Node& node) {
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
    case Node::Kind::object: return sql::quote_identifier(sources_[sources_.of(node.owner)].alias);
    case Node::Kind::output: return std::to_string(position(query_, std::stoi(node.text)));
    case Node::Kind::cases: return cases(node);
  }
  return {};
}

std::string SqlWriter::inner(const QuerySpec& query) { return SqlWriter(query, whole_, this, false).select(); }

std::string SqlWriter::inner_exists(const QuerySpec& query) {
  SqlWriter writing(query, whole_, this, false);
  return query.operation || !query.group.empty() ? writing.select() : "SELECT" + writing.from_on(false);
}

std::string SqlWriter::infix(const Node& node) {
  const Binding own = binding_of(node);
  // a = b = c is no SQL; a - (b - c) keeps its parentheses, a AND b AND c needs none.
  const bool associative = own == conjunction || own == disjunction || node.text == "+" || node.text == "*";
  const bool same_right =
      associative && node.children[1]->kind == Node::Kind::infix && node.children[1]->text == node.text;
  // Beside a column that travels as text a text is of that column's type.
  for (const int side : {0, 1}) {
    const Node& value = *node.children[static_cast<std::size_t>(1 - side)];
    const FieldInfo* field = column_field(*node.children[static_cast<std::size_t>(side)]);
    if (!field || !field->as_text || value.kind != Node::Kind::parameter || value.value.oid != Type<std::string>::oid)
      continue;
    Node untyped = node;
    untyped.children[static_cast<std::size_t>(1 - side)] = parameter_node(as_text(value.value));
    return infix(untyped);
  }
  const std::string left = bound(*node.children[0], own, own == comparison || own == membership || own == test);
  return left + " " + node.text + " " + bound(*node.children[1], own, !same_right);
}

std::string SqlWriter::raw(const Node& node) {
  const std::vector<std::string> pieces = raw_pieces(node.text);
  std::string out = pieces.front();
  for (std::size_t i = 0; i < node.children.size(); ++i) out += bound(*node.children[i], atom) + pieces[i + 1];
  return out;
}

std::string SqlWriter::call(const Node& node) {
  std::vector<std::string> arguments;
  for (const NodePtr& one : node.children) arguments.push_back(expression(*one));
  std::string out =
      node.text + "(" + (node.distinct ? "DISTINCT " : "") + join(arguments, ", ") + order_by(node.order) + ")";
  if (node.filter) out += " FILTER (WHERE " + expression(*node.filter) + ")";
  if (!node.windowed) return out;
  const std::string partition = list("PARTITION BY ", node.partition);
  const std::string order = order_by(node.window_order);
  std::string window = partition + order + (node.frame.empty() ? std::string{} : " " + node.frame);
  if (window.starts_with(" ")) window.erase(0, 1);
  return out + " OVER (" + window + ")";
}

std::string SqlWriter::in_query(const Node& node) {
  const std::string value = bound(*node.children[0], membership, true);
  return value + (node.negated ? " NOT IN (" : " IN (") + inner(*node.query) + ")";
}

std::string SqlWriter::in_list(const Node& node) {
  if (node.children.size() == 1) return node.negated ? "true" : "false";
  const std::string value = bound(*node.children[0], membership, true);
  std::vector<std::string> values;
  for (std::size_t i = 1; i < node.children.size(); ++i) values.push_back(expression(*node.children[i]));
  return value + (node.negated ? " NOT IN (" : " IN (") + join(values, ", ") + ")";
}

std::string SqlWriter::cases(const Node& node) {
  std::string out = "CASE";
  std::size_t i = 0;
  for (; i + 1 < node.children.size(); i += 2) {
    const std::string condition = expression(*node.children[i]);
    out += " WHEN " + condition + " THEN " + expression(*node.children[i + 1]);
  }
  if (i < node.children.size()) out += " ELSE " + expression(*node.children[i]);
  return out + " END";
}

std::string SqlWriter::named(const Node& node) {
  if (node.outer) {
    for (SqlWriter* one = around_; one; one = one->around_) {
      // What is named outside is joined there.
      if (one->sources_.names(node.owner)) return one->path(node);
    }
    if (!around_)
      throw Failure(Error{"no_outer_query",
                          "outer() names a query around this one, and there is none",
                          {},
                          "Use it inside exists(), in() or scalar().",
                          {},
                          {},
                          0,
                          0,
                          ExitCode::usage});
    throw Failure(usage_error(
        "unknown_column", "outer() names a column of " + node.owner().type + ", which no query around this one reads",
        "Join it there."));
  }
  return path(node);
}

std::string SqlWriter::path(const Node& node) {
  std::size_t source = sources_.of(node.owner);
  for (std::size_t i = 0; i + 1 < node.path.size(); ++i) {
    const ModelInfo& info = sources_[source].model();
    const std::string_view member = node.path[i].name();
    if (i + 2 == node.path.size() && is_own_key(info, member, node.path[i + 1].name()))
      return sources_.column(source, info.at(member));
    source = sources_.along(source, member);
  }
  return sources_.column(source, sources_[source].model().at(node.path.back().name()));
}

std::string SqlWriter::given(const Parameter& value) {
  if (whole_.literals) return literal(value);
  auto& all = whole_.parameters;
  // In a grouped query the same value is the same parameter: else the server would not see that an output is a group.
  if (reuse_ && value.oid != 0) {
    const auto known = std::find(all.begin(), all.end(), value);
    if (known != all.end()) return "$" + std::to_string(known - all.begin() + 1);
  }
  all.push_back(value);
  return "$" + std::to_string(all.size());
}

}  // namespace pgvista::model
