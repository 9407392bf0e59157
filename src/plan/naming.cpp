#include "base/text.hpp"
#include "plan/steps.hpp"

namespace pgvista::plan {

const char* to_string(Action action) {
  constexpr const char* names[] = {"create", "replace", "swap",     "recreate", "alter",
                                   "index",  "rename",  "populate", "adopt",    "drop"};
  return names[static_cast<int>(action)];
}

const char* to_string(Status status) {
  constexpr const char* names[] = {"created", "updated", "exists",         "forced",
                                   "adopted", "dropped", "force-required", "refused"};
  return names[static_cast<int>(status)];
}

const char* object_word(schema::Kind kind) { return kind == schema::Kind::materialized ? "MATERIALIZED VIEW" : "VIEW"; }
const char* object_word(char relkind) { return relkind == 'm' ? "MATERIALIZED VIEW" : "VIEW"; }

sql::Name beside_name(const sql::Name& name) { return {name.schema, "pgvista_new_" + stable_hash_hex(name.sql(), 12)}; }

sql::Name away_name(const sql::Name& name) { return {name.schema, "pgvista_old_" + stable_hash_hex(name.sql(), 12)}; }

}  // namespace pgvista::plan
