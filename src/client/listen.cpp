#include <pgvista/listen.hpp>

#include <poll.h>

#include <cerrno>
#include <map>
#include <vector>

#include "db/connection.hpp"
#include "model/write.hpp"
#include "sql/identifier.hpp"

namespace pgvista {

struct Listener::Inside {
  explicit Inside(const std::string& url) : connection(url) {}
  db::Connection connection;
  std::map<std::string, std::vector<std::function<void(const std::string&)>>> by_channel;
  std::map<std::string, std::vector<std::function<void()>>> by_view;  // as the payload names it

  void view_changed(const std::string& payload) {
    const auto found = by_view.find(payload);
    if (found == by_view.end()) return;
    // A copy: a handler may add another.
    for (const auto handlers = found->second; const auto& handle : handlers) handle();
  }

  int take() {
    if (PQconsumeInput(connection.raw()) == 0)
      throw Failure(Error{"connection_lost",
                          "the connection that listens is lost",
                          PQerrorMessage(connection.raw()),
                          "Connect again, and read what may have changed meanwhile.",
                          {},
                          {},
                          0,
                          0,
                          ExitCode::unreachable});
    int count = 0;
    while (PGnotify* one = PQnotifies(connection.raw())) {
      const std::unique_ptr<PGnotify, void (*)(void*)> freed(one, PQfreemem);
      ++count;
      const auto handlers = by_channel.find(one->relname);
      if (handlers == by_channel.end()) continue;
      for (const auto copy = handlers->second; const auto& handle : copy) handle(one->extra);
    }
    return count;
  }
};

Listener::Listener(const std::string& url) : inside_(std::make_unique<Inside>(url)) {}
Listener::~Listener() = default;

Listener& Listener::on(const std::string& channel, std::function<void(const std::string& payload)> handle) {
  auto& handlers = inside_->by_channel[channel];
  if (handlers.empty()) inside_->connection.execute("LISTEN " + sql::quote_identifier(channel));
  handlers.push_back(std::move(handle));
  return *this;
}

Listener& Listener::on_view(const model::ModelInfo& info, std::function<void()> handle) {
  const std::string name = model::table_name(info);
  const db::Rows found = inside_->connection.query(
      "SELECT n.nspname, c.relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = "
      "c.relnamespace WHERE c.oid = pg_catalog.to_regclass($1)",
      {name});
  if (found.size() == 0)
    throw Failure(Error{"unknown_relation",
                        "there is no " + name + " whose changes could be heard of",
                        {},
                        "Make it with sync first.",
                        {},
                        {},
                        0,
                        0,
                        ExitCode::failed});
  if (inside_->by_view.empty()) {
    on("pgvista", [inside = inside_.get()](const std::string& payload) { inside->view_changed(payload); });
  }
  inside_->by_view[sql::Name{found.text(0, 0), found.text(0, 1)}.sql()].push_back(std::move(handle));
  return *this;
}

int Listener::wait(std::chrono::milliseconds at_most) {
  // Some may have come with the answer to a LISTEN.
  if (const int before = inside_->take()) return before;
  const auto until = std::chrono::steady_clock::now() + at_most;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(until - std::chrono::steady_clock::now()).count();
    pollfd watched{socket(), POLLIN, 0};
    const int ready = poll(&watched, 1, at_most.count() < 0 ? -1 : static_cast<int>(std::max<long long>(0, left)));
    if (ready < 0 && errno != EINTR)
      throw Failure(Error{"connection_lost",
                          "the connection that listens cannot be watched",
                          {},
                          {},
                          {},
                          {},
                          0,
                          0,
                          ExitCode::unreachable});
    if (const int count = inside_->take()) return count;
    if (ready == 0) return 0;
  }
}

int Listener::socket() const { return PQsocket(inside_->connection.raw()); }

}  // namespace pgvista
