#include "support/view_life.hpp"

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <regex>

#include "base/text.hpp"
#include "catalog/deferred.hpp"
#include "support/dump.hpp"
#include "support/random_query.hpp"

namespace pgvista::test {

namespace {

struct Broken : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// Names that mean something to SQL, to PL/pgSQL, or to what pgvista writes itself.
class Names {
 public:
  explicit Names(const Choices& choices) {
    static const std::vector<std::string> words = {"a_id", "b_id", "name", "v", "x", "y", "z", "w",
                                                   "k",    "g",    "s",    "t", "a", "b", "c", "p"};
    static const std::vector<std::string> awkward = {"\"new\"",
                                                     "\"old\"",
                                                     "\"found\"",
                                                     "\"tg_op\"",
                                                     "\"select\"",
                                                     "\"pgv_slots\"",
                                                     "\"pgvista_count_1\"",
                                                     "\"slot\"",
                                                     "\"old_rows\"",
                                                     "\"new_rows\"",
                                                     "\"everything\"",
                                                     "\"$1\"",
                                                     "\"e1_1\"",
                                                     "\"two words\"",
                                                     "\"a \"\"quoted\"\" one\"",
                                                     "\"Größe %I\"",
                                                     "\"" + std::string(63, 'n') + "\""};
    std::size_t taken = choices.empty() ? 0 : choices.front();
    for (std::size_t i = 0; i < choices.size() && i < words.size(); ++i) {
      if (choices[i] % 5 < 3) continue;
      map_[words[i]] = awkward[taken++ % awkward.size()];
      if (map_.size() == awkward.size()) break;
    }
  }

  std::string in(const std::string& text) const {
    static const std::regex word("'[^']*'|\\$\\$|[A-Za-z_][A-Za-z_0-9]*");
    std::string out;
    auto at = text.cbegin();
    for (std::sregex_iterator i(text.begin(), text.end(), word), end; i != end; ++i) {
      out.append(at, text.begin() + i->position());
      const auto known = map_.find(i->str());
      out += known == map_.end() ? i->str() : known->second;
      at = text.begin() + i->position() + i->length();
    }
    return out.append(at, text.cend());
  }

 private:
  std::map<std::string, std::string> map_;
};

class DatabaseLife {
 public:
  DatabaseLife(const LifeStory& story, const Mutation& mutation)
      : story_(story), mutation_(mutation), names_(story.schema), work_(std::make_unique<Workspace>()) {
    schema_ = names_.in(random_schema(story.schema));
    work_->execute(schema_);
    other_.write("pgvista.toml", "[project]\nname = \"other\"\n");
    const auto& cases = maintenance_cases();
    for (const std::uint32_t number : story.views) {
      MaintenanceCase one = cases[number % cases.size()];
      add(one.query, number / static_cast<std::uint32_t>(cases.size()));
    }
    for (const Choices& choices : story.queries) add(random_query(choices), choices.empty() ? 0 : choices.back());
    sync(true);
    settings(story.schema);
  }

  std::string run() {
    for (const Choices& choices : story_.events) {
      try {
        event(choices);
        compare();
      } catch (const std::exception& failure) {
        return describe(failure.what());
      }
    }
    return {};
  }

 private:
  struct View {
    std::string name;
    std::string query;
    std::string mode;
  };

  // --- the project ---

  void add(const std::string& plain, std::uint32_t variant) {
    const std::string query = names_.in(plain);
    // Other types may make a query of the list impossible.
    try {
      work_->db().query("SELECT FROM (" + query + ") AS q LIMIT 0");
    } catch (const db::QueryFailure&) {
      return;
    }
    View view{fmt::format("view_{}", ++made_), query, modes()[variant % 3]};
    write(view, variant);
    views_.push_back(std::move(view));
  }

  static const std::array<std::string, 3>& modes() {
    static const std::array<std::string, 3> all = {"immediate", "on_commit", "deferred"};
    return all;
  }

