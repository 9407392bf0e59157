// A folder includes only downwards: the order of ARCHITECTURE.md, checked against every #include.

#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <map>
#include <regex>
#include <set>
#include <sstream>
#include <string>

namespace pgvista::test {

namespace fs = std::filesystem;

const std::map<std::string, std::set<std::string>>& allowed() {
  static const std::map<std::string, std::set<std::string>> folders = {
      {"base", {}},
      {"sql", {"base"}},
      {"parse", {"sql", "base"}},
      {"schema", {"sql", "base"}},
      {"analyze", {"schema", "parse", "sql", "base"}},
      {"plpgsql", {"sql", "base"}},
      {"ivm", {"plpgsql", "analyze", "schema", "parse", "sql", "base"}},
      {"tables", {"analyze", "parse", "sql", "base"}},
      {"project", {"tables", "schema", "parse", "sql", "base"}},
      {"migrate", {"project", "tables", "analyze", "schema", "parse", "sql", "base"}},
      {"inspect", {"schema", "sql", "base"}},
      {"db", {"base"}},
      {"model", {"sql", "base"}},
      {"client", {"model", "db", "sql", "base"}},
      {"catalog", {"tables", "db", "ivm", "analyze", "schema", "parse", "sql", "base"}},
      {"ledger", {"catalog", "ivm", "db", "schema", "sql", "base"}},
      {"plan", {"catalog", "ivm", "analyze", "schema", "parse", "sql", "base"}},
      {"apply",
       {"ledger", "migrate", "project", "tables", "plan", "ivm", "catalog", "db", "analyze", "schema", "parse", "sql",
        "base"}},
      {"refresh", {"ledger", "catalog", "ivm", "db", "schema", "sql", "base"}},
      {"watch",
       {"ledger", "refresh", "project", "tables", "catalog", "ivm", "db", "analyze", "schema", "parse", "sql", "base"}},
      {"local", {"db", "sql", "base"}},
      {"rest", {"analyze", "schema", "parse", "sql", "base"}},
      {"server",
       {"rest", "refresh", "apply", "plan", "migrate", "project", "tables", "catalog", "ivm", "analyze", "schema",
        "parse", "sql", "db", "base"}},
      {"admin", {"server", "rest", "refresh", "catalog", "project", "analyze", "schema", "parse", "sql", "db", "base"}},
      {"cli", {"ledger",  "watch",   "admin",   "server",  "rest",   "client", "model",   "local",
               "ivm",     "refresh", "apply",   "migrate", "tables", "plan",   "catalog", "db",
               "inspect", "project", "analyze", "schema",  "parse",  "sql",    "base"}},
  };
  return folders;
}

TEST(Includes, GoDownwardsOnly) {
  int seen = 0;
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(fs::path(PGVISTA_SOURCE_DIR) / "src")) {
    if (!entry.is_regular_file()) continue;
    const std::string folder = fs::relative(entry.path(), fs::path(PGVISTA_SOURCE_DIR) / "src").begin()->string();
    ASSERT_TRUE(allowed().contains(folder)) << folder << " has no place in the order";
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (!line.starts_with("#include \"")) continue;
      const std::string path = line.substr(10, line.find('"', 10) - 10);
      const std::string target = path.substr(0, path.find('/'));
      ++seen;
      EXPECT_TRUE(target == folder || allowed().at(folder).contains(target)) << entry.path() << " includes " << path;
    }
  }
  EXPECT_GT(seen, 100);
}

// The rooms of a large folder, each with what it may include; those of the folder itself may include all.
TEST(Includes, GoDownwardsInsideIvm) {
  const std::vector<std::string> rooms = {"values",    "query",      "key",      "aggregate",
                                          "functions", "change_log", "triggers", "strategy"};
  const auto place = [&](const fs::path& path) {
    const auto found = std::find(rooms.begin(), rooms.end(), path.begin()->string());
    return found - rooms.begin();
  };
  const fs::path ivm = fs::path(PGVISTA_SOURCE_DIR) / "src/ivm";
  for (const fs::directory_entry& entry : fs::recursive_directory_iterator(ivm)) {
    if (!entry.is_regular_file()) continue;
    const auto own = place(fs::relative(entry.path(), ivm));
    std::ifstream file(entry.path());
    for (std::string line; std::getline(file, line);) {
      if (!line.starts_with("#include \"ivm/")) continue;
      const std::string path = line.substr(14, line.find('"', 14) - 14);
      EXPECT_LE(place(path), own) << entry.path() << " includes ivm/" << path;
    }
  }
}

