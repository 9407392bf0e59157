#include "server/http.hpp"

#include <boost/asio/ssl/stream.hpp>
#include <boost/asio/write.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/ssl/ssl_stream.hpp>
#include <fmt/format.h>

#include <deque>
#include <optional>

#include "base/text.hpp"
#include "rest/error.hpp"
#include "server/framing.hpp"

namespace pgvista::server {

namespace beast = boost::beast;
namespace http = beast::http;
using Clock = std::chrono::steady_clock;

namespace {

constexpr std::size_t read_bytes = 4096;
constexpr std::size_t most_event_backlog = 1'000'000;

rest::Request request_of(http::request<http::string_body>& message) {
  rest::Request out;
  out.method = std::string(message.method_string());
  for (const auto& field : message) {
    std::string name = lower({field.name_string().data(), field.name_string().size()});
    const std::string_view value(field.value().data(), field.value().size());
    auto [known, fresh] = out.headers.try_emplace(std::move(name), value);
    if (!fresh) {
      known->second += known->first == "cookie" ? "; " : ", ";
      known->second += value;
    }
  }
  out.body = std::move(message.body());
  return out;
}

std::string head_of(const Response& response, bool keep_alive, unsigned version) {
  std::string out = fmt::format("HTTP/1.{} {} {}\r\n", version % 10, response.status, reason_of(response.status));
  for (const auto& [name, value] : response.headers) {
    out += name;
    out += ": ";
    for (const char c : value) out += c == '\r' || c == '\n' ? ' ' : c;
    out += "\r\n";
  }
  if (response.stream) return out + "Connection: close\r\n\r\n";
  const bool bodyless = response.status == 204 || response.status == 304;
  if (!bodyless) out += fmt::format("Content-Length: {}\r\n", response.body.size());
  out += keep_alive ? (version < 11 ? "Connection: keep-alive\r\n\r\n" : "\r\n") : "Connection: close\r\n\r\n";
  return out;
}

template <class Stream>
class Connection : public HttpConnection, public std::enable_shared_from_this<Connection<Stream>> {
 public:
  template <class... Args>
  Connection(HttpLoop& owner, Args&&... args)
      : owner_held_(owner.shared_from_this()), owner_(owner), stream_(std::forward<Args>(args)...) {
    owner_.opened(this);
  }
  ~Connection() override {
    owner_.gone(this);
    if (on_closed_) on_closed_();
  }
  Connection(const Connection&) = delete;
  Connection& operator=(const Connection&) = delete;

  void start() {
    if constexpr (std::is_same_v<Stream, beast::tcp_stream>) {
      next();
    } else {
      lowest().expires_after(owner_.limits().header_timeout);
      stream_.async_handshake(asio::ssl::stream_base::server,
                              [self = this->shared_from_this()](const boost::system::error_code& error) {
                                if (!error) self->next();
                              });
    }
  }

  void drain() override {
    if (idle_) abort();
    closing_ = true;
    if (sink_) sink_->close();
  }
  void abort() override {
    boost::system::error_code ignored;
    lowest().socket().shutdown(asio::ip::tcp::socket::shutdown_both, ignored);
    lowest().close();
  }

 private:
  using Parser = http::request_parser<http::string_body>;

  beast::tcp_stream& lowest() {
    if constexpr (std::is_same_v<Stream, beast::tcp_stream>) {
      return stream_;
    } else {
      return stream_.next_layer();
    }
  }

  // --- reading
  // ----------------------------------------------------------------------------------------------------------
  void next() {
    if (closing_ || owner_.draining()) return close();
    parser_.emplace();
    parser_->header_limit(static_cast<std::uint32_t>(owner_.limits().header_bytes));
    parser_->body_limit(owner_.limits().body_bytes);
    parser_->eager(true);
    idle_ = buffer_.size() == 0;
    begun_ = Clock::now();
    in_body_ = false;
    if (idle_) {
      lowest().expires_after(owner_.limits().idle_timeout);
      return read();
    }
    lowest().expires_after(owner_.limits().header_timeout);
    parse();
  }

  void read() {
    stream_.async_read_some(buffer_.prepare(read_bytes),
                            [self = this->shared_from_this()](const boost::system::error_code& error,
                                                              std::size_t bytes) { self->has_read(error, bytes); });
  }

