#include "catalog/meaning.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analyze/tables.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "catalog/read.hpp"
#include "parse/parse.hpp"
#include "sql/index.hpp"
#include "sql/print.hpp"

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

std::string temporary_name(std::size_t view) { return fmt::format("pgvista_view_{}", view); }

class MeaningReader {
 public:
  MeaningReader(db::Connection& connection, Database& database, const std::vector<ViewDefinition>& views,
                const analyze::ViewGraph& graph, const MeaningOptions& options)
      : connection_(connection), database_(database), views_(views), graph_(graph), options_(options) {
    out_.views.resize(views.size());
    for (std::size_t i = 0; i < views.size(); ++i) by_name_[views[i].name] = i;
  }

  Meanings run() {
    for (const ViewDefinition& view : views_) check_server(view);
    take_known();
    std::vector<std::size_t> unknown;
    for (const std::size_t view : graph_.order) {
      if (!out_.views[view].known) unknown.push_back(view);
    }
    const bool indexes = std::any_of(graph_.order.begin(), graph_.order.end(),
                                     [&](std::size_t v) { return !unmatched_indexes(v).empty(); });
    if (!unknown.empty() || indexes) {
      if (!database_.can_create_temporary || database_.read_only) {
        from_record(unknown);
      } else {
        ask_server(unknown);
      }
    }
    return std::move(out_);
  }

 private:
  const Record* record_of(const ViewDefinition& view) const {
    const auto found = database_.records.find(view.name);
    return found == database_.records.end() ? nullptr : &found->second;
  }

  // What is declared, but not known to this server.
  void check_server(const ViewDefinition& view) {
    constexpr int with_both = 150000;
    if (database_.server_version >= with_both) return;
    const bool nulls = std::any_of(view.indexes.begin(), view.indexes.end(),
                                   [](const auto& index) { return index.nulls_not_distinct; });
    if (!nulls && !view.security_invoker) return;
    Error error;
    error.code = "server_too_old";
    error.message = fmt::format("{} needs PostgreSQL 15; this server is {}",
                                nulls ? "nulls_not_distinct" : "security_invoker", database_.server_version / 10000);
    error.file = view.source.file;
    out_.errors.push_back(std::move(error));
  }

  // A view is known when nothing moved: not its text, not what it resolves by, not the stored rule.
  void take_known() {
    std::set<std::size_t> changing;
    for (const std::size_t i : graph_.order) {
      const ViewDefinition& view = views_[i];
      Meaning& meaning = out_.views[i];
      const bool on_changing = std::any_of(graph_.reads[i].begin(), graph_.reads[i].end(),
                                           [&](std::size_t read) { return changing.contains(read); });
      if (!on_changing) meaning.fingerprint = definition_fingerprint(database_, view);
      const Relation* live = live_of(database_, view);
      const Record* record = record_of(view);
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
      out_.live[live->oid] = record->canonical;
    }
  }

  // Declared indexes whose live counterpart the ledger does not name.
  std::vector<std::size_t> unmatched_indexes(std::size_t i) const {
    std::vector<std::size_t> out;
    const ViewDefinition& view = views_[i];
    const Relation* live = live_of(database_, view);
    if (schema::maintained(view)) return out;  // those of a store are made with it
    const Record* record = record_of(view);
    for (std::size_t k = 0; k < view.indexes.size(); ++k) {
      const auto recorded = record ? record->indexes.find(schema::index_text(view.indexes[k]))
                                   : std::map<std::string, std::string>::const_iterator{};
      const bool matched = record && recorded != record->indexes.end() && live &&
                           std::any_of(live->indexes.begin(), live->indexes.end(),
                                       [&](const auto& index) { return index.fingerprint == recorded->second; });
      if (!matched || options_.all_indexes) out.push_back(k);
    }
    return out;
  }

  // --- without temporary views: a standby, a role that may only read -------------------------------------------------

  void from_record(const std::vector<std::size_t>& unknown) {
    out_.recorded_only = true;
    for (const std::size_t i : unknown) {
      const ViewDefinition& view = views_[i];
      Meaning& meaning = out_.views[i];
      const Record* record = record_of(view);
      const Relation* live = live_of(database_, view);
      const std::string printed = sql::print(view.tree);
      bool same = false;
      if (record) {
        try {
          same = sql::print(parse::parse_select(record->query)) == printed;
        } catch (const Failure&) {
          same = record->query == view.query;
        }
      }
      // Another text may mean the same: what the server would do for both tells.
      if (record && !same)
        same = plan_of(printed) == plan_of(record->canonical) && columns_of(printed) == names_of(record->columns);
      meaning.known = true;
      meaning.canonical = same ? record->canonical : printed;
      if (same) {
        meaning.columns = record->columns;
      } else {
        describe(view, meaning);
      }
      if (live && record && record->rule_fingerprint == live->rule_fingerprint)
        out_.live[live->oid] = record->canonical;
    }
    std::vector<Oid> texts;
    for (const std::size_t i : unknown) {
      const Relation* live = live_of(database_, views_[i]);
      if (live && !out_.live.contains(live->oid) && (live->view() || live->materialized())) texts.push_back(live->oid);
    }
    read_definitions(connection_, database_, texts);
    for (const Oid oid : texts) out_.live[oid] = canonical_text(database_.relations.at(oid).definition, {});
  }

