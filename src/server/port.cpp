#include "server/port.hpp"

#include <boost/asio/post.hpp>
#include <fmt/format.h>

#include <pgvista/error.hpp>

namespace pgvista::server {

using asio::ip::tcp;

tcp::acceptor bound(asio::io_context& loop, const std::string& host, int port) {
  boost::system::error_code failure;
  const asio::ip::address address = asio::ip::make_address(host == "localhost" ? "127.0.0.1" : host, failure);
  if (failure)
    throw Failure(usage_error("invalid_settings", fmt::format("\"{}\" is no address to serve at", host),
                              "An IP address such as 127.0.0.1, 0.0.0.0 or ::."));
  const tcp::endpoint endpoint(address, static_cast<unsigned short>(port));
  tcp::acceptor out(loop);
  out.open(endpoint.protocol(), failure);
  if (!failure) out.set_option(asio::socket_base::reuse_address(true), failure);
  if (!failure) out.bind(endpoint, failure);
  if (!failure) out.listen(1024, failure);
  if (failure)
    throw Failure(usage_error("address_in_use", fmt::format("cannot serve at {}:{}: {}", host, port, failure.message()),
                              "Choose another port, on the command line or in pgvista.toml."));
  return out;
}

void Health::handle(rest::Request request, Respond respond) {
  Response out;
  out.set("Content-Type", "text/plain; version=0.0.4; charset=utf-8");
  if (request.path == "/metrics") {
    out.body = metrics_();
  } else if (request.path == "/live") {
    out.body = "live\n";
  } else if (request.path == "/ready") {
    const bool ready = ready_();
    out.status = ready ? 200 : 503;
    out.body = ready ? "ready\n" : "not ready: " + why_not_ + "\n";
  } else {
    out.status = 404;
    out.body = "/metrics, /live, /ready\n";
  }
  respond(std::move(out));
}

Port::Port(const std::string& host, int port, HttpHandler& handler)
    : http_(std::make_shared<HttpLoop>(loop_, handler, limits_, connections_)), acceptor_(bound(loop_, host, port)) {
  accept();
  thread_ = std::thread([this] { loop_.run(); });
}

Port::~Port() {
  asio::post(loop_, [this] {
    boost::system::error_code ignored;
    acceptor_.close(ignored);
    http_->abort();
    // After those that were aborted have heard of it.
    asio::post(loop_, [this] { busy_.reset(); });
  });
  thread_.join();
}

void Port::accept() {
  acceptor_.async_accept([this](const boost::system::error_code& error, tcp::socket socket) {
    if (error) return;
    ++connections_;
    http_->take(std::move(socket), nullptr);
    accept();
  });
}

}  // namespace pgvista::server
