#include "server/access_log.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>

#include <pgvista/error.hpp>

namespace pgvista::server {

namespace {

constexpr std::size_t enough = 16'384;

// A line is a line: what would break it, or a terminal, is escaped.
void append_escaped(std::string& out, const std::string& text) {
  for (const char c : text) {
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      out += fmt::format("\\x{:02x}", static_cast<unsigned char>(c));
    } else {
      out += c;
    }
  }
}

}  // namespace

AccessLog::AccessLog(const std::string& target) {
  if (target.empty()) return;
  if (target == "-") {
    descriptor_ = STDERR_FILENO;
    return;
  }
  descriptor_ = open(target.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0640);
  if (descriptor_ < 0)
    throw Failure(usage_error("invalid_settings",
                              fmt::format("cannot write the access log {}: {}", target, std::strerror(errno))));
  owned_ = true;
}

AccessLog::~AccessLog() {
  flush();
  if (owned_) close(descriptor_);
}

void AccessLog::write(const std::string& method, const std::string& path, int status, double milliseconds,
                      const std::string& role) {
  if (!on()) return;
  const auto now = std::chrono::system_clock::now();
  std::string line =
      fmt::format("{:%Y-%m-%dT%H:%M:%S}Z {} ", fmt::gmtime(std::chrono::floor<std::chrono::milliseconds>(now)), method);
  append_escaped(line, path);
  line += fmt::format(" {} {:.3f} ", status, milliseconds);
  append_escaped(line, role.empty() ? "-" : role);
  line += '\n';
  const std::lock_guard lock(mutex_);
  buffer_ += line;
  if (buffer_.size() >= enough) put();
}

void AccessLog::flush() {
  const std::lock_guard lock(mutex_);
  put();
}

void AccessLog::put() {
  std::size_t from = 0;
  while (from < buffer_.size()) {
    const ssize_t written = ::write(descriptor_, buffer_.data() + from, buffer_.size() - from);
    if (written < 0 && errno != EINTR) break;
    if (written > 0) from += static_cast<std::size_t>(written);
  }
  buffer_.clear();
}

}  // namespace pgvista::server
