#pragma once
// The whole server: loops, sockets, the reader of the catalogue, the end.

#include <functional>
#include <memory>
#include <string>

#include "db/connection.hpp"
#include "project/settings.hpp"
#include "server/service.hpp"

namespace pgvista::server {

struct ServerOptions {
  project::ServerSettings settings;
  std::string url;
  std::vector<std::string> schemas;
  /// Each loop's further handlers, made for it on its own thread before it starts.
  std::function<std::vector<std::unique_ptr<RouteHandler>>(asio::io_context&, Shared&)> handlers;
  /// max_staleness of views, by their quoted names, in milliseconds; read again and again, on a thread of the server's.
  std::function<std::map<std::string, double>()> max_staleness = [] { return std::map<std::string, double>{}; };
  std::function<void(const std::string&)> say = [](const std::string&) {};
};

class Server {
 public:
  /// Binds the sockets. Throws Failure (address_in_use, invalid_settings; exit 2).
  explicit Server(ServerOptions options);
  ~Server();
  Server(const Server&) = delete;
  Server& operator=(const Server&) = delete;

  int port() const;
  int metrics_port() const;
  bool tls() const;
  /// Serves until `ended()`, which is asked several times a second; then drains.
  void run(const std::function<bool()>& ended);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

}  // namespace pgvista::server
