// What comes over a socket, in pieces, to the HTTP side with a service behind it that answers at once.

#include <boost/asio/connect.hpp>
#include <boost/asio/write.hpp>

#include "server/http.hpp"

namespace {

class Echo : public pgvista::server::HttpHandler {
 public:
  void handle(pgvista::rest::Request request, pgvista::server::Respond respond) override {
    pgvista::server::Response out;
    out.body = request.path;
    for (const auto& [name, value] : request.headers) out.set("X-" + name.substr(0, 20), value);
    respond(std::move(out));
  }
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace pgvista::server;
  using boost::asio::ip::tcp;
  asio::io_context loop;
  Echo echo;
  HttpLimits limits;
  limits.header_bytes = 2000;
  limits.url_bytes = 500;
  limits.body_bytes = 1000;
  std::atomic<int> connections{1};
  const auto http = std::make_shared<HttpLoop>(loop, echo, limits, connections);
  tcp::acceptor acceptor(loop, tcp::endpoint(asio::ip::address_v4::loopback(), 0));
  tcp::socket client(loop);
  client.connect(acceptor.local_endpoint());
  http->take(acceptor.accept(), nullptr);
  boost::system::error_code ignored;
  for (std::size_t from = 0; from < size;) {
    const std::size_t piece = std::min<std::size_t>(size - from, 1 + data[from] % 64);
    asio::write(client, asio::buffer(data + from, piece), ignored);
    from += piece;
    loop.poll();
  }
  client.shutdown(tcp::socket::shutdown_send, ignored);
  loop.poll();
  http->abort();
  loop.poll();
  return 0;
}
