#pragma once
// libpg_query's JSON -> our tree. Only parse.cpp includes this.

#include <boost/json.hpp>
#include <string_view>

#include "sql/tree.hpp"

namespace pgvista::parse {

/// Thrown for a node outside the closed set; `offset` is a byte offset in the parsed text or -1.
struct Unsupported {
  std::string what;
  int offset = -1;
};

/// Reads one parse tree. `source` is the text that was parsed: the JSON leaves negative integers out, they are read
/// there.
class Reader {
 public:
  explicit Reader(std::string_view source) : source_(source) {}

  sql::Select select(const boost::json::object& node) const;
  sql::Expr expression(const boost::json::value& node) const;
  sql::IndexColumn index_column(const boost::json::object& node) const;
  sql::TypeName type(const boost::json::object& node) const;

 private:
  using Object = boost::json::object;
  using Value = boost::json::value;

  // from_json_select.cpp
  sql::FromItem from_item(const Value& node) const;
  sql::TableRef table(const Object& node) const;
  sql::FunctionRef function_ref(const Object& node) const;
  sql::XmlTable xml_table(const Object& node) const;
  sql::Join join(const Object& node) const;
  sql::CommonTable common_table(const Object& node) const;
  sql::Locking locking(const Object& node) const;
  sql::Alias alias(const Object& node) const;
  std::vector<sql::ColumnDefinition> column_definitions(const Object& node, std::string_view field) const;
  std::vector<sql::XmlAttribute> xml_attributes(const Object& node, std::string_view field) const;

  // from_json.cpp
  sql::Expr any(std::string_view tag, const Object& node) const;
  sql::Expr operator_expression(const Object& node) const;
  sql::Expr like(const Object& node, sql::Like::Form form) const;
  sql::Expr between(const Object& node, bool negated, bool symmetric) const;
  sql::ColumnRef column(const Object& node) const;
  sql::Constant constant(const Object& node) const;
  sql::Expr call(const Object& node) const;
  sql::Expr sublink(const Object& node) const;
  sql::Expr indirection(const Object& node) const;
  sql::Expr xml(const Object& node) const;
  sql::Case case_expression(const Object& node) const;
  sql::GroupingSet grouping_set(const Object& node) const;
  sql::Window window(const Object& node) const;
  std::vector<sql::OrderItem> order_items(const Object& node, std::string_view field) const;
  sql::Exprs list(const Object& node, std::string_view field) const;
  sql::Box<sql::Expr> optional(const Object& node, std::string_view field) const;
  std::string integer_at(const Object& node, int offset) const;

  std::string_view source_;
};

// Field access where a field that is false, zero or empty is left out.
const boost::json::value* find(const boost::json::object& node, std::string_view field);
const boost::json::object& object(const boost::json::object& node, std::string_view field);
const boost::json::array& array(const boost::json::object& node, std::string_view field);
std::string string(const boost::json::object& node, std::string_view field);
bool flag(const boost::json::object& node, std::string_view field);
int integer(const boost::json::object& node, std::string_view field);
sql::Location location(const boost::json::object& node);
/// The names of a list of String nodes; a star is left out.
std::vector<std::string> strings(const boost::json::object& node, std::string_view field);

/// A wrapped node {"Tag": {...}}.
struct Tagged {
  std::string_view tag;
  const boost::json::object* fields;
};
Tagged tagged(const boost::json::value& node);

}  // namespace pgvista::parse