  void write(const View& view, std::uint32_t variant) {
    std::string more = variant % 3 == 2 ? "strategy = \"recompute\"\n" : "";
    const char* const reads = variant % 4 == 1 ? "allow" : variant % 4 == 2 ? "refuse" : "query";
    more += fmt::format("stale_reads = \"{}\"\n", reads);
    stale_reads_[view.name] = reads;
    work_->view(view.name, maintained_view(view.query, view.mode, more));
  }

  // What cannot be kept is refused with a reason at first, and the rest is made without it.
  void sync(bool may_refuse = false) {
    const std::set<std::string> refused = sync_without_refused(*work_);
    if (!refused.empty() && !may_refuse) throw Broken("sync refuses " + *refused.begin() + ", which it had kept");
    std::erase_if(views_, [&](const View& one) { return refused.contains(one.name); });
    as_declared();
    mutate();
  }

  // What the headers say of errors and readers is in force.
  void as_declared() const {
    const db::Rows rows = work_->db().query("SELECT name, stale_reads FROM pgvista.program WHERE store <> ''");
    for (int row = 0; row < rows.size(); ++row) {
      const auto declared = stale_reads_.find(rows.text(row, 0));
      if (declared != stale_reads_.end() && declared->second != rows.text(row, 1))
        throw Broken(fmt::format("{} gives its readers \"{}\", and declares \"{}\"", declared->first, rows.text(row, 1),
                                 declared->second));
    }
  }

  void mutate() {
    if (!mutation_.from.empty()) rewrite_functions(work_->db(), {{mutation_.from, mutation_.to}});
  }

  // --- statements ---

  // What the schema refuses is part of the game; an error inside the maintenance is not.
  bool execute(db::Connection& session, const std::string& plain, bool snapshot_may_be_old = false) {
    const std::string sql = names_.in(plain);
    script_ += sql + ";\n";
    const std::unique_ptr<PGresult, decltype(&PQclear)> result(PQexec(session.raw(), sql.c_str()), PQclear);
    const ExecStatusType status = PQresultStatus(result.get());
    if (status == PGRES_COMMAND_OK || status == PGRES_TUPLES_OK) return true;
    const auto field = [&](int which) {
      return std::string(PQresultErrorField(result.get(), which) ? PQresultErrorField(result.get(), which) : "");
    };
    const std::string state = field(PG_DIAG_SQLSTATE);
    const std::string context = field(PG_DIAG_CONTEXT);
    if (session.in_transaction()) session.execute("ROLLBACK");
    if (snapshot_may_be_old && (state == "40001" || state == "40P01")) return false;
    // A constraint of the user's own names tables, which may be called anything.
    const bool own_constraint = state.starts_with("23");
    if (context.find("pgvista.") != std::string::npos ||
        (!own_constraint && field(PG_DIAG_MESSAGE_PRIMARY).find("pgvista") != std::string::npos))
      throw Broken(fmt::format("a writer got {} {}\n{}", state, field(PG_DIAG_MESSAGE_PRIMARY), context));
    return false;
  }
  bool execute(const std::string& plain) { return execute(work_->db(), plain); }

  std::string statement(const Choices& choices, std::size_t from) const {
    Choices rest(choices.begin() + static_cast<std::ptrdiff_t>(std::min(from, choices.size())), choices.end());
    return random_statement(rest, work_->db().server_major());
  }

  // Some statements, each looked at afterwards.
  void changes(const Choices& choices) {
    for (std::size_t i = 0; i < 3; ++i) {
      execute(statement(choices, 2 + (5 * i + static_cast<std::size_t>(++changed_)) % 12));
      compare();
    }
  }

  void settings(const Choices& choices) {
    work_->execute("RESET ALL; SET client_min_messages = error; " + random_settings(choices));
  }

  // --- events ---

