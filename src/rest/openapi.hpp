#pragma once
// What is served, as an OpenAPI 3 document.

#include <boost/json.hpp>
#include <string>

#include "rest/plan.hpp"

namespace pgvista::rest {

boost::json::value openapi(const Model& model, const std::string& version);

}  // namespace pgvista::rest
