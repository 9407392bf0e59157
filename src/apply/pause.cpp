#include "apply/pause.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "apply/retry.hpp"
#include "base/text.hpp"
#include "catalog/table_bytes.hpp"
#include "ivm/functions/sound.hpp"

namespace pgvista::apply {

namespace {

const catalog::InstalledProgram& program_of(const std::vector<catalog::InstalledProgram>& installed,
                                            const sql::Name& view) {
  for (const catalog::InstalledProgram& one : installed) {
    const bool asks =
        std::any_of(one.captures.begin(), one.captures.end(), [](const auto& capture) { return capture.asks; });
    if (one.view == view && !one.store.name.empty() && asks) return one;
  }
  throw Failure(usage_error("not_maintained", fmt::format("\"{}\" is not kept by triggers or a queue", view.display()),
                            "pgvista sync installs what keeps a view with maintenance in its header."));
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
  for (const auto& [name, value] : settings)
    connection.query("SELECT pg_catalog.set_config($1, $2, true)", {name, value});
}

}  // namespace

void pause(db::Connection& connection, const std::vector<catalog::InstalledProgram>& installed, const sql::Name& view,
           const Limits& limits) {
  const catalog::InstalledProgram& program = program_of(installed, view);
  db::Transaction transaction(connection);
  connection.limit(limits.lock_timeout, limits.statement_timeout);
  connection.query("SELECT FROM pgvista.program WHERE program = $1 FOR UPDATE", {program.name});
  const db::Rows made = connection.query(
      "INSERT INTO pgvista.stopped (program, state) VALUES ($1, 'paused') ON CONFLICT DO NOTHING RETURNING program",
      {program.name});
  if (made.size() == 0)
    throw Failure(state_error("already_paused", fmt::format("\"{}\" is put aside already", view.display()),
                              "pgvista status says why; pgvista resume brings it back."));
  connection.query("SELECT pgvista.answer_sound($1, false)", {program.name});
  connection.query("UPDATE pgvista.stopped SET switched = pgvista.switch_readers(program) WHERE program = $1",
                   {program.name});
  connection.query("SELECT pgvista.tell('pgvista', $1)", {program.view.sql()});
  transaction.commit();
}

namespace {

// Its own parts are filled with it; tables and stores of other views have writers of their own.
std::vector<std::string> tables_with_writers(const catalog::InstalledProgram& program,
                                             const std::vector<catalog::InstalledProgram>& installed) {
  std::vector<std::string> out;
  for (const auto& capture : program.captures) {
    const sql::Name& table = capture.capture.table;
    const bool part = table.schema == "pgvista" &&
                      std::none_of(installed.begin(), installed.end(),
                                   [&](const catalog::InstalledProgram& one) { return one.store == table; });
    if (!part) out.push_back(table.sql());
  }
  std::sort(out.begin(), out.end());
  out.erase(std::unique(out.begin(), out.end()), out.end());
  return out;
}

void resume_within(db::Connection& connection, const catalog::InstalledProgram& program,
                   const std::vector<std::string>& tables) {
  const bool deferred = program.mode == "deferred";
  // Nobody's change is between the rows that are computed and the triggers that keep them.
  if (!deferred) connection.execute(fmt::format("LOCK TABLE {} IN SHARE ROW EXCLUSIVE MODE", join(tables, ", ")));
  connection.query("SELECT FROM pgvista.program WHERE program = $1 FOR UPDATE", {program.name});
  connection.query("SELECT pgvista.answer_sound($1, true)", {program.name});
  connection.query("DELETE FROM pgvista.stopped WHERE program = $1", {program.name});
  connection.query("SELECT pgvista.set_marks($1)", {program.name});
  // It would be put aside by the next write, and again by each one after it.
  if (!connection.query(fmt::format("SELECT {}(0)", ivm::sound_function(program.name).sql())).boolean(0, 0)) {
    throw Failure(state_error("not_resumable",
                              fmt::format("what keeps \"{}\" names what is not there any more", program.view.display()),
                              "Run pgvista sync: it makes what keeps the view anew."));
  }
  connection.execute(fmt::format("CREATE OR REPLACE VIEW {} AS {}", program.view.sql(), program.visible));
  catalog::note_rule(connection, program.view);
  set_settings(connection, program.settings);
  if (deferred) {
    connection.query("UPDATE pgvista.deferred SET stale = 'it was resumed' WHERE program = $1", {program.name});
  } else {
    for (const std::string& sql : program.repair) connection.execute(sql);
    connection.query("SELECT pgvista.apply_pending()");
  }
}

constexpr const char* being_resumed = "it is being resumed";

void put_aside(db::Connection& connection, const std::string& program) {
  connection.query("UPDATE pgvista.stopped SET state = 'stale', message = coalesce(message, $2) WHERE program = $1",
                   {program, being_resumed});
}

void leave_as_it_was(db::Connection& connection, const catalog::InstalledProgram& program) {
  connection.query("UPDATE pgvista.stopped SET state = $2, message = nullif(message, $3) WHERE program = $1",
                   {program.name, program.state, being_resumed});
}

bool is_as_made(const Survey& looked, const Project& project, const catalog::InstalledProgram& program) {
  for (std::size_t i = 0; i < project.views.size(); ++i) {
    if (project.views[i].name == program.view) return looked.maintenance.views[i].facts == program.facts;
  }
  return false;
}

// Anew beside the old store, as sync builds what is large, so that the writers of its tables go on. sync passes over
// what is paused: meanwhile it is put aside. Where nothing comes of it, it is as it was. false: others read its store,
// and would be built anew with it.
bool built_anew(db::Connection& connection, const Project& project, const catalog::InstalledProgram& program,
                const Limits& limits, const Watcher& watcher) {
  put_aside(connection, program.name);
  try {
    plan::Options options;
    options.only = {program.view};
    const Survey looked = survey(connection, project, options, limits, {false, true});
    if (!is_as_made(looked, project, program)) {
      throw Failure(
          state_error("not_resumable",
                      fmt::format("the definition of \"{}\" is not what the last sync made", program.view.display()),
                      "Run pgvista sync: it makes the view as it is defined now."));
    }
    const std::vector<plan::Step>& steps = looked.plan.steps;
    const bool alone = steps.size() == 1 && steps.front().view == program.view && steps.front().installs;
    if (alone) sync(connection, project, options, limits, watcher);
    if (!alone) leave_as_it_was(connection, program);
    return alone;
  } catch (const Failure&) {
    if (!connection.lost()) leave_as_it_was(connection, program);
    throw;
  }
}

}  // namespace

void resume(db::Connection& connection, const std::vector<catalog::InstalledProgram>& installed, const sql::Name& view,
            const Project& project, const Limits& limits, const Watcher& watcher) {
  const catalog::InstalledProgram& program = program_of(installed, view);
  if (program.state.empty())
    throw Failure(state_error("not_paused", fmt::format("\"{}\" is kept", view.display()), {}));
  const std::vector<std::string> tables = tables_with_writers(program, installed);
  const long long most = project.maintenance.fill_beside;
  const bool large = program.mode != "deferred" && most >= 0 && catalog::table_bytes(connection, tables) >= most;
  if (large && built_anew(connection, project, program, limits, watcher)) return;
  with_retries(limits, watcher, [&] {
    db::Transaction transaction(connection);
    connection.limit(limits.lock_timeout, limits.statement_timeout);
    resume_within(connection, program, tables);
    transaction.commit();
  });
}

void bring_back(db::Connection& connection, const std::vector<catalog::InstalledProgram>& installed,
                const sql::Name& view, const Project& project, const Limits& limits, const Watcher& watcher) {
  const catalog::InstalledProgram& program = program_of(installed, view);
  {
    const db::Transaction undone(connection);
    set_settings(connection, program.settings);
    connection.query(fmt::format("SELECT pg_catalog.sum(pg_catalog.hashtext(q::text)) FROM {} AS q",
                                 catalog::anchor_name(program.name).sql()));
  }
  resume(connection, installed, view, project, limits, watcher);
}

}  // namespace pgvista::apply
