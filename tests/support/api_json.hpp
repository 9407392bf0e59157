#pragma once
// What a database offers to be served, as files hold it: a JSON document a line.

#include <string>

#include "schema/api.hpp"

namespace pgvista::test {

/// Numbers of objects are counted from the first on, so that every database of the same tables has the same. Time
/// zones, types and roles of the server itself are left out where `mentioned` does not have their names.
std::string api_text(schema::Api api, const std::string& mentioned);
schema::Api api_of(const std::string& text);

}  // namespace pgvista::test
