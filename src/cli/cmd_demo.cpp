#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <random>

#include "base/clock.hpp"
#include "base/embedded.hpp"
#include "base/text.hpp"
#include "catalog/read.hpp"
#include "cli/plan_output.hpp"
#include "cli/session.hpp"
#include "db/advisory_lock.hpp"
#include "local/server.hpp"

namespace pgvista::cli {

namespace fs = std::filesystem;

namespace {

int number(Session& session, const std::string& option, int otherwise, int most) {
  const std::string given = session.arguments().value(option);
  if (given.empty()) return otherwise;
  const bool digits = given.find_first_not_of("0123456789") == std::string::npos && given.size() <= 8;
  if (!digits || std::stoi(given) < 1 || std::stoi(given) > most)
    throw Failure(usage_error("usage", fmt::format("{} takes a number from 1 to {}", option, most), {}));
  return std::stoi(given);
}

// A folder that the server's user can enter, gone at the end unless it is to be kept.
class DemoFolder {
 public:
  explicit DemoFolder(const std::string& keep) : keep_(!keep.empty()) {
    std::error_code failure;
    if (keep_) {
      path_ = fs::absolute(keep, failure);
      fs::create_directories(path_, failure);
    } else {
      std::string name = (fs::temp_directory_path(failure) / "pgvista-demo-XXXXXX").string();
      if (mkdtemp(name.data())) path_ = name;
      fs::permissions(path_, fs::perms::owner_all | fs::perms::group_exec | fs::perms::others_exec, failure);
    }
    fs::create_directories(path_ / "views", failure);
    write("pgvista.toml", "# The rooms project, made by pgvista demo.\n");
    write("schema.sql", embedded::rooms_schema);
    write("generate.sql", embedded::rooms_generate);
    write(view_file, embedded::rooms_view);
  }
  ~DemoFolder() {
    if (keep_) return;
    try {
      local::Server(path_).destroy();
    } catch (const Failure&) {
      // The server's own folder tells what is left; a destructor cannot.
    }
    std::error_code ignored;
    fs::remove_all(path_, ignored);
  }
  DemoFolder(const DemoFolder&) = delete;
  DemoFolder& operator=(const DemoFolder&) = delete;

  const fs::path& path() const { return path_; }
  bool kept() const { return keep_; }
  /// The view with `maintenance = "immediate"` in its header.
  void maintain() const {
    const std::string kind = "kind    = \"materialized\"";
    write(view_file, replace_all(embedded::rooms_view, kind, kind + "\nmaintenance = \"immediate\"").c_str());
  }

 private:
  void write(const std::string& name, const char* text) const {
    std::ofstream file(path_ / name);
    file << text;
    file.close();
    if (!file)
      throw Failure(Error{"unwritable",
                          fmt::format("cannot write {}", (path_ / name).string()),
                          {},
                          "Check the folder and the space on its disk.",
                          {},
                          {},
                          0,
                          0,
                          ExitCode::failed});
  }

  static constexpr const char* view_file = "views/rooms_related_objects.sql";

  bool keep_;
  fs::path path_;
};

class Demo {
 public:
  Demo(Session& session, int rooms, int samples)
      : session_(session),
        rooms_(rooms),
        samples_(samples),
        folder_(session.arguments().value("--keep")),
        server_(folder_.path()) {}

  ExitCode run() {
    heading("A private PostgreSQL, and the rooms project in it");
    fill();
    heading("What sync would do (pgvista plan --sql prints the statements)");
    show_plan();
    command({"sync"});
    command({"sync"});
    command({"refresh", "--concurrently"});
    heading("Somebody renames a bed");
    rename_bed("A new bed");
    command({"status"});
    command({"verify"});
    command({"refresh", "--concurrently"});
    command({"verify"});
    heading(fmt::format("Reading one room, average over {} random rooms", samples_));
    compare();
    heading("The same view with maintenance = \"immediate\": nothing to refresh any more");
    folder_.maintain();
    command({"sync"});
    rename_bed("A newer bed");
    command({"verify"});
    command({"status"});
    next_steps();
    return ExitCode::done;
  }

 private:
  void next_steps() const {
    heading("What next");
    if (folder_.kept()) {
      session_.print(fmt::format("The project stays in {}. There:\n", folder_.path().string()));
      session_.print(
          "  pgvista runserver        the views as an API at http://127.0.0.1:8000/rest/v1/, and pages at "
          "http://127.0.0.1:8000/admin/\n");
      session_.print(
          "  pgvista explain rooms_related_objects\n  pgvista local psql       SQL; pgvista local stop ends the "
          "server\n");
    } else {
      session_.print("pgvista demo --keep DIR    the same, and the project stays to be tried\n");
    }
    session_.print(
        "pgvista init               a project of your own, in the current folder\npgvista help               all "
        "commands; docs/ has a page for each subject\n");
  }

  void heading(const std::string& text) const { session_.print("\n" + session_.colored("1", "== " + text) + "\n"); }

