#pragma once
// The built server over a database of a test, and a client that says exactly what it is told.

#include <map>
#include <memory>
#include <string>
#include <vector>

#include "support/workspace.hpp"

namespace pgvista::test {

struct HttpAnswer {
  int status = 0;
  std::vector<std::pair<std::string, std::string>> headers;  // as they came
  std::string body;

  std::string header(const std::string& name) const;  // whatever its case
};

/// One request on a connection of its own. Throws std::runtime_error when there is no answer.
HttpAnswer http(int port, const std::string& method, const std::string& target,
                const std::map<std::string, std::string>& headers = {}, const std::string& body = {});

/// A TCP port of this machine that nothing listens on.
int free_port();

/// A socket, for what no client should do.
class RawSocket {
 public:
  explicit RawSocket(int port);
  ~RawSocket();
  RawSocket(const RawSocket&) = delete;
  RawSocket& operator=(const RawSocket&) = delete;
  void send(const std::string& bytes) const;
  /// Until the other side closes, or `until` is among what came.
  std::string receive(const std::string& until = {}) const;

 private:
  int descriptor_;
};

/// A view's changes, followed. Until the server's own connection listens, it answers 503.
std::unique_ptr<RawSocket> event_stream(int port, const std::string& path);

/// `pgvista runserver` at a free port.
class HttpServer {
 public:
  explicit HttpServer(const Workspace& work, const std::vector<std::string>& more = {},
                      const std::map<std::string, std::string>& environment = {});
  int port() const { return port_; }
  int metrics_port() const { return metrics_port_; }
  Process& process() { return *process_; }

 private:
  std::unique_ptr<Process> process_;
  int port_ = 0;
  int metrics_port_ = 0;
};

/// A token signed with HS256 (or as `algorithm` says) over these claims.
std::string token(const std::string& claims, const std::string& secret, const std::string& algorithm = "HS256");

}  // namespace pgvista::test
