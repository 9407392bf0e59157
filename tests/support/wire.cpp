#include "support/wire.hpp"

#include <poll.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <stdexcept>

namespace pgvista::test {

namespace {

constexpr const char* socket_name = "/.s.PGSQL.5432";

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  path.copy(address.sun_path, sizeof address.sun_path - 1);
  return address;
}

// Does a message of the program change something, or end what did?
bool changes(std::string_view message) {
  static const std::vector<std::string> words = {"CREATE ", "ALTER ",  "DROP ",  "LOCK ", "INSERT ",
                                                 "UPDATE ", "DELETE ", "GRANT ", "COMMIT"};
  return std::any_of(words.begin(), words.end(),
                     [&](const std::string& word) { return message.find(word) != std::string_view::npos; });
}

bool write_all(int to, const char* data, std::size_t size) {
  while (size > 0) {
    const ssize_t sent = send(to, data, size, MSG_NOSIGNAL);
    if (sent <= 0) return false;
    data += sent;
    size -= static_cast<std::size_t>(sent);
  }
  return true;
}

}  // namespace

Wire::Wire(const std::string& server_url, int at, Moment moment, std::function<bool()> act)
    : at_(at), moment_(moment), act_(std::move(act)) {
  const std::string host = "host=";
  const std::size_t folder = server_url.find(host);
  if (folder == std::string::npos) throw std::runtime_error("the URL names no folder: " + server_url);
  server_path_ = db::Connection(server_url, "test").query("SHOW unix_socket_directories").text(0, 0) + socket_name;
  url_ = server_url.substr(0, folder) + host + folder_.path().string();
  door_ = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(folder_.path().string() + socket_name);
  if (bind(door_, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 || listen(door_, 8) != 0)
    throw std::runtime_error("no socket");
  thread_ = std::thread([this] { serve(); });
}

Wire::~Wire() {
  ends_ = true;
  thaw();
  shutdown(door_, SHUT_RDWR);
  thread_.join();
  for (std::thread& one : carriers_) one.join();
  close(door_);
}

void Wire::set_frozen(bool frozen) {
  const std::lock_guard lock(freezing_);
  frozen_ = frozen;
  thawed_.notify_all();
}

void Wire::wait_for_thaw() {
  std::unique_lock lock(freezing_);
  thawed_.wait(lock, [this] { return !frozen_; });
}

void Wire::serve() {
  while (!ends_) {
    const int program = accept4(door_, nullptr, nullptr, SOCK_CLOEXEC);
    if (program < 0) return;
    carriers_.emplace_back([this, program] { carry(program); });
  }
}

void Wire::carry(int program) {
  const int server = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
  const sockaddr_un address = address_of(server_path_);
  bool open = connect(server, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  while (open && !ends_) {
    std::array<pollfd, 2> ends{{{program, POLLIN, 0}, {server, POLLIN, 0}}};
    poll(ends.data(), ends.size(), 100);
    wait_for_thaw();
    if (ends[0].revents != 0) open = pass_message(program, server);
    if (open && ends[1].revents != 0) {
      std::array<char, 65536> data{};
      const ssize_t got = recv(server, data.data(), data.size(), 0);
      open = got > 0 && write_all(program, data.data(), static_cast<std::size_t>(got));
    }
  }
  close(server);
  close(program);
}

bool Wire::pass_message(int program, int server) {
  std::array<char, 65536> data{};
  const ssize_t got = recv(program, data.data(), data.size(), 0);
  if (got <= 0) return false;
  const bool here = changes({data.data(), static_cast<std::size_t>(got)}) && ++messages_ == at_;
  if (here && moment_ == Moment::before) {
    acted_ = true;
    if (!act_()) return false;
  }
  const bool passed = write_all(server, data.data(), static_cast<std::size_t>(got));
  if (here && moment_ == Moment::after) {
    acted_ = true;
    act_();
  }
  return passed;
}

}  // namespace pgvista::test
