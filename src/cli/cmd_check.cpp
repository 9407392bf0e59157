#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analyze/lint.hpp"
#include "analyze/nullability.hpp"
#include "analyze/tables.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "catalog/deferred.hpp"
#include "catalog/read.hpp"
#include "cli/plan_output.hpp"
#include "cli/check_migrations.hpp"
#include "cli/check_structs.hpp"
#include "cli/session.hpp"
#include "schema/schedule.hpp"

namespace pgvista::cli {

namespace json = boost::json;
using schema::ViewDefinition;

namespace {

class Checker {
 public:
  explicit Checker(Session& session) : session_(session) {}

  ExitCode run() {
    try {
      check_all();
    } catch (const Failure& failure) {
      if (failure.error().exit == ExitCode::usage || failure.error().exit == ExitCode::interrupted ||
          failure.error().exit == ExitCode::unreachable)
        throw;
      errors_.insert(errors_.end(), failure.errors().begin(), failure.errors().end());
    }
    report();
    if (!errors_.empty())
      return errors_.front().exit == ExitCode::unreachable ? ExitCode::unreachable : ExitCode::failed;
    return !warnings_.empty() && session_.arguments().has("--strict") ? ExitCode::pending : ExitCode::done;
  }

 private:
  void check_all() {
    project::Definitions read = session_.read_views();
    errors_ = std::move(read.errors);
    views_ = read.views;
    const apply::Project project{read.views, session_.settings().schema, nullptr, session_.maintenance_defaults()};
    const apply::Survey survey = apply::survey(session_.connection(), project, {}, session_.limits(), {true, false});
    errors_.insert(errors_.end(), survey.meanings.errors.begin(), survey.meanings.errors.end());
    errors_.insert(errors_.end(), survey.maintenance.errors.begin(), survey.maintenance.errors.end());
    for (std::size_t i = 0; i < read.views.size(); ++i) {
      check_lints(read.views[i]);
      if (!survey.meanings.views[i].known) continue;
      add_errors(check_row_struct(session_.connection(), read.views[i], survey.meanings.views[i],
                                  outputs_of(read.views[i], survey.database)));
      check_name(read.views[i], survey.database);
      if (schema::object_kind(read.views[i]) == schema::Kind::materialized)
        check_concurrent(read.views[i], survey.database);
      check_row_security(read.views[i], survey.database);
    }
    MigrationFindings migrations = check_migrations(session_);
    // What is wrong with a definition is said already.
    std::erase_if(migrations.errors, [&](const Error& one) {
      return std::any_of(errors_.begin(), errors_.end(),
                         [&](const Error& known) { return known.message == one.message && known.file == one.file; });
    });
    add_errors(std::move(migrations.errors));
    if (migrations.pending > 0 && !errors_.empty())
      session_.say(fmt::format(
          "note: {} of the migrations have not run in this database: what they make is missing here (pgvista migrate)",
          migrations.pending));
    warnings_.insert(warnings_.end(), migrations.warnings.begin(), migrations.warnings.end());
    add_errors(check_mapped_relations(session_.connection(), session_.program().relations));
    check_watch(read.views, survey.database);
    check_cost(read.views, survey);
    check_settings_file();
    if (survey.meanings.recorded_only) session_.say("temporary views are impossible here: checked as far as that goes");
  }

  // Of views that are kept already, and stay as they are: what they would be kept by if they were made now.
  catalog::Maintenance compiled_now(const std::vector<ViewDefinition>& views, const apply::Survey& survey) {
    catalog::CompileOptions options{true, false, {}, session_.maintenance_defaults()};
    for (std::size_t i = 0; i < views.size(); ++i) {
      if (survey.maintenance.views[i].current) options.only.push_back(views[i].name);
    }
    if (options.only.empty() || survey.database.read_only) return {};
    return catalog::compile_maintained(session_.connection(), survey.database, views, survey.graph, survey.meanings,
                                       options);
  }

  void check_moved(const std::vector<ViewDefinition>& views, const apply::Survey& survey) {
    const catalog::Maintenance now = compiled_now(views, survey);
    for (std::size_t i = 0; i < now.views.size(); ++i) {
      const catalog::Maintained& entry = now.views[i];
      if (!entry.moved || !entry.current || !catalog::compiled_before(*entry.current).empty()) continue;
      warning(views[i], "statistics_moved",
              fmt::format("by the tables' statistics, \"{}\" would now be kept in another way: {}",
                          views[i].name.display(), entry.program->strategy),
              "pgvista sync --recompile makes it anew, while its writers go on; pgvista explain says more.");
    }
  }

  // Views that a change of one row makes read a whole table, or compute the whole query.
  void check_cost(const std::vector<ViewDefinition>& views, const apply::Survey& survey) {
    check_moved(views, survey);
    for (std::size_t i = 0; i < views.size(); ++i) {
      for (const plan::Lacking& one : survey.plan.lacking) {
        if (one.view == views[i].name)
          warning(views[i], "missing_index", lacking_text(one), one.index.index.sql() + " by hand does it, too.");
      }
      const auto& program = survey.maintenance.views[i].program;
      for (const std::string& cause : program ? causes_of_whole(*program) : std::set<std::string>{})
        warning(views[i], "computed_whole",
                fmt::format("a change of {} computes every row of \"{}\"", cause, views[i].name.display()),
                "pgvista explain says why; maintenance = \"deferred\" does it for many changes at once.");
    }
  }

