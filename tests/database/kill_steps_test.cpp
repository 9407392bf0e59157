// A sync that changes columns, kind, mode, key and index of views is stopped at its messages to the server, before or
// after each, by the death of the program or of its session. The next run completes, and nothing is left over.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <signal.h>

#include <algorithm>
#include <cstdlib>
#include <future>
#include <random>

#include "support/maintenance_cases.hpp"
#include "support/wire.hpp"

namespace pgvista::test {

namespace {

struct View {
  std::string header;
  std::string query;
};

using State = std::map<std::string, View>;

const std::string stored = "kind = \"materialized\"\n";

std::string maintained_by(const std::string& mode, const std::string& more = {}) {
  return fmt::format("{}maintenance = \"{}\"\n{}", stored, mode, more);
}

// Each differs from the others in columns, kind, mode, key or index; in some the dependency of two views turns round.
const std::vector<State> states = {
    {{"kept", {maintained_by("immediate"), "SELECT g, count(*) AS n, min(v) AS m FROM t GROUP BY g"}},
     {"top", {maintained_by("immediate"), "SELECT n, count(*) AS groups FROM kept GROUP BY n"}},
     {"first", {"", "SELECT id, v FROM t"}},
     {"last", {stored + "indexes = [ { columns = [\"id\"], unique = true } ]\n", "SELECT id, v FROM first"}}},
    {{"kept", {maintained_by("on_commit"), "SELECT g, count(*) AS n FROM t GROUP BY g"}},
     {"top", {"", "SELECT n, g FROM kept"}},
     {"first", {stored, "SELECT id, v FROM last"}},
     {"last", {"", "SELECT id, v FROM t"}}},
    {{"kept", {maintained_by("deferred"), "SELECT v AS g, count(*) AS n, sum(id) AS s FROM t GROUP BY v"}},
     {"top", {stored + "indexes = [ { columns = [\"n\"] } ]\n", "SELECT n, g FROM kept"}},
     {"first", {maintained_by("immediate"), "SELECT id, v, g FROM t WHERE v > 2"}},
     {"last", {maintained_by("on_commit"), "SELECT v, count(*) AS n FROM first GROUP BY v"}}},
    {{"kept",
      {stored + "indexes = [ { columns = [\"g\"], unique = true } ]\n", "SELECT g, count(*) AS n FROM t GROUP BY g"}},
     {"top", {maintained_by("immediate"), "SELECT g, sum(v) AS n FROM t GROUP BY g"}},
     {"first", {"", "SELECT v, id FROM last"}},
     {"last", {maintained_by("immediate", "indexes = [ { columns = [\"v\"] } ]\n"), "SELECT id, v FROM t"}}},
    {{"kept", {"", "SELECT count(*) AS n, g FROM t GROUP BY g"}},
     {"top",
      {maintained_by("on_commit", "indexes = [ { columns = [\"n\"] } ]\n"), "SELECT g, sum(v) AS n FROM t GROUP BY g"}},
     {"first", {"", "SELECT id, v, g FROM t"}},
     {"last", {"", "SELECT v, id FROM first"}}},
};

void define(const Workspace& work, const State& state) {
  for (const auto& [name, view] : state)
    work.view(name, (view.header.empty() ? "" : "/* pgvista\n" + view.header + "*/\n") + view.query);
}

bool deferred(const View& view) { return view.header.find("deferred") != std::string::npos; }
bool maintained(const View& view) { return view.header.find("maintenance") != std::string::npos; }
bool refreshed(const View& view) { return view.header.starts_with(stored) && !maintained(view); }

// What a reader finds without a view of ours: its definition over tables alone.
std::string expanded(const State& state, const std::string& name) {
  std::string with;
  for (const auto& [other, view] : state) {
    if (other != name && state.at(name).query.find("FROM " + other) != std::string::npos)
      with = fmt::format("WITH {} AS ({}) ", other, expanded(state, other));
  }
  return with + state.at(name).query;
}

std::string wrong_rows(Workspace& work, const State& state, const std::string& name) {
  const std::string query = expanded(state, name);
  return work.value(
      fmt::format("SELECT (SELECT count(*) FROM (SELECT * FROM {0} EXCEPT ALL ({1})) a) + (SELECT count(*) FROM (({1}) "
                  "EXCEPT ALL SELECT * FROM {0}) b)",
                  name, query));
}

void expect_right(Workspace& work, const State& state, const std::string& where) {
  for (const auto& [name, view] : state) {
    const bool reads_deferred = state.at("kept").header.find("deferred") != std::string::npos &&
                                view.query.find("FROM kept") != std::string::npos;
    if (!refreshed(view) && !deferred(view) && !reads_deferred) {
      EXPECT_EQ("0", wrong_rows(work, state, name)) << name << where;
    }
  }
}

// Nothing of ours but what the definitions ask for.
void expect_nothing_left(Workspace& work, const State& state, const std::string& where) {
  const auto programs =
      std::count_if(state.begin(), state.end(), [](const auto& one) { return maintained(one.second); });
  EXPECT_EQ(std::to_string(programs), work.value("SELECT count(*) FROM pgvista.program")) << where;
  EXPECT_EQ(std::to_string(programs),
            work.value("SELECT count(*) FROM pg_class WHERE relnamespace = 'pgvista'::regnamespace AND relkind = 'v'"))
      << where;
  EXPECT_EQ(
      "0",
      work.value(
          "SELECT count(*) FROM pg_class WHERE relname LIKE 'pgvista\\_%' AND relnamespace = 'public'::regnamespace"))
      << where;
  EXPECT_EQ("0", work.value("SELECT count(*) FROM pgvista.build")) << where;
}

enum class Victim { program, session };

class Walk {
 public:
  Walk(unsigned seed, const std::string& settings) : random_(seed) {
    work_.folder().write("pgvista.toml", settings);
    work_.execute(
        "CREATE TABLE t (id int PRIMARY KEY, g int, v int NOT NULL); CREATE INDEX ON t (g); CREATE INDEX ON t (v); "
        "INSERT INTO t SELECT i, i % 7, i % 5 FROM generate_series(1, 60) i");
    define(work_, states.front());
    work_.sync();
  }

