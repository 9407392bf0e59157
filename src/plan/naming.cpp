#include "base/text.hpp"
#include "plan/steps.hpp"

namespace pgvista::plan {

const char* to_string(Action action) {
  switch (action) {
    case Action::create: return "create";
    case Action::replace: return "replace";
    case Action::swap: return "swap";
    case Action::recreate: return "recreate";
    case Action::alter: return "alter";
    case Action::index: return "index";
    case Action::rename: return "rename";
    case Action::populate: return "populate";
    case Action::adopt: return "adopt";
    case Action::drop: return "drop";
  }
  return "";
}

const char* to_string(Status status) {
  switch (status) {
    case Status::created: return "created";
    case Status::updated: return "updated";
    case Status::exists: return "exists";
    case Status::forced: return "forced";
    case Status::adopted: return "adopted";
    case Status::dropped: return "dropped";
    case Status::force_required: return "force-required";
    case Status::refused: return "refused";
  }
  return "";
}

const char* object_word(schema::Kind kind) { return kind == schema::Kind::materialized ? "MATERIALIZED VIEW" : "VIEW"; }
const char* object_word(char relkind) { return relkind == 'm' ? "MATERIALIZED VIEW" : "VIEW"; }

sql::Name beside_name(const sql::Name& name) { return {name.schema, "pgvista_new_" + stable_hash_hex(name.sql(), 12)}; }

sql::Name away_name(const sql::Name& name) { return {name.schema, "pgvista_old_" + stable_hash_hex(name.sql(), 12)}; }

}  // namespace pgvista::plan
