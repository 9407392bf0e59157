#pragma once
// Short words for making trees. A function without a schema is found in pg_catalog: what is generated runs under that
// search path.

#include <initializer_list>
#include <optional>

#include "sql/identifier.hpp"
#include "sql/statement.hpp"

namespace pgvista::sql::make {

Expr name(const std::string& one);  // a column without a qualifier, or a variable
Expr column(const std::string& qualifier, const std::string& name);
Expr every_column(const std::string& qualifier = {});                                // q.* or *
Exprs columns(const std::string& qualifier, const std::vector<std::string>& names);  // "": without one
Expr number(long long value);
Expr text(const std::string& value);
Expr boolean(bool value);
Expr null();
Expr parameter(int number);

Expr call(const std::string& function, Exprs arguments = {});
Expr call(const Name& function, Exprs arguments = {});
Expr count();  // count(*)
Expr filtered(Expr aggregate, Expr condition);
Expr distinct(Expr aggregate);  // agg(DISTINCT …)
Expr named(const std::string& parameter, Expr value);

Expr op(const std::string& name, Expr left, Expr right);
Expr op(const Path& name, Expr left, Expr right);
Expr minus(Expr value);
/// Joined by one operator, from the left. Requires an operand.
Expr chain(const std::string& name, const Exprs& operands);
/// true of none.
Expr all_of(const Exprs& conditions);
/// false of none.
Expr any_of(const Exprs& conditions);
Expr negation(Expr condition);
Expr is_null(Expr value);
Expr is_not_null(Expr value);
Expr not_distinct(Expr left, Expr right);
Expr distinct_from(Expr left, Expr right);
Expr equals_any(Expr left, Expr array);

TypeName type(const std::string& built_in, bool array = false);
Expr cast(Expr value, TypeName type);
Expr cast(Expr value, const std::string& built_in, bool array = false);
Expr row(Exprs fields);
Expr array(Exprs elements);
Expr element(Expr array, long long number);
Expr field(Expr array, long long number, const std::string& field);  // array[n].field
Expr choose(Expr condition, Expr result, std::optional<Expr> otherwise = {});
Expr coalesce(Exprs arguments);
Expr extremum(bool greatest, Exprs arguments);
Expr collate(Expr value, const std::string& collation);

Expr exists(Select query);
Expr scalar(Select query);
Expr array_of(Select query);
Expr is_in(Expr row, Select query);

Target target(Expr value, const std::string& alias = {});
std::vector<Target> targets(const Exprs& values);
std::vector<OrderItem> order_by(const Exprs& values);
TableRef table(const Name& name, const std::string& alias = {});
TableRef rows(const std::string& name, const std::string& alias = {});  // a transition table, or a WITH name
SubqueryRef subquery(Select query, const std::string& alias, std::vector<std::string> columns = {});
SubqueryRef lateral(SubqueryRef item);
FunctionRef function(Expr call, const std::string& alias, std::vector<std::string> columns = {});
FunctionRef lateral(FunctionRef item);
FromItem join(Join::Type type, FromItem left, FromItem right, std::optional<Expr> condition = {});
FromItem cross_join(FromItem left, FromItem right);

/// SELECT targets FROM items WHERE condition.
Select select(std::vector<Target> targets, std::vector<FromItem> from = {}, std::optional<Expr> where = {});
Select values(std::vector<Exprs> rows);
/// Requires a query.
Select union_all(std::vector<Select> queries);
Select except_all(Select left, Select right);

CommonTable with(const std::string& name, Select query,
                 CommonTable::Materialized materialized = CommonTable::Materialized::unset);
CommonTable with(const std::string& name, Statement change);
/// SET column = excluded.column.
std::vector<Assignment> as_excluded(const std::vector<std::string>& columns);

}  // namespace pgvista::sql::make
