#pragma once
// The nodes' fields by name, for the generic walk and the dump. A field that is missing here is invisible to both.

#include <boost/describe.hpp>

#include "sql/statement.hpp"

namespace pgvista::sql {

BOOST_DESCRIBE_STRUCT(ColumnRef, (), (parts, star))
BOOST_DESCRIBE_STRUCT(Constant, (), (type, text))
BOOST_DESCRIBE_STRUCT(Parameter, (), (number))
BOOST_DESCRIBE_STRUCT(TypeName, (), (name, modifiers, array_bounds, setof))
BOOST_DESCRIBE_STRUCT(OrderItem, (), (value, direction, nulls, with_operator))
BOOST_DESCRIBE_STRUCT(Window, (), (name, extends, partition_by, order_by, frame, frame_start, frame_end))
BOOST_DESCRIBE_STRUCT(Operator, (), (name, left, right))
BOOST_DESCRIBE_STRUCT(Quantified, (), (name, all, left, array))
BOOST_DESCRIBE_STRUCT(InList, (), (negated, value, list))
BOOST_DESCRIBE_STRUCT(Between, (), (negated, symmetric, value, low, high))
BOOST_DESCRIBE_STRUCT(Like, (), (form, negated, value, pattern, escape))
BOOST_DESCRIBE_STRUCT(DistinctFrom, (), (negated, left, right))
BOOST_DESCRIBE_STRUCT(NullIf, (), (left, right))
BOOST_DESCRIBE_STRUCT(Logical, (), (form, operands))
BOOST_DESCRIBE_STRUCT(NullTest, (), (negated, operand))
BOOST_DESCRIBE_STRUCT(BooleanTest, (), (test, operand))
BOOST_DESCRIBE_STRUCT(FunctionCall, (),
                      (name, star, distinct, variadic, within_group, sql_syntax, arguments, order_by, filter, over))
BOOST_DESCRIBE_STRUCT(NamedArgument, (), (name, value))
BOOST_DESCRIBE_STRUCT(CaseBranch, (), (condition, result))
BOOST_DESCRIBE_STRUCT(Case, (), (operand, branches, otherwise))
BOOST_DESCRIBE_STRUCT(Coalesce, (), (arguments))
BOOST_DESCRIBE_STRUCT(Extremum, (), (greatest, arguments))
BOOST_DESCRIBE_STRUCT(ArrayLiteral, (), (elements))
BOOST_DESCRIBE_STRUCT(Row, (), (explicit_row, fields))
BOOST_DESCRIBE_STRUCT(Cast, (), (operand, type))
BOOST_DESCRIBE_STRUCT(Collate, (), (operand, collation))
BOOST_DESCRIBE_STRUCT(Step, (), (form, field, low, high))
BOOST_DESCRIBE_STRUCT(Indirection, (), (operand, steps))
BOOST_DESCRIBE_STRUCT(Sublink, (), (form, name, test, query))
BOOST_DESCRIBE_STRUCT(SqlValue, (), (name, precision))
BOOST_DESCRIBE_STRUCT(Grouping, (), (arguments))
BOOST_DESCRIBE_STRUCT(GroupingSet, (), (form, content))
BOOST_DESCRIBE_STRUCT(XmlAttribute, (), (name, value))
BOOST_DESCRIBE_STRUCT(Xml, (), (form, name, document, attributes, arguments, type))
BOOST_DESCRIBE_STRUCT(Target, (), (alias, value))
BOOST_DESCRIBE_STRUCT(Alias, (), (name, columns))
BOOST_DESCRIBE_STRUCT(ColumnDefinition, (), (name, type, collation))
BOOST_DESCRIBE_STRUCT(TableRef, (), (catalog, schema, name, only, alias))
BOOST_DESCRIBE_STRUCT(SubqueryRef, (), (lateral, query, alias))
BOOST_DESCRIBE_STRUCT(FunctionItem, (), (call, columns))
BOOST_DESCRIBE_STRUCT(FunctionRef, (), (lateral, ordinality, rows_from, functions, alias, columns))
BOOST_DESCRIBE_STRUCT(Join, (), (type, natural, left, right, using_columns, using_alias, condition, alias))
BOOST_DESCRIBE_STRUCT(Sample, (), (item, method, arguments, repeatable))
BOOST_DESCRIBE_STRUCT(XmlTableColumn, (), (name, type, ordinality, not_null, path, otherwise))
BOOST_DESCRIBE_STRUCT(XmlTable, (), (lateral, document, row, namespaces, columns, alias))
BOOST_DESCRIBE_STRUCT(SearchClause, (), (columns, breadth_first, sequence))
BOOST_DESCRIBE_STRUCT(CycleClause, (), (columns, mark, mark_value, mark_default, path))
BOOST_DESCRIBE_STRUCT(CommonTable, (), (name, columns, materialized, query, change, search, cycle))
BOOST_DESCRIBE_STRUCT(Locking, (), (strength, tables, wait))
BOOST_DESCRIBE_STRUCT(Select, (),
                      (recursive, with, distinct, distinct_on, targets, from, where, group_by, group_distinct, having,
                       windows, values, operation, all, left, right, order_by, limit, with_ties, offset, locking))
BOOST_DESCRIBE_STRUCT(IndexColumn, (), (column, expression, collation, operator_class, class_options, direction, nulls))

BOOST_DESCRIBE_STRUCT(Assignment, (), (column, value))
BOOST_DESCRIBE_STRUCT(Conflict, (), (arbiter, set, where))
BOOST_DESCRIBE_STRUCT(Insert, (), (recursive, with, table, columns, query, conflict, returning))
BOOST_DESCRIBE_STRUCT(Update, (), (with, table, set, from, where, returning))
BOOST_DESCRIBE_STRUCT(Delete, (), (recursive, with, table, using_items, where, returning))
BOOST_DESCRIBE_STRUCT(LockTable, (), (table, mode))

}  // namespace pgvista::sql
