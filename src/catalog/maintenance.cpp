#include "catalog/maintenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "analyze/tables.hpp"
#include "base/text.hpp"
#include "catalog/facts.hpp"
#include "catalog/read.hpp"
#include "ivm/queue.hpp"
#include "ivm/sound.hpp"
#include "parse/parse.hpp"

namespace pgvista::catalog {

namespace json = boost::json;
using schema::ViewDefinition;

namespace {

std::string text_of(const json::value& value) { return std::string(value.as_string()); }

ivm::Event event_of(const std::string& name) {
  for (const ivm::Event event : {ivm::Event::insert, ivm::Event::update, ivm::Event::remove, ivm::Event::truncate}) {
    if (name == ivm::to_string(event)) return event;
  }
  return ivm::Event::truncate;
}

json::value captures_json(const std::vector<ivm::Capture>& captures) {
  json::array out;
  for (const ivm::Capture& one : captures) {
    out.push_back(json::object{{"schema", one.table.schema}, {"table", one.table.name}, {"event", ivm::to_string(one.event)}, {"counted", one.counted}, {"body", one.body}});
    if (!one.queue) continue;
    json::array columns;
    for (const ivm::QueueColumn& column : one.queued) columns.push_back(json::array{column.name, column.type});
    out.back().as_object()["queue"] = json::array{one.queue->schema, one.queue->name};
    out.back().as_object()["queued"] = std::move(columns);
  }
  return out;
}

json::value settings_json(const ivm::Settings& settings) {
  json::array out;
  for (const auto& [name, value] : settings) out.push_back(json::array{name, value});
  return out;
}

ivm::Settings settings_of(const json::value& stored) {
  ivm::Settings out;
  for (const json::value& one : stored.as_array()) out.emplace_back(text_of(one.at(0)), text_of(one.at(1)));
  return out;
}

ivm::Capture capture_of(const json::object& stored) {
  ivm::Capture out{{text_of(stored.at("schema")), text_of(stored.at("table"))}, event_of(text_of(stored.at("event"))), text_of(stored.at("body"))};
  out.counted = stored.at("counted").as_bool();
  if (const json::value* queue = stored.if_contains("queue")) {
    out.queue = sql::Name{text_of(queue->at(0)), text_of(queue->at(1))};
    for (const json::value& column : stored.at("queued").as_array()) out.queued.push_back({text_of(column.at(0)), text_of(column.at(1))});
  }
  return out;
}

ivm::Mode mode_of(const ViewDefinition& view) {
  if (view.maintenance == schema::Maintenance::deferred) return ivm::Mode::deferred;
  return view.maintenance == schema::Maintenance::on_commit ? ivm::Mode::on_commit : ivm::Mode::immediate;
}

// A maintained view, for those that read it: its store's columns are the view's, and hidden ones that nobody names.
ivm::TableFact store_fact(const sql::Name& store, std::vector<ivm::ColumnFact> columns, const std::vector<std::string>& key) {
  ivm::TableFact fact;
  fact.name = store;
  fact.kind = 's';
  fact.columns = std::move(columns);
  const bool visible = !key.empty() && std::all_of(key.begin(), key.end(), [&](const std::string& name) { return fact.column(name) != nullptr; });
  if (visible) fact.indexed.push_back(key.front());
  return fact;
}

// Is the view more than its store's columns under their own names?
bool has_tail(const sql::Select& visible) {
  const auto plain = [](const sql::Target& target) {
    const auto* ref = target.value->as<sql::ColumnRef>();
    return ref && ref->parts.back() == target.alias;
  };
  return visible.where || visible.limit || visible.offset || !std::all_of(visible.targets.begin(), visible.targets.end(), plain);
}

// The blocker's offset counts in the canonical text; in the file the same name or call is looked for.
std::size_t place_of_blocker(const ViewDefinition& view, const ivm::Blocker& blocker) {
  const std::size_t call = blocker.text.find("() is ");
  std::string word;
  if (call != std::string::npos) {
    word = blocker.text.substr(0, call);
  } else if (const std::size_t open = blocker.text.find('"'); open != std::string::npos) {
    word = blocker.text.substr(open + 1, blocker.text.find('"', open + 1) - open - 1);
    if (const std::size_t dot = word.rfind('.'); dot != std::string::npos) word = word.substr(dot + 1);
  }
  const std::size_t found = word.empty() ? std::string::npos : lower(view.query).find(lower(word));
  return found == std::string::npos ? 0 : found;
}

class Compiler {
 public:
  Compiler(db::Connection& connection, const schema::Database& database, const std::vector<ViewDefinition>& views, const analyze::ViewGraph& graph, const Meanings& meanings, const CompileOptions& options)
      : connection_(connection), database_(database), views_(views), graph_(graph), meanings_(meanings), options_(options) {}

