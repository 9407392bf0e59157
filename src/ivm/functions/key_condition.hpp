#pragma once
// The keys that changed rows reach, as variables of a generated function, and conditions over them.

#include "base/callback.hpp"
#include "ivm/key/shape.hpp"
#include "plpgsql/tree.hpp"

namespace pgvista::ivm {

/// The variables of a key column: an array of its values, and whether NULL is one.
std::string keys_variable(std::size_t i);
std::string null_variable(std::size_t i);
/// key_1, key_2 …: a key's columns wherever they are computed.
std::vector<std::string> key_names(const std::vector<KeyColumn>& key);

/// How many keys a statement is written for: what the planner cannot see of an array, it takes for ten values.
enum class KeyNumber { one, some, many };

/// What a statement of the function names them by: an array, for `one` spelled out and without NULL; for `many` a
/// parameter of the EXECUTE that `by_number` makes.
sql::Expr keys_value(const std::vector<KeyColumn>& key, std::size_t i, KeyNumber number);
/// Whether NULL is among them, where it may be: not for `one`.
std::optional<sql::Expr> null_value(const std::vector<KeyColumn>& key, std::size_t i, KeyNumber number);

/// `qualifier.key IN the keys`, exact for keys of several columns. For `many` keys of several columns each column by
/// itself says little, and the planner would take it for much.
sql::Expr key_condition(const std::vector<KeyColumn>& key, const std::string& qualifier, KeyNumber number);

/// Two rows of one key, NULLs and all; joined by hash where there are NULLs, which IS NOT DISTINCT FROM alone would not
/// be.
sql::Expr same_key(const std::vector<KeyColumn>& key, const sql::Exprs& left, const sql::Exprs& right);

/// Statements over the key variables, as they are written for each number of keys; those for `many` are EXECUTEs with
/// the keys as parameters, planned for their real number.
plpgsql::Statements by_number(const Shape& shape, Callback<std::vector<sql::Statement>(KeyNumber)> written);

/// More changed rows than these may cost more than the whole view: it is asked what either has cost.
inline constexpr int rows_worth_asking = 100;
/// Keys beyond this number are planned with their real number in view instead of by the cached plan.
inline constexpr int bulk_keys = 1000;

}  // namespace pgvista::ivm
