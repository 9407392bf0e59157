#include "ivm/functions/key_condition.hpp"

#include <fmt/format.h>

#include "ivm/functions/rows.hpp"
#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

namespace {

// Of the array of a key's column; whether NULL is among its values is the next one.
int parameter_number(const std::vector<KeyColumn>& key, std::size_t column) {
  int out = 1;
  for (std::size_t i = 0; i < column; ++i) out += key[i].nullable ? 2 : 1;
  return out;
}

// In the order of parameter_number.
std::vector<std::string> parameter_variables(const std::vector<KeyColumn>& key) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < key.size(); ++i) {
    out.push_back(keys_variable(i));
    if (key[i].nullable) out.push_back(null_variable(i));
  }
  return out;
}

bool any_nullable(const std::vector<KeyColumn>& key) {
  return std::any_of(key.begin(), key.end(), [](const KeyColumn& column) { return column.nullable; });
}

// The keys as rows of a table k.
FromItem keys_as_rows(const std::vector<KeyColumn>& key, KeyNumber number) {
  Exprs arrays;
  std::vector<TypeFact> kinds;
  for (std::size_t i = 0; i < key.size(); ++i) {
    arrays.push_back(keys_value(key, i, number));
    kinds.push_back(key[i].kind);
  }
  return unnested(arrays, kinds, "k", key_names(key));
}

}  // namespace

std::string keys_variable(std::size_t i) { return fmt::format("pgv_keys_{:02}", i + 1); }
std::string null_variable(std::size_t i) { return fmt::format("pgv_null_{:02}", i + 1); }

std::vector<std::string> key_names(const std::vector<KeyColumn>& key) {
  std::vector<std::string> out;
  for (std::size_t i = 0; i < key.size(); ++i) out.push_back(fmt::format("key_{}", i + 1));
  return out;
}

Expr keys_value(const std::vector<KeyColumn>& key, std::size_t i, KeyNumber number) {
  if (number == KeyNumber::many) return make::parameter(parameter_number(key, i));
  const Expr all = make::name(keys_variable(i));
  if (number == KeyNumber::some) return all;
  // Twice: of one row the planner takes every order of joins for as cheap, and may put last what comes to nothing.
  const Expr first = make::element(all, 1);
  return make::array({first, first});
}

std::optional<Expr> null_value(const std::vector<KeyColumn>& key, std::size_t i, KeyNumber number) {
  if (!key[i].nullable || number == KeyNumber::one) return std::nullopt;
  return number == KeyNumber::many ? make::parameter(parameter_number(key, i) + 1) : make::name(null_variable(i));
}

Expr key_condition(const std::vector<KeyColumn>& key, const std::string& qualifier, KeyNumber number) {
  Exprs conditions;
  Exprs columns;
  for (std::size_t i = 0; i < key.size(); ++i) {
    columns.push_back(column(qualifier, key[i].name));
    if (!key[i].narrows && number != KeyNumber::one) continue;
    Expr one = make::equals_any(columns.back(), keys_value(key, i, number));
    if (const auto null = null_value(key, i, number))
      one = make::any_of({one, make::all_of({make::is_null(columns.back()), *null})});
    conditions.push_back(std::move(one));
  }
  if (key.size() < 2 || number == KeyNumber::one) return make::all_of(conditions);
  if (number == KeyNumber::many) conditions.clear();
  const FromItem keys = keys_as_rows(key, number);
  conditions.push_back(
      any_nullable(key)
          ? make::exists(make::select({}, {keys}, same_key(key, make::columns("k", key_names(key)), columns)))
          : make::is_in(Row{columns, false, {}},
                        make::select(make::targets(make::columns("", key_names(key))), {keys})));
  return make::all_of(conditions);
}

Expr same_key(const std::vector<KeyColumn>& key, const Exprs& left, const Exprs& right) {
  Exprs out;
  const bool hashes = std::all_of(key.begin(), key.end(), [](const KeyColumn& column) { return column.kind.hashable; });
  if (any_nullable(key) && hashes) {
    const auto hash = [](const Exprs& values) {
      return make::call("hash_record_extended", {make::row(values), make::number(0)});
    };
    out.push_back(make::op("=", hash(left), hash(right)));
  }
  for (std::size_t i = 0; i < key.size(); ++i)
    out.push_back(key[i].nullable ? make::not_distinct(left[i], right[i]) : make::op("=", left[i], right[i]));
  return make::all_of(out);
}

namespace {

// One key, and no NULL in it: its values are equal to something.
Expr is_one_key(const std::vector<KeyColumn>& key) {
  Exprs out = {make::op("=", make::call("cardinality", {make::name(keys_variable(0))}), make::number(1))};
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (key[i].nullable) out.push_back(make::is_not_null(make::element(make::name(keys_variable(i)), 1)));
  }
  return make::all_of(out);
}

}  // namespace

plpgsql::Statements by_number(const Shape& shape, Callback<std::vector<Statement>(KeyNumber)> written) {
  const auto cached = [&](KeyNumber number) {
    plpgsql::Statements out;
    for (const Statement& one : written(number)) out.push_back({plpgsql::Run{one}});
    return out;
  };
  plpgsql::Statements planned;
  for (const Statement& one : written(KeyNumber::many))
    planned.push_back({plpgsql::Execute{one, parameter_variables(shape.key)}});
  std::vector<plpgsql::Branch> branches;
  // Of one table, its rows are found by the key either way.
  if (joined_at_once(shape) > 1) branches.push_back({is_one_key(shape.key), cached(KeyNumber::one)});
  branches.push_back(
      {make::op("<=", make::call("cardinality", {make::name(keys_variable(0))}), make::number(bulk_keys)),
       cached(KeyNumber::some)});
  return {{plpgsql::If{std::move(branches), std::move(planned)}}};
}

}  // namespace pgvista::ivm