  // One change that is stopped at a message; false: the run had fewer messages.
  bool step() {
    const std::size_t from = at_;
    at_ = (at_ + 1 + random_() % (states.size() - 1)) % states.size();
    define(work_, states[at_]);
    const int message = 1 + static_cast<int>(random_() % static_cast<unsigned>(longest_));
    const Moment moment = random_() % 2 ? Moment::before : Moment::after;
    const Victim victim = random_() % 3 ? Victim::program : Victim::session;
    const std::string where = fmt::format(" from state {} to {}, {} of message {}, {}", from, at_,
                                          moment == Moment::before ? "before" : "after", message,
                                          victim == Victim::program ? "program" : "session");
    const bool stopped = stop(message, moment, victim);
    write(where);
    work_.sync();
    EXPECT_EQ("", work_.planned()) << where;
    write(where);
    expect_right(work_, states[at_], where);
    expect_nothing_left(work_, states[at_], where);
    return stopped;
  }

 private:
  bool stop(int message, Moment moment, Victim victim) {
    std::promise<pid_t> started;
    Wire wire(work_.url(), message, moment, [&, pid = started.get_future().share()] {
      victim == Victim::program ? static_cast<void>(kill(pid.get(), SIGKILL)) : end_sessions();
      return victim == Victim::session;
    });
    const auto run = work_.start({"sync"}, {{"PGVISTA_DATABASE_URL", wire.url()}});
    started.set_value(run->pid());
    const ProcessResult result = run->wait();
    if (!wire.acted()) {
      EXPECT_EQ(0, result.exit) << result.err;
      longest_ = std::max(20, wire.messages());
    }
    wait_until([&] { return others() == "0"; }, "the session of the stopped run is gone");
    return wire.acted();
  }