  Maintenance run() {
    out_.installed = read_programs(connection_, database_);
    out_.views.resize(views_.size());
    const bool any = std::any_of(views_.begin(), views_.end(), [&](const ViewDefinition& view) { return schema::maintained(view) || schema::refreshed_on_change(view) || options_.manual; });
    if (!any || meanings_.recorded_only) return std::move(out_);
    facts_ = read_facts(connection_, database_);
    if (!out_.installed.empty()) health_.emplace(connection_);
    add_unmanaged_views();
    for (const std::size_t i : graph_.order) {
      if (meanings_.views[i].known) compile(i);
    }
    return std::move(out_);
  }

 private:
  // Plain views of others, as far as the queries lead to them.
  void add_unmanaged_views() {
    std::vector<sql::Select> open;
    for (std::size_t i = 0; i < views_.size(); ++i) {
      if (!meanings_.views[i].known || !(schema::maintained(views_[i]) || schema::refreshed_on_change(views_[i]) || views_[i].kind == schema::Kind::view || options_.manual)) continue;
      try {
        open.push_back(parse::parse_select(meanings_.views[i].canonical));
      } catch (const Failure&) {
        continue;
      }
    }
    while (!open.empty()) {
      std::vector<schema::Oid> found;
      for (const sql::Select& query : open) {
        analyze::for_each_table(query, [&](const sql::TableRef& ref) {
          const schema::Relation* relation = database_.resolve(ref.schema, ref.name);
          const bool ours = relation && std::any_of(views_.begin(), views_.end(), [&](const ViewDefinition& view) { return view.name == relation->name; });
          if (relation && relation->view() && !ours && !facts_.views.contains(relation->name)) found.push_back(relation->oid);
        });
      }
      open.clear();
      if (found.empty()) return;
      schema::Database copy = database_;
      read_definitions(connection_, copy, found);
      for (const schema::Oid oid : found) {
        const schema::Relation& relation = copy.relations.at(oid);
        if (!facts_.views.contains(relation.name)) add_view(relation.name, relation.definition);
        if (facts_.views.contains(relation.name)) open.push_back(facts_.views.at(relation.name));
      }
    }
  }

  void add_view(const sql::Name& name, const std::string& text) {
    try {
      if (!text.empty()) facts_.views[name] = parse::parse_select(text);
    } catch (const Failure&) {
      // Newer than our grammar: a view over it says that it is not known.
    }
  }

