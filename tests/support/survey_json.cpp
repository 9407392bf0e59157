#include "support/survey_json.hpp"

#include <fmt/format.h>

#include <boost/describe.hpp>
#include <boost/json.hpp>

#include "base/text.hpp"
#include "catalog/program_json.hpp"
#include "project/definitions.hpp"
#include "support/name_json.hpp"

namespace pgvista {
BOOST_DESCRIBE_STRUCT(Error, (), (code, message, detail, hint, sqlstate, file, line, column, query))
}  // namespace pgvista

namespace pgvista::ivm {
BOOST_DESCRIBE_ENUM(Event, insert, update, remove, truncate)
BOOST_DESCRIBE_STRUCT(QueueColumn, (), (name, type))
BOOST_DESCRIBE_STRUCT(Capture, (), (table, event, body, queue, queued, counted, follows, locks))
BOOST_DESCRIBE_STRUCT(InstalledCapture, (), (program, level, capture, settings, asks, catches, table_exists))
}  // namespace pgvista::ivm

namespace pgvista::schema {
BOOST_DESCRIBE_STRUCT(LiveColumn, (), (name, type, collation, not_null, number))
BOOST_DESCRIBE_STRUCT(LiveIndex, (),
                      (oid, name, fingerprint, valid, unique, partial, on_expressions, clustered, columns, used_columns,
                       comment, definition, tablespace))
BOOST_DESCRIBE_STRUCT(Grant, (), (grantor, grantee, privilege, grantable, column))
BOOST_DESCRIBE_STRUCT(ColumnDetail, (),
                      (name, comment, statistics_target, options, storage, compression, default_value))
BOOST_DESCRIBE_STRUCT(ExtendedStatistics, (), (name, kinds, expressions, columns, used_columns, target, owner, comment))
BOOST_DESCRIBE_STRUCT(Details, (), (grants, default_acl, columns, statistics, triggers, rules))
BOOST_DESCRIBE_STRUCT(Relation, (),
                      (oid, name, kind, owner, populated, extension_member, taken, rows, pages, options, tablespace,
                       access_method, comment, rule_fingerprint, column_fingerprint, ddl_fingerprint, row_version,
                       file_node, columns, indexes, reads, privileges, definition, details))
BOOST_DESCRIBE_STRUCT(OtherDependent, (), (on, description))
BOOST_DESCRIBE_STRUCT(Record, (),
                      (name, oid, kind, query, canonical, fingerprint, rule_fingerprint, server_major, indexes,
                       made_indexes, columns, refresh_due, adopted))
BOOST_DESCRIBE_STRUCT(Leftover, (), (oid, name, kind))
BOOST_DESCRIBE_STRUCT(Database, (),
                      (server_version, search_path, user, superuser, can_create_temporary, read_only, ledger,
                       global_fingerprint, by_name, other_dependents, records, foreign, leftovers, schemas, renames,
                       member_of, default_privileges))
}  // namespace pgvista::schema

namespace pgvista::catalog {
BOOST_DESCRIBE_STRUCT(Meaning, (), (known, canonical, columns, fingerprint, indexes))
BOOST_DESCRIBE_STRUCT(Meanings, (), (views, errors, recorded_only))
BOOST_DESCRIBE_STRUCT(InstalledProgram, (),
                      (view, name, mode, strategy, level, store, key, captures, removal, repair, settings, facts,
                       anchor_text, visible, store_exists, shown, filling, restored, state, stopped_why, generation,
                       compiled_by, content, server_major, watched, rows, size))
}  // namespace pgvista::catalog

