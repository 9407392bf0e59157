#include "server/route.hpp"

#include <algorithm>
#include <string_view>

namespace pgvista::server {

namespace {

constexpr std::string_view root = "/rest/v1";

std::string from(const std::string& path, std::size_t at) { return path.substr(std::min(at, path.size())); }

// What the request says itself goes before what the target says.
void add_parameters(rest::Request& request, const rest::Request& target) {
  for (const auto& [key, value] : target.query) {
    const bool yields = key == "select" || key == "order" || key == "limit" || key == "offset";
    if (!yields || !request.parameter(key)) request.query.emplace_back(key, value);
  }
  // Whoever writes to such a path is shown what came of it, as REST frameworks do.
  std::string& prefer = request.headers["prefer"];
  if (prefer.find("return=") == std::string::npos)
    prefer += prefer.empty() ? "return=representation" : ", return=representation";
}

}  // namespace

std::optional<Route> route(rest::Request& request, const std::map<std::string, std::string>& paths) {
  // As it came: what is cut off below is as long as what is compared here.
  const std::string path = request.raw_path;
  if (path == "/" || path == root || path == "/rest/v1/") return Route{};
  if (path.starts_with("/rest/v1/")) return Route{rest::path_segments(from(path, root.size()))};
  for (const auto& [prefix, target] : paths) {
    const std::string_view bare =
        std::string_view(prefix).substr(0, prefix.ends_with('/') ? prefix.size() - 1 : prefix.size());
    if (!path.starts_with(bare) || (path.size() > bare.size() && path[bare.size()] != '/')) continue;
    rest::Request told;
    rest::read_target(told, "/" + target);
    add_parameters(request, told);
    return Route{rest::path_segments(told.raw_path + from(path, bare.size())), true};
  }
  return std::nullopt;
}

}  // namespace pgvista::server
