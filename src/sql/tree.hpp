#pragma once
// The statement tree: PostgreSQL's SELECT as plain values. A closed set of nodes; what is not here is refused by the
// parser by name, never guessed. Two trees are equal when they mean the same
// text, wherever that text stood.

#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "base/one_of.hpp"
#include "sql/box.hpp"

namespace pgvista::sql {

/// Byte offset in the text a node was read from, -1 for a node that was made. Never part of a comparison.
struct Location {
  int offset = -1;
  bool operator==(const Location&) const { return true; }
};

/// A comment that goes with a statement, printed behind its first word. Never part of a comparison.
struct Note {
  std::string text;
  bool operator==(const Note&) const { return true; }
};

struct Expr;
struct Select;
struct Statement;  // statement.hpp
using Exprs = std::vector<Expr>;
using Path = std::vector<std::string>;  // a dotted name, outermost first

struct ColumnRef {
  static constexpr std::string_view kind = "column";
  Path parts;         // a | t.a | s.t.a; empty for a bare *
  bool star = false;  // t.* or *
  Location at;
  bool operator==(const ColumnRef&) const = default;
};

struct Constant {
  static constexpr std::string_view kind = "constant";
  enum class Type { null, boolean, integer, decimal, string, bits };
  Type type = Type::null;
  std::string text;  // without quotes; "true"/"false"; signed digits; "b101" or "x1F" for bits
  Location at;
  bool operator==(const Constant&) const = default;
};

struct Parameter {
  static constexpr std::string_view kind = "parameter";
  int number = 0;
  Location at;
  bool operator==(const Parameter&) const = default;
};

struct TypeName {
  static constexpr std::string_view kind = "type";
  Path name;
  Exprs modifiers;
  std::vector<std::string> array_bounds;  // "" for []
  bool setof = false;
  Location at;
  bool operator==(const TypeName&) const = default;
};

struct OrderItem {
  static constexpr std::string_view kind = "order";
  enum class Direction { unset, ascending, descending, with_operator };
  enum class Nulls { unset, first, last };
  Box<Expr> value;
  Direction direction = Direction::unset;
  Nulls nulls = Nulls::unset;
  Path with_operator;  // ORDER BY x USING op
  bool operator==(const OrderItem&) const = default;
};

struct Window {
  static constexpr std::string_view kind = "window";
  std::string name;     // OVER name, or WINDOW name AS (...)
  std::string extends;  // OVER (extends ...)
  Exprs partition_by;
  std::vector<OrderItem> order_by;
  int frame = 0;  // PostgreSQL's FRAMEOPTION bits
  Box<Expr> frame_start;
  Box<Expr> frame_end;
  bool operator==(const Window&) const = default;
};

struct Operator {
  static constexpr std::string_view kind = "operator";
  Path name;
  Box<Expr> left;  // absent for a prefix operator
  Box<Expr> right;
  Location at;
  bool operator==(const Operator&) const = default;
};

struct Quantified {  // left op ANY|ALL (array)
  static constexpr std::string_view kind = "quantified";
  Path name;
  bool all = false;
  Box<Expr> left;
  Box<Expr> array;
  Location at;
  bool operator==(const Quantified&) const = default;
};

struct InList {
  static constexpr std::string_view kind = "in";
  Box<Expr> value;
  Exprs list;
  bool negated = false;
  Location at;
  bool operator==(const InList&) const = default;
};

struct Between {
  static constexpr std::string_view kind = "between";
  Box<Expr> value;
  Box<Expr> low;
  Box<Expr> high;
  bool negated = false;
  bool symmetric = false;
  Location at;
  bool operator==(const Between&) const = default;
};

struct Like {
  static constexpr std::string_view kind = "like";
  enum class Form { like, ilike, similar };
  Form form = Form::like;
  Box<Expr> value;
  Box<Expr> pattern;
  Box<Expr> escape;
  bool negated = false;
  Location at;
  bool operator==(const Like&) const = default;
};

struct DistinctFrom {
  static constexpr std::string_view kind = "distinct-from";
  Box<Expr> left;
  Box<Expr> right;
  bool negated = false;
  Location at;
  bool operator==(const DistinctFrom&) const = default;
};

struct NullIf {
  static constexpr std::string_view kind = "nullif";
  Box<Expr> left;
  Box<Expr> right;
  Location at;
  bool operator==(const NullIf&) const = default;
};

struct Logical {
  static constexpr std::string_view kind = "logical";
  enum class Form { conjunction, disjunction, negation };
  Form form = Form::conjunction;
  Exprs operands;
  Location at;
  bool operator==(const Logical&) const = default;
};

struct NullTest {
  static constexpr std::string_view kind = "is-null";
  Box<Expr> operand;
  bool negated = false;
  Location at;
  bool operator==(const NullTest&) const = default;
};

struct BooleanTest {
  static constexpr std::string_view kind = "is-boolean";
  Box<Expr> operand;
  std::string test;  // "TRUE", "NOT FALSE", "UNKNOWN", ...
  Location at;
  bool operator==(const BooleanTest&) const = default;
};

struct FunctionCall {
  static constexpr std::string_view kind = "call";
  Path name;
  Exprs arguments;
  bool star = false;
  bool distinct = false;
  bool variadic = false;
  bool within_group = false;
  bool sql_syntax = false;  // written in SQL's own form, as EXTRACT(year FROM x)
  std::vector<OrderItem> order_by;
  Box<Expr> filter;
  Box<Window> over;
  Location at;
  bool operator==(const FunctionCall&) const = default;
};

struct NamedArgument {
  static constexpr std::string_view kind = "named";
  std::string name;
  Box<Expr> value;
  Location at;
  bool operator==(const NamedArgument&) const = default;
};

struct CaseBranch {
  static constexpr std::string_view kind = "when";
  Box<Expr> condition;
  Box<Expr> result;
  bool operator==(const CaseBranch&) const = default;
};

struct Case {
  static constexpr std::string_view kind = "case";
  Box<Expr> operand;
  std::vector<CaseBranch> branches;
  Box<Expr> otherwise;
  Location at;
  bool operator==(const Case&) const = default;
};

struct Coalesce {
  static constexpr std::string_view kind = "coalesce";
  Exprs arguments;
  Location at;
  bool operator==(const Coalesce&) const = default;
};

struct Extremum {
  static constexpr std::string_view kind = "extremum";
  bool greatest = true;
  Exprs arguments;
  Location at;
  bool operator==(const Extremum&) const = default;
};

struct ArrayLiteral {
  static constexpr std::string_view kind = "array";
  Exprs elements;
  Location at;
  bool operator==(const ArrayLiteral&) const = default;
};

struct Row {
  static constexpr std::string_view kind = "row";
  Exprs fields;
  bool explicit_row = false;  // ROW(a, b), not (a, b)
  Location at;
  bool operator==(const Row&) const = default;
};

struct Cast {
  static constexpr std::string_view kind = "cast";
  Box<Expr> operand;
  TypeName type;
  Location at;
  bool operator==(const Cast&) const = default;
};

struct Collate {
  static constexpr std::string_view kind = "collate";
  Box<Expr> operand;
  Path collation;
  Location at;
  bool operator==(const Collate&) const = default;
};

struct Step {
  static constexpr std::string_view kind = "step";
  enum class Form { field, star, index, slice };
  Form form = Form::field;
  std::string field;
  Box<Expr> low;
  Box<Expr> high;  // the subscript itself for an index
  bool operator==(const Step&) const = default;
};

struct Indirection {  // (x).field[1]
  static constexpr std::string_view kind = "indirection";
  Box<Expr> operand;
  std::vector<Step> steps;
  bool operator==(const Indirection&) const = default;
};

struct Sublink {
  static constexpr std::string_view kind = "sublink";
  enum class Form { exists, any, all, scalar, array };
  Form form = Form::scalar;
  Box<Expr> test;
  Path name;  // the operator of ANY and ALL; empty for IN
  Box<Select> query;
  Location at;
  bool operator==(const Sublink&) const = default;
};

struct SqlValue {  // CURRENT_DATE and its kin
  static constexpr std::string_view kind = "sql-value";
  std::string name;
  int precision = -1;
  Location at;
  bool operator==(const SqlValue&) const = default;
};

struct Grouping {
  static constexpr std::string_view kind = "grouping";
  Exprs arguments;
  Location at;
  bool operator==(const Grouping&) const = default;
};

struct GroupingSet {  // only inside GROUP BY
  static constexpr std::string_view kind = "grouping-set";
  enum class Form { empty, rollup, cube, sets };
  Form form = Form::empty;
  Exprs content;
  Location at;
  bool operator==(const GroupingSet&) const = default;
};

struct XmlAttribute {
  static constexpr std::string_view kind = "xml-attribute";
  Box<Expr> value;
  std::string name;
  bool operator==(const XmlAttribute&) const = default;
};

struct Xml {
  static constexpr std::string_view kind = "xml";
  enum class Form { concat, element, forest, parse, pi, root, is_document, serialize };
  Form form = Form::concat;
  std::string name;
  bool document = false;
  std::vector<XmlAttribute> attributes;
  Exprs arguments;
  Box<TypeName> type;  // serialize
  Location at;
  bool operator==(const Xml&) const = default;
};

struct Expr {
  using Node =
      std::variant<ColumnRef, Constant, Parameter, Operator, Quantified, InList, Between, Like, DistinctFrom, NullIf,
                   Logical, NullTest, BooleanTest, FunctionCall, NamedArgument, Case, Coalesce, Extremum, ArrayLiteral,
                   Row, Cast, Collate, Indirection, Sublink, SqlValue, Grouping, GroupingSet, Xml>;
  Node node;