  std::string others() {
    return work_.value(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND "
        "backend_type = 'client backend'");
  }

  void end_sessions() const {
    const auto admin = work_.connect();
    admin->query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND "
        "application_name LIKE 'pgvista%'");
  }

  // A writer goes on whatever was stopped.
  void write(const std::string& where) {
    try {
      work_.execute(fmt::format("INSERT INTO t VALUES ({}, {}, {})", ++id_, random_() % 9, random_() % 6));
      work_.execute(fmt::format("UPDATE t SET v = v + 1, g = g - 1 WHERE id = {}", 1 + random_() % 60));
    } catch (const Failure& failure) {
      ADD_FAILURE() << failure.error().message << where;
    }
  }

  Workspace work_;
  std::mt19937 random_;
  std::size_t at_ = 0;
  int longest_ = 40;
  int id_ = 1000;
};

}  // namespace

void walk(const std::string& settings, unsigned usual_seed) {
  const char* asked = std::getenv("PGVISTA_KILLS");
  const char* seed = std::getenv("PGVISTA_SEED");
  const int kills = asked ? std::atoi(asked) : 40;
  Walk walk(seed ? static_cast<unsigned>(std::atoi(seed)) : usual_seed, settings);
  int stopped = 0;
  for (int step = 0; stopped < kills && step < kills * 4 && !testing::Test::HasFailure(); ++step)
    stopped += walk.step() ? 1 : 0;
  EXPECT_EQ(kills, stopped);
}

TEST(KillSteps, EveryChangeCompletesWhereverItWasStopped) { walk("", 20261128); }

// The query stays, and with it all that the ledger says of the view: only what keeps it is another.
void change_mode(const std::string& settings) {
  Workspace work;
  work.folder().write("pgvista.toml", settings);
  work.execute(
      "CREATE TABLE t (id int PRIMARY KEY, g int, v int NOT NULL); INSERT INTO t SELECT i, i % 7, i % 5 FROM "
      "generate_series(1, 60) i");
  const auto define_as = [&](const std::string& mode) {
    work.view("kept", "/* pgvista\n" + maintained_by(mode) + "*/\nSELECT g, sum(v) AS s FROM t GROUP BY g");
  };
  define_as("immediate");
  work.sync();
  int stopped = 0;
  bool immediate = true;
  for (int message = 1;; ++message) {
    immediate = !immediate;
    define_as(immediate ? "immediate" : "on_commit");
    std::promise<pid_t> started;
    Wire wire(work.url(), message, Moment::before, [pid = started.get_future().share()] {
      kill(pid.get(), SIGKILL);
      return false;
    });
    const auto run = work.start({"sync"}, {{"PGVISTA_DATABASE_URL", wire.url()}});
    started.set_value(run->pid());
    run->wait();
    wait_until(
        [&] {
          return work.value(
                     "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
                     "pg_backend_pid() AND backend_type = 'client backend'") == "0";
        },
        "its session is gone");
    if (!wire.acted()) break;
    ++stopped;
    work.sync();
    EXPECT_EQ("", work.planned()) << "before message " << message;
    work.execute("UPDATE t SET v = v + 1 WHERE id < 9");
    EXPECT_EQ("0",
              work.value("SELECT count(*) FROM (SELECT * FROM kept EXCEPT ALL SELECT g, sum(v) FROM t GROUP BY g) d"))
        << "before message " << message;
    EXPECT_EQ("1", work.value("SELECT count(*) FROM pgvista.program")) << "before message " << message;
    if (testing::Test::HasFailure()) break;
  }
  EXPECT_LT(5, stopped);
}

TEST(KillSteps, AChangeOfModeAlone) { change_mode(""); }

TEST(KillSteps, AChangeOfModeWhoseStoreIsFilledBesideItsWriters) { change_mode("[maintenance]\nfill_beside = 0\n"); }

TEST(KillSteps, AlsoWhereStoresAreFilledBesideTheirWriters) { walk("[maintenance]\nfill_beside = 0\n", 20261129); }

}  // namespace pgvista::test
