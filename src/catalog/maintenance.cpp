#include "catalog/maintenance.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <boost/json.hpp>

#include "analyze/tables.hpp"
#include "base/duration.hpp"
#include "base/text.hpp"
#include "catalog/facts.hpp"
#include "catalog/function_bodies.hpp"
#include "catalog/index_change.hpp"
#include "catalog/lookup_costs.hpp"
#include "catalog/maintenance_parts.hpp"
#include "catalog/read.hpp"
#include "catalog/refusals.hpp"
#include "catalog/table_bytes.hpp"
#include "ivm/change_log/queue.hpp"
#include "ivm/functions/sound.hpp"
#include "ivm/query/normalize.hpp"
#include "ivm/strategy/clock.hpp"
#include "ivm/triggers/watching.hpp"
#include "parse/parse.hpp"

namespace pgvista::catalog {

namespace json = boost::json;
using schema::ViewDefinition;

namespace {

class Compiler {
 public:
  Compiler(db::Connection& connection, const schema::Database& database, const std::vector<ViewDefinition>& views,
           const analyze::ViewGraph& graph, const Meanings& meanings, const CompileOptions& options)
      : connection_(connection),
        database_(database),
        views_(views),
        graph_(graph),
        meanings_(meanings),
        options_(options) {}

  Maintenance run() {
    out_.installed = read_programs(connection_, database_);
    out_.views.resize(views_.size());
    const bool any = std::any_of(views_.begin(), views_.end(), [&](const ViewDefinition& view) {
      return schema::maintained(view) || schema::refreshed_on_change(view) || options_.manual;
    });
    if (!any) return std::move(out_);
    facts_ = read_facts(connection_, database_);
    defaults_ = facts_.settings;
    out_.errors = trust_errors(connection_, options_.defaults);
    asker_.emplace(connection_);
    functions_.emplace(connection_);
    if (!out_.installed.empty()) health_.emplace(connection_);
    add_unmanaged_views();
    leave_out_circles(facts_);
    for (const std::size_t i : graph_.order) {
      if (meanings_.views[i].known) compile(i);
      if (schema::maintained(views_[i])) note_lacking(out_.views[i]);
    }
    read_lookup_costs(connection_, out_);
    return std::move(out_);
  }

 private:
  // What was missing when an installed program was made may be there by now.
  void note_lacking(Maintained& entry) const {
    const auto missing = entry.program   ? entry.program->missing_indexes
                         : entry.current ? entry.current->missing_indexes
                                         : std::vector<ivm::MissingIndex>{};
    for (const ivm::MissingIndex& one : missing) {
      const ivm::TableFact* table = facts_.table(one.table.schema, one.table.name);
      const bool there =
          table && std::find(table->indexed.begin(), table->indexed.end(), one.column) != table->indexed.end();
      if (table && !there) entry.lacking.push_back({one, {}, {}});
    }
  }