  template <class T>
  requires is_one_of<T, Node> Expr(T holds)  // NOLINT(google-explicit-constructor): it is what it holds
      : node(std::move(holds)) {}
  Expr();
  Expr(const Expr&);
  Expr(Expr&&) noexcept;
  Expr& operator=(const Expr&);
  Expr& operator=(Expr&&) noexcept;
  ~Expr();
  bool operator==(const Expr&) const;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&node);
  }
  template <class T>
  T* as() {
    return std::get_if<T>(&node);
  }
};

struct Target {
  static constexpr std::string_view kind = "target";
  std::string alias;  // "" where none is written
  Box<Expr> value;
  Location at;
  bool operator==(const Target&) const = default;
};

struct Alias {
  static constexpr std::string_view kind = "alias";
  std::string name;
  std::vector<std::string> columns;
  bool operator==(const Alias&) const = default;
};

struct ColumnDefinition {  // of a function that returns record
  static constexpr std::string_view kind = "column-definition";
  std::string name;
  TypeName type;
  Path collation;
  bool operator==(const ColumnDefinition&) const = default;
};

struct FromItem;

struct TableRef {
  static constexpr std::string_view kind = "table";
  std::string catalog;
  std::string schema;
  std::string name;
  bool only = false;
  Alias alias;
  Location at;
  bool operator==(const TableRef&) const = default;
};

