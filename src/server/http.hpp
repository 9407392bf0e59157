#pragma once
// HTTP over a socket, with or without TLS: one request after the other, with a deadline for each phase.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/ssl/context.hpp>
#include <atomic>
#include <chrono>
#include <memory>
#include <set>

#include "rest/request.hpp"
#include "server/response.hpp"

namespace pgvista::server {

namespace asio = boost::asio;

struct HttpLimits {
  std::size_t header_bytes = 32'768;
  std::size_t url_bytes = 8192;
  std::uint64_t body_bytes = 10'000'000;
  std::chrono::milliseconds header_timeout{10'000};
  std::chrono::milliseconds body_timeout{30'000};
  std::chrono::milliseconds idle_timeout{75'000};
  int connections = 2000;
};

/// What the sockets of one loop have in common.
class HttpHandler {
 public:
  virtual ~HttpHandler() = default;
  /// Called on the loop; `respond` too, once.
  virtual void handle(rest::Request request, Respond respond) = 0;
  /// A request that could not be read: 400, 408, 413, 414, 431.
  virtual void refused(int) {}
};

/// Ends when it is told to drain and has nothing under way.
class HttpConnection {
 public:
  virtual ~HttpConnection() = default;
  virtual void drain() = 0;
  virtual void abort() = 0;
};

class HttpLoop : public std::enable_shared_from_this<HttpLoop> {
 public:
  HttpLoop(asio::io_context& loop, HttpHandler& handler, const HttpLimits& limits, std::atomic<int>& connections)
      : loop_(loop), handler_(handler), limits_(limits), count_(connections) {}
  asio::io_context& loop() { return loop_; }
  HttpHandler& handler() { return handler_; }
  const HttpLimits& limits() const { return limits_; }
  /// Takes a socket of this loop. `tls` may be null.
  void take(asio::ip::tcp::socket socket, asio::ssl::context* tls);
  void drain();
  void abort();
  bool draining() const { return draining_; }
  bool empty() const { return open_.empty(); }
  void opened(HttpConnection* one) { open_.insert(one); }
  void gone(HttpConnection* one) {
    open_.erase(one);
    --count_;
  }

 private:
  asio::io_context& loop_;
  HttpHandler& handler_;
  const HttpLimits& limits_;
  std::atomic<int>& count_;
  std::set<HttpConnection*> open_;
  bool draining_ = false;
};

}  // namespace pgvista::server
