#include <fmt/format.h>

#include <algorithm>

#include "apply/sync.hpp"
#include "base/text.hpp"
#include "catalog/deferred.hpp"
#include "catalog/read.hpp"
#include "catalog/maintenance.hpp"
#include "apply/pause.hpp"
#include "cli/session.hpp"
#include "db/interrupt.hpp"
#include "refresh/refresh.hpp"
#include "ivm/query/normalize.hpp"
#include "ivm/query/tail.hpp"
#include "parse/parse.hpp"
#include "refresh/verify.hpp"
#include "sql/print.hpp"

namespace pgvista::cli {

namespace json = boost::json;

namespace {

std::vector<std::string> key_of(const schema::ViewDefinition& view, const schema::Relation& live) {
  if (!view.key.empty()) return view.key;
  const schema::LiveIndex* index = live.key_index();
  return index ? index->columns : std::vector<std::string>{};
}

Error cannot_verify(const schema::ViewDefinition& view, const schema::Relation* live) {
  Error error;
  error.code = live ? "not_populated" : "not_synced";
  error.message = live ? fmt::format("\"{}\" holds no rows: there is nothing to compare", view.name.display())
                       : fmt::format("\"{}\" does not exist as a materialized view", view.name.display());
  error.hint = live ? "Run pgvista refresh first." : "Run pgvista sync first.";
  error.file = view.source.file;
  return error;
}

class Verifier {
 public:
  explicit Verifier(Session& session) : session_(session), named_(session.named_views()) {}

  ExitCode run() {
    check_kinds();
    bring_back();
    std::vector<refresh::Verdict> verdicts = verify_all();
    // What reads a repaired view may differ only now: again, until nothing does; each round mends at least one level.
    for (std::size_t round = 0;
         session_.arguments().has("--repair") && mismatch(verdicts) && round <= session_.views().size(); ++round) {
      repair(verdicts);
      failed_.clear();
      verdicts = verify_all();
    }
    // Nothing could be compared at all: that is the answer.
    if (verdicts.empty() && !failed_.empty()) throw Failure(failed_);
    report(verdicts);
    for (const Error& error : failed_) session_.complain(error);
    if (!failed_.empty()) return ExitCode::failed;
    return mismatch(verdicts) ? ExitCode::pending : ExitCode::done;
  }

 private:
  void check_kinds() const {
    for (const schema::ViewDefinition& view : session_.views()) {
      const bool named = std::find(named_.begin(), named_.end(), view.name) != named_.end();
      if (named && view.kind == schema::Kind::view) {
        throw Failure(
            usage_error("not_materialized",
                        fmt::format("\"{}\" is a plain view: it always equals its query", view.name.display()), {}));
      }
    }
  }

  static bool mismatch(const std::vector<refresh::Verdict>& verdicts) {
    return std::any_of(verdicts.begin(), verdicts.end(), [](const auto& verdict) { return !verdict.equal(); });
  }

  std::vector<refresh::Verdict> verify_all() {
    schema::Database database = catalog::read_database(session_.connection(), apply::names_in(session_.views()));
    const std::vector<catalog::InstalledProgram> installed = catalog::read_programs(session_.connection(), database);
    deferred_ = catalog::read_deferred(session_.connection());
    std::erase_if(deferred_, [](const catalog::DeferredProgram& one) { return one.refreshed; });
    std::vector<refresh::Verdict> out;
    for (const schema::ViewDefinition& view : session_.views()) {
      const bool named = std::find(named_.begin(), named_.end(), view.name) != named_.end();
      if (view.kind == schema::Kind::view || (!named_.empty() && !named)) continue;
      const schema::Relation* live = database.find(view.name);
      if (schema::maintained(view)) {
        verify_maintained(view, live, database, installed, out);
        continue;
      }
      if (live && !live->materialized()) live = nullptr;
      if (!live || !live->populated) {
        failed_.push_back(cannot_verify(view, live));
        continue;
      }
      try {
        catalog::read_definitions(session_.connection(), database, {live->oid});
        out.push_back(refresh::verify(session_.connection(), *live, key_of(view, *live)));
      } catch (const Failure& failure) {
        cannot_compare(view, failure);
      }
    }
    return out;
  }

