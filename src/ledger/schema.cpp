#include "ledger/schema.hpp"

#include <fmt/format.h>

#include <cstdlib>
#include <cstring>
#include <utility>
#include <vector>

#include "base/embedded.hpp"
#include "base/text.hpp"
#include "ledger/programs.hpp"

namespace pgvista::ledger {

int schema_version() { return static_cast<int>(embedded::ledger_steps().size()); }

namespace {

// In the order in which they call one another when they are made.
std::string runtime() {
  std::string out;
  for (const char* const text :
       {embedded::runtime_statement, embedded::runtime_turns, embedded::runtime_pace, embedded::runtime_maintenance,
        embedded::runtime_stop, embedded::runtime_deferred, embedded::runtime_clock, embedded::runtime_rights}) {
    out += text;
  }
  return out;
}

// Mends of functions reach databases that exist, also between two versions of the schema.
std::string made_of() {
  static const std::string out = stable_hash_hex(runtime());
  return out;
}

// "0.2.0" before "0.10.0".
std::vector<long> numbers_of(const std::string& version) {
  std::vector<long> out;
  for (const char* at = version.c_str(); *at != '\0';) {
    char* end = nullptr;
    out.push_back(std::strtol(at, &end, 10));
    at = *end == '.' ? end + 1 : end + std::strlen(end);
  }
  return out;
}

Error other_version(const State& state, const char* code, std::string hint) {
  Error error;
  error.code = code;
  error.message = fmt::format(
      "the schema pgvista of this database has version {}, made by pgvista {}; this is pgvista {}, of version {}",
      state.schema_version, state.program_version, PGVISTA_VERSION, schema_version());
  error.hint = std::move(hint);
  return error;
}

}  // namespace

State read_state(db::Connection& connection) {
  // Whoever was left without rights by a restore that brings none knows nothing of it, as of the views.
  const db::Rows there = connection.query(
      "SELECT c.relname FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = c.relnamespace AND "
      "n.nspname = 'pgvista' "
      "WHERE c.relname IN ('view', 'version') AND c.relkind = 'r' AND pg_catalog.has_schema_privilege(n.oid, 'USAGE') "
      "AND pg_catalog.has_table_privilege(c.oid, 'SELECT')");
  State out;
  if (there.size() == 0) return out;
  // 0.1.0 had no versions.
  out.schema_version = 1;
  out.program_version = "0.1.0";
  bool versions = false;
  for (int row = 0; row < there.size(); ++row) versions |= there.text(row, 0) == "version";
  if (!versions) return out;
  const db::Rows rows = connection.query(
      "SELECT schema_version, program_version, made_of FROM pgvista.version ORDER BY schema_version DESC, at DESC "
      "LIMIT 1");
  if (rows.size() == 0) return out;
  out.schema_version = static_cast<int>(rows.integer(0, 0));
  out.program_version = rows.text(0, 1);
  // Functions that a newer program mended are not put back.
  const bool newer = numbers_of(out.program_version) > numbers_of(PGVISTA_VERSION);
  out.current = out.schema_version == schema_version() && (newer || rows.text(0, 2) == made_of());
  return out;
}

namespace {

// What a superuser runs here must be his own, or another superuser's: whoever owns a function could have replaced it.
std::string stranger_in(db::Connection& connection) {
  const db::Rows rows = connection.query(
      "SELECT pg_catalog.pg_get_userbyid(o.owner) FROM ("
      "SELECT nspowner AS owner FROM pg_catalog.pg_namespace WHERE nspname = 'pgvista' "
      "UNION SELECT c.relowner FROM pg_catalog.pg_class AS c JOIN pg_catalog.pg_namespace AS n ON n.oid = "
      "c.relnamespace AND n.nspname = 'pgvista' "
      "UNION SELECT p.proowner FROM pg_catalog.pg_proc AS p JOIN pg_catalog.pg_namespace AS n ON n.oid = "
      "p.pronamespace AND n.nspname = 'pgvista') AS o "
      "JOIN pg_catalog.pg_roles AS r ON r.oid = o.owner "
      "WHERE NOT r.rolsuper AND (SELECT rolsuper FROM pg_catalog.pg_roles WHERE rolname = current_user) LIMIT 1");
  return rows.size() == 0 ? "" : rows.text(0, 0);
}

}  // namespace

void refuse_stranger(db::Connection& connection) {
  const std::string stranger = stranger_in(connection);
  if (stranger.empty()) return;
  Error error;
  error.code = "schema_of_another";
  error.message =
      fmt::format("the schema pgvista, or a part of it, belongs to \"{}\", and you are a superuser", stranger);
  error.detail = "What stands there would run with a superuser's rights, and its owner can replace it.";
  error.hint = fmt::format("Connect as {0} (or SET ROLE). If it is yours: pgvista clear as {0}, then sync as yourself.",
                           stranger);
  throw Failure(std::move(error));
}

void refuse_newer(const State& state) {
  if (state.schema_version <= schema_version()) return;
  throw Failure(other_version(
      state, "schema_newer",
      fmt::format("Use pgvista {} or a newer one: this one could undo what that one wrote.", state.program_version)));
}

std::optional<Error> older_schema(const State& state) {
  if (!state.older()) return std::nullopt;
  return other_version(state, "schema_older",
                       "Run pgvista sync: it brings the schema up, and leaves the views as they are.");
}

void upgrade(db::Connection& connection) {
  if (read_state(connection).current) return;
  // One at a time; who waited may find it done.
  connection.query(
      "SELECT pg_catalog.pg_advisory_xact_lock(pg_catalog.hashtextextended('pgvista schema', 1886418550))");
  const State state = read_state(connection);
  refuse_newer(state);
  if (state.current) return;
  const bool programs = state.older();
  if (programs) lock_tables(connection);
  for (int version = state.schema_version; version < schema_version(); ++version) {
    connection.execute(embedded::ledger_steps()[static_cast<std::size_t>(version)]);
  }
  connection.execute(runtime());
  if (programs) bring_up_programs(connection);
  connection.query("INSERT INTO pgvista.version (schema_version, program_version, made_of) VALUES ($1, $2, $3)",
                   {std::to_string(schema_version()), PGVISTA_VERSION, made_of()});
  set_rights(connection);
}

void set_rights(db::Connection& connection) { connection.query("SELECT pgvista.set_rights()"); }

}  // namespace pgvista::ledger
