#pragma once
// The data browser's way to rows: the API's own plans, run with the rights of whoever has signed in.

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "admin/visit.hpp"

namespace pgvista::admin {

struct Found {
  rest::Plan plan;
  std::optional<db::Rows> rows;
  std::optional<long long> total;
};

/// Plans and runs a request as the API would, in one transaction. Throws Failure, Refusal.
Found ask(Visit& visit, const std::string& method, const std::vector<std::string>& segments, const rest::Pairs& query,
          const std::string& body = {}, const std::string& prefer = {});

/// The relation of the first served schema with this name. Throws Refusal (404).
const schema::ApiRelation& relation_of(const Visit& visit, const std::string& name);

/// The column that tells people which row it is: "name", "title", or the first text.
std::string label_column(const schema::ApiRelation& relation);

/// The part of an address that names a row, from its values of the key.
std::string key_segment(const std::vector<std::string>& values);

/// A name as the grammar of select and filters takes any.
std::string field_name(const std::string& name);

/// "/rest/v1/…" of a request.
std::string api_address(const std::vector<std::string>& segments, const rest::Pairs& query);

/// A foreign key of one column that leads from this column, if there is one.
const rest::Relationship* leads_to(const Visit& visit, const schema::ApiRelation& relation, const std::string& column);

}  // namespace pgvista::admin
