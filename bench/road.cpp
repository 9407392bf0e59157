// The road on a real server: 400 views planned and synced, a swap at a million rows under eight readers, the start of
// the program. Medians of one run; everything on a private PostgreSQL in a temporary folder.

#include <fmt/format.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <chrono>
#include <filesystem>
#include <map>
#include <mutex>
#include <thread>
#include <vector>

#include "apply/sync.hpp"
#include "local/server.hpp"
#include "project/definitions.hpp"

using namespace pgvista;
using Clock = std::chrono::steady_clock;

namespace {

double since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::sort(values.begin(), values.end());
  return values[values.size() / 2];
}

schema::ViewDefinition view(const std::string& name, const std::string& text) {
  std::vector<Error> errors;
  auto out = project::read_definition(name + ".sql", name, text, "public", errors);
  if (!out) throw Failure(errors);
  return std::move(*out);
}

void row(const std::string& what, const std::string& value, const std::string& asked) {
  fmt::print("{:<66} {:>16}   {}\n", what, value, asked);
}

void four_hundred_views(const local::Server& server) {
  db::Connection connection(server.url());
  connection.execute("CREATE TABLE base (a int PRIMARY KEY, b text, c numeric)");
  std::vector<schema::ViewDefinition> views;
  for (int i = 0; i < 400; ++i) {
    const std::string from = i % 10 == 0 ? "base" : "v" + std::to_string(i - 1);
    const bool stored = i % 4 == 3;
    const std::string header =
        stored ? "/* pgvista\nkind = \"materialized\"\nindexes = [ { columns = [\"a\"], unique = true } ]\n*/\n" : "";
    views.push_back(view("v" + std::to_string(i), header + "SELECT a, b, c + " + std::to_string(i) + " AS c FROM " +
                                                      from + " WHERE b <> 'x" + std::to_string(i) +
                                                      "' AND a IN (1, 2, 3)"));
  }
  const apply::Project project{views, ""};
  auto start = Clock::now();
  long long trips = connection.round_trips();
  apply::sync(connection, project, {}, {}, {});
  row("first sync of 400 views (a quarter materialized and indexed)", fmt::format("{:.0f} ms", since(start)), "");
  row("  round trips a view", fmt::format("{:.2f}", static_cast<double>(connection.round_trips() - trips) / 400), "");
  for (const bool sync : {false, true}) {
    std::vector<double> times;
    for (int i = 0; i < 9; ++i) {
      db::Connection fresh(server.url());
      start = Clock::now();
      trips = fresh.round_trips();
      const auto survey = sync ? apply::sync(fresh, project, {}, {}, {}) : apply::survey(fresh, project, {});
      times.push_back(since(start));
      if (survey.plan.pending()) fmt::print("something was to be done!\n");
      trips = fresh.round_trips() - trips;
    }
    row(sync ? "sync of 400 unchanged views, median" : "plan of 400 unchanged views, median",
        fmt::format("{:.0f} ms", median(times)), "under 1000 ms");
    row("  round trips a view", fmt::format("{:.3f}", static_cast<double>(trips) / 400), "under 3");
  }
}

struct Reader {
  std::atomic<double> longest = 0;
  std::vector<double> times;
  std::vector<std::pair<Clock::time_point, Clock::time_point>> slow;  // reads of over 2 ms, from and to
  std::string error;
};

