#pragma once
// What a view should be: the desired half of a project's state. Plain values, from SQL files (or, later, C++ models).

#include <array>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include <pgvista/error.hpp>
#include <pgvista/maintenance.hpp>
#include <pgvista/view_file.hpp>
#include "sql/identifier.hpp"
#include "sql/index.hpp"
#include "sql/tree.hpp"

namespace pgvista::schema {

enum class Kind { view, materialized };
using pgvista::Maintenance;

const char* to_string(Kind kind);
const char* to_string(Maintenance maintenance);

using sql::IndexDefinition;
using sql::Options;

/// Where a definition was written. `text` is the whole file; the query starts at byte `query_offset` of it.
struct Source {
  std::string file;
  std::string text;
  std::size_t query_offset = 0;
};

struct ViewDefinition {
  sql::Name name;  // the schema is always filled in
  Kind kind = Kind::view;
  Maintenance maintenance = Maintenance::manual;
  std::string query;  // as written, without the header
  sql::Select tree;   // offsets count in `query`
  std::vector<std::string> key;
  std::vector<IndexDefinition> indexes;
  std::optional<std::string> comment;
  std::map<std::string, std::string> column_comments;
  std::map<std::string, std::string> column_types;
  std::map<std::string, std::vector<std::string>> grants;  // role -> privileges
  std::vector<std::string> depends_on;
  std::string renamed_from;
  std::optional<std::string> owner;
  Options storage;
  std::optional<std::string> tablespace;
  std::optional<bool> security_invoker;
  std::optional<bool> security_barrier;
  std::optional<std::string> check_option;
  std::optional<std::string> statement_timeout;
  bool with_data = true;
  bool notify = false;  // of changed rows, on the channel "pgvista"
  std::string schedule;
  std::string refresh_on_change;
  std::string max_staleness;
  std::string on_error;     // of its maintenance: "stale" puts the view aside for any error, "fail" for none but lost
                            // objects; "" : the project's
  std::string stale_reads;  // what its readers get meanwhile: "query", "refuse" or "allow"; "" : the project's
  std::string strategy;     // "recompute": no algebraic maintenance; "" : the best there is
  std::string clock;        // how old the present time of its rows may get; "" : a minute
  std::vector<std::string> trust;               // functions, as schema.name, that the user says to depend on nothing
  std::map<std::string, std::string> settings;  // that it is computed under, where not the database's (kept_settings)
  std::vector<model::RowMember> row_members;    // of the struct that a C++ program reads it into
  Source source;
  std::map<std::string, std::pair<int, int>> places;  // key of the header -> line and column of its value, in the file
  bool borrowed = false;  // not the project's: a stranger that was taken away and comes back as it was
};

/// The settings that a maintained view is computed under, whatever a writer's session has.
inline constexpr std::array<const char*, 11> kept_settings = {
    "TimeZone",   "DateStyle", "IntervalStyle", "extra_float_digits",         "bytea_output", "lc_monetary",
    "lc_numeric", "lc_time",   "xmloption",     "default_text_search_config", "xmlbinary"};

/// Kept by triggers or a queue, as a table behind a plain view.
bool maintained(const ViewDefinition& view);
/// Refreshed soon after its tables changed.
bool refreshed_on_change(const ViewDefinition& view);
/// By pgvista watch: deferred, by a schedule, or when its tables change.
bool kept_by_watch(const ViewDefinition& view);
/// What stands in the database under the view's name.
Kind object_kind(const ViewDefinition& view);

/// Gives an error its place in the definition's file, from a byte offset in its query.
void locate(Error& error, const ViewDefinition& view, std::size_t query_offset);

/// The same from a key of the header; where that is not known, the beginning of the file.
void locate_key(Error& error, const ViewDefinition& view, const std::string& key);

/// The index's declared name, or the one that it gets.
std::string index_name(const ViewDefinition& view, const IndexDefinition& index);

using sql::index_text;

}  // namespace pgvista::schema
