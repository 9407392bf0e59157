#pragma once
// Which resource a request is for: the API's own paths, and those that [server.paths] gives to relations.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "rest/request.hpp"

namespace pgvista::server {

struct Route {
  std::vector<std::string> segments;  // below /rest/v1/; empty: the API's description
  bool given = false;                 // by [server.paths]: as REST frameworks have it
};

/// nullopt: nobody's. Where the path is one of `paths` (prefix -> target with its query), the request gets the target's
/// parameters.
std::optional<Route> route(rest::Request& request, const std::map<std::string, std::string>& paths);

}  // namespace pgvista::server
