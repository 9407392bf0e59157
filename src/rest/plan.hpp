#pragma once
// A request -> what is to be run for it and what its answer is made of.

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rest/preferences.hpp"
#include "rest/relationships.hpp"
#include "rest/request.hpp"
#include "rest/settings.hpp"
#include "rest/statement.hpp"
#include "schema/api.hpp"

namespace pgvista::rest {

/// What is served, as the catalogue had it at one moment.
struct Model {
  explicit Model(schema::Api read) : api(std::move(read)), relationships(api) {}
  Model(const Model&) = delete;
  Model& operator=(const Model&) = delete;

  schema::Api api;
  Relationships relationships;
};

enum class Media {
  json,    // an array of objects
  object,  // one object, or it is refused
  csv,
  events
};

enum class Action { read, insert, update, put, remove, call };

struct Plan {
  Action action = Action::read;
  std::string schema;
  const schema::ApiRelation* relation = nullptr;
  const schema::ApiFunction* function = nullptr;
  Preferences preferences;
  std::string applied;  // Preference-Applied

  bool read_only = true;
  /// Kept only if the answer turns out right: run in a block, judged, then committed or not.
  bool judged = false;
  std::vector<Statement> before;  // run first, in order; their rows are not answered
  Statement main;
  std::vector<OutputColumn> columns;
  bool inserted_column = false;  // after the columns: was the row inserted?
  bool affected_only = false;    // the statement gives no rows: its tag says how many it changed
  std::optional<Statement> count;
  std::optional<Statement> planned;  // EXPLAIN (FORMAT JSON)
  std::int64_t offset = 0;
  std::optional<std::int64_t> most;  // rows that were asked for

  Media media = Media::json;
  bool strip_nulls = false;
  bool vendor_type = false;   // the answer's type is spelled as PostgREST's own
  bool bare = false;          // one column, and its value is the element, not an object
  bool single_value = false;  // of a call: one value or object, not an array
  bool with_body = true;
  bool by_key = false;                     // one row by its key: none is 404
  std::vector<std::string> location_keys;  // of headers-only, the columns of the answer
  std::vector<std::pair<std::string, std::string>> put_key;
  bool profile_asked = false;
  /// Only columns of the one relation are read: its rows alone make the answer.
  bool of_relation_alone = false;
  bool nothing = false;    // there is nothing to write
  bool body_kept = false;  // the first statement before is the body itself
};

struct PlanOptions {
  bool single_made = false;  // POST of one object answers that object, not an array of it
  bool from_query = false;   // of a materialized view: its query in place of its stored rows
  /// Only the rows with these keys: a JSON array of arrays; "*" for all, at most `most_keys` and one. After the columns
  /// comes the row's key, as such an array.
  std::optional<std::string> keys = {};
  static constexpr std::int64_t most_keys = 100'000;
};

/// What a request for a table, a view or a function comes to. `segments`: the path below the root, "rooms_room" or
/// "rooms_room", "311" or "rpc", "f". Throws Refusal.
Plan make_plan(const Model& model, const Settings& settings, const Request& request,
               const std::vector<std::string>& segments, const PlanOptions& options = {});

/// Allow: what there is for some relation or other, and the methods that this one takes.
inline constexpr const char* all_methods = "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE";
std::string allowed_methods(const schema::ApiRelation& relation);

}  // namespace pgvista::rest
