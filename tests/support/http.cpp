#include "support/http.hpp"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <openssl/evp.h>
#include <openssl/hmac.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <unistd.h>

#include <algorithm>
#include <gtest/gtest.h>
#include <stdexcept>

#include "base/text.hpp"

namespace pgvista::test {

std::string HttpAnswer::header(const std::string& name) const {
  for (const auto& [key, value] : headers) {
    if (lower(key) == lower(name)) return value;
  }
  return {};
}

RawSocket::RawSocket(int port) : descriptor_(socket(AF_INET, SOCK_STREAM, 0)) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  const timeval patience{60, 0};
  setsockopt(descriptor_, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
  if (connect(descriptor_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
    throw std::runtime_error("cannot connect");
}

RawSocket::~RawSocket() { close(descriptor_); }

void RawSocket::send(const std::string& bytes) const {
  std::size_t from = 0;
  while (from < bytes.size()) {
    const ssize_t sent = ::send(descriptor_, bytes.data() + from, bytes.size() - from, MSG_NOSIGNAL);
    if (sent <= 0) return;
    from += static_cast<std::size_t>(sent);
  }
}

std::string RawSocket::receive(const std::string& until) const {
  std::string out;
  char buffer[4096];
  for (;;) {
    const ssize_t got = recv(descriptor_, buffer, sizeof buffer, 0);
    if (got <= 0) return out;
    out.append(buffer, static_cast<std::size_t>(got));
    if (!until.empty() && out.find(until) != std::string::npos) return out;
  }
}

HttpAnswer http(int port, const std::string& method, const std::string& target,
                const std::map<std::string, std::string>& headers, const std::string& body) {
  const RawSocket socket(port);
  std::string request = method + " " + target + " HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n";
  for (const auto& [name, value] : headers) request += name + ": " + value + "\r\n";
  if (!body.empty() || method == "POST" || method == "PATCH" || method == "PUT")
    request += "Content-Length: " + std::to_string(body.size()) + "\r\n";
  socket.send(request + "\r\n" + body);
  const std::string text = socket.receive();
  const std::size_t end = text.find("\r\n\r\n");
  if (end == std::string::npos) throw std::runtime_error("no answer: " + text);
  HttpAnswer out;
  out.status = std::stoi(text.substr(text.find(' ') + 1, 3));
  out.body = text.substr(end + 4);
  for (std::size_t from = text.find("\r\n") + 2; from < end;) {
    const std::size_t to = text.find("\r\n", from);
    const std::size_t colon = text.find(": ", from);
    out.headers.emplace_back(text.substr(from, colon - from), text.substr(colon + 2, to - colon - 2));
    from = to + 2;
  }
  return out;
}

std::unique_ptr<RawSocket> event_stream(int port, const std::string& path) {
  std::unique_ptr<RawSocket> out;
  std::string said;
  wait_until(
      [&] {
        out = std::make_unique<RawSocket>(port);
        out->send("GET " + path + " HTTP/1.1\r\nHost: x\r\nAccept: text/event-stream\r\n\r\n");
        said = out->receive("\r\n\r\n");
        return said.find(" 503 ") == std::string::npos;
      },
      "the server listens");
  const std::string ready = "event: ready\ndata: {}\n\n";
  if (said.find(ready) == std::string::npos) said += out->receive(ready);
  EXPECT_NE(said.find("event: ready"), std::string::npos) << said;
  return out;
}

// Given by the kernel, and given back: it hands out others for a while.
int free_port() {
  const int made = socket(AF_INET, SOCK_STREAM, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  socklen_t size = sizeof address;
  const bool bound = bind(made, reinterpret_cast<sockaddr*>(&address), size) == 0 &&
                     getsockname(made, reinterpret_cast<sockaddr*>(&address), &size) == 0;
  close(made);
  if (!bound) throw std::runtime_error("no port is free");
  return ntohs(address.sin_port);
}

HttpServer::HttpServer(const Workspace& work, const std::vector<std::string>& more,
                       const std::map<std::string, std::string>& environment) {
  std::vector<std::string> words = {"runserver", "--port", "0", "--json"};
  words.insert(words.end(), more.begin(), more.end());
  process_ = work.start(words, environment);
  wait_until([&] { return process_->out_so_far().find('\n') != std::string::npos; }, "the server says where it is");
  const boost::json::value said = boost::json::parse(process_->out_so_far());
  port_ = static_cast<int>(said.at("port").as_int64());
  metrics_port_ = static_cast<int>(said.at("metrics_port").as_int64());
  wait_until([&] { return http(port_, "GET", "/").status == 200 || http(port_, "GET", "/").status == 401; },
             "the server serves");
}

namespace {

std::string base64url(const std::string& bytes) {
  std::string out(4 * ((bytes.size() + 2) / 3), '\0');
  EVP_EncodeBlock(reinterpret_cast<unsigned char*>(out.data()), reinterpret_cast<const unsigned char*>(bytes.data()),
                  static_cast<int>(bytes.size()));
  std::replace(out.begin(), out.end(), '+', '-');
  std::replace(out.begin(), out.end(), '/', '_');
  out.erase(out.find_last_not_of('=') + 1);
  return out;
}

}  // namespace

std::string token(const std::string& claims, const std::string& secret, const std::string& algorithm) {
  const std::string text = base64url("{\"alg\":\"" + algorithm + "\",\"typ\":\"JWT\"}") + "." + base64url(claims);
  if (algorithm == "none") return text + ".";
  unsigned char digest[EVP_MAX_MD_SIZE];
  unsigned length = 0;
  HMAC(algorithm == "HS512" ? EVP_sha512() : EVP_sha256(), secret.data(), static_cast<int>(secret.size()),
       reinterpret_cast<const unsigned char*>(text.data()), text.size(), digest, &length);
  return text + "." + base64url(std::string(reinterpret_cast<char*>(digest), length));
}

}  // namespace pgvista::test