TEST(Includes, OrderHasNoCycle) {
  for (const auto& [folder, below] : allowed()) {
    for (const std::string& target : below)
      EXPECT_FALSE(allowed().at(target).contains(folder)) << folder << " and " << target;
  }
}

// ARCHITECTURE.md's table says the same: a folder's row ends with what it includes. `base` is for all.
TEST(Includes, AreThoseOfTheArchitecture) {
  std::ifstream file(fs::path(PGVISTA_SOURCE_DIR) / "ARCHITECTURE.md");
  const std::regex row(R"(^\| `src/(\w+)/` \|.*\| ([^|]*) \|$)");
  std::set<std::string> described;
  for (std::string line; std::getline(file, line);) {
    std::smatch found;
    if (!std::regex_match(line, found, row)) continue;
    const std::string folder = found[1];
    ASSERT_TRUE(allowed().contains(folder)) << folder;
    described.insert(folder);
    std::set<std::string> wanted = allowed().at(folder);
    wanted.erase("base");
    std::set<std::string> said;
    std::istringstream words(found[2]);
    for (std::string word; words >> word;) {
      if (word != "nothing" && word != "everything") said.insert(word);
      if (word != "everything") continue;
      for (const auto& [other, below] : allowed()) {
        if (other != folder && other != "base" && wanted.contains(other)) said.insert(other);
      }
    }
    EXPECT_EQ(wanted, said) << folder;
  }
  EXPECT_EQ(allowed().size(), described.size());
}

namespace {

std::vector<std::string> lines_of(const fs::path& path) {
  std::vector<std::string> out;
  std::ifstream file(path);
  for (std::string line; std::getline(file, line);) out.push_back(line);
  return out;
}

// First line (from 1) and length of each function, as clang-format indents them: a body ends at the first closing brace
// that stands where its signature begins.
std::vector<std::pair<std::size_t, int>> functions_of(const std::vector<std::string>& lines) {
  static const std::regex other(
      R"(^\s*(\}|(namespace|class|struct|enum|union|extern|if|for|while|switch|else|do|try|return)\b))");
  constexpr std::size_t deepest = 4;
  std::vector<std::pair<std::size_t, int>> out;
  for (std::size_t i = 0; i < lines.size(); ++i) {
    const std::string& line = lines[i];
    std::size_t indent = line.find_first_not_of(' ');
    if (indent == std::string::npos || !line.ends_with('{') || line.find_first_of("()") == std::string::npos ||
        std::regex_search(line, other))
      continue;
    // Its signature began further to the left.
    const bool continued = line.compare(indent, 1, ":") == 0 || line.compare(indent, 2, "->") == 0;
    indent -= continued ? std::min<std::size_t>(indent, 4) : 0;
    if (indent > deepest) continue;
    const std::string end = std::string(indent, ' ') + "}";
    std::size_t last = i + 1;
    while (last < lines.size() && !lines[last].starts_with(end)) ++last;
    out.emplace_back(i + 1, static_cast<int>(last - i + 1));
  }
  return out;
}

}  // namespace

TEST(Sources, StayNarrow) {
  constexpr std::size_t widest = 120;
  for (const char* const folder : {"src", "include", "tests", "bench", "fuzz", "examples"}) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(fs::path(PGVISTA_SOURCE_DIR) / folder)) {
      const fs::path extension = entry.path().extension();
      const bool sql = extension == ".sql" && std::string_view(folder) == "src";
      if (extension != ".cpp" && extension != ".hpp" && !sql) continue;
      std::ifstream file(entry.path());
      int number = 0;
      for (std::string line; std::getline(file, line);) {
        ++number;
        // Characters, not bytes.
        const auto columns = std::count_if(line.begin(), line.end(), [](char c) { return (c & 0xC0) != 0x80; });
        EXPECT_LE(static_cast<std::size_t>(columns), widest) << entry.path() << ":" << number;
      }
    }
  }
}

TEST(Sources, StayShort) {
  constexpr int most_lines = 600;
  constexpr int most_of_a_function = 60;
  for (const char* const folder : {"src", "include"}) {
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(fs::path(PGVISTA_SOURCE_DIR) / folder)) {
      if (!entry.is_regular_file()) continue;
      const std::vector<std::string> lines = lines_of(entry.path());
      EXPECT_LE(lines.size(), most_lines) << entry.path();
      if (entry.path().extension() != ".cpp" && entry.path().extension() != ".hpp") continue;
      for (const auto& [first, length] : functions_of(lines))
        EXPECT_LE(length, most_of_a_function) << entry.path() << ":" << first << ": " << lines[first - 1];
    }
  }
}

