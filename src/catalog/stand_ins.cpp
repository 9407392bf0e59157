// Temporary views that stand for definitions: the server says what they mean.

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analyze/tables.hpp"
#include "catalog/meaning_parts.hpp"
#include "catalog/read.hpp"
#include "parse/parse.hpp"
#include "sql/print.hpp"
#include "sql/visit.hpp"

namespace pgvista::catalog {

using schema::Oid;
using schema::Record;
using schema::Relation;
using schema::ViewDefinition;

namespace {

std::string temporary_name(std::size_t view) { return fmt::format("pgvista_view_{}", view); }

class StandIns {
 public:
  StandIns(const MeaningTask& task, Meanings known) : task_(task), out_(std::move(known)) {
    for (std::size_t i = 0; i < task.views.size(); ++i) by_name_[task.views[i].name] = i;
  }

  Meanings ask(const ViewNumbers& unknown) {
    const db::Transaction transaction(task_.connection);
    task_.connection.limit(task_.options.lock_timeout, {});
    for (const std::size_t i : unknown) create_temporary(i);
    read_temporary(unknown);
    read_live(unknown);
    settle_fixpoints(unknown);
    for (const std::size_t i : task_.graph.order) {
      if (out_.views[i].known) learn_indexes(task_, i, out_);
    }
    return std::move(out_);
  }

 private:
  // References to views that are themselves unknown go to their temporary stand-ins.
  sql::Select with_stand_ins(const ViewDefinition& view) const {
    sql::Select tree = view.tree;
    std::set<std::string> replaced;
    analyze::for_each_table(tree, [&](sql::TableRef& ref) {
      const auto target = resolve(ref);
      if (!target || !temporary_.contains(*target)) return;
      if (ref.alias.name.empty()) ref.alias.name = ref.name;
      replaced.insert(ref.name);
      ref.catalog.clear();
      ref.schema = "pg_temp";
      ref.name = temporary_name(*target);
    });
    sql::each<sql::ColumnRef>(tree, [&](sql::ColumnRef& column) {
      // schema.view.column: the schema is not that of the stand-in.
      const std::size_t qualifiers = column.star ? column.parts.size() : column.parts.size() - 1;
      if (qualifiers == 2 && replaced.contains(column.parts[1])) column.parts.erase(column.parts.begin());
    });
    return tree;
  }

  std::optional<std::size_t> resolve(const sql::TableRef& ref) const {
    if (!ref.schema.empty()) {
      const auto found = by_name_.find({ref.schema, ref.name});
      return found == by_name_.end() ? std::nullopt : std::optional(found->second);
    }
    for (const std::string& schema : task_.database.search_path) {
      const auto found = by_name_.find({schema, ref.name});
      if (found != by_name_.end()) return found->second;
      if (task_.database.find({schema, ref.name})) return std::nullopt;
    }
    // A default schema that does not exist yet.
    const auto found = std::find_if(by_name_.begin(), by_name_.end(), [&](const auto& entry) {
      return entry.first.name == ref.name && std::find(task_.database.schemas.begin(), task_.database.schemas.end(),
                                                       entry.first.schema) == task_.database.schemas.end();
    });
    return found == by_name_.end() ? std::nullopt : std::optional(found->second);
  }

  void create_temporary(std::size_t i) {
    const ViewDefinition& view = task_.views[i];
    for (const std::size_t read : task_.graph.reads[i]) {
      if (!out_.views[read].known && !temporary_.contains(read)) return;  // its own error says enough
    }
    const sql::Printed printed = sql::print_marked(with_stand_ins(view));
    const std::string head = "CREATE TEMPORARY VIEW " + temporary_name(i) + " AS\n";
    task_.connection.execute("SAVEPOINT view");
    try {
      task_.connection.execute(head + printed.text);
      temporary_.insert(i);
    } catch (const db::QueryFailure& failure) {
      if (task_.connection.lost() || failure.error().exit == ExitCode::locked) throw;
      task_.connection.execute("ROLLBACK TO SAVEPOINT view");
      out_.errors.push_back(explained(failure, view, printed, head.size()));
    }
  }

  Error explained(const db::QueryFailure& failure, const ViewDefinition& view, const sql::Printed& printed,
                  std::size_t head) const {
    Error error = failure.error();
    int source = -1;
    if (failure.position() && *failure.position() >= head)
      source = sql::source_offset(printed, *failure.position() - head);
    schema::locate(error, view, source < 0 ? first_word(view) : static_cast<std::size_t>(source));
    error.hint = hint_for(task_, error, view);
    return error;
  }

  static std::size_t first_word(const ViewDefinition& view) {
    const std::size_t at = view.query.find_first_not_of(" \t\r\n");
    return at == std::string::npos ? 0 : at;
  }

  std::map<sql::Name, sql::Name> real_names() const {
    std::map<sql::Name, sql::Name> names;
    for (const std::size_t i : temporary_) names[{"pg_temp", temporary_name(i)}] = task_.views[i].name;
    return names;
  }

  // Views on the way to another name: what reads them is to be compared under the new one.
  std::map<sql::Name, sql::Name> renames() const {
    std::map<sql::Name, sql::Name> names;
    for (const ViewDefinition& view : task_.views) {
      const Relation* live = live_of(task_.database, view);
      if (live && live->name != view.name) names[live->name] = view.name;
    }
    return names;
  }

