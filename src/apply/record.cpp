#include "apply/record.hpp"

#include <algorithm>

#include "catalog/ledger.hpp"
#include "catalog/read.hpp"

namespace pgvista::apply {

using schema::Record;

namespace {

bool same(const Record& a, const Record& b) {
  return a.oid == b.oid && a.kind == b.kind && a.query == b.query && a.canonical == b.canonical &&
         a.fingerprint == b.fingerprint && a.rule_fingerprint == b.rule_fingerprint &&
         a.server_major == b.server_major && a.indexes == b.indexes && a.made_indexes == b.made_indexes &&
         a.columns == b.columns && a.refresh_due == b.refresh_due && a.adopted == b.adopted;
}

bool contains(const std::vector<sql::Name>& names, const sql::Name& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

bool planned(const plan::Plan& plan, const sql::Name& name) {
  return std::any_of(plan.views.begin(), plan.views.end(), [&](const plan::ViewStatus& view) {
    return view.name == name && view.status != plan::Status::refused;
  });
}

Record record_of(const Project& project, const Survey& survey, const schema::Database& now, std::size_t i) {
  const schema::ViewDefinition& view = project.views[i];
  const schema::Relation& live = *now.find(view.name);
  Record record;
  record.name = view.name;
  record.oid = live.oid;
  record.kind = schema::to_string(view.kind);
  record.query = view.query;
  record.canonical = survey.meanings.views[i].canonical;
  record.fingerprint = catalog::definition_fingerprint(now, view);
  record.rule_fingerprint = live.rule_fingerprint;
  record.server_major = now.server_version / 10000;
  record.columns = live.columns;
  record.refresh_due = contains(survey.plan.refresh_due, view.name);
  // One that was there before us is the user's, however often it is made anew.
  const auto renamed = survey.database.renames.find(view.name);
  const sql::Name& called = renamed == survey.database.renames.end() ? view.name : renamed->second;
  const auto known = survey.database.records.find(called);
  const schema::Relation* before = survey.database.find(called);
  const bool taken_over = std::any_of(survey.plan.steps.begin(), survey.plan.steps.end(), [&](const plan::Step& step) {
    return (step.view == view.name || step.view == called) && step.action == plan::Action::adopt;
  });
  record.adopted = before && (taken_over || (known != survey.database.records.end() && known->second.adopted));
  const auto names = survey.plan.index_names.find(view.name);
  for (std::size_t k = 0; names != survey.plan.index_names.end() && k < view.indexes.size(); ++k) {
    for (const schema::LiveIndex& index : live.indexes) {
      if (index.name != names->second[k]) continue;
      record.indexes[schema::index_text(view.indexes[k])] = index.fingerprint;
      record.made_indexes.push_back(index.name);
    }
  }
  return record;
}

std::vector<Record> outdated(const Project& project, const Survey& survey, const schema::Database& now) {
  std::vector<Record> out;
  for (std::size_t i = 0; i < project.views.size(); ++i) {
    const sql::Name& name = project.views[i].name;
    const schema::Relation* live = now.find(name);
    if (!live || project.views[i].borrowed || !survey.meanings.views[i].known || !planned(survey.plan, name)) continue;
    Record record = record_of(project, survey, now, i);
    const auto known = now.records.find(name);
    if (known == now.records.end() || !same(known->second, record)) out.push_back(std::move(record));
  }
  return out;
}

// Programs that fit, though the tables changed since they were made.
std::vector<const catalog::Maintained*> moved_facts(const Survey& survey) {
  std::vector<const catalog::Maintained*> out;
  for (const catalog::Maintained& one : survey.maintenance.views) {
    if (one.current && one.current->facts != one.facts) out.push_back(&one);
  }
  return out;
}

// Programs that were asked to choose anew, and chose the same.
std::vector<std::string> chosen_anew(const Survey& survey) {
  std::vector<std::string> out;
  for (const catalog::Maintained& one : survey.maintenance.views) {
    if (one.current && one.chosen_anew) out.push_back(one.current->name);
  }
  return out;
}

}  // namespace

bool records_outdated(const Project& project, const Survey& survey) {
  return !outdated(project, survey, survey.database).empty() || !moved_facts(survey).empty() ||
         !chosen_anew(survey).empty();
}

bool write_records(db::Connection& connection, const Project& project, const Survey& survey) {
  const schema::Database now = catalog::read_database(connection, names_in(project.views));
  const std::vector<Record> records = outdated(project, survey, now);
  for (const Record& record : records) catalog::write_record(connection, record);
  bool wrote = !records.empty();
  for (const catalog::Maintained* one : moved_facts(survey)) {
    catalog::set_program_facts(connection, one->current->name, one->facts);
    wrote = true;
  }
  for (const std::string& program : chosen_anew(survey)) {
    catalog::note_statistics(connection, program);
    wrote = true;
  }
  // Renamed by hand, and made anew under its own name: what was ours is remembered, so that it can be pruned.
  for (const Record& record : records) {
    const auto known = now.records.find(record.name);
    if (known == now.records.end() || known->second.oid == record.oid) continue;
    const auto moved = now.relations.find(known->second.oid);
    if (moved == now.relations.end() || now.records.contains(moved->second.name) || moved->second.name == record.name ||
        moved->second.name.name.starts_with("pgvista_"))
      continue;
    Record renamed = known->second;
    renamed.name = moved->second.name;
    catalog::write_record(connection, renamed);
  }
  // Renamed, dropped by us, or by somebody else.
  for (const auto& [name, record] : now.records) {
    if (now.find(name)) continue;
    catalog::forget_record(connection, name);
    wrote = true;
  }
  return wrote;
}

}  // namespace pgvista::apply
