#include "rest/nested_links.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace pgvista::rest {

using schema::ApiRelation;
using Form = Relationship::Form;

FixedColumns link_of(const RowHandle& row, const Relationship& one) {
  FixedColumns out;
  if (one.form == Form::many_to_many) return out;
  for (const auto& [own, other] : one.columns) out.emplace_back(other, value_of(row, own));
  return out;
}

std::vector<std::string> belongs(const Model& model, const RowHandle& row, const Relationship& one) {
  std::vector<std::string> out;
  if (one.form != Form::many_to_many) {
    for (const auto& [own, other] : one.columns)
      out.push_back(fmt::format("t0.{} = {}", sql::quote_identifier(other), value_of(row, own)));
    return out;
  }
  std::vector<std::string> pair;
  for (const auto& [own, junction] : one.columns)
    pair.push_back(fmt::format("j.{} = {}", sql::quote_identifier(junction), value_of(row, own)));
  for (const auto& [junction, other] : one.junction_columns)
    pair.push_back(fmt::format("j.{} = t0.{}", sql::quote_identifier(junction), sql::quote_identifier(other)));
  out.push_back(fmt::format("EXISTS (SELECT FROM {} j WHERE {})", model.api.relations.at(one.junction).name.sql(),
                            join(pair, " AND ")));
  return out;
}

FixedColumns pair_columns(const RowHandle& row, const Relationship& one, const RowHandle& there) {
  FixedColumns out;
  for (const auto& [own, junction] : one.columns) out.emplace_back(junction, value_of(row, own));
  for (const auto& [junction, other] : one.junction_columns) out.emplace_back(junction, value_of(there, other));
  return out;
}

bool may_be_alone(const ApiRelation& target, const Relationship& one) {
  return std::all_of(one.columns.begin(), one.columns.end(),
                     [&](const auto& pair) { return !target.column(pair.second)->not_null; });
}

std::string parting(const Model& model, const RowHandle& row, const Relationship& one, const std::string& which,
                    bool remove) {
  const ApiRelation& target = model.api.relations.at(one.to);
  if (one.form == Form::many_to_many && !remove) {
    const ApiRelation& junction = model.api.relations.at(one.junction);
    std::vector<std::string> conditions;
    for (const auto& [own, column] : one.columns)
      conditions.push_back(fmt::format("j.{} = {}", sql::quote_identifier(column), value_of(row, own)));
    for (const auto& [column, other] : one.junction_columns)
      conditions.push_back(fmt::format("j.{} = t0.{}", sql::quote_identifier(column), sql::quote_identifier(other)));
    return fmt::format("DELETE FROM {} j USING {} t0 WHERE {} AND {}", junction.name.sql(), target.name.sql(),
                       join(conditions, " AND "), which);
  }
  const std::string mine = join(belongs(model, row, one), " AND ");
  if (remove || !may_be_alone(target, one))
    return fmt::format("DELETE FROM {} t0 WHERE {} AND {}", target.name.sql(), mine, which);
  std::vector<std::string> sets;
  for (const auto& [own, other] : one.columns) sets.push_back(sql::quote_identifier(other) + " = NULL");
  return fmt::format("UPDATE {} t0 SET {} WHERE {} AND {}", target.name.sql(), join(sets, ", "), mine, which);
}

}  // namespace pgvista::rest