  // With its expressions, names whole and types told. Where there is none, a text that no plan has.
  std::string plan_of(const std::string& query) const {
    std::string out;
    try {
      const db::Transaction undone(connection_);
      const db::Rows rows = connection_.query("EXPLAIN (VERBOSE, COSTS OFF) " + query);
      for (int row = 0; row < rows.size(); ++row) out += rows.text(row, 0) + "\n";
    } catch (const db::QueryFailure&) {
      if (connection_.lost()) throw;
      return "no plan of " + query;
    }
    return out;
  }

  std::vector<std::string> columns_of(const std::string& query) const {
    std::vector<std::string> out;
    const db::Rows columns = connection_.describe(query);
    for (int column = 0; column < columns.columns(); ++column) out.emplace_back(PQfname(columns.raw(), column));
    return out;
  }

  static std::vector<std::string> names_of(const std::vector<schema::LiveColumn>& columns) {
    std::vector<std::string> out;
    for (const schema::LiveColumn& column : columns) out.push_back(column.name);
    return out;
  }

  void describe(const ViewDefinition& view, Meaning& meaning) {
    try {
      const db::Rows columns = connection_.describe(sql::print(view.tree));
      for (int column = 0; column < columns.columns(); ++column) {
        const db::Rows type = connection_.query(
            "SELECT pg_catalog.format_type($1::oid, $2::int)",
            {std::to_string(PQftype(columns.raw(), column)), std::to_string(PQfmod(columns.raw(), column))});
        meaning.columns.push_back({PQfname(columns.raw(), column), type.text(0, 0), "", false, column + 1});
      }
    } catch (const db::QueryFailure& failure) {
      if (connection_.lost()) throw;
      meaning.known = false;
      Error error = failure.error();
      schema::locate(error, view, 0);
      out_.errors.push_back(std::move(error));
    }
  }

  // --- with them
  // ------------------------------------------------------------------------------------------------------

