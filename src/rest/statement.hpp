#pragma once
// A statement being written. Its text is made of this program's own words and of names from the catalogue; whatever a
// request says becomes a parameter.

#include <optional>
#include <string>
#include <vector>

namespace pgvista::rest {

/// Begins the text that a statement fails to take for a number, on purpose, where rows are missing.
inline constexpr const char* mismatch_mark = "pgvista:rows:";

using Values = std::vector<std::optional<std::string>>;

struct Statement {
  std::string sql;
  Values values;
  /// Of a statement that raises `mismatch_mark` where it does not find the rows that it needs: what to answer then.
  std::string mismatch = {};

  /// "$n" of a new parameter.
  std::string parameter(std::optional<std::string> value) {
    values.push_back(std::move(value));
    return "$" + std::to_string(values.size());
  }
};

/// One column of the answer: what the JSON calls it. Its value comes from the statement's column at the same place.
struct OutputColumn {
  std::string key;
};

}  // namespace pgvista::rest