  void event(const Choices& choices) {
    const auto number = [&](std::size_t i) { return i < choices.size() ? choices[i] : 0U; };
    const auto one_of = [&](const std::vector<Turn>& turns) {
      there_and_back(turns[number(1) % turns.size()], choices);
    };
    const auto kinds = static_cast<std::uint32_t>(LifeEvent::restored) + (story_.restores ? 1 : 0);
    switch (static_cast<LifeEvent>(number(0) % kinds)) {
      case LifeEvent::changes: return changes(choices);
      case LifeEvent::settings: settings(choices); return changes(choices);
      case LifeEvent::prepared: return prepared(choices);
      case LifeEvent::old_snapshot: return old_snapshot(choices);
      case LifeEvent::rename: return one_of(renames());
      case LifeEvent::drop: return one_of(drops());
      case LifeEvent::part: return one_of(parts());
      case LifeEvent::disabled: return disabled(choices);
      case LifeEvent::another_project: return another_project(choices);
      case LifeEvent::beside_writers: return beside_writers(choices);
      case LifeEvent::paused: return paused(choices);
      case LifeEvent::another_mode: return another_mode(choices);
      case LifeEvent::changed_table: return one_of(changes_of_tables());
      case LifeEvent::labels: return labels(choices);
      case LifeEvent::restored: return restored(choices);
    }
  }

  // A change of the schema, and what undoes it.
  using Turn = std::pair<std::string, std::string>;
  static const std::vector<Turn>& renames() {
    static const std::vector<Turn> all = {
        {"ALTER TABLE a RENAME name TO called", "ALTER TABLE a RENAME called TO name"},
        {"ALTER TABLE b RENAME x TO amount", "ALTER TABLE b RENAME amount TO x"},
        {"ALTER TABLE b RENAME TO bees", "ALTER TABLE bees RENAME TO b"},
        {"ALTER TABLE a RENAME id TO number", "ALTER TABLE a RENAME number TO id"},
        {"CREATE SCHEMA elsewhere; ALTER TABLE c SET SCHEMA elsewhere",
         "ALTER TABLE elsewhere.c SET SCHEMA public; DROP SCHEMA elsewhere"},
        {"ALTER TABLE p RENAME z TO zed", "ALTER TABLE p RENAME zed TO z"}};
    return all;
  }
  static const std::vector<Turn>& drops() {
    static const std::vector<Turn> all = {
        {"ALTER TABLE b DROP COLUMN s CASCADE", "ALTER TABLE b ADD COLUMN s text"},
        {"ALTER TABLE c DROP COLUMN t CASCADE", "ALTER TABLE c ADD COLUMN t text"},
        {"DROP TABLE c CASCADE",
         "CREATE TABLE public.c (b_id int, y int, t text); INSERT INTO c VALUES (1, 1, 't1'), (2, 2, 't2')"},
        {"DROP TABLE i CASCADE",
         "CREATE TABLE public.i (id int, w int, d numeric(8, 2), j jsonb); CREATE TABLE public.i_child (extra text) "
         "INHERITS (public.i); INSERT INTO i_child VALUES (1, 1, 2.5, NULL, 'e')"}};
    return all;
  }
  static const std::vector<Turn>& parts() {
    static const std::vector<Turn> all = {
        {"ALTER TABLE p DETACH PARTITION p_high",
         "DELETE FROM p_high WHERE NOT k >= 3; ALTER TABLE p ATTACH PARTITION p_high FOR VALUES FROM (3) TO "
         "(MAXVALUE)"},
        {"ALTER TABLE i_child NO INHERIT i", "ALTER TABLE i_child INHERIT i"},
        {"DROP TABLE p_high", "CREATE TABLE public.p_high PARTITION OF p FOR VALUES FROM (3) TO (MAXVALUE)"}};
    return all;
  }
  static const std::vector<Turn>& changes_of_tables() {
    static const std::vector<Turn> all = {
        {"ALTER TABLE b SET UNLOGGED", "ALTER TABLE b SET LOGGED"},
        {"ALTER TABLE a ALTER v TYPE bigint", "ALTER TABLE a ALTER v TYPE int"},
        {"TRUNCATE a, b, c", "INSERT INTO a VALUES (1, 1, 'n1', 1), (2, 2, 'n2', 2) ON CONFLICT DO NOTHING"}};
    return all;
  }