  void ask_server(const std::vector<std::size_t>& unknown) {
    const db::Transaction transaction(connection_);
    connection_.limit(options_.lock_timeout, {});
    for (const std::size_t i : unknown) create_temporary(i);
    read_temporary(unknown);
    read_live(unknown);
    settle_fixpoints(unknown);
    for (const std::size_t i : graph_.order) {
      if (out_.views[i].known) understand_indexes(i);
    }
  }

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
    for (const std::string& schema : database_.search_path) {
      const auto found = by_name_.find({schema, ref.name});
      if (found != by_name_.end()) return found->second;
      if (database_.find({schema, ref.name})) return std::nullopt;
    }
    // A default schema that does not exist yet.
    const auto found = std::find_if(by_name_.begin(), by_name_.end(), [&](const auto& entry) {
      return entry.first.name == ref.name && std::find(database_.schemas.begin(), database_.schemas.end(),
                                                       entry.first.schema) == database_.schemas.end();
    });
    return found == by_name_.end() ? std::nullopt : std::optional(found->second);
  }

  void create_temporary(std::size_t i) {
    const ViewDefinition& view = views_[i];
    for (const std::size_t read : graph_.reads[i]) {
      if (!out_.views[read].known && !temporary_.contains(read)) return;  // its own error says enough
    }
    const sql::Printed printed = sql::print_marked(with_stand_ins(view));
    const std::string head = "CREATE TEMPORARY VIEW " + temporary_name(i) + " AS\n";
    connection_.execute("SAVEPOINT view");
    try {
      connection_.execute(head + printed.text);
      temporary_.insert(i);
    } catch (const db::QueryFailure& failure) {
      if (connection_.lost() || failure.error().exit == ExitCode::locked) throw;
      connection_.execute("ROLLBACK TO SAVEPOINT view");
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
    error.hint = hint_for(error, view);
    return error;
  }

  static std::size_t first_word(const ViewDefinition& view) {
    const std::size_t at = view.query.find_first_not_of(" \t\r\n");
    return at == std::string::npos ? 0 : at;
  }

  std::string hint_for(const Error& error, const ViewDefinition& view) const {
    if (!error.hint.empty()) return error.hint;
    const std::size_t open = error.message.find('"');
    const std::size_t close = error.message.find('"', open + 1);
    std::string name = open == std::string::npos ? "" : error.message.substr(open + 1, close - open - 1);
    if (error.sqlstate == "42P01") {
      std::vector<std::string> names;
      const db::Rows rows = connection_.query(
          "SELECT CASE WHEN nspname = ANY (current_schemas(false)) THEN relname ELSE nspname || '.' || relname END "
          "FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
          "WHERE relkind IN ('r', 'v', 'm', 'p', 'f') AND nspname NOT IN ('pg_catalog', 'information_schema', "
          "'pgvista') "
          "AND nspname NOT LIKE 'pg\\_t%' LIMIT 5000");
      for (int row = 0; row < rows.size(); ++row) names.push_back(rows.text(row, 0));
      for (const ViewDefinition& known : views_) names.push_back(known.name.name);
      // The very name in a schema that the search path does not reach is nearer than any other.
      for (const std::string& known : names) {
        if (known.size() > name.size() && known.ends_with("." + name)) return did_you_mean(known, {known});
      }
      return did_you_mean(name, names);
    }
    if (error.sqlstate == "42703") {
      if (open == std::string::npos) {  // column t.name does not exist
        const std::size_t start = error.message.find(' ');
        name = error.message.substr(start + 1, error.message.find(' ', start + 1) - start - 1);
      }
      if (const std::size_t dot = name.rfind('.'); dot != std::string::npos) name = name.substr(dot + 1);
      std::vector<std::string> names;
      analyze::for_each_table(view.tree, [&](const sql::TableRef& ref) {
        if (const Relation* relation = database_.resolve(ref.schema, ref.name)) {
          for (const auto& column : relation->columns) names.push_back(column.name);
        }
      });
      return did_you_mean(name, names);
    }
    return error.hint;
  }

  std::map<sql::Name, sql::Name> real_names() const {
    std::map<sql::Name, sql::Name> names;
    for (const std::size_t i : temporary_) names[{"pg_temp", temporary_name(i)}] = views_[i].name;
    return names;
  }

  // Views on the way to another name: what reads them is to be compared under the new one.
  std::map<sql::Name, sql::Name> renames() const {
    std::map<sql::Name, sql::Name> names;
    for (const ViewDefinition& view : views_) {
      const Relation* live = live_of(database_, view);
      if (live && live->name != view.name) names[live->name] = view.name;
    }
    return names;
  }

  std::map<std::string, std::string> temporary_texts(const std::string& pattern) {
    connection_.execute("SET LOCAL search_path = ''");
    const db::Rows rows = connection_.query(
        "SELECT c.relname, pg_catalog.pg_get_viewdef(c.oid) FROM pg_catalog.pg_class c "
        "WHERE c.relnamespace = pg_catalog.pg_my_temp_schema() AND c.relkind = 'v' AND c.relname LIKE $1",
        {pattern});
    std::map<std::string, std::string> out;
    for (int row = 0; row < rows.size(); ++row) out[rows.text(row, 0)] = clean_viewdef(rows.text(row, 1));
    return out;
  }

  void read_temporary(const std::vector<std::size_t>& unknown) {
    // Types are named as the session sees them, as those of the live views are.
    const db::Rows columns = connection_.query(
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

  void read_live(const std::vector<std::size_t>& unknown) {
    std::vector<Oid> texts;
    for (const std::size_t i : unknown) {
      const Relation* live = live_of(database_, views_[i]);
      if (!live || live->taken || !(live->view() || live->materialized())) continue;
      const auto record = database_.records.find(live->name);
      const bool recorded =
          record != database_.records.end() && record->second.oid == live->oid && renames().empty() &&
          record->second.rule_fingerprint == live->rule_fingerprint &&
          record->second.server_major == database_.server_version / 10000 &&
          // Of a maintained view the stored query is not the one that it was made from, and never tells.
          (schema::maintained(views_[i]) ||
           record->second.fingerprint == definition_fingerprint_of_record(record->second));
      if (recorded) {
        out_.live[live->oid] = record->second.canonical;
      } else {
        texts.push_back(live->oid);
      }
    }
    read_definitions(connection_, database_, texts);
    for (const Oid oid : texts) out_.live[oid] = canonical_text(database_.relations.at(oid).definition, renames());
  }

  // Only while everything that the recorded query resolves by stands as it stood is the recorded text still true.
  std::string definition_fingerprint_of_record(const Record& record) const {
    try {
      ViewDefinition recorded;
      recorded.tree = parse::parse_select(record.query);
      return definition_fingerprint(database_, recorded);
    } catch (const Failure&) {
      return {};
    }
  }

  // A text that differs may only have gone through the server once less: ours is taken through again until it stays as
  // it is, and so is the live one, unless it is the recorded one, which has been.
  void settle_fixpoints(const std::vector<std::size_t>& unknown) {
    for (const std::size_t i : unknown) {
      const Relation* live = live_of(database_, views_[i]);
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
      connection_.execute("SAVEPOINT again");
      try {
        connection_.execute("CREATE TEMPORARY VIEW pgvista_again AS " + raw);
      } catch (const db::QueryFailure&) {
        if (connection_.lost()) throw;
        connection_.execute("ROLLBACK TO SAVEPOINT again");
        return canonical;
      }
      raw = temporary_texts("pgvista\\_again")["pgvista_again"];
      connection_.execute("ROLLBACK TO SAVEPOINT again");
      std::string next = canonical_text(raw, names);
      if (next == canonical) break;
      canonical = std::move(next);
    }
    return canonical;
  }

  void understand_indexes(std::size_t i) {
    const std::vector<std::size_t> wanted = unmatched_indexes(i);
    Meaning& meaning = out_.views[i];
    meaning.indexes.resize(views_[i].indexes.size());
    if (wanted.empty()) return;
    const std::string table = fmt::format("pgvista_table_{}", i);
    std::vector<std::string> columns;
    for (const auto& column : meaning.columns) {
      std::string text = sql::quote_identifier(column.name) + " " + column.type;
      if (!column.collation.empty()) text += " COLLATE " + sql::quote_identifier(column.collation);
      columns.push_back(std::move(text));
    }
    // The types' names are those of the session's own search path.
    connection_.query("SELECT pg_catalog.set_config('search_path', $1, true)", {quoted_search_path()});
    connection_.execute("CREATE TEMPORARY TABLE " + table + " (" + join(columns, ", ") + ")");
    for (const std::size_t k : wanted) understand_index(views_[i], views_[i].indexes[k], table, meaning.columns, k);
    // Read as the live ones are: with an empty search path.
    connection_.execute("SET LOCAL search_path = ''");
    const db::Rows rows = connection_.query(
        "SELECT c.relname, pg_catalog.pg_get_indexdef(c.oid) FROM pg_catalog.pg_class c "
        "WHERE c.relnamespace = pg_catalog.pg_my_temp_schema() AND c.relkind = 'i'");
    for (int row = 0; row < rows.size(); ++row) {
      for (const std::size_t k : wanted) {
        if (rows.at(row, 0) == fmt::format("{}_{}", table, k))
          meaning.indexes[k] = canonical_index(rows.text(row, 1), views_[i].indexes[k].tablespace);
      }
    }
    read_live_indexes(i);
  }

  void understand_index(const ViewDefinition& view, const schema::IndexDefinition& index, const std::string& table,
                        const std::vector<schema::LiveColumn>& columns, std::size_t k) {
    connection_.execute("SAVEPOINT index");
    try {
      schema::IndexDefinition plain = index;
      plain.tablespace.clear();
      connection_.execute(sql::create_index(plain, fmt::format("{}_{}", table, k), {"pg_temp", table}));
    } catch (const db::QueryFailure& failure) {
      if (connection_.lost()) throw;
      connection_.execute("ROLLBACK TO SAVEPOINT index");
      Error error = failure.error();
      std::vector<std::string> names;
      for (const auto& column : columns) names.push_back(column.name);
      error.message = fmt::format("index {}: {}", schema::index_name(view, index), error.message);
      const std::size_t open = failure.error().message.find('"');
      const std::size_t close = failure.error().message.find('"', open + 1);
      if (error.sqlstate == "42703" && close != std::string::npos)
        error.hint = did_you_mean(failure.error().message.substr(open + 1, close - open - 1), names);
      error.file = view.source.file;
      error.line = index.line;
      error.column = 1;
      out_.errors.push_back(std::move(error));
    }
  }

  void read_live_indexes(std::size_t i) {
    const Relation* live = live_of(database_, views_[i]);
    if (!live || live->indexes.empty()) return;
    if (live->indexes.front().definition.empty()) read_index_definitions(connection_, database_, {live->oid});
    for (const auto& index : live->indexes)
      out_.live_indexes[index.oid] = canonical_index(index.definition, index.tablespace);
  }

  std::string quoted_search_path() const {
    std::vector<std::string> quoted;
    for (const std::string& schema : database_.search_path) quoted.push_back(sql::quote_identifier(schema));
    return join(quoted, ", ");
  }

  db::Connection& connection_;
  Database& database_;
  const std::vector<ViewDefinition>& views_;
  const analyze::ViewGraph& graph_;
  const MeaningOptions& options_;
  Meanings out_;
  std::map<sql::Name, std::size_t> by_name_;
  std::set<std::size_t> temporary_;
  std::map<std::string, std::string> raw_;
};

}  // namespace

Meanings understand(db::Connection& connection, Database& database, const std::vector<ViewDefinition>& views,
                    const analyze::ViewGraph& graph, const MeaningOptions& options) {
  return MeaningReader(connection, database, views, graph, options).run();
}

}  // namespace pgvista::catalog
