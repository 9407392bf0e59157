#pragma once
// Shared by the printer's files; not for others.

#include "sql/identifier.hpp"
#include "sql/print.hpp"
#include "sql/statement.hpp"

namespace pgvista::sql::detail {

class Printer {
 public:
  /// `depth`: of the lines behind the first, two blanks each.
  explicit Printer(int depth = 0) : depth_(depth) {}
  Printed result;

  /// `word`: what stands for SELECT, as PERFORM does in PL/pgSQL.
  void select(const Select& query, const char* word = "SELECT");
  void statement(const Statement& statement);
  void expression(const Expr& expr);
  void index_column(const IndexColumn& column);
  void type(const TypeName& type);

 private:
  // print_select.cpp
  void with_clause(const std::vector<CommonTable>& with, bool recursive);
  void common_table(const CommonTable& table);
  void select_core(const Select& query, const char* word);
  void targets(const std::vector<Target>& list);
  void from_item(const FromItem& item);
  void operand(const Select& query);
  void alias(const Alias& alias);
  void column_definitions(const std::vector<ColumnDefinition>& columns);
  void node(const TableRef& ref);
  void node(const SubqueryRef& ref);
  void node(const FunctionRef& ref);
  void node(const Join& join);
  void node(const Sample& sample);
  void node(const XmlTable& table);
  void name_list(const std::vector<std::string>& names);
  void tail(const Select& query);

  // print_statement.cpp
  void node(const Select& query) { select(query); }
  void node(const Insert& insert);
  void node(const Update& update);
  void node(const Delete& remove);
  void node(const LockTable& lock);
  void note(const Note& note);
  void assignments(const std::vector<Assignment>& list);
  void conflict(const Conflict& conflict);
  void items(const char* word, const std::vector<FromItem>& list);  // on a line of their own; nothing of none
  void condition(const char* word, const Box<Expr>& condition);     // the same
  void returning(const std::vector<Target>& list);

  // print_expr.cpp
  void node(const ColumnRef& ref);
  void node(const Constant& constant);
  void node(const Parameter& parameter);
  void node(const Operator& op);
  void node(const Quantified& quantified);
  void node(const InList& in);
  void node(const Between& between);
  void node(const Like& like);
  void node(const DistinctFrom& distinct);
  void node(const NullIf& nullif);
  void node(const Logical& logical);
  void node(const NullTest& test);
  void node(const BooleanTest& test);
  void node(const FunctionCall& call);
  void node(const NamedArgument& argument);
  void node(const Case& branches);
  void node(const Coalesce& coalesce);
  void node(const Extremum& extremum);
  void node(const ArrayLiteral& array);
  void node(const Row& row);
  void node(const Cast& cast);
  void node(const Collate& collate);
  void node(const Indirection& indirection);
  void node(const Sublink& sublink);
  void node(const SqlValue& value);
  void node(const Grouping& grouping);
  void node(const GroupingSet& set);
  void node(const Xml& xml);
  bool sql_syntax_call(const FunctionCall& call);
  void normalize_call(const FunctionCall& call);
  void trim_call(std::string_view side, const Exprs& args);
  void binary(const Box<Expr>& left, const std::string& middle, const Box<Expr>& right);
  void call(const std::string& name, const Exprs& arguments);

  // both
  void window(const Window& window);
  void frame(const Window& window);
  void order_items(const std::vector<OrderItem>& items);
  void order_suffix(OrderItem::Direction direction, OrderItem::Nulls nulls, const Path& with_operator);
  void list(const Exprs& items);
  void xml_attributes(const std::vector<XmlAttribute>& attributes, bool aliased);
  void xml_element(const Xml& xml);
  void xml_root(const Xml& xml);

  void text(std::string_view piece) { result.text += piece; }
  void name(const std::string& identifier) { text(quote_identifier(identifier)); }
  void path(const Path& parts) { text(quote_path(parts)); }
  void mark(Location at);
  void newline();

  int depth_;
};

/// "+", or OPERATOR(schema.+)
std::string operator_text(const Path& name);

}  // namespace pgvista::sql::detail
