#pragma once
// Checked access to a TOML table: every key is asked for by name and type, what nobody asked for is an error.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <toml++/toml.h>
#include <vector>

#include <pgvista/error.hpp>

namespace pgvista::project {

/// What is asked for: "server.port" -> "whole number".
using Keys = std::map<std::string, std::string>;

/// Where the TOML text stands in its file: its first line is the file's line `line`, and begins there at `column`.
struct Origin {
  std::string file;
  int line = 1;
  int column = 1;
  ExitCode exit = ExitCode::usage;
  Keys* keys = nullptr;  // where what is asked for is written down, for the reference
};

class TomlTable {
 public:
  TomlTable(const toml::table& table, const Origin& origin, std::string path, std::vector<Error>& errors)
      : table_(table), origin_(origin), path_(std::move(path)), errors_(errors) {}

  std::optional<std::string> text(const std::string& key);
  std::optional<bool> boolean(const std::string& key);
  std::optional<long long> integer(const std::string& key);
  std::optional<std::string> choice(const std::string& key, const std::vector<std::string>& allowed);
  /// A string as PostgreSQL takes it ("1500ms"), or whole milliseconds.
  std::optional<std::string> duration(const std::string& key);
  std::vector<std::string> texts(const std::string& key);
  /// A table of name -> text, number or boolean, as text.
  std::map<std::string, std::string> scalars(const std::string& key);
  std::map<std::string, std::vector<std::string>> text_lists(const std::string& key);
  /// Calls `read` for a nested table / for each table of an array of tables.
  void table(const std::string& key, const std::function<void(TomlTable&)>& read);
  void tables(const std::string& key, const std::function<void(TomlTable&)>& read);
  bool has(const std::string& key) const { return table_.contains(key); }

  int line() const;
  /// Line and column of every value, by its key.
  std::map<std::string, std::pair<int, int>> places() const;
  /// Reports every key that was not asked for, with the nearest one that could have been meant.
  void finish();
  void fail(const std::string& key, const std::string& code, const std::string& message, const std::string& hint = {});

 private:
  const toml::node* get(const std::string& key, const std::string& type);
  void note(const std::string& key, const std::string& type) const;
  Error error_at(const toml::source_region& region, std::string code, std::string message, std::string hint) const;
  void wrong_type(const toml::node& node, const std::string& key, const std::string& expected);

  const toml::table& table_;
  const Origin& origin_;
  std::string path_;
  std::vector<Error>& errors_;
  std::vector<std::string> asked_;
};

/// "trust": names of functions with their schemas.
std::vector<std::string> read_trust(TomlTable& table);

/// Parses; a syntax error is added to `errors` and gives nullopt.
std::optional<toml::table> parse_toml(std::string_view text, const Origin& origin, std::vector<Error>& errors);

}  // namespace pgvista::project
