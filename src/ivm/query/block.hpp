#pragma once
// Small questions about one block and its expressions.

#include <set>
#include <string>
#include <utility>
#include <vector>

#include "ivm/values/facts.hpp"
#include "sql/make.hpp"

namespace pgvista::ivm {

/// The last part of a dotted name; "" of none.
std::string last(const sql::Path& path);
/// What a qualifier calls a table in FROM.
std::string name_of(const sql::TableRef& ref);
/// What a column is qualified by; "" of another expression.
const std::string& qualifier(const sql::Expr& expression);
/// Output columns of a query without a star.
std::size_t output_count(const sql::Select& query);

/// SELECT NULL::type AS name, …: stands for rows of these columns where only their types matter.
sql::Select typed_nulls(const std::vector<ColumnFact>& columns);

/// The operands of nested ANDs.
std::vector<const sql::Expr*> conjuncts(const sql::Expr& expression);
/// Left and right of `a = b`, or nullptrs.
std::pair<const sql::Expr*, const sql::Expr*> equality(const sql::Expr& expression);

/// The comparison (<, <=, >, >=, =, <>) that holds the only column of `alias` that the block or a block in it names, as
/// one of its sides; nullopt: there is none, or more than one.
std::optional<sql::Expr> only_comparison(const sql::Select& block, const std::string& alias);

/// Does the expression hold a call of a function in this set of names (aggregates, say), outside of subqueries?
bool calls(const sql::Expr& expression, const std::set<std::string>& names);
/// A window function anywhere in the block's own expressions.
bool has_windows(const sql::Select& block);
bool has_aggregates(const sql::Select& block, const Facts& facts);
/// The PARTITION BY lists of all window functions of a block.
std::vector<sql::Exprs> partitions(const sql::Select& block);

/// The NULL of an expression's type that the spelling out of grouping sets puts in its place.
bool is_typed_null(const sql::Expr& expression);

using sql::make::column;

}  // namespace pgvista::ivm