struct SubqueryRef {
  static constexpr std::string_view kind = "subquery";
  bool lateral = false;
  Box<Select> query;
  Alias alias;
  bool operator==(const SubqueryRef&) const = default;
};

struct FunctionItem {
  static constexpr std::string_view kind = "function-item";
  Box<Expr> call;
  std::vector<ColumnDefinition> columns;
  bool operator==(const FunctionItem&) const = default;
};

struct FunctionRef {
  static constexpr std::string_view kind = "function";
  bool lateral = false;
  bool ordinality = false;
  bool rows_from = false;
  std::vector<FunctionItem> functions;
  Alias alias;
  std::vector<ColumnDefinition> columns;
  bool operator==(const FunctionRef&) const = default;
};

struct Join {
  static constexpr std::string_view kind = "join";
  enum class Type { inner, left, right, full };  // a cross join is an inner one without condition
  Type type = Type::inner;
  bool natural = false;
  Box<FromItem> left;
  Box<FromItem> right;
  std::vector<std::string> using_columns;
  std::string using_alias;
  Box<Expr> condition;
  Alias alias;
  bool operator==(const Join&) const = default;
};

struct Sample {
  static constexpr std::string_view kind = "sample";
  Box<FromItem> item;
  Path method;
  Exprs arguments;
  Box<Expr> repeatable;
  bool operator==(const Sample&) const = default;
};

struct XmlTableColumn {
  static constexpr std::string_view kind = "xml-column";
  std::string name;
  Box<TypeName> type;
  bool ordinality = false;
  bool not_null = false;
  Box<Expr> path;
  Box<Expr> otherwise;
  bool operator==(const XmlTableColumn&) const = default;
};

