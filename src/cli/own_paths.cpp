#include "cli/own_paths.hpp"

#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>
#include <pgvista/database.hpp>

#include <optional>

#include "rest/error.hpp"
#include "rest/request.hpp"
#include "server/posted_handler.hpp"

namespace pgvista::cli {

namespace asio = boost::asio;

namespace {

constexpr std::size_t threads = 4;

// The values of {name} where the path fits.
std::optional<std::map<std::string, std::string>> fit(const std::vector<std::string>& pattern,
                                                      const std::vector<std::string>& path) {
  if (pattern.size() != path.size()) return std::nullopt;
  std::map<std::string, std::string> out;
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (pattern[i].starts_with('{')) {
      out[pattern[i].substr(1, pattern[i].size() - 2)] = path[i];
    } else if (pattern[i] != path[i]) {
      return std::nullopt;
    }
  }
  return out;
}

server::Response refused(int status, const char* code, const Error& error) {
  server::Response out;
  out.status = status;
  out.body =
      rest::Refusal(status, code, error.message,
                    error.detail.empty() ? boost::json::value(nullptr) : boost::json::value(error.detail), error.hint)
          .body();
  out.set("Content-Type", "application/json; charset=utf-8");
  if (status == 503) out.set("Retry-After", "1");
  return out;
}

}  // namespace

struct OwnPaths::Inside {
  struct Known {
    OwnPath path;
    std::vector<std::string> parts;
  };
  std::vector<Known> known;
  std::string url;
  asio::thread_pool pool{threads};

  const Known* find(const rest::Request& request, std::map<std::string, std::string>& parameters) const {
    std::vector<std::string> path = rest::path_parts(request.raw_path);
    for (std::string& part : path) part = rest::percent_decoded(part, false).value_or("");
    for (const Known& one : known) {
      if (one.path.method != request.method) continue;
      if (auto values = fit(one.parts, path)) {
        parameters = std::move(*values);
        return &one;
      }
    }
    return nullptr;
  }

  server::Response answer(const rest::Request& request) const {
    thread_local std::unique_ptr<Database> database;
    thread_local std::string connected_to;
    HttpRequest given{request.method, request.path, {}, request.query, request.headers, request.body};
    const Known* one = find(request, given.parameters);
    try {
      if (!database || connected_to != url) {
        database = std::make_unique<Database>(url);
        connected_to = url;
      }
      HttpReply reply = one->path.handler(given, *database);
      server::Response out;
      out.status = reply.status;
      out.body = std::move(reply.body);
      if (!reply.type.empty()) out.set("Content-Type", reply.type);
      for (auto& [name, value] : reply.headers) out.set(name, std::move(value));
      return out;
    } catch (const Failure& failure) {
      database.reset();  // it may be the connection
      return refused(failure.error().exit == ExitCode::unreachable ? 503 : 500, failure.error().code.c_str(),
                     failure.error());
    } catch (const std::exception& failure) {
      database.reset();
      return refused(500, "internal_error", Error{"internal_error", failure.what(), {}, {}, {}, {}});
    }
  }
};

OwnPaths::OwnPaths(const std::vector<OwnPath>& paths, std::string url) : inside_(std::make_shared<Inside>()) {
  inside_->url = std::move(url);
  for (const OwnPath& one : paths) {
    std::vector<std::string> parts = rest::path_parts(one.pattern);
    const bool closed = std::all_of(parts.begin(), parts.end(), [](const std::string& part) {
      return part.starts_with('{') == part.ends_with('}');
    });
    if (!one.pattern.starts_with('/') || !closed)
      throw Failure(usage_error("invalid_path", fmt::format("\"{}\" is no pattern of a path", one.pattern),
                                "It begins with '/', and a part of it may be a {name}."));
    inside_->known.push_back({one, std::move(parts)});
  }
}

OwnPaths::~OwnPaths() { inside_->pool.join(); }

std::unique_ptr<server::RouteHandler> OwnPaths::handler(asio::io_context& loop) {
  const auto takes = [inside = inside_](const rest::Request& request) {
    std::map<std::string, std::string> unused;
    return inside->find(request, unused) != nullptr;
  };
  return std::make_unique<server::PostedHandler>(
      loop, inside_->pool, takes, [inside = inside_](const rest::Request& request) { return inside->answer(request); });
}

}  // namespace pgvista::cli