  void compile(std::size_t i) {
    const ViewDefinition& view = views_[i];
    const Meaning& meaning = meanings_.views[i];
    const bool wanted = schema::maintained(view);
    const bool asked = options_.only.empty() || std::find(options_.only.begin(), options_.only.end(), view.name) != options_.only.end();
    facts_.tables.erase(view.name);
    sql::Select query;
    try {
      query = parse::parse_select(meaning.canonical);
    } catch (const Failure& failure) {
      if (wanted) out_.errors.push_back(failure.error());
      return;
    }
    if (!wanted && !(options_.manual && asked)) {
      if (schema::refreshed_on_change(view)) watch_tables(view, query, out_.views[i]);
      if (view.kind == schema::Kind::materialized) add_materialized(view, query, meaning);
      if (view.kind == schema::Kind::view) facts_.views[view.name] = std::move(query);
      return;
    }
    if (wanted && view.maintenance != schema::Maintenance::deferred) {
      if (const ViewDefinition* behind = reads_deferred(query)) {
        out_.errors.push_back(reads_behind(view, *behind));
        return;
      }
    }
    Maintained& entry = out_.views[i];
    entry.facts = facts_fingerprint(facts_, query) + stable_hash_hex(meaning.canonical + index_texts(view));
    const InstalledProgram* fitting = installed(view, entry.facts);
    const bool sound = fitting && health_->of(*fitting).empty();
    if (sound && !(options_.always && asked)) {
      entry.current = fitting;
      publish(view, query, {fitting->store, facts_.describe(rows_of(fitting->store)), fitting->level, fitting->key, parse::parse_select(fitting->visible)});
      return;
    }
    ivm::Request request;
    request.view = view.name;
    request.query = query;
    request.mode = mode_of(view);
    request.indexes = view.indexes;
    request.storage = view.storage;
    request.notify = view.notify;
    // One that was tampered with is made again, under another name.
    if (fitting && !sound) request.salt = fitting->name;
    request.recompute_only = view.strategy == "recompute";
    request.catches = on_error(view) == "stale";
    request.stale_reads = stale_reads(view);
    request.outputs = outputs_of(query, meaning);
    if (!compile_request(view, request, entry)) return;
    if (const InstalledProgram* same = of_name(view, entry.program->name)) {
      // Its name is made from all that it does: tables that changed may come to the same program.
      if (health_->of(*same).empty()) {
        entry.current = same;
      } else {
        request.salt = same->name;
        if (!compile_request(view, request, entry)) return;
      }
    }
    if (!entry.program->blockers.empty()) {
      if (wanted) out_.errors.push_back(not_maintainable(view, *entry.program));
      return;
    }
    facts_.originals[entry.program->store] = entry.program->stored;
    publish(view, query, {entry.program->store, facts_.describe(entry.program->stored), entry.program->level, entry.program->key, entry.program->visible});
  }

  // Whose changes are to be noted: the tables below, through plain views. A materialized view tells by its refresh.
  void collect_tables(const sql::Select& query, std::vector<const ivm::TableFact*>& out) const {
    analyze::for_each_table(query, [&](const sql::TableRef& ref) {
      if (const sql::Select* inner = facts_.view(ref.schema, ref.name)) return collect_tables(*inner, out);
      const ivm::TableFact* table = facts_.table(ref.schema, ref.name);
      if (table && table->kind != 'm' && std::find(out.begin(), out.end(), table) == out.end()) out.push_back(table);
    });
  }

  void watch_tables(const ViewDefinition& view, const sql::Select& query, Maintained& entry) {
    std::vector<const ivm::TableFact*> tables;
    collect_tables(query, tables);
    for (const ivm::TableFact* table : tables) {
      if (table->obstacle.empty()) continue;
      Error error;
      error.code = "not_watchable";
      error.message = fmt::format("\"{}\" cannot be refreshed on change: {}", view.name.display(), table->obstacle);
      error.hint = "Use schedule = \"every 15m\" instead of refresh_on_change.";
      error.file = view.source.file;
      const std::size_t found = lower(view.query).find(lower(table->name.name));
      schema::locate(error, view, found == std::string::npos ? 0 : found);
      out_.errors.push_back(std::move(error));
      return;
    }
    ivm::Program program = ivm::watching_program(view.name, tables);
    entry.facts = program.name;
    entry.current = installed(view, entry.facts);
    if (entry.current && health_->of(*entry.current).empty()) return;
    if (entry.current) program = ivm::watching_program(view.name, tables, entry.current->name);
    entry.current = nullptr;
    entry.program = std::move(program);
  }

