#pragma once
// What goes back over the wire.

#include <algorithm>
#include <functional>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace pgvista::server {

/// A connection that goes on after the headers: server-sent events.
struct EventSink {
  virtual ~EventSink() = default;
  virtual void send(std::string text) = 0;
  virtual void close() = 0;
  std::function<void()> closed = [] {};  // by the other side, or after close()
};

/// Names of headers have no case.
inline bool same_name(const std::string& left, const std::string& right) {
  return left.size() == right.size() &&
         std::equal(left.begin(), left.end(), right.begin(), [](char a, char b) { return (a | 0x20) == (b | 0x20); });
}

struct Response {
  int status = 200;
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  bool without_body = false;  // HEAD: the headers only
  bool close = false;
  std::function<void(std::shared_ptr<EventSink>)> stream = {};

  void set(const std::string& name, std::string value) {
    for (auto& [known, old] : headers) {
      if (same_name(known, name)) {
        old = std::move(value);
        return;
      }
    }
    headers.emplace_back(name, std::move(value));
  }
  const std::string* header(const std::string& name) const {
    for (const auto& [known, value] : headers) {
      if (same_name(known, name)) return &value;
    }
    return nullptr;
  }
};

using Respond = std::function<void(Response)>;

const char* reason_of(int status);

}  // namespace pgvista::server