  // What computes every row when it changes. Names of parts say nothing to people.
  static std::set<std::string> causes_of_whole(const ivm::Program& program) {
    std::set<std::string> out;
    for (const ivm::TableStrategy& line : program.tables) {
      if (line.strategy != "full") continue;
      const bool part = std::any_of(program.stores.begin(), program.stores.end(),
                                    [&](const ivm::Store& store) { return store.name == line.table; });
      out.insert(program.clock && program.clock->table == line.table ? "its present time"
                 : part                                              ? "a part of its query"
                                                                     : line.table.display());
    }
    return out;
  }

  // What is to be kept by pgvista watch, and is not.
  void check_watch(const std::vector<ViewDefinition>& views, const schema::Database& database) {
    const auto watch = database.ledger ? catalog::active_watch(session_.connection()) : std::nullopt;
    const std::vector<catalog::Lag> lags =
        database.ledger ? catalog::read_lags(session_.connection()) : std::vector<catalog::Lag>{};
    for (const ViewDefinition& view : views) {
      if (!view.schedule.empty()) check_zone(view);
      if (!schema::kept_by_watch(view) || watch || !database.find(view.name)) continue;
      const auto lag =
          std::find_if(lags.begin(), lags.end(), [&](const catalog::Lag& one) { return one.view == view.name; });
      const std::string waits = lag != lags.end() && lag->notes > 0
                                    ? fmt::format(": {} changed rows have waited for up to {}", lag->changes,
                                                  human_duration(lag->seconds.value_or(0) * 1000))
                                    : "";
      warning(view, "nobody_watches",
              fmt::format("\"{}\" is kept by pgvista watch, which is not running{}", view.name.display(), waits),
              "Run pgvista watch, as a service, or pgvista watch --once by cron.");
    }
  }

  // What only the server is to know stands in a file that everybody on this machine may read.
  void check_settings_file() {
    const std::filesystem::path file = session_.settings().root / "pgvista.toml";
    std::error_code ignored;
    const auto rights = std::filesystem::status(file, ignored).permissions();
    const std::string& url = session_.settings().url;
    const std::size_t at = url.rfind('@');
    const bool password = at != std::string::npos && url.find(':', url.find("://") + 3) < at;
    const bool secret = password || !session_.settings().server.jwt.key.empty();
    if (!secret || (rights & std::filesystem::perms::others_read) == std::filesystem::perms::none) return;
    Error found;
    found.code = "readable_secret";
    found.message = "pgvista.toml holds a secret, and everybody on this machine may read it";
    found.hint = "chmod o= pgvista.toml; or let the secret come from a file or the environment.";
    found.file = project::shown_path(file);
    found.line = found.column = 1;
    warnings_.push_back(std::move(found));
  }

  void check_zone(const ViewDefinition& view) {
    const std::string zone = schema::parse_schedule(view.schedule).zone;
    if (zone.empty() ||
        session_.connection()
            .query("SELECT EXISTS (SELECT FROM pg_catalog.pg_timezone_names WHERE pg_catalog.lower(name) = "
                   "pg_catalog.lower($1)) OR EXISTS (SELECT FROM pg_catalog.pg_timezone_abbrevs WHERE "
                   "pg_catalog.lower(abbrev) = pg_catalog.lower($1))",
                   {zone})
            .boolean(0, 0))
      return;
    error(view, "unknown_zone", fmt::format("\"{}\" is no time zone of this server", zone),
          "As in \"daily at 03:30 Europe/Berlin\"; pg_timezone_names lists them.");
  }

  static Error made(const ViewDefinition& view, std::string code, std::string message, std::string hint) {
    Error out;
    out.code = std::move(code);
    out.message = std::move(message);
    out.hint = std::move(hint);
    out.file = view.source.file;
    out.line = out.column = 1;
    return out;
  }
  void error(const ViewDefinition& view, std::string code, std::string message, std::string hint) {
    errors_.push_back(made(view, std::move(code), std::move(message), std::move(hint)));
  }
  void warning(const ViewDefinition& view, std::string code, std::string message, std::string hint) {
    warnings_.push_back(made(view, std::move(code), std::move(message), std::move(hint)));
  }

  void check_lints(const ViewDefinition& view) {
    for (const analyze::Lint& lint : analyze::lint(view.tree)) {
      Error found = made(view, lint.code, lint.message, lint.hint);
      schema::locate(found, view, static_cast<std::size_t>(std::max(lint.offset, 0)));
      warnings_.push_back(std::move(found));
    }
  }

  void check_name(const ViewDefinition& view, const schema::Database& database) {
    const schema::Relation* live = database.find(view.name);
    if (live && (!(live->view() || live->materialized()) || live->extension_member)) {
      error(view, "name_taken",
            fmt::format("\"{}\" is the name of something else in the database", view.name.display()),
            "Give the view another name.");
    }
  }