  // A deferred view that a query reads, also through plain views.
  const ViewDefinition* reads_deferred(const sql::Select& query) const {
    const ViewDefinition* found = nullptr;
    analyze::for_each_table(query, [&](const sql::TableRef& ref) {
      const auto view = std::find_if(views_.begin(), views_.end(), [&](const ViewDefinition& one) { return one.name == sql::Name{ref.schema, ref.name}; });
      if (found) return;
      if (view == views_.end()) {
        if (const sql::Select* inner = facts_.view(ref.schema, ref.name)) found = reads_deferred(*inner);
        return;
      }
      if (view->maintenance == schema::Maintenance::deferred) {
        found = &*view;
      } else if (const auto inner = facts_.views.find(view->name); view->kind == schema::Kind::view && inner != facts_.views.end()) {
        found = reads_deferred(inner->second);
      }
    });
    return found;
  }

  static Error reads_behind(const ViewDefinition& view, const ViewDefinition& behind) {
    Error error;
    error.code = "reads_deferred";
    error.message = fmt::format("\"{}\" is kept {} but reads \"{}\", which is deferred", view.name.display(), schema::to_string(view.maintenance), behind.name.display());
    error.hint = "Make it deferred too, or manual; or keep the other as this one is kept.";
    error.file = view.source.file;
    const std::size_t found = lower(view.query).find(lower(behind.name.name));
    schema::locate(error, view, found == std::string::npos ? 0 : found);
    return error;
  }

  const InstalledProgram* of_name(const ViewDefinition& view, const std::string& program) const {
    for (const InstalledProgram* one : out_.of(view.name)) {
      if (one->name == program) return one;
    }
    return nullptr;
  }

  void add_materialized(const ViewDefinition& view, const sql::Select& query, const Meaning& meaning) {
    ivm::TableFact fact;
    fact.name = view.name;
    fact.kind = 'm';
    fact.columns = outputs_of(query, meaning);
    fact.obstacle = fmt::format("\"{}\" is refreshed, not maintained: no trigger sees its changes", view.name.display());
    facts_.tables[view.name] = std::move(fact);
  }

  const std::string& on_error(const ViewDefinition& view) const { return view.on_error.empty() ? options_.defaults.on_error : view.on_error; }
  const std::string& stale_reads(const ViewDefinition& view) const { return view.stale_reads.empty() ? options_.defaults.stale_reads : view.stale_reads; }

  std::string index_texts(const ViewDefinition& view) const {
    std::string out = view.strategy + (view.notify ? "notify keys" : "") + on_error(view) + stale_reads(view);
    for (const schema::IndexDefinition& index : view.indexes) out += schema::index_text(index) + index.name + "\n";
    for (const auto& [name, value] : view.storage) out += name + "=" + value + "\n";
    return out;
  }

  const InstalledProgram* installed(const ViewDefinition& view, const std::string& facts) const {
    for (const InstalledProgram* one : out_.of(view.name)) {
      if (one->facts == facts && one->mode == schema::to_string(view.maintenance)) return one;
    }
    return nullptr;
  }

  // What reads a maintained view reads its store, through what is cut at read, if there is such a thing.
  struct Published {
    sql::Name store;
    std::vector<ivm::ColumnFact> columns;
    int level = 0;
    std::vector<std::string> key;
    sql::Select visible;
  };

  // Views that it reads need not exist yet. What cannot be asked for without them is refused by the compiler, with its reason.
  std::vector<ivm::ColumnFact> outputs_of(const sql::Select& query, const Meaning& meaning) const {
    try {
      return facts_.describe(ivm::describable(ivm::inlined(query, facts_), facts_));
    } catch (const db::QueryFailure&) {
      if (connection_.lost()) throw;
    }
    std::vector<ivm::ColumnFact> out;
    for (const schema::LiveColumn& column : meaning.columns) out.push_back({column.name, column.type, false});
    return out;
  }

  // An error in what the compiler asks the server is one of this view alone.
  bool compile_request(const ViewDefinition& view, const ivm::Request& request, Maintained& entry) {
    const ivm::Facts before = facts_;
    try {
      const db::Transaction undone(connection_);
      entry.program = ivm::compile(request, facts_);
      return true;
    } catch (const db::QueryFailure& failure) {
      if (connection_.lost() || failure.error().exit == ExitCode::interrupted) throw;
      facts_ = before;
      entry.program.reset();
      Error error = failure.error();
      error.message = fmt::format("\"{}\" cannot be kept incrementally: {}", view.name.display(), error.message);
      error.code = "not_maintainable";
      error.hint = "This is an error of pgvista: please report it with the query. Until then use maintenance = \"manual\", or strategy = \"recompute\".";
      error.file = view.source.file;
      schema::locate(error, view, 0);
      out_.errors.push_back(std::move(error));
      return false;
    }
  }

