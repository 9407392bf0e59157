#include "apply/pause.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apply/retry.hpp"
#include "base/text.hpp"
#include "ivm/sound.hpp"

namespace pgvista::apply {

namespace {

const catalog::InstalledProgram& program_of(const std::vector<catalog::InstalledProgram>& installed, const sql::Name& view) {
  for (const catalog::InstalledProgram& one : installed) {
    const bool asks = std::any_of(one.captures.begin(), one.captures.end(), [](const auto& capture) { return capture.asks; });
    if (one.view == view && !one.store.name.empty() && asks) return one;
  }
  throw Failure(usage_error("not_maintained", fmt::format("\"{}\" is not kept by triggers or a queue", view.display()), "pgvista sync installs what keeps a view with maintenance in its header."));
}

Error state_error(const char* code, std::string message, std::string hint) {
  Error error;
  error.code = code;
  error.message = std::move(message);
  error.hint = std::move(hint);
  return error;
}

// Settings of the program for the rest of this transaction.
void set_settings(db::Connection& connection, const ivm::Settings& settings) {
  connection.execute("SET LOCAL search_path = pg_catalog, pg_temp");
  for (const auto& [name, value] : settings) connection.query("SELECT pg_catalog.set_config($1, $2, true)", {name, value});
}

}  // namespace

void pause(db::Connection& connection, const std::vector<catalog::InstalledProgram>& installed, const sql::Name& view, const Limits& limits) {
  const catalog::InstalledProgram& program = program_of(installed, view);
  db::Transaction transaction(connection);
  connection.limit(limits.lock_timeout, limits.statement_timeout);
  connection.query("SELECT FROM pgvista.program WHERE program = $1 FOR UPDATE", {program.name});
  const db::Rows made = connection.query("INSERT INTO pgvista.stopped (program, state) VALUES ($1, 'paused') ON CONFLICT DO NOTHING RETURNING program", {program.name});
  if (made.size() == 0) throw Failure(state_error("already_paused", fmt::format("\"{}\" is not kept already", view.display()), "pgvista status says why; pgvista resume or pgvista sync brings it back."));
  connection.query("SELECT pgvista.answer_sound($1, false)", {program.name});
  connection.query("UPDATE pgvista.stopped SET switched = pgvista.switch_readers(program) WHERE program = $1", {program.name});
  transaction.commit();
}

void resume(db::Connection& connection, const std::vector<catalog::InstalledProgram>& installed, const sql::Name& view, const Limits& limits, const Watcher& watcher) {
  const catalog::InstalledProgram& program = program_of(installed, view);
  if (program.state.empty()) throw Failure(state_error("not_paused", fmt::format("\"{}\" is kept", view.display()), {}));
  with_retries(limits, watcher, [&] {
    db::Transaction transaction(connection);
    connection.limit(limits.lock_timeout, limits.statement_timeout);
    const bool deferred = program.mode == "deferred";
    std::vector<std::string> tables;
    for (const auto& capture : program.captures) {
      const std::string name = capture.capture.table.sql();
      const bool own = capture.capture.table.schema == "pgvista";
      if (!own && std::find(tables.begin(), tables.end(), name) == tables.end()) tables.push_back(name);
    }
    std::sort(tables.begin(), tables.end());
    // Nobody's change is between the rows that are computed and the triggers that keep them.
    if (!deferred) connection.execute(fmt::format("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", join(tables, ", ")));
    connection.query("SELECT FROM pgvista.program WHERE program = $1 FOR UPDATE", {program.name});
    connection.query("SELECT pgvista.answer_sound($1, true)", {program.name});
    connection.query("DELETE FROM pgvista.stopped WHERE program = $1", {program.name});
    connection.query("SELECT pgvista.set_marks($1)", {program.name});
    // It would be put aside by the next write, and again by each one after it.
    if (!connection.query(fmt::format("SELECT {}(0)", ivm::sound_function(program.name))).boolean(0, 0)) {
      throw Failure(state_error("not_resumable", fmt::format("what keeps \"{}\" names what is not there any more", view.display()),
                                "Run pgvista sync: it makes what keeps the view anew."));
    }
    connection.execute(fmt::format("CREATE OR REPLACE VIEW {} AS {}", view.sql(), program.visible));
    set_settings(connection, program.settings);
    if (deferred) {
      connection.query("UPDATE pgvista.deferred SET stale = 'it was resumed' WHERE program = $1", {program.name});
    } else {
      for (const std::string& sql : program.repair) connection.execute(sql);
      connection.query("SELECT pgvista.apply_pending()");
    }
    transaction.commit();
  });
}

void bring_back(db::Connection& connection, const std::vector<catalog::InstalledProgram>& installed, const sql::Name& view, const Limits& limits) {
  const catalog::InstalledProgram& program = program_of(installed, view);
  {
    const db::Transaction undone(connection);
    set_settings(connection, program.settings);
    connection.query(fmt::format("SELECT pg_catalog.sum(pg_catalog.hashtext(q::text)) FROM {} AS q", catalog::anchor_name(program.name).sql()));
  }
  resume(connection, installed, view, limits, {});
}

}  // namespace pgvista::apply