  // Text and JSON made of a value say what its type calls it.
  void labels(const Choices& choices) {
    if (!std::exchange(felt_, true)) {
      execute(
          "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE TYPE pairing AS (one int, other int); CREATE TABLE felt "
          "(number int PRIMARY KEY, feeling mood, both_of pairing); INSERT INTO felt VALUES (1, 'sad', '(1,2)')");
      add("SELECT number, feeling::text AS feeling, to_jsonb(both_of) AS pair FROM felt", choices.back());
      sync(true);
      all_kept("with labels");
    }
    execute("INSERT INTO felt VALUES (2, 'ok', '(3,4)') ON CONFLICT (number) DO UPDATE SET feeling = 'ok'");
    compare();
    there_and_back(choices[1] % 2 == 0 ? Turn{"ALTER TYPE mood RENAME VALUE 'ok' TO 'fine'",
                                              "ALTER TYPE mood RENAME VALUE 'fine' TO 'ok'"}
                                       : Turn{"ALTER TYPE pairing RENAME ATTRIBUTE one TO first CASCADE",
                                              "ALTER TYPE pairing RENAME ATTRIBUTE first TO one CASCADE"},
                   choices);
  }

  void there_and_back(const Turn& turn, const Choices& choices) {
    // What does not go is not gone back from: a type that a view stands on, a key that is missing.
    if (!execute(turn.first)) return;
    compare();
    changes(choices);
    if (!execute(turn.second)) throw Broken("not undone: " + turn.second);
    compare();
    sync();
    all_kept("after sync");
    changes(choices);
  }

  void prepared(const Choices& choices) {
    if (!execute("BEGIN; " + plain_statement(choices) + "; PREPARE TRANSACTION 'life'")) return;
    compare();
    execute(choices.back() % 4 == 0 ? "ROLLBACK PREPARED 'life'" : "COMMIT PREPARED 'life'");
    compare();
    changes(choices);
  }

  // One that is no transaction of its own.
  std::string plain_statement(const Choices& choices) const {
    for (std::size_t from = 1; from < choices.size(); ++from) {
      std::string one = statement(choices, from);
      if (!one.starts_with("BEGIN")) return one;
    }
    return "UPDATE b SET x = 1";
  }

  // A transaction whose snapshot is older than what others do: it fails with 40001, or all is well.
  void old_snapshot(const Choices& choices) {
    const auto old = work_->connect();
    old->execute("SET lock_timeout = '10s'; SET client_min_messages = error");
    execute(*old, choices.back() % 2 == 0 ? "BEGIN ISOLATION LEVEL REPEATABLE READ; SELECT count(*) FROM pg_class"
                                          : "BEGIN ISOLATION LEVEL SERIALIZABLE; SELECT count(*) FROM a");
    if (choices.back() % 3 == 0) set_mode(choices);
    // What others have changed meanwhile mostly makes it fail; alone, it is told nothing.
    if (choices.back() % 5 != 0) changes(choices);
    execute(*old, plain_statement(choices) + "; COMMIT", true);
    compare();
  }

  void disabled(const Choices& choices) {
    const char* const tables[] = {"a", "b", "c", "p", "i"};
    const std::string table = tables[choices[1] % 5];
    execute("ALTER TABLE " + table + " DISABLE TRIGGER USER");
    changes(choices);
    execute("ALTER TABLE " + table + " ENABLE TRIGGER USER");
    compare();
    const ProcessResult repaired = work_->run({"verify", "--repair"});
    if (repaired.exit != 0 && repaired.exit != 3) throw Broken("verify --repair: " + repaired.out + repaired.err);
    compare();
    sync();
    all_kept("after a trigger was disabled, and a sync");
  }

