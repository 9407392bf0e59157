#pragma once
// What differs between the state that the migrations lead to and the definitions, as operations in an order that works.

#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "migrate/graph.hpp"
#include "tables/tables.hpp"

namespace pgvista::migrate {

/// Something that the two states alone do not tell.
struct Question {
  enum class Kind { rename, value };
  Kind kind = Kind::rename;
  std::string object;  // "visit", "visit.country": what a flag names
  std::string to;      // of a rename
  std::string text;    // for a person
  std::string hint;    // the flags that answer it
  bool likely = true;  // false: only worth a word when somebody says so unasked
  /// Of a value: why this expression will not do, or "".
  std::function<std::string(const std::string&)> refuse = {};
};

struct Answer {
  bool renamed = false;              // of a rename: yes, or dropped and added
  std::optional<std::string> value;  // of a value: the expression, or none: there are no rows that need one
};

/// nullopt: nobody is there to answer.
using Asker = std::function<std::optional<Answer>(const Question&)>;

struct DetectOptions {
  bool concurrent_indexes = false;                           // on tables that are there already
  bool whole_names = false;                                  // write names with their schema
  std::map<std::string, std::string> reverse_defaults = {};  // "table.column" -> expression, for columns that come back
};

struct Detected {
  std::vector<Draft> operations;  // run as one
  std::vector<Draft> concurrent;  // follow, each by itself
  std::vector<std::string> notes;
  bool empty() const { return operations.empty() && concurrent.empty(); }
};

/// Throws Failure (open_question, exit 2; one error a question) when a question stays open, and
/// (unsupported_change) for what must be written by hand.
Detected detect(const State& from, const tables::Tables& tables, const std::vector<schema::ViewDefinition>& views,
                const Asker& ask, const DetectOptions& options);

/// A name for a migration of these operations.
std::string migration_name(const std::vector<Draft>& operations, bool first);

}  // namespace pgvista::migrate