  static sql::Select rows_of(const sql::Name& store) {
    sql::Select out;
    sql::TableRef ref;
    ref.schema = store.schema;
    ref.name = store.name;
    out.targets.push_back({"", sql::Expr{sql::ColumnRef{{}, true, {}}}, {}});
    out.from.push_back(sql::FromItem{std::move(ref)});
    return out;
  }

  void publish(const ViewDefinition& view, const sql::Select& query, Published published) {
    if (view.maintenance == schema::Maintenance::deferred) {
      // Its rows are of an earlier moment: what reads it is kept by its query instead.
      facts_.views[view.name] = query;
      return;
    }
    ivm::TableFact fact = store_fact(published.store, std::move(published.columns), published.key);
    facts_.levels[published.store] = published.level;
    facts_.tables[published.store] = fact;
    if (has_tail(published.visible)) {
      facts_.views[view.name] = std::move(published.visible);
    } else {
      facts_.tables[view.name] = std::move(fact);
    }
  }

  db::Connection& connection_;
  const schema::Database& database_;
  const std::vector<ViewDefinition>& views_;
  const analyze::ViewGraph& graph_;
  const Meanings& meanings_;
  const CompileOptions& options_;
  ivm::Facts facts_;
  std::optional<HealthReader> health_;
  Maintenance out_;
};

}  // namespace

std::vector<const InstalledProgram*> Maintenance::of(const sql::Name& view) const {
  std::vector<const InstalledProgram*> out;
  for (const InstalledProgram& one : installed) {
    if (one.view == view) out.push_back(&one);
  }
  return out;
}

namespace {

// Which are put aside, and why. The error is the owner's to read.
void note_stopped(db::Connection& connection, std::vector<InstalledProgram>& programs) {
  if (!connection.query("SELECT pg_catalog.to_regclass('pgvista.stopped') IS NOT NULL").boolean(0, 0)) return;
  const bool whole = connection.query("SELECT pg_catalog.has_table_privilege('pgvista.stopped', 'SELECT')").boolean(0, 0);
  const db::Rows rows = connection.query(std::string("SELECT program, state, ") + (whole ? "pg_catalog.concat_ws(' ', message, '(' || sqlstate || ')')" : "''") + " FROM pgvista.stopped");
  for (int row = 0; row < rows.size(); ++row) {
    for (InstalledProgram& one : programs) {
      if (one.name != rows.text(row, 0)) continue;
      one.state = rows.text(row, 1);
      one.stopped_why = rows.text(row, 2);
    }
  }
}

// Tables that were dropped or renamed have no triggers that could be written anew.
void note_missing_tables(db::Connection& connection, std::vector<InstalledProgram>& programs) {
  std::vector<std::string> names;
  for (const InstalledProgram& one : programs) {
    for (const auto& capture : one.captures) {
      const std::string name = capture.capture.table.sql();
      if (capture.capture.table.schema != "pgvista" && std::find(names.begin(), names.end(), name) == names.end()) names.push_back(name);
    }
  }
  if (names.empty()) return;
  const db::Rows rows = connection.query("SELECT t FROM pg_catalog.unnest($1::text[]) t WHERE pg_catalog.to_regclass(t) IS NULL", {db::array_literal(names)});
  std::set<std::string> gone;
  for (int row = 0; row < rows.size(); ++row) gone.insert(rows.text(row, 0));
  for (InstalledProgram& one : programs) {
    for (auto& capture : one.captures) capture.table_exists = !gone.contains(capture.capture.table.sql());
  }
}

}  // namespace

std::vector<InstalledProgram> read_programs(db::Connection& connection, const schema::Database& database) {
  std::vector<InstalledProgram> out;
  if (!database.ledger || !connection.query("SELECT pg_catalog.to_regclass('pgvista.program') IS NOT NULL").boolean(0, 0)) return out;
  const db::Rows rows = connection.query(
      "SELECT p.schema, p.name, p.program, p.mode, p.strategy, p.level, p.store, p.key, p.captures, p.removal, p.repair, p.facts, p.anchor_text, p.visible, c.reltuples, pg_catalog.pg_total_relation_size(c.oid), coalesce(pg_catalog.to_jsonb(p) -> 'settings', '[]'), "
      // A ledger of 0.1.0 has none of what follows.
      "coalesce(pg_catalog.to_jsonb(p) ->> 'sound', '') <> '', coalesce((pg_catalog.to_jsonb(p) ->> 'catches')::bool, false), (pg_catalog.to_jsonb(p) ->> 'store_oid')::oid IS DISTINCT FROM c.oid, pg_catalog.to_jsonb(p) ->> 'watched' "
      "FROM pgvista.program p LEFT JOIN pg_catalog.pg_class c ON c.relname = p.store AND c.relnamespace = 'pgvista'::regnamespace ORDER BY p.level, p.program");
  for (int row = 0; row < rows.size(); ++row) {
    InstalledProgram one;
    one.view = {rows.text(row, 0), rows.text(row, 1)};
    one.name = rows.text(row, 2);
    one.mode = rows.text(row, 3);
    one.strategy = rows.text(row, 4);
    one.level = static_cast<int>(rows.integer(row, 5));
    one.store = {"pgvista", rows.text(row, 6)};
    one.key = rows.array(row, 7);
    one.settings = settings_of(json::parse(rows.text(row, 16)));
    const json::value captures = json::parse(rows.text(row, 8));
    for (const json::value& capture : captures.as_array()) {
      one.captures.push_back({one.name, one.level, capture_of(capture.as_object()), one.settings, rows.boolean(row, 17), rows.boolean(row, 18)});
    }
    one.removal = rows.array(row, 9);
    one.repair = rows.array(row, 10);
    one.facts = rows.text(row, 11);
    one.anchor_text = rows.text(row, 12);
    one.visible = rows.text(row, 13);
    one.store_exists = !rows.null(row, 14);
    one.restored = one.store_exists && !rows.null(row, 20) && rows.boolean(row, 19);
    one.watched = rows.optional(row, 20).value_or("");
    if (one.store_exists) {
      one.rows = rows.number(row, 14);
      one.size = rows.integer(row, 15);
    }
    out.push_back(std::move(one));
  }
  note_stopped(connection, out);
  note_missing_tables(connection, out);
  return out;
}

Maintenance compile_maintained(db::Connection& connection, const schema::Database& database, const std::vector<ViewDefinition>& views, const analyze::ViewGraph& graph,
                               const Meanings& meanings, const CompileOptions& options) {
  return Compiler(connection, database, views, graph, meanings, options).run();
}

void set_program_facts(db::Connection& connection, const std::string& program, const std::string& facts) {
  connection.query("UPDATE pgvista.program SET facts = $2 WHERE program = $1", {program, facts});
}

sql::Name anchor_name(const std::string& program) { return {"pgvista", sql::shorten_identifier(program, "_query")}; }

std::string program_row_sql(const ViewDefinition& view, const sql::Name& name, const ivm::Program& program, const std::string& facts) {
  const bool kept = !program.store.name.empty();
  const sql::Name anchor = anchor_name(program.name);
  std::vector<std::string> tables;
  for (const sql::Name& table : program.base_tables) tables.push_back(table.sql());
  const auto text = [](const std::string& value) { return sql::quote_literal(value); };
  const std::string list = text(db::array_literal(tables)) + "::text[]";
  const std::vector<std::pair<const char*, std::string>> values = {
      {"schema", text(name.schema)},
      {"name", text(name.name)},
      {"program", text(program.name)},
      {"mode", text(schema::to_string(view.maintenance))},
      {"strategy", text(program.strategy)},
      {"level", std::to_string(program.level)},
      {"store", text(program.store.name)},
      {"key", text(db::array_literal(program.key)) + "::text[]"},
      {"captures", text(json::serialize(captures_json(program.captures))) + "::jsonb"},
      {"removal", text(db::array_literal(program.drop)) + "::text[]"},
      {"repair", text(db::array_literal(program.repair)) + "::text[]"},
      {"facts", text(facts)},
      {"settings", text(json::serialize(settings_json(program.settings))) + "::jsonb"},
      {"visible", text(kept ? parse::print_checked(program.visible) : std::string{})},
      {"anchor", text(kept ? anchor.name : "")},
      {"anchor_text", kept ? fmt::format("pgvista.view_text({}::regclass)", text(anchor.sql())) : std::string("''")},
      {"sound", text(kept ? ivm::sound_function(program.name) : "")},
      {"catches", program.catches ? "true" : "false"},
      {"stale_reads", text(program.stale_reads)},
      {"tables", list},
      {"watched", kept ? fmt::format("pgvista.watched_text({}::regclass, {})", text(anchor.sql()), list) : std::string("NULL")},
      {"store_oid", kept ? fmt::format("{}::regclass", text(program.store.sql())) : std::string("NULL")}};
  std::vector<std::string> columns;
  std::vector<std::string> list_of_values;
  for (const auto& [column, value] : values) {
    columns.emplace_back(column);
    list_of_values.push_back(value);
  }
  return fmt::format("INSERT INTO pgvista.program ({})\nVALUES ({})", join(columns, ", "), join(list_of_values, ", "));
}

HealthReader::HealthReader(db::Connection& connection) {
  const auto name_at = [](const db::Rows& rows, int row, int column) { return sql::Name{rows.text(row, column), rows.text(row, column + 1)}; };
  const db::Rows triggers = connection.query(
      "SELECT n.nspname, c.relname, t.tgname, t.tgenabled FROM pg_catalog.pg_trigger t JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE NOT t.tgisinternal AND t.tgname LIKE 'pgvista\\_%'");
  for (int row = 0; row < triggers.size(); ++row) triggers_[name_at(triggers, row, 0)][triggers.text(row, 2)] = triggers.at(row, 3).front();
  const db::Rows parts = connection.query(
      "WITH RECURSIVE below AS (SELECT inhparent AS root, inhrelid AS part FROM pg_catalog.pg_inherits UNION SELECT b.root, i.inhrelid FROM below b JOIN pg_catalog.pg_inherits i ON i.inhparent = b.part) "
      "SELECT rn.nspname, r.relname, n.nspname, c.relname FROM below b JOIN pg_catalog.pg_class r ON r.oid = b.root AND r.relkind IN ('r', 'p') JOIN pg_catalog.pg_namespace rn ON rn.oid = r.relnamespace "
      "JOIN pg_catalog.pg_class c ON c.oid = b.part JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace ORDER BY 1, 2, 3, 4");
  for (int row = 0; row < parts.size(); ++row) parts_[name_at(parts, row, 0)].push_back(name_at(parts, row, 2));
  const db::Rows anchors = connection.query("SELECT c.relname, pgvista.view_text(c.oid) FROM pg_catalog.pg_class c WHERE c.relkind = 'v' AND c.relnamespace = 'pgvista'::regnamespace");
  for (int row = 0; row < anchors.size(); ++row) anchors_[{"pgvista", anchors.text(row, 0)}] = anchors.text(row, 1);
  // What only the owner may ask for; to others it is not known.
  const bool asks = connection.query("SELECT coalesce(pg_catalog.has_function_privilege(pg_catalog.to_regprocedure('pgvista.watched_text(oid, text[])'), 'EXECUTE'), false)").boolean(0, 0);
  if (!asks) return;
  const db::Rows watched = connection.query("SELECT p.program, coalesce(pgvista.watched_text(pg_catalog.to_regclass('pgvista.' || pg_catalog.quote_ident(p.anchor)), p.tables), '') FROM pgvista.program p WHERE p.watched IS NOT NULL");
  for (int row = 0; row < watched.size(); ++row) watched_[watched.text(row, 0)] = watched.text(row, 1);
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
    if (line.starts_with("function ")) out.push_back(fmt::format("the {} was replaced or dropped: rows computed before may differ", what));
    if (line.starts_with("part ")) out.push_back(fmt::format("{} no longer: its rows may still be shown", line));
    if (line.starts_with("table ")) out.push_back(fmt::format("it was \"{}\": that has changed", line));
  }
  for (const std::string& line : now) {
    if (old.contains(line)) continue;
    if (line.starts_with("replicated ")) out.push_back(fmt::format("{} gets rows by logical replication, which fires no trigger of a statement", line.substr(11)));
    if (line.find("is emptied by a crash") != std::string::npos) out.push_back(line + ", and the view would keep its rows");
  }
  return out;
}

}  // namespace