  ProcessResult in_other(std::vector<std::string> words) const {
    words.insert(words.end(), {"--project", other_.path().string()});
    return work_->run(words);
  }

  void another_project(const Choices& choices) {
    script_ += "-- another project\n";
    other_.write("views/theirs.sql", maintained_view(names_.in("SELECT a_id, count(*) AS n FROM b GROUP BY a_id"),
                                                     modes()[choices[1] % 3]));
    const ProcessResult made = in_other({"sync"});
    if (made.err.find("cannot be kept incrementally") != std::string::npos) return;
    if (made.exit != 0) throw Broken("another project's sync: " + made.err);
    mutate();
    compare();
    changes(choices);
    const ProcessResult gone = in_other(choices[1] % 2 == 0 ? std::vector<std::string>{"clear", "--yes"}
                                                            : std::vector<std::string>{"sync", "--prune", "--yes"});
    if (gone.exit != 0) throw Broken("another project's clear: " + gone.err);
    all_kept("after another project's clear");
  }

  // A view is made, beside its tables' writers.
  void beside_writers(const Choices& choices) {
    script_ += "-- a new view, while these go on\n";
    work_->folder().write("pgvista.toml", "[maintenance]\nfill_beside = 0\n");
    const std::size_t before = views_.size();
    add(random_query(choices), choices.back());
    if (views_.size() == before) return;
    const auto running = work_->start({"sync", "--create-indexes", "--json"});
    for (std::size_t i = 0; i < 6; ++i) execute(statement(choices, i));
    const ProcessResult done = running->wait();
    work_->folder().write("pgvista.toml", "");
    if (done.exit != 0 && done.out.find("not_maintainable") == std::string::npos)
      throw Broken("sync beside writers: " + done.err);
    sync(true);
    if (views_.size() > 9) drop_oldest();
    compare();
    changes(choices);
  }

  void drop_oldest() {
    work_->folder().remove("views/" + views_.front().name + ".sql");
    views_.erase(views_.begin());
    const ProcessResult done = work_->run({"sync", "--prune", "--yes"});
    if (done.exit != 0) throw Broken("sync --prune: " + done.err);
  }

  void paused(const Choices& choices) {
    if (views_.empty()) return;
    const std::string name = views_[choices[1] % views_.size()].name;
    script_ += "-- pause " + name + "\n";
    if (const ProcessResult done = work_->run({"pause", name}); done.exit != 0) throw Broken("pause: " + done.err);
    changes(choices);
    const bool beside = choices[2] % 2 == 0;
    script_ += "-- resume " + name + (beside ? ", while these go on" : "") + "\n";
    if (beside) work_->folder().write("pgvista.toml", "[maintenance]\nfill_beside = 0\n");
    const auto running = work_->start({"resume", name});
    for (std::size_t i = 0; beside && i < 6; ++i) execute(statement(choices, i));
    const ProcessResult done = running->wait();
    work_->folder().write("pgvista.toml", "");
    if (done.exit != 0) throw Broken("resume: " + done.err);
    all_kept("after resume");
    if (!work_->json({"status", name}).at(0).at("in_sync").as_bool()) throw Broken(name + " has drifted by resume");
    changes(choices);
  }

  void another_mode(const Choices& choices) {
    set_mode(choices);
    changes(choices);
  }

  void set_mode(const Choices& choices) {
    if (views_.empty()) return;
    View& view = views_[choices[1] % views_.size()];
    view.mode = modes()[choices[2] % 3];
    script_ += "-- " + view.name + " is " + view.mode + "\n";
    write(view, choices[3]);
    // Some combinations are refused; that one stays as it was, and is not part of the story any more.
    sync(true);
  }

