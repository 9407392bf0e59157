#pragma once
// A handler whose requests are answered on threads of their own, since what they do waits for something.

#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/thread_pool.hpp>
#include <functional>
#include <memory>
#include <utility>

#include "server/service.hpp"

namespace pgvista::server {

/// `takes` is asked on the loop; `answer` runs on a thread of the pool and must not throw. Loop and pool must live
/// longer.
class PostedHandler : public RouteHandler {
 public:
  using Takes = std::function<bool(const rest::Request&)>;
  using Answer = std::function<Response(const rest::Request&)>;

  PostedHandler(asio::io_context& loop, asio::thread_pool& threads, Takes takes, Answer answer)
      : loop_(loop), threads_(threads), takes_(std::move(takes)), answer_(std::move(answer)) {}

  bool takes(const rest::Request& request) const override { return takes_(request); }
  void handle(rest::Request request, Respond respond) override {
    asio::post(threads_, [answer = answer_, &loop = loop_, request = std::move(request), respond = std::move(respond)] {
      auto response = std::make_shared<Response>(answer(request));
      asio::post(loop, [respond, response] { respond(std::move(*response)); });
    });
  }

 private:
  asio::io_context& loop_;
  asio::thread_pool& threads_;
  Takes takes_;
  Answer answer_;
};

}  // namespace pgvista::server
