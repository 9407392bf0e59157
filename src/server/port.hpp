#pragma once
// One handler at one port, on a thread of its own: numbers and health of a process that serves nothing else.

#include <boost/asio/executor_work_guard.hpp>
#include <functional>
#include <memory>
#include <string>
#include <thread>

#include "server/http.hpp"

namespace pgvista::server {

/// A listening socket. Throws Failure (invalid_settings, address_in_use; exit 2).
asio::ip::tcp::acceptor bound(asio::io_context& loop, const std::string& host, int port);

/// Numbers for Prometheus, liveness and readiness: /metrics, /live, /ready.
class Health : public HttpHandler {
 public:
  /// `why_not`: what is said where it is not ready.
  Health(std::function<std::string()> metrics, std::function<bool()> ready, std::string why_not)
      : metrics_(std::move(metrics)), ready_(std::move(ready)), why_not_(std::move(why_not)) {}
  void handle(rest::Request request, Respond respond) override;

 private:
  std::function<std::string()> metrics_;
  std::function<bool()> ready_;
  std::string why_not_;
};

class Port {
 public:
  /// The handler must outlive it. As bound() throws.
  Port(const std::string& host, int port, HttpHandler& handler);
  ~Port();
  Port(const Port&) = delete;
  Port& operator=(const Port&) = delete;
  int port() const { return acceptor_.local_endpoint().port(); }

 private:
  void accept();

  HttpLimits limits_;
  std::atomic<int> connections_{0};
  asio::io_context loop_{1};
  asio::executor_work_guard<asio::io_context::executor_type> busy_{loop_.get_executor()};
  std::shared_ptr<HttpLoop> http_;
  asio::ip::tcp::acceptor acceptor_;
  std::thread thread_;
};

}  // namespace pgvista::server