  std::map<std::string, std::string> temporary_texts(const std::string& pattern) {
    task_.connection.execute("SET LOCAL search_path = ''");
    const db::Rows rows = task_.connection.query(
        "SELECT c.relname, pg_catalog.pg_get_viewdef(c.oid) FROM pg_catalog.pg_class c "
        "WHERE c.relnamespace = pg_catalog.pg_my_temp_schema() AND c.relkind = 'v' AND c.relname LIKE $1",
        {pattern});
    std::map<std::string, std::string> out;
    for (int row = 0; row < rows.size(); ++row) out[rows.text(row, 0)] = clean_viewdef(rows.text(row, 1));
    return out;
  }

  void read_temporary(const ViewNumbers& unknown) {
    // Types are named as the session sees them, as those of the live views are.
    const db::Rows columns = task_.connection.query(
        "SELECT c.relname, a.attname, pg_catalog.format_type(a.atttypid, a.atttypmod), "
        "CASE WHEN a.attcollation <> t.typcollation THEN coll.collname ELSE '' END, a.attnum "
        "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 "
        "JOIN pg_catalog.pg_type t ON t.oid = a.atttypid LEFT JOIN pg_catalog.pg_collation coll ON coll.oid = "
        "a.attcollation "
        "WHERE c.relnamespace = pg_catalog.pg_my_temp_schema() AND c.relkind = 'v' AND c.relname LIKE "
        "'pgvista\\_view\\_%' ORDER BY c.relname, a.attnum");
    std::map<std::string, std::vector<schema::LiveColumn>> by_view;
    for (int row = 0; row < columns.size(); ++row) {
      by_view[columns.text(row, 0)].push_back({columns.text(row, 1), columns.text(row, 2), columns.text(row, 3), false,
                                               static_cast<int>(columns.integer(row, 4))});
    }
    raw_ = temporary_texts("pgvista\\_view\\_%");
    for (const std::size_t i : unknown) {
      if (!temporary_.contains(i)) continue;
      Meaning& meaning = out_.views[i];
      meaning.known = true;
      meaning.columns = by_view[temporary_name(i)];
      meaning.canonical = canonical_text(raw_[temporary_name(i)], real_names());
    }
  }

  void read_live(const ViewNumbers& unknown) {
    std::vector<Oid> texts;
    for (const std::size_t i : unknown) {
      const Relation* live = live_of(task_.database, task_.views[i]);
      if (!live || live->taken || !(live->view() || live->materialized())) continue;
      const auto record = task_.database.records.find(live->name);
      const bool recorded =
          record != task_.database.records.end() && record->second.oid == live->oid && renames().empty() &&
          record->second.rule_fingerprint == live->rule_fingerprint &&
          record->second.server_major == task_.database.server_version / 10000 &&
          // Of a maintained view the stored query is not the one that it was made from, and never tells.
          (schema::maintained(task_.views[i]) ||
           record->second.fingerprint == definition_fingerprint_of_record(record->second));
      if (recorded) {
        out_.live[live->oid] = record->second.canonical;
      } else {
        texts.push_back(live->oid);
      }
    }
    read_definitions(task_.connection, task_.database, texts);
    for (const Oid oid : texts) out_.live[oid] = canonical_text(task_.database.relations.at(oid).definition, renames());
  }

  // Only while everything that the recorded query resolves by stands as it stood is the recorded text still true.
  std::string definition_fingerprint_of_record(const Record& record) const {
    try {
      ViewDefinition recorded;
      recorded.tree = parse::parse_select(record.query);
      return definition_fingerprint(task_.database, recorded);
    } catch (const Failure&) {
      return {};
    }
  }

  // A text that differs may only have gone through the server once less: ours is taken through again until it stays as
  // it is, and so is the live one, unless it is the recorded one, which has been.
  void settle_fixpoints(const ViewNumbers& unknown) {
    for (const std::size_t i : unknown) {
      const Relation* live = live_of(task_.database, task_.views[i]);
      if (!temporary_.contains(i) || !live || !out_.live.contains(live->oid)) continue;
      Meaning& meaning = out_.views[i];
      if (meaning.canonical == out_.live[live->oid]) continue;
      meaning.canonical = fixpoint(raw_[temporary_name(i)], real_names(), meaning.canonical);
      if (live->definition.empty() || meaning.canonical == out_.live[live->oid]) continue;
      out_.live[live->oid] = fixpoint(live->definition, renames(), out_.live[live->oid]);
    }
  }

  std::string fixpoint(std::string raw, const std::map<sql::Name, sql::Name>& names, std::string canonical) {
    constexpr int most = 5;
    for (int pass = 0; pass < most; ++pass) {
      task_.connection.execute("SAVEPOINT again");
      try {
        task_.connection.execute("CREATE TEMPORARY VIEW pgvista_again AS " + raw);
      } catch (const db::QueryFailure&) {
        if (task_.connection.lost()) throw;
        task_.connection.execute("ROLLBACK TO SAVEPOINT again");
        return canonical;
      }
      raw = temporary_texts("pgvista\\_again")["pgvista_again"];
      task_.connection.execute("ROLLBACK TO SAVEPOINT again");
      std::string next = canonical_text(raw, names);
      if (next == canonical) break;
      canonical = std::move(next);
    }
    return canonical;
  }

  const MeaningTask& task_;
  Meanings out_;
  std::map<sql::Name, std::size_t> by_name_;
  std::set<std::size_t> temporary_;         // made, without an error
  std::map<std::string, std::string> raw_;  // what the server printed of them
};

}  // namespace

Meanings by_stand_ins(const MeaningTask& task, const ViewNumbers& unknown, Meanings known) {
  return StandIns(task, std::move(known)).ask(unknown);
}

}  // namespace pgvista::catalog