  void command(std::vector<std::string> words) const {
    session_.print("\n" + session_.colored("1;34", "$ pgvista " + join(words, " ")) + "\n");
    words.insert(words.begin(), "pgvista");
    words.insert(words.end(), {"--project", folder_.path().string(), "--database", server_.url()});
    if (session_.arguments().has("--no-color")) words.emplace_back("--no-color");
    std::vector<const char*> argv;
    for (const std::string& word : words) argv.push_back(word.c_str());
    const int code = cli::run(static_cast<int>(argv.size()), argv.data());
    if (code != 0 && code != static_cast<int>(ExitCode::pending)) {
      throw Failure(Error{"demo_failed",
                          fmt::format("pgvista {} ended with {}", words[1], code),
                          {},
                          {},
                          {},
                          {},
                          0,
                          0,
                          ExitCode::failed});
    }
    if (code != 0) session_.print(fmt::format("(exit code {})\n", code));
  }

  void fill() {
    const auto start = Clock::now();
    server_.start();
    session_.print(
        fmt::format("PostgreSQL runs under {} after {}\n", server_.folder().string(), human_duration(since(start))));
    const auto filling = Clock::now();
    db::Connection connection(server_.url());
    connection.execute(embedded::rooms_schema);
    connection.query("SELECT set_config('rooms.count', $1, false)", {std::to_string(rooms_)});
    connection.execute(embedded::rooms_generate);
    const auto count = [&](const char* table) {
      return connection.query(std::string("SELECT count(*) FROM ") + table).integer(0, 0);
    };
    session_.print(fmt::format(
        "{} rooms, {} doors, {} windows, {} beds, {} tables, {} chairs, {} decorations, {} souvenirs in {}\n",
        count("rooms_room"), count("rooms_door"), count("rooms_window"), count("rooms_bed"), count("rooms_table"),
        count("rooms_chair"), count("rooms_decoration"), count("rooms_souvenir"), human_duration(since(filling))));
  }

  void show_plan() const {
    project::Definitions read = project::read_definitions(folder_.path(), "public");
    db::Connection connection(server_.url());
    print_plan(session_, apply::survey(connection, {read.views, ""}, {}).plan, false);
  }

  void rename_bed(const std::string& name) const {
    const std::string before = change_counts();
    {
      db::Connection connection(server_.url());  // a session that ends tells the server what it counted
      const auto start = Clock::now();
      const db::Rows rows = connection.query(
          "UPDATE rooms_bed SET name = $1 WHERE id = (SELECT bed_id FROM rooms_bed_rooms ORDER BY id LIMIT 1) "
          "RETURNING id",
          {name});
      const auto took = since(start);
      const long long rooms =
          connection.query("SELECT count(*) FROM rooms_bed_rooms WHERE bed_id = $1", {rows.text(0, 0)}).integer(0, 0);
      session_.print(
          fmt::format("UPDATE rooms_bed SET name = '{}' WHERE id = {};  -- it stands in {} rooms, and took {}\n", name,
                      rows.text(0, 0), rooms, human_duration(took)));
    }
    // Before PostgreSQL 15 the server counts changes a moment later.
    for (int i = 0; i < 100 && change_counts() == before; ++i) db::pause(std::chrono::milliseconds(50));
  }

  std::string change_counts() const {
    db::Connection connection(server_.url());
    return connection.query("SELECT pg_stat_get_tuples_updated('rooms_bed'::regclass)").text(0, 0);
  }

  double average(db::Connection& connection, const std::string& sql, int samples) const {
    std::mt19937 random(42);
    PQclear(PQprepare(connection.raw(), "one_room", sql.c_str(), 0, nullptr));
    double total = 0;
    for (int i = 0; i < samples; ++i) {
      const std::string id = std::to_string(1 + random() % static_cast<unsigned>(rooms_));
      const char* const values[] = {id.c_str()};
      const auto start = Clock::now();
      const db::Rows rows(PQexecPrepared(connection.raw(), "one_room", 1, values, nullptr, nullptr, 0));
      total += since(start);
      if (rows.size() == 0)
        throw Failure(Error{"demo_failed", "a room was not found", {}, {}, {}, {}, 0, 0, ExitCode::failed});
    }
    connection.execute("DEALLOCATE one_room");
    return total / samples;
  }

  void compare() const {
    db::Connection connection(server_.url());
    schema::Database database = catalog::read_database(connection, {});
    const schema::Relation* view = database.find({"public", "rooms_related_objects"});
    catalog::read_definitions(connection, database, {view->oid});
    const double query =
        average(connection, "SELECT * FROM (" + view->definition + ") q WHERE id = $1", std::min(samples_, 10));
    const double joins = average(connection, embedded::rooms_one_room, samples_);
    const double stored = average(connection, "SELECT * FROM rooms_related_objects WHERE id = $1", samples_);
    const auto row = [&](const char* what, double ms) {
      session_.print(fmt::format("{:<44} {:>10.3f} ms {:>10.1f} x\n", what, ms, ms / stored));
    };
    row("the view's own query, WHERE id = …", query);
    row("joins written by hand for one room", joins);
    row("the materialized view", stored);
  }

  Session& session_;
  int rooms_;
  int samples_;
  DemoFolder folder_;
  local::Server server_;
};

ExitCode run_demo(Session& session) {
  const int rooms = number(session, "--rooms", 500, 10'000'000);
  return Demo(session, rooms, number(session, "--samples", 200, 1'000'000)).run();
}

}  // namespace

Command demo_command() {
  return {"demo",
          "The rooms project on a private PostgreSQL, end to end",
          "",
          {{"--rooms", "N", "how many rooms (default 500)"},
           {"--samples", "N", "how many rooms to read for the comparison (default 200)"},
           {"--keep", "DIR", "keep the project in this folder"}},
          run_demo};
}

}  // namespace pgvista::cli