  // Called while the failure is being handled: one that ends the command goes on.
  void cannot_compare(const schema::ViewDefinition& view, const Failure& failure) {
    if (session_.connection().lost() || db::interrupted()) throw;
    Error error = failure.error();
    error.message = fmt::format("\"{}\" cannot be compared: {}", view.name.display(), error.message);
    error.file = view.source.file;
    failed_.push_back(std::move(error));
  }

  // Against the query that the ledger holds: the view of that name reads the store.
  void verify_maintained(const schema::ViewDefinition& view, const schema::Relation* live,
                         const schema::Database& database, const std::vector<catalog::InstalledProgram>& installed,
                         std::vector<refresh::Verdict>& out) {
    const auto record = database.records.find(view.name);
    const auto program =
        std::find_if(installed.begin(), installed.end(), [&](const auto& one) { return one.view == view.name; });
    if (!live || record == database.records.end() || program == installed.end()) {
      failed_.push_back(cannot_verify(view, nullptr));
      return;
    }
    try {
      sql::Select query = parse::parse_select(record->second.canonical);
      ivm::steady(query);
      if (program->clock || ivm::leaves_windows_open(query)) settle(*program, query);
      schema::Relation compared = *live;
      compared.definition = sql::print(query);
      std::vector<std::string> key = view.key.empty() ? program->key : view.key;
      const bool visible = std::all_of(key.begin(), key.end(), [&](const std::string& name) {
        return std::any_of(live->columns.begin(), live->columns.end(),
                           [&](const auto& column) { return column.name == name; });
      });
      const auto compare = [&] {
        return refresh::verify(session_.connection(), compared, visible ? key : std::vector<std::string>{},
                               program->settings);
      };
      if (view.maintenance != schema::Maintenance::deferred) {
        out.push_back(compare());
      } else {
        // It may be behind: what waits is applied, and its rows are compared with the query in the same snapshot.
        std::optional<refresh::Verdict> verdict;
        catalog::drain_together(session_.connection(), deferred_, [&] { verdict = compare(); });
        out.push_back(std::move(*verdict));
      }
    } catch (const Failure& failure) {
      cannot_compare(view, failure);
    }
  }

  // Rows that the query numbers as they come are numbered as the view does; the present time is that of its clock.
  void settle(const catalog::InstalledProgram& installed, sql::Select& query) {
    const auto program = catalog::read_program(session_.connection(), installed.name);
    if (!program) return;
    ivm::Facts facts;
    facts.originals[program->store] = program->stored;
    query = ivm::describable(program->visible, facts);
  }

  // What was put aside is kept by nobody: readers may get its query, which equals itself.
  void bring_back() {
    const schema::Database database = catalog::read_database(session_.connection(), {});
    const std::vector<catalog::InstalledProgram> installed = catalog::read_programs(session_.connection(), database);
    for (const catalog::InstalledProgram& one : installed) {
      const bool asked = named_.empty() || std::find(named_.begin(), named_.end(), one.view) != named_.end();
      const bool ours = std::any_of(session_.views().begin(), session_.views().end(),
                                    [&](const auto& view) { return view.name == one.view; });
      if (one.state.empty() || !asked || !ours) continue;
      if (one.state == "stale" && session_.arguments().has("--repair")) {
        apply::bring_back(session_.connection(), installed, one.view, session_.project(), session_.limits(), {});
        session_.say(
            fmt::format("brought back {}: its rows were computed anew, and it is kept again", one.view.display()));
      } else {
        session_.say(fmt::format(
            "{} is {}: what its readers get is compared", one.view.display(),
            one.state == "stale" ? "put aside, and --repair brings it back" : "paused, until pgvista resume"));
      }
    }
  }