namespace pgvista::test {

namespace json = boost::json;

namespace {

// One that was refused has nothing but its reasons.
json::value program_or_null(const std::optional<ivm::Program>& program) {
  if (!program) return nullptr;
  if (program->blockers.empty()) return catalog::program_json(*program);
  json::object out;
  json::array& reasons = out["blockers"].emplace_array();
  for (const ivm::Blocker& one : program->blockers) reasons.emplace_back(one.text);
  return out;
}

std::optional<ivm::Program> optional_program(const json::value& stored) {
  if (stored.is_null()) return std::nullopt;
  const json::value* reasons = stored.as_object().if_contains("blockers");
  if (!reasons) return catalog::program_of(stored);
  ivm::Program out;
  out.strategy = "full";
  for (const json::value& one : reasons->as_array()) out.blockers.push_back({json::value_to<std::string>(one)});
  return out;
}

json::array lacking_of(const std::vector<catalog::LackingIndex>& lacking) {
  json::array out;
  for (const catalog::LackingIndex& one : lacking)
    out.push_back(json::object{{"table", json::array{one.index.table.schema, one.index.table.name}},
                               {"column", one.index.column},
                               {"partitioned", one.index.partitioned}});
  return out;
}

std::vector<catalog::LackingIndex> lacking_in(const json::value& stored) {
  std::vector<catalog::LackingIndex> out;
  const json::value* list = stored.as_object().if_contains("lacking");
  for (const json::value& one : list ? list->as_array() : json::array{}) {
    const auto text = [](const json::value& value) { return json::value_to<std::string>(value); };
    const json::array& table = one.at("table").as_array();
    out.push_back(
        {{{text(table.at(0)), text(table.at(1))}, text(one.at("column")), one.at("partitioned").as_bool()}, {}, {}});
  }
  return out;
}

json::value index_change_json(const std::optional<catalog::IndexChange>& change) {
  if (!change) return nullptr;
  json::array made, gone;
  for (const catalog::NewStoreIndex& one : change->made)
    made.push_back(json::array{one.name, one.sql, one.concurrently});
  for (const sql::Name& one : change->gone) gone.push_back(json::array{one.schema, one.name});
  return json::array{change->store.schema, change->store.name, std::move(made), std::move(gone)};
}

std::optional<catalog::IndexChange> index_change_of(const json::value& stored) {
  const json::value* list = stored.as_object().if_contains("indexes");
  if (!list || list->is_null()) return std::nullopt;
  const auto text = [](const json::value& value) { return json::value_to<std::string>(value); };
  catalog::IndexChange out{{text(list->at(0)), text(list->at(1))}, {}, {}};
  for (const json::value& one : list->at(2).as_array())
    out.made.push_back({text(one.at(0)), text(one.at(1)), text(one.at(2))});
  for (const json::value& one : list->at(3).as_array()) out.gone.push_back({text(one.at(0)), text(one.at(1))});
  return out;
}

// The views of maintenance, by the number of the installed program that fits.
json::array maintained_json(const catalog::Maintenance& maintenance) {
  json::array out;
  for (const catalog::Maintained& one : maintenance.views) {
    const int current = one.current ? static_cast<int>(one.current - maintenance.installed.data()) : -1;
    out.push_back(json::object{{"program", program_or_null(one.program)},
                               {"bridge", program_or_null(one.bridge)},
                               {"fills_itself", one.fills_itself},
                               {"current", current},
                               {"facts", one.facts},
                               {"indexes", index_change_json(one.indexes)},
                               {"lacking", lacking_of(one.lacking)}});
  }
  return out;
}

catalog::Maintained maintained_of(const json::value& stored, const std::vector<catalog::InstalledProgram>& installed) {
  catalog::Maintained out;
  out.program = optional_program(stored.at("program"));
  out.bridge = optional_program(stored.at("bridge"));
  out.fills_itself = stored.at("fills_itself").as_bool();
  const int current = stored.at("current").to_number<int>();
  if (current >= 0) out.current = &installed.at(static_cast<std::size_t>(current));
  out.facts = json::value_to<std::string>(stored.at("facts"));
  out.lacking = lacking_in(stored);
  out.indexes = index_change_of(stored);
  return out;
}

template <class T>
json::array values_json(const std::map<schema::Oid, T>& by_oid) {
  json::array out;
  for (const auto& [oid, value] : by_oid) {
    json::array& pair = out.emplace_back(json::array_kind).get_array();
    pair.emplace_back(oid);
    pair.emplace_back(json::value_from(value));
  }
  return out;
}

template <class T>
std::map<schema::Oid, T> values_of(const json::value& stored) {
  std::map<schema::Oid, T> out;
  for (const json::value& one : stored.as_array())
    out.emplace(one.at(0).to_number<schema::Oid>(), json::value_to<T>(one.at(1)));
  return out;
}

const char* word(plan::Phase phase) {
  constexpr const char* words[] = {"apart", "bridge", "build", "lock",   "rename", "away",
                                   "make",  "names",  "drop",  "settle", "after"};
  return words[static_cast<int>(phase)];
}

}  // namespace

std::string survey_text(const apply::Survey& survey) {
  return json::serialize(json::value_from(survey.database)) + "\n" +
         json::serialize(json::value_from(survey.meanings)) + "\n" +
         json::serialize(json::value_from(survey.maintenance.installed)) + "\n" +
         json::serialize(maintained_json(survey.maintenance)) + "\n" +
         json::serialize(json::value_from(survey.maintenance.errors)) + "\n" +
         json::serialize(values_json(survey.database.relations)) + "\n" +
         json::serialize(values_json(survey.meanings.live)) + "\n" +
         json::serialize(values_json(survey.meanings.live_indexes)) + "\n";
}

apply::Survey survey_of(const std::string& text, const std::vector<schema::ViewDefinition>& views) {
  const std::vector<std::string> lines = split_lines(text);
  const auto line = [&](std::size_t number) { return json::parse(lines.at(number)); };
  apply::Survey out;
  out.database = json::value_to<schema::Database>(line(0));
  out.meanings = json::value_to<catalog::Meanings>(line(1));
  out.maintenance.installed = json::value_to<std::vector<catalog::InstalledProgram>>(line(2));
  const json::value maintained = line(3);
  for (const json::value& one : maintained.as_array())
    out.maintenance.views.push_back(maintained_of(one, out.maintenance.installed));
  out.maintenance.errors = json::value_to<std::vector<Error>>(line(4));
  out.database.relations = values_of<schema::Relation>(line(5));
  out.meanings.live = values_of<std::string>(line(6));
  out.meanings.live_indexes = values_of<std::string>(line(7));
  out.graph = apply::order_in(out.database, views, "public");
  return out;
}

std::vector<schema::ViewDefinition> definitions_of(const GoldenCase& golden, const TemporaryFolder& folder) {
  std::map<std::string, std::string> views;
  for (const auto& [name, text] : golden.sections) {
    if (name.starts_with("view ")) views[name.substr(5)] = text;
    if (name.starts_with("then ")) views[name.substr(5)] = text;
  }
  for (const auto& [name, text] : views) {
    if (!trim(text).empty()) folder.write("views/" + name + ".sql", text);
  }
  return project::read_definitions(folder.path(), "public").views;
}

plan::Options options_of(const GoldenCase& golden) {
  plan::Options out;
  if (!golden.has("options")) return out;
  for (const std::string& word : split_lines(golden.section("options"))) {
    out.force |= word == "--force";
    out.adopt |= word == "--adopt";
    out.prune |= word == "--prune";
    out.create_indexes |= word == "--create-indexes";
    out.recompile |= word == "--recompile";
    if (!word.empty() && !word.starts_with("-")) out.only.push_back({"public", word});
  }
  return out;
}

catalog::MaintenanceDefaults maintenance_of(const GoldenCase& golden) {
  catalog::MaintenanceDefaults out;
  if (golden.has("fill beside")) out.fill_beside = 0;
  return out;
}

std::string plan_text(const plan::Plan& plan) {
  std::string out;
  for (const plan::ViewStatus& one : plan.views)
    out += fmt::format("{}: {}\n", one.name.display(), plan::to_string(one.status));
  for (const plan::Stray& one : plan.strays) out += fmt::format("stray {} {}\n", one.kind, one.name.display());
  for (const Error& one : plan.errors) out += fmt::format("error {}: {}\n", one.code, one.message);
  for (const sql::Name& one : plan.refresh_due) out += "to be refreshed: " + one.display() + "\n";
  for (const plan::Step& step : plan.steps) {
    out += fmt::format("== {} {} ({})\n", plan::to_string(step.action), step.view.display(), step.reason);
    if (!step.lost.empty()) out += "without " + join(step.lost, ", ") + "\n";
    for (const plan::Statement& one : step.statements) out += fmt::format("-- {}\n{}\n", word(one.phase), one.sql);
    if (step.fill) out += "fills " + join(step.fill->statements, "\n") + "\n";
  }
  std::vector<std::string> order;
  for (const std::size_t number : plan.closing) order.push_back(plan.steps.at(number).view.display());
  return out + "closing: " + join(order, ", ") + "\n";
}

std::vector<GoldenCase> plan_cases() {
  std::vector<GoldenCase> out = golden_cases("plans");
  for (GoldenCase& one : golden_cases("plans_kept")) out.push_back(std::move(one));
  return out;
}

std::filesystem::path recorded(const GoldenCase& golden, const std::string& extension) {
  return std::filesystem::path(PGVISTA_SOURCE_DIR) / "tests/golden/plan_steps" /
         (golden.file.stem().string() + extension);
}

}  // namespace pgvista::test
