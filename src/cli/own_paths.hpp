#pragma once
// The paths of a C++ program, as a handler of the server.

#include <boost/asio/io_context.hpp>
#include <memory>
#include <string>
#include <vector>

#include <pgvista/serve.hpp>
#include "server/service.hpp"

namespace pgvista::cli {

class OwnPaths {
 public:
  /// Throws Failure (invalid_path, exit 2) for a pattern that does not begin with '/' or has an unclosed '{'.
  OwnPaths(const std::vector<OwnPath>& paths, std::string url);
  ~OwnPaths();
  OwnPaths(const OwnPaths&) = delete;
  OwnPaths& operator=(const OwnPaths&) = delete;
  /// A handler for one loop; the paths must live longer.
  std::unique_ptr<server::RouteHandler> handler(boost::asio::io_context& loop);

 private:
  struct Inside;
  std::shared_ptr<Inside> inside_;
};

}  // namespace pgvista::cli