  // Plain views of others, as far as the queries lead to them.
  void add_unmanaged_views() {
    std::vector<sql::Select> open;
    for (std::size_t i = 0; i < views_.size(); ++i) {
      if (!meanings_.views[i].known || !(schema::maintained(views_[i]) || schema::refreshed_on_change(views_[i]) ||
                                         views_[i].kind == schema::Kind::view || options_.manual))
        continue;
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
          const bool ours = relation && std::any_of(views_.begin(), views_.end(), [&](const ViewDefinition& view) {
                              return view.name == relation->name;
                            });
          if (relation && relation->view() && !ours && !facts_.views.contains(relation->name))
            found.push_back(relation->oid);
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

  // A view that is not maintained, for those that read it.
  void pass_by(const ViewDefinition& view, sql::Select query, const Meaning& meaning, Maintained& entry) {
    if (schema::refreshed_on_change(view)) watch_tables(view, query, entry);
    if (view.kind == schema::Kind::materialized) add_materialized(view, query, meaning);
    if (view.kind == schema::Kind::view) facts_.views[view.name] = std::move(query);
  }

  // Nothing is known of a view's query yet but what its header says.
  void begin(const ViewDefinition& view) {
    facts_.tables.erase(view.name);
    facts_.settings = settings_of(view, defaults_);
    asker_->trust(trusted_by(view, options_.defaults));
    facts_.answers = std::make_shared<ivm::Answers>();
    facts_.answers->ask = [this](const ivm::Question& question, ivm::Answers& answers) {
      asker_->answer(question, answers);
    };
  }

  bool header_fits(const ViewDefinition& view) {
    const std::vector<Error> unknown = header_errors(connection_, view);
    out_.errors.insert(out_.errors.end(), unknown.begin(), unknown.end());
    return unknown.empty();
  }

  void compile(std::size_t i) {
    const ViewDefinition& view = views_[i];
    const Meaning& meaning = meanings_.views[i];
    const bool wanted = schema::maintained(view);
    const bool asked = options_.only.empty() ||
                       std::find(options_.only.begin(), options_.only.end(), view.name) != options_.only.end();
    begin(view);
    sql::Select query;
    try {
      query = parse::parse_select(meaning.canonical);
    } catch (const Failure& failure) {
      if (wanted) out_.errors.push_back(failure.error());
      return;
    }
    if (!wanted && !(options_.manual && asked)) return pass_by(view, std::move(query), meaning, out_.views[i]);
    if (!header_fits(view)) return;
    if (wanted && view.maintenance != schema::Maintenance::deferred) {
      if (const ViewDefinition* behind = reads_deferred(query)) {
        out_.errors.push_back(reads_behind(view, *behind));
        return;
      }
    }
    Maintained& entry = out_.views[i];
    facts_.functions.clear();
    const sql::Select whole = ivm::inlined(query, facts_);
    const std::string bodies = functions_->texts(whole);
    entry.facts = facts_fingerprint(facts_, query) + stable_hash_hex(meaning.canonical + index_texts(view) + bodies);
    const InstalledProgram* fitting = installed(view, entry.facts);
    if (!fitting && !options_.recompile) fitting = of_older(view, query, meaning);
    // It is not said to be more than it was.
    if (fitting) entry.facts = fitting->facts;
    const bool sound = fitting && health_->of(*fitting).empty();
    if (sound && !(options_.always && asked) && !options_.recompile) return keep(view, query, *fitting, entry);
    if (database_.read_only || (meanings_.recorded_only && !database_.can_create_temporary)) {
      if (wanted) out_.errors.push_back(cannot_compile(view, fitting != nullptr));
      return;
    }
    facts_.functions = functions_->bodies(whole);
    ivm::Request request = request_of(view, query, meaning, entry.facts);
    if (!bodies.empty()) request.functions = stable_hash_hex(bodies);
    if (sound) {
      // What it would be now: the tables' statistics may lead to another one.
      request.name = fitting->name;
      if (!compile_request(view, request, entry)) return;
      entry.moved = !is_same(request, *fitting, entry);
      entry.chosen_anew = options_.recompile && !entry.moved && !fitting->outgrown.empty();
      if (!options_.recompile || !entry.moved) {
        if (!options_.always) entry.program.reset();
        return keep(view, query, *fitting, entry);
      }
      request.name.clear();
    }
    // Another one, or one in the place of what was tampered with, has another name.
    if (fitting) request.salt = fitting->name;
    if (!compile_request(view, request, entry) || !settle_name(view, request, entry) || !usable(view, entry)) return;
    if (wanted) plan_fill(request, entry);
    publish(view, query, published(*entry.program));
  }

  // Where the views below it were made in the same run, it was compiled from their queries.
  bool is_same(const ivm::Request& request, const InstalledProgram& installed, const Maintained& entry) {
    if (ivm::content_hash(*entry.program) == installed.content) return true;
    const auto originals = facts_.originals;
    const ivm::Facts below = ivm::concerning(request.query, facts_);
    for (const InstalledProgram& one : out_.installed) {
      if (!below.tables.contains(one.store)) continue;
      if (auto program = read_program(connection_, one.name))
        facts_.originals[one.store] = ivm::stored_before(*program);
    }
    const bool out = ivm::content_hash(compiled(request)) == installed.content;
    facts_.originals = originals;
    return out;
  }

  void keep(const ViewDefinition& view, const sql::Select& query, const InstalledProgram& program, Maintained& entry) {
    entry.current = &program;
    publish(view, query,
            {program.store, asker_->columns(rows_of(program.store)), program.level, program.key,
             parse::parse_select(program.visible)});
  }

  ivm::Request request_of(const ViewDefinition& view, const sql::Select& query, const Meaning& meaning,
                          const std::string& facts) {
    ivm::Request out;
    out.view = view.name;
    out.query = query;
    out.mode = mode_of(view);
    out.indexes = view.indexes;
    out.storage = view.storage;
    out.key = view.key;
    out.notify = view.notify;
    out.recompute_only = view.strategy == "recompute";
    out.catches = on_error(view) == "stale";
    out.stale_reads = stale_reads(view);
    out.clock_ms = interval_ms(view.clock).value_or(out.clock_ms);
    out.outputs = outputs_of(query, meaning);
    out.facts = facts;
    return out;
  }

  // Of one name are programs of the same declarations; since then, its indexes may have come and gone.
  bool differs_in_indexes_at_most(const ViewDefinition& view, const InstalledProgram& installed, Maintained& entry) {
    if (installed.content.empty() || ivm::content_hash(*entry.program) == installed.content) return true;
    const auto before = read_program(connection_, installed.name);
    if (before) entry.indexes = index_change(*before, *entry.program, view.indexes);
    return entry.indexes.has_value();
  }

  // Is it one that is installed? Else its name must be nobody's. False: an error says why not.
  bool settle_name(const ViewDefinition& view, ivm::Request& request, Maintained& entry) {
    if (const InstalledProgram* same = of_name(view.name, entry.program->name)) {
      if (health_->of(*same).empty() && differs_in_indexes_at_most(view, *same, entry)) {
        entry.current = same;
        return true;
      }
      request.salt = same->name;
      if (!compile_request(view, request, entry)) return false;
    } else if (entry.program->blockers.empty()) {
      find_same(view, request, entry);
    }
    // Its row in pgvista.program was lost: what it had made is nobody's now, and in the way.
    if (entry.current || entry.program->store.name.empty() || of_name(view.name, entry.program->name) ||
        !connection_.query("SELECT pg_catalog.to_regclass($1) IS NOT NULL", {entry.program->store.sql()}).boolean(0, 0))
      return true;
    request.salt = entry.program->name + request.salt;
    return compile_request(view, request, entry);
  }

  // Can it be kept, and by a key that the header may speak of?
  bool usable(const ViewDefinition& view, Maintained& entry) {
    if (!entry.program->blockers.empty()) {
      if (schema::maintained(view)) out_.errors.push_back(not_maintainable(view, *entry.program, facts_));
      return false;
    }
    if (tells_apart(view, entry.program->telling)) return true;
    out_.errors.push_back(key_error(view));
    entry.program.reset();
    return false;
  }

  // Tables that changed may come to the very program that is installed, or to it with other indexes.
  void find_same(const ViewDefinition& view, ivm::Request request, Maintained& entry) {
    for (const InstalledProgram* one : out_.of(view.name)) {
      if (one->content.empty() || !compiled_before(*one).empty() || one->mode != schema::to_string(request.mode) ||
          !health_->of(*one).empty())
        continue;
      request.name = one->name;
      ivm::Program again = compiled(request);
      std::swap(*entry.program, again);
      if (differs_in_indexes_at_most(view, *one, entry)) {
        entry.current = one;
        return;
      }
      std::swap(*entry.program, again);
    }
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
    if (of_name(view.name, program.name)) program = ivm::watching_program(view.name, tables, program.name);
    entry.current = nullptr;
    entry.program = std::move(program);
  }

  static bool same_stores(const ivm::Program& left, const ivm::Program& right) {
    return std::equal(left.stores.begin(), left.stores.end(), right.stores.begin(), right.stores.end(),
                      [](const ivm::Store& a, const ivm::Store& b) { return a.columns == b.columns; });
  }

  // Of its tables; of the store of a view that is made in the same run, what that one is filled from.
  long long bytes_below(const ivm::Program& program) {
    std::vector<std::string> tables;
    long long out = 0;
    for (const sql::Name& table : program.base_tables) {
      const auto made = below_.find(table);
      made == below_.end() ? tables.push_back(table.sql()) : void(out += made->second);
    }
    return out + table_bytes(connection_, tables);
  }

  // From large tables a store takes long to fill: then their changes are noted meanwhile, as for a deferred view.
  void plan_fill(ivm::Request request, Maintained& entry) {
    const ivm::Program& program = *entry.program;
    const long long bytes = below_[program.store] = bytes_below(program);
    if (entry.current || options_.defaults.fill_beside < 0) return;
    if (bytes < options_.defaults.fill_beside) return;
    entry.fills_itself = request.mode == schema::Maintenance::deferred;
    if (entry.fills_itself) return;
    request.mode = schema::Maintenance::deferred;
    request.notify = false;
    request.salt = program.name;
    try {
      ivm::Program bridge = compiled(request);
      // One that a run which was broken off has left is in the way, until this run takes it away.
      while (of_name(request.view, bridge.name)) {
        request.salt = bridge.name;
        bridge = compiled(request);
      }
      const bool fits = bridge.blockers.empty() && same_stores(bridge, program) &&
                        ivm::stored_before(bridge) == ivm::stored_before(program);
      if (fits) entry.bridge = std::move(bridge);
    } catch (const db::QueryFailure&) {
      if (connection_.lost()) throw;  // else it is filled while its writers wait
    }
  }

  // Columns that are said to tell the rows apart do so where they hold those that are known to.
  static bool tells_apart(const ViewDefinition& view, const std::vector<std::string>& known) {
    const auto holds = [&](const std::vector<std::string>& columns) {
      return !columns.empty() && std::all_of(columns.begin(), columns.end(), [&](const std::string& one) {
        return std::find(view.key.begin(), view.key.end(), one) != view.key.end();
      });
    };
    return view.key.empty() || holds(known) ||
           std::any_of(view.indexes.begin(), view.indexes.end(), [&](const schema::IndexDefinition& index) {
             return index.unique && index.where.empty() && holds(index.columns);
           });
  }

  // A deferred view that a query reads, also through plain views.
  const ViewDefinition* reads_deferred(const sql::Select& query) const {
    const ViewDefinition* found = nullptr;
    analyze::for_each_table(query, [&](const sql::TableRef& ref) {
      const auto view = std::find_if(views_.begin(), views_.end(), [&](const ViewDefinition& one) {
        return one.name == sql::Name{ref.schema, ref.name};
      });
      if (found) return;
      if (view == views_.end()) {
        if (const sql::Select* inner = facts_.view(ref.schema, ref.name)) found = reads_deferred(*inner);
        return;
      }
      if (view->maintenance == schema::Maintenance::deferred) {
        found = &*view;
      } else if (const auto inner = facts_.views.find(view->name);
                 view->kind == schema::Kind::view && inner != facts_.views.end()) {
        found = reads_deferred(inner->second);
      }
    });
    return found;
  }

  const InstalledProgram* of_name(const sql::Name& view, const std::string& program) const {
    for (const InstalledProgram* one : out_.of(view)) {
      if (one->name == program) return one;
    }
    return nullptr;
  }

  void add_materialized(const ViewDefinition& view, const sql::Select& query, const Meaning& meaning) {
    ivm::TableFact fact;
    fact.name = view.name;
    fact.kind = 'm';
    fact.columns = outputs_of(query, meaning);
    fact.obstacle =
        fmt::format("\"{}\" is refreshed, not maintained: no trigger sees its changes", view.name.display());
    facts_.tables[view.name] = std::move(fact);
  }

  const std::string& on_error(const ViewDefinition& view) const {
    return view.on_error.empty() ? options_.defaults.on_error : view.on_error;
  }
  const std::string& stale_reads(const ViewDefinition& view) const {
    return view.stale_reads.empty() ? options_.defaults.stale_reads : view.stale_reads;
  }

  // A program of an older compiler, where that one would make the same now. 0.1.0 knew no keys of the header, and let
  // every error reach the writer: what the header says of that comes with the next compilation.
  const InstalledProgram* of_older(const ViewDefinition& view, const sql::Select& query, const Meaning& meaning) const {
    for (const InstalledProgram* one : out_.of(view.name)) {
      if (compiled_before(*one).empty() || one->mode != schema::to_string(view.maintenance)) continue;
      const bool first = one->generation == 1;
      const std::string texts =
          first ? view.strategy + (view.notify ? "notify keys" : "") + storage_texts(view) : index_texts(view);
      const std::string facts =
          first ? facts_fingerprint_of_0_1(facts_, query) : facts_fingerprint(facts_, query, one->generation);
      if (one->facts == facts + stable_hash_hex(meaning.canonical + texts)) return one;
    }
    return nullptr;
  }

  std::string index_texts(const ViewDefinition& view) const {
    return view.strategy + join(trusted_by(view, options_.defaults), ",") + join(view.key, ",") +
           (view.notify ? "notify keys" : "") + on_error(view) + stale_reads(view) + view.clock + storage_texts(view);
  }

  const InstalledProgram* installed(const ViewDefinition& view, const std::string& facts) const {
    for (const InstalledProgram* one : out_.of(view.name)) {
      if (options_.recompile && !compiled_before(*one).empty()) continue;
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

  // Of one that does not exist yet.
  Published published(const ivm::Program& program) {
    const sql::Select& stored = facts_.originals[program.store] = ivm::stored_before(program);
    return {program.store, asker_->columns(stored), program.level, program.key, program.visible};
  }

  // Views that it reads need not exist yet. What cannot be asked for without them is refused by the compiler, with its
  // reason.
  std::vector<ivm::ColumnFact> outputs_of(const sql::Select& query, const Meaning& meaning) {
    try {
      return asker_->columns(ivm::describable(ivm::inlined(query, facts_), facts_));
    } catch (const db::QueryFailure&) {
      if (connection_.lost()) throw;
    }
    std::vector<ivm::ColumnFact> out;
    for (const schema::LiveColumn& column : meaning.columns) out.push_back({column.name, column.type, false});
    return out;
  }

  // Asks the server what the compiler wants to know, until it knows enough.
  ivm::Program compiled(const ivm::Request& request) {
    const db::Transaction undone(connection_);
    if (!counted_) read_statistics(connection_, database_, facts_);
    counted_ = true;
    // Nothing is handed back, as there is somebody to ask.
    return std::get<ivm::Program>(ivm::compile(request, facts_));
  }

  // An error in what the compiler asks the server is one of this view alone.
  bool compile_request(const ViewDefinition& view, const ivm::Request& request, Maintained& entry) {
    try {
      entry.program = compiled(request);
      return true;
    } catch (const db::QueryFailure& failure) {
      if (connection_.lost() || failure.error().exit == ExitCode::interrupted) throw;
      entry.program.reset();
      Error error = failure.error();
      error.message = fmt::format("\"{}\" cannot be kept incrementally: {}", view.name.display(), error.message);
      error.code = "not_maintainable";
      error.hint =
          "This is an error of pgvista: please report it with the query. Until then use maintenance = \"manual\", or "
          "strategy = \"recompute\".";
      error.file = view.source.file;
      schema::locate(error, view, 0);
      out_.errors.push_back(std::move(error));
      return false;
    }
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
  ivm::Settings defaults_;  // of the database
  bool counted_ = false;    // have the facts their statistics?
  std::optional<Asker> asker_;
  std::optional<FunctionReader> functions_;
  std::map<sql::Name, long long> below_;  // store -> bytes that it is filled from
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

Maintenance compile_maintained(db::Connection& connection, const schema::Database& database,
                               const std::vector<ViewDefinition>& views, const analyze::ViewGraph& graph,
                               const Meanings& meanings, const CompileOptions& options) {
  return Compiler(connection, database, views, graph, meanings, options).run();
}

std::string compiled_before(const InstalledProgram& program) {
  if (program.generation >= ivm::generation) return {};
  return fmt::format("compiled by {}; sync --recompile", program.compiled_by);
}

}  // namespace pgvista::catalog