  // Only the rows that differ are written.
  void repair_maintained(const sql::Name& name, const schema::Database& database) {
    for (const catalog::InstalledProgram& one : catalog::read_programs(session_.connection(), database)) {
      if (one.view != name) continue;
      const auto deferred =
          std::find_if(deferred_.begin(), deferred_.end(),
                       [&](const catalog::DeferredProgram& known) { return known.program == one.name; });
      if (deferred != deferred_.end()) {
        catalog::set_stale(session_.connection(), one.name, "it is being repaired");
        session_.connection().query("SELECT pgvista.set_marks($1)", {one.name});
        catalog::drain_together(session_.connection(), {*deferred}, [] {});
        continue;
      }
      db::Transaction transaction(session_.connection());
      session_.connection().query("SELECT pgvista.set_marks($1)", {one.name});
      for (const std::string& sql : one.repair) session_.connection().execute(sql);
      transaction.commit();
    }
    session_.say(fmt::format("repaired {}: the rows that differed", name.display()));
  }

  // A native materialized view cannot be written: its repair is a refresh, of those that differ only.
  void repair(const std::vector<refresh::Verdict>& verdicts) {
    const schema::Database database = catalog::read_database(session_.connection(), apply::names_in(session_.views()));
    refresh::Request request;
    for (const auto& verdict : verdicts) {
      if (verdict.equal()) continue;
      const auto view = std::find_if(session_.views().begin(), session_.views().end(),
                                     [&](const auto& one) { return one.name == verdict.name; });
      if (schema::maintained(*view)) {
        repair_maintained(verdict.name, database);
      } else {
        request.views.push_back(verdict.name);
      }
    }
    if (request.views.empty()) return;
    request.concurrently = request.fallback = true;
    request.lock_timeout = session_.settings().refresh.lock_timeout;
    request.statement_timeout = session_.settings().refresh.statement_timeout;
    const auto results = refresh::refresh(session_.connection(), [&] { return session_.connect(); }, session_.views(),
                                          database, request, {});
    for (const refresh::Result& result : results) {
      if (result.error) throw Failure(*result.error);
      session_.say(fmt::format("repaired {} by a refresh", result.name.display()));
    }
  }

  void report(const std::vector<refresh::Verdict>& verdicts) const {
    if (session_.json()) {
      json::array out;
      for (const auto& verdict : verdicts) {
        json::array keys;
        for (const std::string& key : verdict.keys) keys.push_back(json::parse(key));
        json::array columns;
        for (const std::string& column : verdict.key_columns) columns.push_back(json::string(column));
        out.push_back(json::object{{"name", verdict.name.name},
                                   {"schema", verdict.name.schema},
                                   {"equal", verdict.equal()},
                                   {"missing", verdict.missing},
                                   {"extra", verdict.extra},
                                   {"keys", std::move(keys)},
                                   {"key_columns", std::move(columns)}});
      }
      session_.print_json(out);
      return;
    }
    for (const auto& verdict : verdicts) {
      if (verdict.equal()) {
        session_.print(fmt::format("{} {}\n", session_.colored("1;32", "equal    "), verdict.name.display()));
        continue;
      }
      session_.print(fmt::format("{} {}  {} rows missing, {} rows too many\n", session_.colored("1;31", "differs  "),
                                 verdict.name.display(), verdict.missing, verdict.extra));
      session_.print(fmt::format("          keys ({}): {}{}\n", join(verdict.key_columns, ", "),
                                 join(verdict.keys, " "), verdict.keys.size() >= refresh::most_keys ? " …" : ""));
    }
    if (verdicts.empty()) session_.print("nothing to verify: the project has no materialized view\n");
  }

  std::vector<catalog::DeferredProgram> deferred_;
  Session& session_;
  std::vector<sql::Name> named_;
  std::vector<Error> failed_;  // of views that could not be compared; the others go on
};

}  // namespace

Command verify_command() {
  return {"verify",
          "Compare stored rows with the query, both ways",
          "[VIEW…]",
          {{"--repair", "", "mend what differs"}},
          [](Session& session) { return Verifier(session).run(); }};
}

}  // namespace pgvista::cli