// What reads the catalogue costs a millisecond; the planner takes its recursive questions for dear, and would have each
// compiled for fifty.
TEST(Sources, TheRuntimeIsNotCompiledJustInTime) {
  int functions = 0;
  for (const fs::directory_entry& entry :
       fs::directory_iterator(fs::path(PGVISTA_SOURCE_DIR) / "src/ledger/sql/runtime")) {
    std::string head;
    for (const std::string& line : lines_of(entry.path())) {
      if (line.starts_with("CREATE OR REPLACE FUNCTION")) head.clear();
      head += line + " ";
      if (!line.ends_with("AS $$")) continue;
      ++functions;
      // Those without settings of their own have their caller's.
      const bool own_settings = head.find("SET search_path = pg_catalog") != std::string::npos;
      EXPECT_TRUE(!own_settings || head.find("SET jit = off") != std::string::npos) << entry.path() << ": " << head;
    }
  }
  EXPECT_GT(functions, 30);
}

// SQL that the program writes is a tree, or grows in one direction: its text is made once and never looked into. What
// is left looks into names, types, requests and what a server said.
TEST(Sources, SqlIsNotSearched) {
  const std::regex searching(R"(\.find\(['"]|\.find_first|\.rfind\(|\.substr\(|replace_all\(|std::regex)");
  const std::set<std::string> read_requests = {"rest/grammar.cpp", "rest/request.cpp", "rest/preferences.cpp",
                                               "rest/plan_cache.cpp"};
  // What a line holds that may, and what it looks into.
  const std::map<std::string, std::string> allowed = {
      {"constant.text", "digits of a number"},
      {"type.find", "a type's modifier"},
      {"type.substr", "a type's modifier"},
      {"type.name.find", "a type's modifier"},
      {"real.", "a type's modifier"},
      {"declared.find", "a type's modifier"},
      {"program.name.substr", "the hash in a program's name"},
      {"table.schema.find", "a schema's name"},
      {"renamed_from", "a name in a header"},
      {"name.rfind('.')", "a name in an error"},
      {"name.substr(", "a name"},
      {"entry.", "an entry of a catalogue row, name=value"},
      {"target.", "an entry of a catalogue row, name=value; a request's target"},
      {"replace_all(name.sql(), \"%\"", "a name inside a format string"},
      {"request.header", "a header of a request"},
      {"request_.header", "a header of a request"},
      {"header.find", "a header of a request"},
      {"key.", "a name in a request"},
      {"one.find(';'", "a header of a request"},
      {"one).substr(from", "a header of a request"},
      {"rest.find(','", "a part of a request"},
      {"rest.substr(", "a part of a request"},
      {"value, \"*\", \"%\"", "a pattern in a request"},
      {"arguments_.raw.find", "the body of a request"},
      {"last_cast", "a type in a request"},
      {"message.", "what a server said of an error"},
      {"message()", "what a server said of an error"},
      {"blocker.text", "a name in a reason"},
      {"word.", "a name in a reason"},
      {"view.query", "a place in the user's file, for an error"},
      {"line.", "a line of pgvista.watched_text"},
      {"what.substr", "a line of pgvista.watched_text"},
      {"indexdef", "what pg_get_indexdef printed"},
      {"(*one)[1]", "what pg_get_constraintdef printed"},
      {"std::regex value", "what pg_get_constraintdef printed"},
      {"std::regex pattern", "an entry of a header"},
      {"std::regex_match(entry", "an entry of a header"},
      {"pg_catalog.substr(", "what a server looks into"},
      {"tree.substr", "a stored query tree"}};
  // Views and indexes as the server prints them, which our grammar may not know; query trees as it stores them.
  const std::set<std::string> read_servers = {"catalog/canonical.cpp", "catalog/node_text.cpp"};
  for (const char* const folder : {"ivm", "plpgsql", "plan", "catalog", "rest"}) {
    const fs::path source = fs::path(PGVISTA_SOURCE_DIR) / "src";
    for (const fs::directory_entry& entry : fs::recursive_directory_iterator(source / folder)) {
      const std::string name = fs::relative(entry.path(), source);
      if (read_requests.contains(name) || read_servers.contains(name)) continue;
      std::ifstream file(entry.path());
      int number = 0;
      for (std::string line; std::getline(file, line);) {
        ++number;
        const bool fine = !std::regex_search(line, searching) ||
                          std::any_of(allowed.begin(), allowed.end(),
                                      [&](const auto& one) { return line.find(one.first) != std::string::npos; });
        EXPECT_TRUE(fine) << name << ":" << number << ": " << line;
      }
    }
  }
}

}  // namespace pgvista::test
