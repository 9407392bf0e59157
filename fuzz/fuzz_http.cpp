// What comes over a socket, in pieces, to the HTTP side with a service behind it that answers at once.

#include <boost/asio/local/stream_protocol.hpp>
#include <boost/asio/write.hpp>
#include <sys/socket.h>

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
  // Not over a port: a machine has fewer of them, each kept for a minute after its end, than inputs are tried.
  int ends[2];
  if (::socketpair(AF_UNIX, SOCK_STREAM, 0, ends) != 0) std::abort();
  asio::local::stream_protocol::socket client(loop, asio::local::stream_protocol(), ends[0]);
  http->take(tcp::socket(loop, tcp::v4(), ends[1]), nullptr);
  boost::system::error_code ignored;
  for (std::size_t from = 0; from < size;) {
    const std::size_t piece = std::min<std::size_t>(size - from, 1 + data[from] % 64);
    asio::write(client, asio::buffer(data + from, piece), ignored);
    from += piece;
    loop.poll();
  }
  client.shutdown(asio::socket_base::shutdown_send, ignored);
  loop.poll();
  http->abort();
  loop.poll();
  return 0;
}
