#include "db/advisory_lock.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <random>
#include <thread>

#include "db/interrupt.hpp"

namespace pgvista::db {

using namespace std::chrono_literals;

void pause(std::chrono::milliseconds time) {
  const auto end = std::chrono::steady_clock::now() + time;
  while (std::chrono::steady_clock::now() < end) {
    check_interrupt();
    std::this_thread::sleep_for(
        std::min<std::chrono::steady_clock::duration>(50ms, end - std::chrono::steady_clock::now()));
  }
}

namespace {

struct Holder {
  std::string pid;
  std::string text;  // "process 4711 of alice (psql)"
};

std::optional<Holder> holder_of(Connection& connection, const std::string& what) {
  const Rows rows = connection.query(
      "SELECT l.pid, a.usename, a.application_name FROM pg_catalog.pg_locks AS l LEFT JOIN pg_catalog.pg_stat_activity "
      "AS a ON a.pid = l.pid WHERE l.locktype = 'advisory' AND l.granted AND l.objsubid = 1 AND l.database = (SELECT "
      "oid "
      "FROM pg_catalog.pg_database WHERE datname = pg_catalog.current_database()) AND (l.classid::bigint << 32 | "
      "l.objid::bigint) = pg_catalog.hashtextextended($1, 1886418550) AND l.pid <> pg_catalog.pg_backend_pid() LIMIT 1",
      {what});
  if (rows.size() == 0) return std::nullopt;
  const std::string program = rows.optional(0, 2).value_or("");
  return Holder{rows.text(0, 0), fmt::format("process {} of {}{}", rows.text(0, 0), rows.optional(0, 1).value_or("?"),
                                             program.empty() ? "" : " (" + program + ")")};
}

}  // namespace

void wait_for_turn(Connection& connection, const std::string& what, const Wait& wait,
                   const std::function<bool()>& done) {
  std::mt19937 random{std::random_device{}()};
  const auto end = std::chrono::steady_clock::now() + wait.most;
  for (unsigned longest = 20;; longest = std::min(longest * 2, 200U)) {
    if (done()) return;
    const bool first = longest == 20;
    const bool last = std::chrono::steady_clock::now() >= end;
    if (first || last) {
      const std::optional<Holder> holder = holder_of(connection, what);
      const std::string who = holder ? fmt::format("{} ({})", wait.other, holder->text) : wait.other;
      if (first) wait.message(who + "; waiting for it");
      if (last) {
        Error error;
        error.exit = ExitCode::locked;
        error.code = "still_running";
        error.message = fmt::format("{}, and has not ended in {} s", who, wait.most.count() / 1000);
        error.hint = fmt::format("Run this again when it has{}. How long is waited: {}.",
                                 holder ? fmt::format(", or end it: SELECT pg_terminate_backend({})", holder->pid) : "",
                                 wait.setting);
        throw Failure(std::move(error));
      }
    }
    pause(std::chrono::milliseconds(longest / 2 + static_cast<unsigned>(random() % (longest / 2))));
  }
}

AdvisoryLock::AdvisoryLock(Connection& connection, std::string what)
    : own_(connection.pooled() ? std::make_unique<Connection>(connection.url()) : nullptr),
      connection_(own_ ? *own_ : connection),
      what_(std::move(what)) {}

bool AdvisoryLock::try_lock() {
  if (own_) {
    connection_.execute("BEGIN; SET LOCAL idle_in_transaction_session_timeout = 0");
    held_ =
        connection_
            .query("SELECT pg_catalog.pg_try_advisory_xact_lock(pg_catalog.hashtextextended($1, 1886418550))", {what_})
            .boolean(0, 0);
    if (!held_) connection_.execute("ROLLBACK");
    return held_;
  }
  held_ =
      connection_.query("SELECT pg_catalog.pg_try_advisory_lock(pg_catalog.hashtextextended($1, 1886418550))", {what_})
          .boolean(0, 0);
  return held_;
}

bool AdvisoryLock::lock(const Wait& wait, const std::function<bool()>& enough) {
  wait_for_turn(connection_, what_, wait, [&] { return (enough && enough()) || try_lock(); });
  return held_;
}

AdvisoryLock::~AdvisoryLock() {
  if (!held_ || connection_.lost()) return;
  if (own_) {
    connection_.try_execute("ROLLBACK");
    return;
  }
  connection_.try_execute("SELECT pg_catalog.pg_advisory_unlock(pg_catalog.hashtextextended($1, 1886418550))", {what_});
}

}  // namespace pgvista::db
