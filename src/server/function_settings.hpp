#pragma once
// PostgREST's way for functions to have a say in status and headers: settings that they leave behind.

#include "rest/statement.hpp"
#include "server/lane.hpp"
#include "server/response.hpp"

namespace pgvista::server {

/// Reads what functions have set: response.headers and response.status.
rest::Statement function_settings_statement();
/// Puts it into the answer. `rows`: of that statement. Throws rest::Refusal (PGRST111, PGRST112).
void add_function_settings(const PGresult* rows, Response& response);

}  // namespace pgvista::server