void swap_under_readers(const local::Server& server) {
  db::Connection connection(server.url());
  connection.execute(
      "CREATE TABLE big (a int, b text); INSERT INTO big SELECT i, 'row ' || i FROM generate_series(1, 1000000) i; "
      "ANALYZE big");
  const std::string header =
      "/* pgvista\nkind = \"materialized\"\nindexes = [ { columns = [\"a\"], unique = true } ]\n*/\n";
  std::vector<schema::ViewDefinition> views{view("m", header + "SELECT a, b FROM big"),
                                            view("on_m", "SELECT a, b FROM m")};
  apply::sync(connection, {views, ""}, {}, {}, {});
  std::atomic<bool> stop = false;
  std::atomic<bool> exchanging = false;
  std::vector<Reader> readers(8);
  std::vector<std::thread> threads;
  for (Reader& reader : readers) {
    threads.emplace_back([&] {
      db::Connection own(server.url());
      for (unsigned i = 1; !stop; ++i) {
        const auto start = Clock::now();
        try {
          own.query(i % 2 ? "SELECT b FROM on_m WHERE a = $1" : "SELECT b FROM m WHERE a = $1",
                    {std::to_string(i * 7919 % 1000000 + 1)});
        } catch (const Failure& failure) {
          reader.error = failure.error().message;
          return;
        }
        const double took = since(start);
        reader.times.push_back(took);
        if (took > 2) reader.slow.emplace_back(start, Clock::now());
        if (took > reader.longest) reader.longest = took;
      }
    });
  }
  // First, what the readers do to each other without any swap.
  const auto reads_alone = [&] {
    std::this_thread::sleep_for(std::chrono::seconds(5));
    double longest = 0;
    for (Reader& reader : readers) longest = std::max(longest, reader.longest.exchange(0));
    return longest;
  }();
  // What readers wait for when a read takes long, as the server sees it.
  double longest_lock = 0;
  std::map<std::string, double> waits;
  std::thread sampler([&] {
    db::Connection own(server.url());
    while (!stop) {
      const db::Rows rows = own.query(
          "SELECT coalesce(wait_event_type || ':' || wait_event, 'running'), 1000 * extract(epoch FROM "
          "clock_timestamp() - query_start) FROM pg_stat_activity "
          "WHERE backend_type = 'client backend' AND state = 'active' AND query LIKE 'SELECT b FROM%'");
      for (int i = 0; i < rows.size(); ++i) {
        const double ms = rows.number(i, 1);
        if (rows.text(i, 0).starts_with("Lock:")) longest_lock = std::max(longest_lock, ms);
        if (ms > 50) waits[rows.text(i, 0)] = std::max(waits[rows.text(i, 0)], ms);
      }
    }
  });
  std::vector<double> held;
  std::vector<std::pair<Clock::time_point, Clock::time_point>> exchanges;
  for (int round = 0; round < 5; ++round) {
    views[0] = view("m", header + "SELECT a, b FROM big WHERE a <> " + std::to_string(-round - 1));
    apply::Watcher watcher;
    watcher.exchanged = [&](double ms) {
      held.push_back(ms);
      const auto end = Clock::now();
      exchanges.emplace_back(
          end - std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double, std::milli>(ms)), end);
    };
    apply::sync(connection, {views, ""}, {}, {}, watcher);
  }
  stop = true;
  for (std::thread& thread : threads) thread.join();
  sampler.join();
  double longest = 0;
  std::vector<double> all;
  std::string error;
  for (const Reader& reader : readers) {
    longest = std::max(longest, reader.longest.load());
    all.insert(all.end(), reader.times.begin(), reader.times.end());
    error += reader.error;
  }
  double overlapping = 0;
  for (const Reader& reader : readers) {
    for (const auto& [from, to] : reader.slow) {
      for (const auto& [begin, end] : exchanges) {
        if (from < end && to > begin)
          overlapping = std::max(overlapping, std::chrono::duration<double, std::milli>(to - from).count());
      }
    }
  }
  row("swap at 1M rows: the exchanging transaction, median of 5", fmt::format("{:.1f} ms", median(held)),
      "lock held under 50 ms");
  row("  the longest of the 5", fmt::format("{:.1f} ms", *std::max_element(held.begin(), held.end())), "");
  row(fmt::format("  8 readers meanwhile: {} reads, median", all.size()), fmt::format("{:.2f} ms", median(all)), "");
  row("  their longest wait in 5 s without a swap", fmt::format("{:.1f} ms", reads_alone), "");
  row("  the longest read that overlaps an exchange", fmt::format("{:.1f} ms", overlapping), "no wait above 50 ms");
  row("  the longest wait for a lock that the server was seen in", fmt::format("{:.1f} ms", longest_lock),
      "no wait above 50 ms");
  for (const auto& [event, ms] : waits)
    row("  over 50 ms the server was seen in " + event, fmt::format("{:.1f} ms", ms), "");
  row("  the longest of all, through five builds on the same two cores", fmt::format("{:.1f} ms", longest), "");
  row("  their errors", error.empty() ? "none" : error, "none");
}

double run_program(const char* program, const char* argument) {
  const auto start = Clock::now();
  const pid_t child = fork();
  if (child == 0) {
    const int null = ::open("/dev/null", 1);
    dup2(null, STDOUT_FILENO);
    execl(program, program, argument, nullptr);
    _exit(127);
  }
  waitpid(child, nullptr, 0);
  return since(start);
}

void start_of_the_program() {
  std::vector<double> help;
  std::vector<double> nothing;
  for (int i = 0; i < 40; ++i) {
    help.push_back(run_program(PGVISTA_PROGRAM, "--help"));
    nothing.push_back(run_program("/bin/true", ""));
  }
  row("pgvista --help, median of 40", fmt::format("{:.1f} ms", median(help)), "under 10 ms");
  row("  /bin/true beside it", fmt::format("{:.1f} ms", median(nothing)), "");
}

}  // namespace

int main() {
  char name[] = "/tmp/pgvista-bench-XXXXXX";
  const std::filesystem::path folder = mkdtemp(name);
  chmod(folder.c_str(), 0755);
  const local::Server server(folder);
  int result = 0;
  try {
    server.start();
    fmt::print("\n{:<66} {:>16}   {}\n", "", "measured", "asked");
    four_hundred_views(server);
    swap_under_readers(server);
    start_of_the_program();
  } catch (const Failure& failure) {
    fmt::print(stderr, "{}", format_error(failure.error()));
    result = 1;
  }
  server.destroy();
  std::filesystem::remove_all(folder);
  return result;
}
