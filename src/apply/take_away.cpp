#include "apply/take_away.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "catalog/maintenance.hpp"
#include "catalog/read.hpp"
#include "parse/parse.hpp"

namespace pgvista::apply {

using catalog::InstalledProgram;
using schema::Oid;
using schema::Relation;

namespace {

constexpr const char* column_readers = R"(
SELECT DISTINCT n.nspname, c.relname
FROM pg_catalog.pg_depend d
JOIN pg_catalog.pg_rewrite r ON d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass AND r.oid = d.objid
JOIN pg_catalog.pg_class c ON c.oid = r.ev_class
JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace
JOIN pg_catalog.pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
WHERE d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass AND d.refobjid = pg_catalog.to_regclass($1)
  AND (a.attname = $2 OR $2 = '')
)";

class TakingAway {
 public:
  explicit TakingAway(db::Connection& connection) : connection_(connection) {
    database_ = catalog::read_database(connection, {});
    if (database_.ledger) programs_ = catalog::read_programs(connection, database_);
  }

  std::vector<Relation> run(const std::vector<AlteredColumn>& columns, const std::vector<sql::Name>& views) {
    for (const sql::Name& name : views) add(name);
    for (const AlteredColumn& one : columns) {
      const db::Rows rows = connection_.query(column_readers, {one.table.sql(), one.column});
      for (int row = 0; row < rows.size(); ++row) add({rows.text(row, 0), rows.text(row, 1)});
    }
    std::vector<Oid> order = drop_order();
    catalog::read_details(connection_, database_, order);
    catalog::read_definitions(connection_, database_, order);
    catalog::read_index_definitions(connection_, database_, order);
    drop(order);
    std::vector<Relation> out;
    for (auto oid = order.rbegin(); oid != order.rend(); ++oid) {
      out.push_back(database_.relations.at(*oid));
      out.back().taken = true;
    }
    return out;
  }

 private:
  void add(const sql::Name& name) {
    // What maintains a view reads the columns in its stead.
    for (const InstalledProgram& program : programs_) {
      if (catalog::anchor_name(program.name) == name) add_program(program);
    }
    const Relation* live = database_.find(name);
    if (!live || !(live->view() || live->materialized()) || name.schema == "pgvista" ||
        !taken_.insert(live->oid).second)
      return;
    for (const InstalledProgram& program : programs_) {
      if (program.view == name) add_program(program);
    }
    for (const Oid reader : database_.readers(live->oid)) add(database_.relations.at(reader).name);
  }

  void add_program(const InstalledProgram& program) {
    if (!gone_.insert(program.name).second) return;
    add(program.view);
    for (const InstalledProgram& other : programs_) {
      const bool stacked = std::any_of(other.captures.begin(), other.captures.end(),
                                       [&](const auto& capture) { return capture.capture.table == program.store; });
      if (stacked) add_program(other);
    }
  }

  // Readers first.
  std::vector<Oid> drop_order() const {
    std::vector<Oid> out;
    std::set<Oid> left = taken_;
    while (!left.empty()) {
      const auto next = std::find_if(left.begin(), left.end(), [&](Oid oid) {
        const std::vector<Oid> readers = database_.readers(oid);
        return std::none_of(readers.begin(), readers.end(), [&](Oid reader) { return left.contains(reader); });
      });
      out.push_back(*(next == left.end() ? left.begin() : next));
      left.erase(out.back());
    }
    return out;
  }

  void drop(const std::vector<Oid>& order) {
    for (const Oid oid : order) {
      const Relation& view = database_.relations.at(oid);
      connection_.execute(
          fmt::format("DROP {} {}", view.materialized() ? "MATERIALIZED VIEW" : "VIEW", view.name.sql()));
    }
    std::vector<InstalledProgram> staying = programs_;
    std::vector<InstalledProgram> gone;
    std::copy_if(programs_.begin(), programs_.end(), std::back_inserter(gone),
                 [&](const InstalledProgram& one) { return gone_.contains(one.name); });
    std::sort(gone.begin(), gone.end(),
              [](const InstalledProgram& a, const InstalledProgram& b) { return a.level > b.level; });
    for (const std::string& sql : plan::keep_writers_away(gone)) connection_.execute(sql);
    for (const InstalledProgram& one : gone) {
      for (const std::string& sql : plan::removal_sql(one, staying)) connection_.execute(sql);
    }
  }

  db::Connection& connection_;
  schema::Database database_;
  std::vector<InstalledProgram> programs_;
  std::set<Oid> taken_;
  std::set<std::string> gone_;
};

}  // namespace

std::vector<Relation> take_away(db::Connection& connection, const std::vector<AlteredColumn>& columns,
                                const std::vector<sql::Name>& views) {
  return TakingAway(connection).run(columns, views);
}

schema::ViewDefinition borrowed_definition(const Relation& relation) {
  schema::ViewDefinition out;
  out.name = relation.name;
  out.kind = relation.materialized() ? schema::Kind::materialized : schema::Kind::view;
  out.query = relation.definition;
  out.tree = parse::parse_select(out.query);
  out.with_data = relation.populated;
  out.source = {relation.name.display(), relation.definition, 0};
  out.borrowed = true;
  return out;
}

}  // namespace pgvista::apply