  void has_read(const boost::system::error_code& error, std::size_t bytes) {
    if (error) {
      if (error == beast::error::timeout && !idle_) owner_.handler().refused(408);
      return close();
    }
    buffer_.commit(bytes);
    if (idle_) {
      idle_ = false;
      // From the first byte on: whoever dribbles has no more time than anybody else.
      begun_ = Clock::now();
      lowest().expires_at(begun_ + owner_.limits().header_timeout);
    }
    parse();
  }

  void parse() {
    boost::system::error_code error;
    while (buffer_.size() > 0 && !parser_->is_done()) {
      const std::size_t used = parser_->put(buffer_.data(), error);
      buffer_.consume(used);
      if (error == http::error::need_more) {
        error = {};
        break;
      }
      if (error) return refuse(error);
      if (used == 0) break;
    }
    if (parser_->is_header_done() && !in_body_) {
      in_body_ = true;
      if (const std::string fault = framing_fault(parser_->get().base()); !fault.empty())
        return refuse_with(400, "PGRST100", "this is no HTTP request: " + fault);
      if (parser_->get().target().size() > owner_.limits().url_bytes)
        return refuse_with(414, "PGRST100", fmt::format("the URL is longer than {} bytes", owner_.limits().url_bytes));
      if (!parser_->is_done()) {
        lowest().expires_at(Clock::now() + owner_.limits().body_timeout);
        if (beast::iequals(parser_->get()[http::field::expect], "100-continue")) return go_on();
      }
    }
    if (!parser_->is_done()) return read();
    dispatch();
  }

  // The other side waits for leave to send the body.
  void go_on() {
    static constexpr std::string_view text = "HTTP/1.1 100 Continue\r\n\r\n";
    asio::async_write(stream_, asio::buffer(text.data(), text.size()),
                      [self = this->shared_from_this()](const boost::system::error_code& error, std::size_t) {
                        if (error) return self->close();
                        self->read();
                      });
  }

  void refuse(const boost::system::error_code& error) {
    if (error == http::error::header_limit || error == http::error::buffer_overflow)
      return refuse_with(431, "PGRST100",
                         fmt::format("the header is larger than {} bytes", owner_.limits().header_bytes));
    if (error == http::error::body_limit)
      return refuse_with(413, "PGRST102", fmt::format("the body is larger than {} bytes", owner_.limits().body_bytes));
    if (error == http::error::end_of_stream) return close();
    refuse_with(400, "PGRST100", "this is no HTTP request: " + error.message());
  }

  void refuse_with(int status, const char* code, const std::string& message) {
    owner_.handler().refused(status);
    closing_ = true;
    Response out;
    out.status = status;
    out.body = rest::Refusal(status, code, message).body();
    out.set("Content-Type", "application/json; charset=utf-8");
    write(std::move(out));
  }

  void dispatch() {
    http::request<http::string_body> message = parser_->release();
    version_ = message.version();
    keep_alive_ = message.keep_alive() && !closing_;
    lowest().expires_never();
    rest::Request request = request_of(message);
    boost::system::error_code unknown;
    if (const auto other = lowest().socket().remote_endpoint(unknown); !unknown)
      request.peer = other.address().to_string();
    try {
      rest::read_target(request, {message.target().data(), message.target().size()});
    } catch (const rest::Refusal& refusal) {
      return refuse_with(refusal.status, refusal.code.c_str(), refusal.what());
    }
    owner_.handler().handle(std::move(request),
                            [self = this->shared_from_this()](Response response) { self->write(std::move(response)); });
  }

  // --- writing
  // ----------------------------------------------------------------------------------------------------------
  void write(Response response) {
    if (response.close || closing_ || owner_.draining()) keep_alive_ = false;
    response_ = std::move(response);
    head_ = head_of(response_, keep_alive_, version_);
    if (response_.without_body || response_.status == 204 || response_.status == 304) response_.body.clear();
    lowest().expires_after(owner_.limits().body_timeout);
    const std::array<asio::const_buffer, 2> parts{asio::buffer(head_), asio::buffer(response_.body)};
    asio::async_write(stream_, parts,
                      [self = this->shared_from_this()](const boost::system::error_code& error, std::size_t) {
                        if (error) return self->close();
                        self->written();
                      });
  }