std::vector<std::string> HealthReader::of(const InstalledProgram& program) const {
  std::vector<std::string> out;
  if (program.state == "stale") out.push_back("it is put aside: " + (program.stopped_why.empty() ? "its maintenance failed" : program.stopped_why) + "; pgvista sync brings it back");
  if (program.restored) out.emplace_back("its rows came from a dump, and nobody has looked whether they are its query's: run pgvista sync");
  if (const auto now = watched_.find(program.name); now != watched_.end() && now->second != program.watched) {
    for (std::string& text : changed_lines(program.watched, now->second)) out.push_back(std::move(text));
  }
  std::map<sql::Name, std::vector<ivm::InstalledCapture>> by_table;
  for (const ivm::InstalledCapture& one : program.captures) by_table[one.capture.table].push_back(one);
  for (const auto& [table, captures] : by_table) {
    if (!captures.front().table_exists) {
      out.push_back(fmt::format("the table {} is gone, or has another name", table.display()));
      continue;
    }
    const auto live = triggers_.find(table);
    for (const std::string& wanted : ivm::trigger_names(captures)) {
      const auto trigger = live == triggers_.end() ? std::map<std::string, char>::const_iterator{} : live->second.find(wanted);
      const bool there = live != triggers_.end() && trigger != live->second.end();
      if (!there) {
        out.push_back(fmt::format("the trigger {} of {} is missing: changes of it are not seen", wanted, table.display()));
      } else if (trigger->second != 'O' && trigger->second != 'A') {
        out.push_back(fmt::format("the trigger {} of {} is disabled: changes of it are not seen", wanted, table.display()));
      }
    }
    const auto parts = parts_.find(table);
    for (const sql::Name& part : parts == parts_.end() ? std::vector<sql::Name>{} : parts->second) {
      if (!by_table.contains(part)) out.push_back(fmt::format("{} was attached to {} later: changes of it are not seen", part.display(), table.display()));
    }
  }
  if (program.store.name.empty()) return out;  // it only notes changes
  if (!program.store_exists) out.push_back(fmt::format("its table {} is missing", program.store.display()));
  const auto anchor = anchors_.find(anchor_name(program.name));
  if (anchor == anchors_.end()) {
    out.emplace_back("the view that keeps its query is missing");
  } else if (anchor->second != program.anchor_text) {
    out.emplace_back("a table or column that it reads was renamed: run pgvista sync");
  }
  return out;
}

Error not_maintainable(const ViewDefinition& view, const ivm::Program& program) {
  Error error;
  error.code = "not_maintainable";
  std::vector<std::string> reasons;
  for (const ivm::Blocker& blocker : program.blockers) {
    if (std::find(reasons.begin(), reasons.end(), blocker.text) == reasons.end()) reasons.push_back(blocker.text);
  }
  error.message = fmt::format("\"{}\" cannot be kept incrementally: {}", view.name.display(), reasons.front());
  for (std::size_t i = 1; i < reasons.size(); ++i) error.detail += (i > 1 ? "\n" : "") + reasons[i];
  error.hint = "Change the query there, or use maintenance = \"manual\" and refresh it with pgvista refresh.";
  error.file = view.source.file;
  schema::locate(error, view, place_of_blocker(view, program.blockers.front()));
  return error;
}

}  // namespace pgvista::catalog
