// What is wrong with what keeps a view, and what nothing tells it of.

#include <fmt/format.h>

#include "base/text.hpp"
#include "catalog/maintenance.hpp"

namespace pgvista::catalog {

HealthReader::HealthReader(db::Connection& connection) : server_major_(connection.server_major()) {
  const auto name_at = [](const db::Rows& rows, int row, int column) {
    return sql::Name{rows.text(row, column), rows.text(row, column + 1)};
  };
  const db::Rows triggers = connection.query(
      "SELECT n.nspname, c.relname, t.tgname, t.tgenabled FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON "
      "c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE NOT t.tgisinternal AND t.tgname LIKE 'pgvista\\_%'");
  for (int row = 0; row < triggers.size(); ++row)
    triggers_[name_at(triggers, row, 0)][triggers.text(row, 2)] = triggers.at(row, 3).front();
  const db::Rows parts = connection.query(
      "WITH RECURSIVE below AS (SELECT inhparent AS root, inhrelid AS part FROM pg_catalog.pg_inherits UNION SELECT "
      "b.root, i.inhrelid FROM below b JOIN pg_catalog.pg_inherits i ON i.inhparent = b.part) "
      "SELECT rn.nspname, r.relname, n.nspname, c.relname FROM below b JOIN pg_catalog.pg_class r ON r.oid = b.root "
      "AND r.relkind IN ('r', 'p') JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace "
      "JOIN pg_catalog.pg_class c ON c.oid = b.part JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ORDER BY "
      "1, 2, 3, 4");
  for (int row = 0; row < parts.size(); ++row) parts_[name_at(parts, row, 0)].push_back(name_at(parts, row, 2));
  const db::Rows anchors = connection.query(
      "SELECT c.relname, pgvista.view_text(c.oid) FROM pg_catalog.pg_class c WHERE c.relkind = 'v' AND c.relnamespace "
      "= 'pgvista'::regnamespace");
  for (int row = 0; row < anchors.size(); ++row) anchors_[{"pgvista", anchors.text(row, 0)}] = anchors.text(row, 1);
  const db::Rows reads = connection.query(
      "SELECT DISTINCT v.relname, n.nspname, c.relname FROM pg_catalog.pg_class v JOIN pg_catalog.pg_rewrite r ON "
      "r.ev_class = v.oid JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = "
      "r.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass JOIN pg_catalog.pg_class c ON c.oid = d.refobjid JOIN "
      "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE v.relkind = 'v' AND v.relnamespace = "
      "'pgvista'::regnamespace");
  for (int row = 0; row < reads.size(); ++row) reads_[{"pgvista", reads.text(row, 0)}].insert(name_at(reads, row, 1));
  // A view's query asks for its owner's rights, on each column that it names.
  const db::Rows rights = connection.query(
      "SELECT DISTINCT v.relname, pg_catalog.pg_get_userbyid(v.relowner), d.refobjid::pg_catalog.regclass FROM "
      "pg_catalog.pg_class v JOIN pg_catalog.pg_rewrite r ON r.ev_class = v.oid JOIN pg_catalog.pg_depend d ON "
      "d.classid "
      "= 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid AND d.refclassid = 'pg_catalog.pg_class'::regclass AND "
      "d.refobjsubid > 0 WHERE v.relkind = 'v' AND v.relnamespace = 'pgvista'::regnamespace AND NOT "
      "pg_catalog.has_column_privilege(v.relowner, d.refobjid, d.refobjsubid::int2, 'SELECT')");
  for (int row = 0; row < rights.size(); ++row)
    forbidden_[{"pgvista", rights.text(row, 0)}].push_back(fmt::format(
        "its owner {0} may not read {1} any more: the next change of it puts the view aside; GRANT SELECT ON "
        "{1} TO {0}",
        sql::quote_identifier(rights.text(row, 1)), rights.text(row, 2)));
  // What only the owner may ask for; to others it is not known.
  const bool asks =
      connection
          .query(
              "SELECT coalesce(pg_catalog.has_function_privilege(pg_catalog.to_regprocedure('pgvista.watched_text(oid, "
              "text[])'), 'EXECUTE'), false)")
          .boolean(0, 0);
  if (!asks) return;
  const db::Rows watched = connection.query(
      "SELECT p.program, coalesce(pgvista.watched_text(pg_catalog.to_regclass('pgvista.' || "
      "pg_catalog.quote_ident(p.anchor)), p.tables), '') FROM pgvista.program p WHERE p.watched IS NOT NULL");
  for (int row = 0; row < watched.size(); ++row) watched_[watched.text(row, 0)] = watched.text(row, 1);
  // A ledger of before has no marks.
  if (!connection.query("SELECT pg_catalog.to_regproc('pgvista.has_heard_all') IS NOT NULL").boolean(0, 0)) return;
  const db::Rows missed =
      connection.query("SELECT p.program FROM pgvista.program p WHERE NOT pgvista.has_heard_all(p)");
  for (int row = 0; row < missed.size(); ++row) missed_.insert(missed.text(row, 0));
}

namespace {

// Lines that are there no more, or that came.
std::vector<std::string> changed_lines(const std::string& before, const std::string& after) {
  const auto lines = [](const std::string& text) {
    std::set<std::string> out;
    for (const auto& line : split_lines(text)) out.insert(std::string(line));
    return out;
  };
  const std::set<std::string> old = lines(before);
  const std::set<std::string> now = lines(after);
  std::vector<std::string> out;
  for (const std::string& line : old) {
    if (now.contains(line)) continue;
    const std::string what = line.substr(0, line.rfind(' '));
    if (line.starts_with("function "))
      out.push_back(fmt::format("the {} was replaced or dropped: rows computed before may differ", what));
    if (line.starts_with("part ")) out.push_back(fmt::format("{} no longer: its rows may still be shown", line));
    if (line.starts_with("row of ")) {
      out.push_back(
          fmt::format("the columns of {} have changed, and it shows rows of it as one value", what.substr(7)));
    }
    if (line.starts_with("label "))
      out.push_back(fmt::format("the {} is gone, or has another name: text and JSON made of it may be old", line));
    if (line.starts_with("type "))
      out.push_back(fmt::format("the fields of the {} have changed: text and JSON made of it may be old", what));
    if (line.starts_with("table ")) out.push_back(fmt::format("it was \"{}\": that has changed", line));
  }
  for (const std::string& line : now) {
    if (old.contains(line)) continue;
    if (line.starts_with("replicated "))
      out.push_back(
          fmt::format("{} gets rows by logical replication, which fires no trigger of a statement", line.substr(11)));
    if (line.find("is emptied by a crash") != std::string::npos)
      out.push_back(line + ", and the view would keep its rows");
  }
  return out;
}

}  // namespace

// Of a table that is read. One that is only heard because a part of it is read has others that matter to nobody.
void HealthReader::add_unheard_parts(const sql::Name& table, const CapturesByTable& heard,
                                     std::vector<std::string>& out) const {
  const auto parts = parts_.find(table);
  for (const sql::Name& part : parts == parts_.end() ? std::vector<sql::Name>{} : parts->second) {
    if (!heard.contains(part))
      out.push_back(
          fmt::format("{} was attached to {} later: changes of it are not seen", part.display(), table.display()));
  }
}

std::vector<std::string> HealthReader::of(const InstalledProgram& program) const {
  std::vector<std::string> out;
  if (program.state == "stale")
    out.push_back("it is put aside: " + (program.stopped_why.empty() ? "its maintenance failed" : program.stopped_why) +
                  "; pgvista sync brings it back");
  if (program.filling) out.emplace_back("its rows have not been computed to the end: pgvista sync does it");
  if (program.restored)
    out.emplace_back("its rows came from a dump, and nobody has looked whether they are its query's: run pgvista sync");
  if (const auto now = watched_.find(program.name); now != watched_.end() && now->second != program.watched) {
    for (std::string& text : changed_lines(program.watched, now->second)) out.push_back(std::move(text));
  }
  const auto reads = reads_.find(anchor_name(program.name));
  CapturesByTable by_table;
  for (const ivm::InstalledCapture& one : program.captures) by_table[one.capture.table].push_back(one);
  for (const auto& [table, captures] : by_table) {
    if (!captures.front().table_exists) {
      out.push_back(fmt::format("the table {} is gone, or has another name", table.display()));
      continue;
    }
    const auto live = triggers_.find(table);
    for (const std::string& wanted : ivm::trigger_names(captures)) {
      const auto trigger =
          live == triggers_.end() ? std::map<std::string, char>::const_iterator{} : live->second.find(wanted);
      const bool there = live != triggers_.end() && trigger != live->second.end();
      if (!there) {
        out.push_back(
            fmt::format("the trigger {} of {} is missing: changes of it are not seen", wanted, table.display()));
      } else if (trigger->second != 'O' && trigger->second != 'A') {
        out.push_back(
            fmt::format("the trigger {} of {} is disabled: changes of it are not seen", wanted, table.display()));
      }
    }
    if (reads == reads_.end() || reads->second.contains(table)) add_unheard_parts(table, by_table, out);
  }
  if (program.store.name.empty()) return out;  // it only notes changes
  if (!program.store_exists) out.push_back(fmt::format("its table {} is missing", program.store.display()));
  const auto anchor = anchors_.find(anchor_name(program.name));
  if (anchor == anchors_.end()) {
    out.emplace_back("the view that keeps its query is missing");
  } else if (anchor->second != program.anchor_text) {
    // Each major version spells some of a query in a way of its own.
    const bool upgraded = program.server_major != 0 && program.server_major != server_major_;
    out.push_back(upgraded
                      ? fmt::format("PostgreSQL {} spelled its query, and {} spells it otherwise: run pgvista sync",
                                    program.server_major, server_major_)
                      : "a table or column that it reads was renamed: run pgvista sync");
  }
  if (const auto found = forbidden_.find(anchor_name(program.name)); found != forbidden_.end())
    out.insert(out.end(), found->second.begin(), found->second.end());
  if (out.empty() && missed_.contains(program.name)) {
    out.emplace_back(
        "a trigger of its tables was disabled or made again, or a part of them was detached or attached, since its "
        "rows were "
        "computed: changes may be missing; pgvista sync computes them anew");
  }
  return out;
}

}  // namespace pgvista::catalog