  void written() {
    if (response_.stream) return begin_stream();
    response_ = {};
    if (!keep_alive_) return close();
    if (buffer_.size() == 0 && buffer_.capacity() > 16 * read_bytes) buffer_ = beast::flat_buffer();
    next();
  }

  void close() {
    boost::system::error_code ignored;
    lowest().socket().shutdown(asio::ip::tcp::socket::shutdown_send, ignored);
  }

  // --- events
  // -----------------------------------------------------------------------------------------------------------
  struct Sink : EventSink {
    explicit Sink(std::weak_ptr<Connection> to) : connection(std::move(to)) {}
    void send(std::string text) override {
      if (const auto self = connection.lock()) self->queue_event(std::move(text));
    }
    void close() override {
      if (const auto self = connection.lock()) self->end_stream();
    }
    std::weak_ptr<Connection> connection;
  };

  void begin_stream() {
    lowest().expires_never();
    sink_ = std::make_shared<Sink>(this->weak_from_this());
    const auto begin = std::move(response_.stream);
    response_ = {};
    // The sink's owner learns of the end through the connection's destructor.
    on_closed_ = [sink = sink_] { sink->closed(); };
    begin(sink_);
    wait_for_end();
  }

  // Reading tells when the other side goes.
  void wait_for_end() {
    stream_.async_read_some(buffer_.prepare(read_bytes),
                            [self = this->shared_from_this()](const boost::system::error_code& error, std::size_t) {
                              if (error) return self->end_stream();
                              self->wait_for_end();
                            });
  }

  void queue_event(std::string text) {
    backlog_ += text.size();
    if (backlog_ > most_event_backlog) return end_stream();  // it does not read
    events_.push_back(std::move(text));
    if (events_.size() == 1) write_event();
  }

  void write_event() {
    lowest().expires_after(owner_.limits().body_timeout);
    asio::async_write(stream_, asio::buffer(events_.front()),
                      [self = this->shared_from_this()](const boost::system::error_code& error, std::size_t) {
                        if (error) return self->end_stream();
                        self->lowest().expires_never();
                        self->backlog_ -= self->events_.front().size();
                        self->events_.pop_front();
                        if (!self->events_.empty()) return self->write_event();
                        if (self->ending_) self->end_stream();
                      });
  }

  void end_stream() {
    if (!events_.empty() && !ending_) {
      ending_ = true;
      return;
    }
    abort();
    if (on_closed_) std::exchange(on_closed_, {})();
  }

  std::shared_ptr<HttpLoop> owner_held_;
  HttpLoop& owner_;
  Stream stream_;
  beast::flat_buffer buffer_;
  std::optional<Parser> parser_;
  Response response_;
  std::string head_;
  Clock::time_point begun_;
  unsigned version_ = 11;
  bool keep_alive_ = true;
  bool idle_ = true;
  bool in_body_ = false;
  bool closing_ = false;
  bool ending_ = false;
  std::shared_ptr<Sink> sink_;
  std::function<void()> on_closed_;
  std::deque<std::string> events_;
  std::size_t backlog_ = 0;
};

}  // namespace

void HttpLoop::take(asio::ip::tcp::socket socket, asio::ssl::context* tls) {
  boost::system::error_code ignored;
  socket.set_option(asio::ip::tcp::no_delay(true), ignored);
  if (tls) {
    std::make_shared<Connection<beast::ssl_stream<beast::tcp_stream>>>(*this, std::move(socket), *tls)->start();
  } else {
    std::make_shared<Connection<beast::tcp_stream>>(*this, std::move(socket))->start();
  }
}

void HttpLoop::drain() {
  draining_ = true;
  const std::set<HttpConnection*> now = open_;
  for (HttpConnection* one : now) {
    if (open_.contains(one)) one->drain();
  }
}

void HttpLoop::abort() {
  const std::set<HttpConnection*> now = open_;
  for (HttpConnection* one : now) {
    if (open_.contains(one)) one->abort();
  }
}

}  // namespace pgvista::server