  void check_concurrent(const ViewDefinition& view, const schema::Database& database) {
    const schema::IndexDefinition* key = nullptr;
    for (const schema::IndexDefinition& index : view.indexes) {
      const bool plain = std::all_of(index.columns.begin(), index.columns.end(),
                                     [](const std::string& column) { return column.find('(') == std::string::npos; });
      if (index.unique && index.where.empty() && plain) key = key ? key : &index;
    }
    if (!key) {
      warning(view, "not_concurrent",
              fmt::format("\"{}\" cannot be refreshed concurrently: no unique index on plain columns is declared",
                          view.name.display()),
              "Declare one, or readers wait while it is refreshed.");
      return;
    }
    const auto outputs = outputs_of(view, database);
    for (const std::string& entry : key->columns) {
      const std::string column = entry.substr(0, entry.find(' '));
      const auto output =
          std::find_if(outputs.begin(), outputs.end(), [&](const auto& candidate) { return candidate.name == column; });
      if (output == outputs.end() || !output->nullable) continue;
      Error found =
          made(view, "nullable_key",
               fmt::format("\"{}\" can be NULL, and stands in the unique index that refreshes concurrently", column),
               "Rows with a NULL there are rewritten at every concurrent refresh. Filter them out, or use coalesce().");
      found.line = key->line;
      warnings_.push_back(std::move(found));
    }
  }

  void add_errors(std::vector<Error> found) {
    errors_.insert(errors_.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  }

  // Through other views of the project as far as they go.
  std::vector<analyze::NullableColumn> outputs_of(const ViewDefinition& view, const schema::Database& database,
                                                  int depth = 0) const {
    constexpr int deepest = 64;  // beyond it: a cycle, which is an error of its own
    return analyze::output_nullability(view.tree, [&](const std::string& schema, const std::string& name) {
      const schema::Relation* live = database.resolve(schema, name);
      const auto read = std::find_if(views_.begin(), views_.end(), [&](const ViewDefinition& one) {
        return live ? one.name == live->name : one.name.name == name && (schema.empty() || one.name.schema == schema);
      });
      return read != views_.end() && depth < deepest ? std::optional(outputs_of(*read, database, depth + 1))
                                                     : table_columns(database, schema, name);
    });
  }

  static std::optional<std::vector<analyze::NullableColumn>> table_columns(const schema::Database& database,
                                                                           const std::string& schema,
                                                                           const std::string& name) {
    const schema::Relation* relation = database.resolve(schema, name);
    if (!relation) return std::nullopt;
    std::vector<analyze::NullableColumn> out;
    for (const schema::LiveColumn& column : relation->columns) out.push_back({column.name, !column.not_null});
    return out;
  }

  void check_row_security(const ViewDefinition& view, const schema::Database& database) {
    std::vector<std::string> oids;
    analyze::for_each_table(view.tree, [&](const sql::TableRef& ref) {
      if (const schema::Relation* relation = database.resolve(ref.schema, ref.name))
        oids.push_back(std::to_string(relation->oid));
    });
    const db::Rows rows = session_.connection().query(
        "SELECT relname FROM pg_catalog.pg_class WHERE oid = ANY ($1::oid[]) AND relrowsecurity",
        {db::array_literal(oids)});
    if (rows.size() == 0) return;
    std::vector<std::string> tables;
    for (int row = 0; row < rows.size(); ++row) tables.push_back(rows.text(row, 0));
    if (view.kind == schema::Kind::materialized) {
      warning(view, "row_security",
              fmt::format("the stored rows of \"{}\" are readable past the row-level security of {}",
                          view.name.display(), join(tables, ", ")),
              "Grant it only to roles that may see all rows.");
    } else if (!view.security_invoker.value_or(false)) {
      warning(view, "row_security",
              fmt::format("\"{}\" reads {} with its owner's rights, past the readers' row-level security",
                          view.name.display(), join(tables, ", ")),
              "security_invoker = true (PostgreSQL 15) lets each reader's policies apply.");
    }
  }

  void report() {
    if (session_.json()) {
      json::array errors;
      json::array warnings;
      for (const Error& one : errors_) errors.push_back(error_json(one));
      for (const Error& one : warnings_) warnings.push_back(error_json(one));
      session_.print_json(json::object{{"errors", std::move(errors)}, {"warnings", std::move(warnings)}});
      return;
    }
    for (const Error& one : errors_) session_.print(format_error(one));
    for (const Error& one : warnings_) session_.print(format_error(one, "warning"));
    session_.print(errors_.empty() && warnings_.empty()
                       ? "all is well\n"
                       : fmt::format("{} error(s), {} warning(s)\n", errors_.size(), warnings_.size()));
  }

  Session& session_;
  std::vector<ViewDefinition> views_;
  std::vector<Error> errors_;
  std::vector<Error> warnings_;
};

}  // namespace

Command check_command() {
  return {"check",
          "Check the definitions against the database",
          "",
          {{"--strict", "", "exit 3 when there are warnings"}},
          [](Session& session) { return Checker(session).run(); }};
}

}  // namespace pgvista::cli
