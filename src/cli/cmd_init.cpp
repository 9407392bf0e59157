#include <fmt/format.h>

#include <filesystem>
#include <fstream>

#include "base/toml.hpp"
#include "cli/session.hpp"

namespace pgvista::cli {

namespace fs = std::filesystem;

namespace {

constexpr const char* settings_text = R"([database]
# A libpq URL; --database, PGVISTA_DATABASE_URL and DATABASE_URL come first. With no database named anywhere, sync
# makes a private PostgreSQL of this project under .pgvista/.
# url = "postgresql://user@host/database"
# schema = "public"        # where views without a schema of their own go

[sync]
# lock_timeout = "500ms"   # how long to wait for a lock, so how long a reader may have to wait behind it
# lock_retries = 30
# statement_timeout = "10min"

[refresh]
# jobs = 1
# lock_timeout = "5s"
# statement_timeout = "30min"
)";

constexpr const char* example_view = R"(-- A plain view: one SELECT, and the file's name is the view's name.
SELECT day::date AS day,
       extract(isodow FROM day)::int AS weekday
FROM generate_series(date '2024-01-01', date '2024-12-31', interval '1 day') AS day
)";

constexpr const char* example_materialized = R"(/* pgvista
kind    = "materialized"
indexes = [ { columns = ["weekday"], unique = true } ]
comment = "Days of 2024 by weekday; it reads the view calendar, and pgvista finds that out by itself"
*/
SELECT weekday, count(*) AS days, min(day) AS first_day
FROM calendar
WHERE weekday IS NOT NULL
GROUP BY weekday
)";

void write(const fs::path& path, const std::string& text) {
  std::ofstream file(path);
  file << text;
  file.close();
  if (!file) {
    Error error;
    error.code = "unwritable";
    error.message = fmt::format("cannot write {}", path.string());
    error.hint = "Check the folder's permissions and the space on its disk.";
    throw Failure(std::move(error));
  }
}

ExitCode run_init(Session& session) {
  const auto& words = session.arguments().positionals;
  if (words.size() > 1) throw Failure(usage_error("usage", "pgvista init takes one folder", {}));
  const fs::path root = words.empty() ? fs::path(".") : fs::path(words.front());
  std::error_code failure;
  if (fs::exists(root / "pgvista.toml", failure)) {
    Error error;
    error.code = "exists";
    error.message = fmt::format("{} is there already", (root / "pgvista.toml").string());
    error.hint = "This folder is a project. pgvista sync makes its views.";
    throw Failure(std::move(error));
  }
  fs::create_directories(root / "views", failure);
  fs::create_directories(root / "migrations", failure);
  // The name stays when the folder gets another one.
  const std::string name = fs::canonical(root, failure).filename().string();
  write(root / "pgvista.toml",
        "[project]\nname = " + toml_text(name.empty() ? "views" : name) + "\n\n" + settings_text);
  const bool empty = fs::is_empty(root / "views", failure);
  std::vector<std::string> files{"pgvista.toml"};
  if (empty) {
    write(root / "views" / "calendar.sql", example_view);
    write(root / "views" / "weekdays.sql", example_materialized);
    files.insert(files.end(), {"views/calendar.sql", "views/weekdays.sql"});
  }
  if (!fs::exists(root / ".gitignore", failure)) write(root / ".gitignore", ".pgvista/\n");
  if (session.json()) {
    boost::json::array made;
    for (const std::string& file : files) made.push_back(boost::json::string(file));
    session.print_json(boost::json::object{{"root", root.string()}, {"files", std::move(made)}});
    return ExitCode::done;
  }
  for (const std::string& file : files)
    session.print(fmt::format("created   {}\n", (root / file).lexically_normal().string()));
  session.say(fmt::format("Next:{} pgvista sync", words.empty() ? "" : " cd " + words.front() + " &&"));
  return ExitCode::done;
}

}  // namespace

Command init_command() { return {"init", "Make a project that runs at once", "[DIR]", {}, run_init}; }

}  // namespace pgvista::cli