struct XmlTable {
  static constexpr std::string_view kind = "xmltable";
  bool lateral = false;
  Box<Expr> document;
  Box<Expr> row;
  std::vector<XmlAttribute> namespaces;  // an empty name is DEFAULT
  std::vector<XmlTableColumn> columns;
  Alias alias;
  bool operator==(const XmlTable&) const = default;
};

struct FromItem {
  using Node = std::variant<TableRef, SubqueryRef, FunctionRef, Join, Sample, XmlTable>;
  Node node;

  template <class T>
  requires is_one_of<T, Node> FromItem(T holds)  // NOLINT(google-explicit-constructor): it is what it holds
      : node(std::move(holds)) {}
  FromItem();
  FromItem(const FromItem&);
  FromItem(FromItem&&) noexcept;
  FromItem& operator=(const FromItem&);
  FromItem& operator=(FromItem&&) noexcept;
  ~FromItem();
  bool operator==(const FromItem&) const;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&node);
  }
  template <class T>
  T* as() {
    return std::get_if<T>(&node);
  }
};

struct SearchClause {
  static constexpr std::string_view kind = "search";
  std::vector<std::string> columns;
  bool breadth_first = false;
  std::string sequence;
  bool operator==(const SearchClause&) const = default;
};

struct CycleClause {
  static constexpr std::string_view kind = "cycle";
  std::vector<std::string> columns;
  std::string mark;
  Box<Expr> mark_value;
  Box<Expr> mark_default;
  std::string path;
  bool operator==(const CycleClause&) const = default;
};

struct CommonTable {
  static constexpr std::string_view kind = "cte";
  enum class Materialized { unset, always, never };
  std::string name;
  std::vector<std::string> columns;
  Materialized materialized = Materialized::unset;
  Box<Select> query;
  Box<Statement> change;  // in its place: INSERT, UPDATE or DELETE … RETURNING
  Box<SearchClause> search;
  Box<CycleClause> cycle;
  Location at;
  bool operator==(const CommonTable&) const = default;
};

struct Locking {
  static constexpr std::string_view kind = "locking";
  std::string strength;  // "UPDATE", "NO KEY UPDATE", "SHARE", "KEY SHARE"
  std::vector<std::string> tables;
  std::string wait;  // "", "NOWAIT", "SKIP LOCKED"
  bool operator==(const Locking&) const = default;
};

struct Select {
  static constexpr std::string_view kind = "select";
  enum class Operation { none, union_, intersect, except };
  bool recursive = false;
  std::vector<CommonTable> with;
  bool distinct = false;
  Exprs distinct_on;
  std::vector<Target> targets;
  std::vector<FromItem> from;
  Box<Expr> where;
  Exprs group_by;
  bool group_distinct = false;
  Box<Expr> having;
  std::vector<Window> windows;
  std::vector<Row> values;
  Operation operation = Operation::none;
  bool all = false;
  Box<Select> left;
  Box<Select> right;
  std::vector<OrderItem> order_by;
  Box<Expr> limit;
  bool with_ties = false;
  Box<Expr> offset;
  std::vector<Locking> locking;
  Note note;

  Select();
  Select(const Select&);
  Select(Select&&) noexcept;
  Select& operator=(const Select&);
  Select& operator=(Select&&) noexcept;
  ~Select();
  bool operator==(const Select&) const;
};

/// A column of CREATE INDEX.
struct IndexColumn {
  static constexpr std::string_view kind = "index-column";
  std::string column;  // or:
  Box<Expr> expression;
  Path collation;
  Path operator_class;
  std::vector<std::string> class_options;  // "siglen=100"
  OrderItem::Direction direction = OrderItem::Direction::unset;
  OrderItem::Nulls nulls = OrderItem::Nulls::unset;
  bool operator==(const IndexColumn&) const = default;
};

extern template class Box<Expr>;
extern template class Box<FromItem>;
extern template class Box<Select>;
extern template class Box<TypeName>;
extern template class Box<Window>;
extern template class Box<SearchClause>;
extern template class Box<CycleClause>;
extern template class Box<Statement>;

}  // namespace pgvista::sql