  void restored(const Choices& choices) {
    auto to = std::make_unique<Workspace>();
    static const std::vector<std::string> ways = {
        dumped_as_text,
        "$BIN/pg_dump -Fc -f all \"$FROM\"; for s in pre-data data post-data; do $BIN/pg_restore --exit-on-error "
        "--section=$s -d \"$TO\" all; done",
        "$BIN/pg_dump -s \"$FROM\" | $BIN/psql -q -v ON_ERROR_STOP=1 \"$TO\" >/dev/null; $BIN/pg_dump -a "
        "--disable-triggers \"$FROM\" | $BIN/psql -q -v ON_ERROR_STOP=1 \"$TO\" >/dev/null",
        "$BIN/pg_dump -s \"$FROM\" | $BIN/psql -q -v ON_ERROR_STOP=1 \"$TO\" >/dev/null; $BIN/pg_dump -a \"$FROM\" | "
        "$BIN/psql -q -v ON_ERROR_STOP=1 \"$TO\" >/dev/null"};
    const std::string& way = ways[choices[1] % ways.size()];
    script_ += "-- " + way + "\n";
    copy_database(*work_, *to, way);
    for (const View& view : views_)
      to->folder().write("views/" + view.name + ".sql", work_->folder().read("views/" + view.name + ".sql"));
    work_ = std::move(to);
    settings(choices);
    compare();
    changes(choices);
    sync();
    all_kept("after a restore and a sync");
    changes(choices);
  }

  // --- looking ---

  std::set<std::string> kept(db::Connection& apart) const {
    std::set<std::string> out;
    const db::Rows rows = apart.query(
        "SELECT v FROM unnest(" + list_of_names() +
        ") AS v WHERE to_regclass('public.' || v) IS NOT NULL AND pgvista.is_kept(to_regclass('public.' || v))");
    for (int row = 0; row < rows.size(); ++row) out.insert(rows.text(row, 0));
    return out;
  }
  std::string list_of_names() const {
    std::string out = "ARRAY[]::text[]";
    for (const View& view : views_) out += " || '" + view.name + "'::text";
    return out;
  }

  // In a session of its own: what the writer has set is not to matter.
  void compare() {
    const auto apart = work_->connect();
    for (const catalog::DeferredProgram& one : catalog::read_deferred(*apart)) {
      try {
        catalog::drain(*apart, one);
      } catch (const Failure&) {
        // It is looked at below whether it is called kept all the same.
      }
    }
    const std::set<std::string> well = kept(*apart);
    for (const View& view : views_) {
      if (!well.contains(view.name)) continue;
      try {
        if (!Oracle(*apart, {{view.name, "", view.query}}).differing().empty())
          throw Broken(fmt::format("{} differs from its query", view.name));
      } catch (const db::QueryFailure& failure) {
        throw Broken(fmt::format("{} is called kept, and: {}", view.name, failure.error().message));
      }
    }
  }

  void all_kept(const std::string& when) {
    compare();
    const auto apart = work_->connect();
    const std::set<std::string> well = kept(*apart);
    for (const View& view : views_) {
      if (!well.contains(view.name)) throw Broken(fmt::format("{} {} is not kept", view.name, when));
    }
  }

  std::string describe(const std::string& what) const {
    std::string out = "-- " + what + "\n-- schema:\n" + schema_;
    for (const View& view : views_)
      out += fmt::format("-- {}: {}\n-- {}\n", view.name, view.mode, std::string(trim(view.query)));
    return out + script_;
  }

  const LifeStory& story_;
  const Mutation& mutation_;
  Names names_;
  std::string schema_;
  TemporaryFolder other_;
  std::unique_ptr<Workspace> work_;
  std::vector<View> views_;
  int made_ = 0;
  int changed_ = 0;
  bool felt_ = false;                               // the table of `labels` is there
  std::map<std::string, std::string> stale_reads_;  // of each view, as its header says
  std::string script_;
};

}  // namespace

std::string live(const LifeStory& story, const Mutation& mutation) {
  try {
    return DatabaseLife(story, mutation).run();
  } catch (const std::exception& failure) {
    return failure.what();
  }
}

}  // namespace pgvista::test
