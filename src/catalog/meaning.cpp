#include "catalog/meaning_parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analyze/tables.hpp"
#include "base/text.hpp"
#include "sql/index.hpp"

namespace pgvista::catalog {

using schema::Database;
using schema::Oid;
using schema::Record;
using schema::Relation;
using schema::ViewDefinition;

void claim_renames(Database& database, const std::vector<ViewDefinition>& views) {
  for (const ViewDefinition& view : views) {
    if (view.renamed_from.empty() || database.find(view.name)) continue;
    const std::size_t dot = view.renamed_from.find('.');
    const sql::Name before = dot == std::string::npos
                                 ? sql::Name{view.name.schema, view.renamed_from}
                                 : sql::Name{view.renamed_from.substr(0, dot), view.renamed_from.substr(dot + 1)};
    const Relation* found = database.find(before);
    if (found && (found->view() || found->materialized())) database.renames[view.name] = before;
  }
}

const Relation* live_of(const Database& database, const ViewDefinition& view) {
  if (const auto renamed = database.renames.find(view.name); renamed != database.renames.end())
    return database.find(renamed->second);
  // Another definition takes the object of this name along.
  for (const auto& [to, from] : database.renames) {
    if (from == view.name) return nullptr;
  }
  return database.find(view.name);
}

std::string definition_fingerprint(const Database& database, const ViewDefinition& view) {
  std::string all = database.global_fingerprint;
  analyze::for_each_table(view.tree, [&](const sql::TableRef& ref) {
    const Relation* relation = database.resolve(ref.schema, ref.name);
    all += fmt::format("|{} {} {}", relation ? relation->oid : 0, relation ? relation->name.sql() : "",
                       relation ? relation->column_fingerprint : "");
  });
  return stable_hash_hex(all);
}

namespace {

// What is declared, but not known to this server.
void check_server(const MeaningTask& task, const ViewDefinition& view, Meanings& out) {
  constexpr int with_both = 150000;
  if (task.database.server_version >= with_both) return;
  const bool nulls =
      std::any_of(view.indexes.begin(), view.indexes.end(), [](const auto& index) { return index.nulls_not_distinct; });
  if (!nulls && !view.security_invoker) return;
  Error error;
  error.code = "server_too_old";
  error.message = fmt::format("{} needs PostgreSQL 15; this server is {}",
                              nulls ? "nulls_not_distinct" : "security_invoker", task.database.server_version / 10000);
  error.file = view.source.file;
  out.errors.push_back(std::move(error));
}

// A view is known when nothing moved: not its text, not what it resolves by, not the stored rule.
void take_known(const MeaningTask& task, Meanings& out) {
  std::set<std::size_t> changing;
  for (const std::size_t i : task.graph.order) {
    const ViewDefinition& view = task.views[i];
    Meaning& meaning = out.views[i];
    const bool on_changing = std::any_of(task.graph.reads[i].begin(), task.graph.reads[i].end(),
                                         [&](std::size_t read) { return changing.contains(read); });
    if (!on_changing) meaning.fingerprint = definition_fingerprint(task.database, view);
    const Relation* live = live_of(task.database, view);
    const Record* record = record_of(task, view);
    const bool unmoved = !on_changing && live && !live->taken && record && record->oid == live->oid &&
                         record->query == view.query && record->fingerprint == meaning.fingerprint &&
                         record->rule_fingerprint == live->rule_fingerprint &&
                         record->kind == schema::to_string(view.kind) &&
                         live->materialized() == (schema::object_kind(view) == schema::Kind::materialized);
    if (!unmoved) {
      changing.insert(i);
      continue;
    }
    meaning.known = true;
    meaning.canonical = record->canonical;
    meaning.columns = record->columns;
    out.live[live->oid] = record->canonical;
  }
}

}  // namespace

const Record* record_of(const MeaningTask& task, const ViewDefinition& view) {
  const auto found = task.database.records.find(view.name);
  return found == task.database.records.end() ? nullptr : &found->second;
}

Meanings known_meanings(const MeaningTask& task) {
  Meanings out;
  out.views.resize(task.views.size());
  for (const ViewDefinition& view : task.views) check_server(task, view, out);
  take_known(task, out);
  return out;
}

ViewNumbers unmatched_indexes(const MeaningTask& task, std::size_t i) {
  ViewNumbers out;
  const ViewDefinition& view = task.views[i];
  const Relation* live = live_of(task.database, view);
  if (schema::maintained(view)) return out;  // those of a store are made with it
  const Record* record = record_of(task, view);
  for (std::size_t k = 0; k < view.indexes.size(); ++k) {
    const auto recorded = record ? record->indexes.find(schema::index_text(view.indexes[k]))
                                 : std::map<std::string, std::string>::const_iterator{};
    const bool matched = record && recorded != record->indexes.end() && live &&
                         std::any_of(live->indexes.begin(), live->indexes.end(),
                                     [&](const auto& index) { return index.fingerprint == recorded->second; });
    if (!matched || task.options.all_indexes) out.push_back(k);
  }
  return out;
}

Meanings understand(db::Connection& connection, Database& database, const std::vector<ViewDefinition>& views,
                    const analyze::ViewGraph& graph, const MeaningOptions& options) {
  const MeaningTask task{connection, database, views, graph, options};
  Meanings known = known_meanings(task);
  ViewNumbers unknown;
  for (const std::size_t view : graph.order) {
    if (!known.views[view].known) unknown.push_back(view);
  }
  const bool indexes = std::any_of(graph.order.begin(), graph.order.end(),
                                   [&](std::size_t view) { return !unmatched_indexes(task, view).empty(); });
  if (unknown.empty() && !indexes) return known;
  const bool temporary = database.can_create_temporary && !database.read_only;
  return temporary ? by_stand_ins(task, unknown, std::move(known)) : by_record(task, unknown, std::move(known));
}

}  // namespace pgvista::catalog
