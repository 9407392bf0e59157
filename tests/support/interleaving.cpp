#include "support/interleaving.hpp"

#include <chrono>
#include <thread>

#include "support/maintenance_cases.hpp"

namespace pgvista::test {

namespace {

// A session whose statement may wait for another's lock while we go on.
class Writer {
 public:
  Writer(const Workspace& work, std::vector<std::string> steps)
      : connection_(work.connect()), steps_(std::move(steps)) {
    pid_ = connection_->query("SELECT pg_backend_pid()").text(0, 0);
  }

  bool finished() const { return next_ >= steps_.size() && !busy_; }
  bool busy() const { return busy_; }

  void send() {
    const std::string sql = failed_ && steps_[next_] != "COMMIT" ? "SELECT 1" : steps_[next_];
    ++next_;
    if (!PQsendQuery(connection_->raw(), sql.c_str())) throw std::runtime_error(PQerrorMessage(connection_->raw()));
    busy_ = true;
  }

  // True as soon as the statement has ended.
  bool poll() {
    PQconsumeInput(connection_->raw());
    if (PQisBusy(connection_->raw())) return false;
    while (PGresult* result = PQgetResult(connection_->raw())) {
      const char* state = PQresultErrorField(result, PG_DIAG_SQLSTATE);
      if (state && std::string(state) != "25P02") {
        failed_ = true;
        error_ = std::string(state) + " " + PQresultErrorField(result, PG_DIAG_MESSAGE_PRIMARY);
      }
      PQclear(result);
    }
    busy_ = false;
    return true;
  }

  const std::string& pid() const { return pid_; }
  const std::string& error() const { return error_; }

 private:
  std::unique_ptr<db::Connection> connection_;
  std::vector<std::string> steps_;
  std::string pid_;
  std::size_t next_ = 0;
  bool busy_ = false;
  bool failed_ = false;
  std::string error_;
};

// Until the writer's statement has ended, or waits for a lock that another writer holds.
void settle(Workspace& work, Writer& writer) {
  while (!writer.poll()) {
    const bool waits = work.value("SELECT cardinality(pg_blocking_pids(" + writer.pid() + ")) > 0") == "t";
    if (waits && !writer.poll()) return;
    if (!writer.busy()) return;
  }
}

void orders(std::vector<std::size_t> left, const std::string& so_far, std::vector<std::string>& out) {
  bool any = false;
  for (std::size_t i = 0; i < left.size(); ++i) {
    if (left[i] == 0) continue;
    any = true;
    --left[i];
    orders(left, so_far + static_cast<char>('A' + i), out);
    ++left[i];
  }
  if (!any) out.push_back(so_far);
}

bool expected(const std::string& error, const std::string& isolation) {
  if (error.empty() || error.starts_with("40P01")) return true;
  return error.starts_with("40001") && isolation != "READ COMMITTED";
}

}  // namespace

std::vector<Finding> run_story(Workspace& work, const Story& story, const std::string& isolation,
                               const std::function<std::string()>& after_step) {
  std::vector<std::vector<std::string>> steps;
  std::vector<std::size_t> counts;
  for (const auto& statements : story.writers) {
    // The first step takes the snapshot that the stricter levels keep.
    steps.push_back({"BEGIN ISOLATION LEVEL " + isolation +
                     "; SET LOCAL deadlock_timeout = '10ms'; SELECT 1 FROM pg_class LIMIT 1"});
    std::size_t first = 0;
    if (story.writers.size() > 2) {
      // Of three writers there would be 1,680 orders: here the snapshot comes with the first statement.
      steps.back().front() += "; " + statements.front();
      first = 1;
    }
    steps.back().insert(steps.back().end(), statements.begin() + static_cast<std::ptrdiff_t>(first), statements.end());
    steps.back().push_back("COMMIT");
    counts.push_back(steps.back().size());
  }
  std::vector<std::string> all;
  orders(counts, "", all);
  std::vector<Finding> out;
  Oracle oracle(work.db(), {{"kept", "", story.query}});
  for (const std::string& order : all) {
    work.execute(story.reset);
    std::vector<std::unique_ptr<Writer>> writers;
    for (const auto& one : steps) writers.push_back(std::make_unique<Writer>(work, one));
    std::string open = order;
    while (!open.empty()) {
      // The first in the order that does not wait.
      bool moved = false;
      for (std::size_t at = 0; at < open.size(); ++at) {
        Writer& writer = *writers[static_cast<std::size_t>(open[at] - 'A')];
        if (writer.busy() && !writer.poll()) continue;
        writer.send();
        settle(work, writer);
        open.erase(at, 1);
        moved = true;
        if (const std::string wrong = after_step ? after_step() : ""; !wrong.empty())
          out.push_back({story.name, isolation, order, wrong});
        break;
      }
      if (!moved) std::this_thread::yield();
    }
    for (auto& writer : writers) {
      while (writer->busy() && !writer->poll()) std::this_thread::yield();
    }
    for (std::size_t i = 0; i < writers.size(); ++i) {
      if (!expected(writers[i]->error(), isolation)) out.push_back({story.name, isolation, order, writers[i]->error()});
    }
    if (const std::string wrong = after_step ? after_step() : ""; !wrong.empty())
      out.push_back({story.name, isolation, order, wrong});
    if (!oracle.differing().empty()) out.push_back({story.name, isolation, order, "the view differs from its query"});
  }
  return out;
}

const std::vector<Story>& stories() {
  static const std::string family =
      "CREATE TABLE parent (id int PRIMARY KEY, name text); CREATE TABLE child (id int PRIMARY KEY, parent_id int, v "
      "int); CREATE TABLE leaf (id int PRIMARY KEY, child_id int, w int);"
      "CREATE INDEX ON child (parent_id); CREATE INDEX ON leaf (child_id)";
  static const std::string family_reset =
      "DELETE FROM leaf; DELETE FROM child; DELETE FROM parent; INSERT INTO parent VALUES (1, 'one'), (2, 'two'); "
      "INSERT INTO child VALUES (10, 1, 5), (20, 2, 6); INSERT INTO leaf VALUES (100, 10, 1)";
  static const std::string joined =
      "SELECT child.id, parent.name, child.v FROM child JOIN parent ON parent.id = child.parent_id";
  static const std::string three =
      "SELECT leaf.id, child.v, parent.name FROM leaf JOIN child ON child.id = leaf.child_id JOIN parent ON parent.id "
      "= child.parent_id";
  static const std::string up =
      "SELECT parent.id, parent.name, count(leaf.id) AS n, string_agg(leaf.w::text, ',' ORDER BY leaf.id) AS ws FROM "
      "parent LEFT JOIN child ON child.parent_id = parent.id LEFT JOIN leaf ON leaf.child_id = child.id GROUP BY "
      "parent.id";
  static const std::string sums =
      "SELECT parent.name, count(*) AS n, sum(child.v) AS s FROM child JOIN parent ON parent.id = child.parent_id "
      "GROUP BY parent.name";
  static const std::string grouped =
      "SELECT parent_id, count(*) AS n, sum(v) AS s, max(v) AS most FROM child GROUP BY parent_id";
  static const std::string exists =
      "SELECT id, name FROM parent WHERE NOT EXISTS (SELECT FROM child WHERE child.parent_id = parent.id)";
  static const std::string edges =
      "CREATE TABLE edge (source int, target int, PRIMARY KEY (source, target)); CREATE TABLE node (id int PRIMARY "
      "KEY, above int); CREATE INDEX ON node (above)";
  static const std::string edges_reset =
      "DELETE FROM edge; INSERT INTO edge VALUES (1, 2), (4, 5), (4, 2), (5, 4); DELETE FROM node; INSERT INTO node "
      "VALUES (1, NULL), (2, 1), (3, 1), (4, 2), (5, 1)";
  static const std::string reachable =
      "WITH RECURSIVE r AS (SELECT source, target FROM edge UNION SELECT r.source, edge.target FROM r JOIN edge ON "
      "edge.source = r.target) SELECT source, target FROM r";
  static const std::string branches =
      "WITH RECURSIVE r AS (SELECT id, ARRAY[id] AS path FROM node WHERE above IS NULL UNION ALL SELECT node.id, "
      "r.path "
      "|| node.id FROM r JOIN node ON node.above = r.id) SELECT id, path FROM r";
  static const std::vector<Story> all = {
      {"a parent is renamed while a child is inserted",
       family,
       joined,
       family_reset,
       {{"UPDATE parent SET name = 'uno' WHERE id = 1"}, {"INSERT INTO child VALUES (11, 1, 7)"}},
       false},
      {"the same, counted",
       family,
       sums,
       family_reset,
       {{"UPDATE parent SET name = 'uno' WHERE id = 1"}, {"INSERT INTO child VALUES (11, 1, 7)"}},
       true},
      {"both sides of a join are inserted",
       family,
       joined,
       family_reset,
       {{"INSERT INTO parent VALUES (3, 'three')"}, {"INSERT INTO child VALUES (30, 3, 8)"}},
       false},
      {"the same, counted",
       family,
       sums,
       family_reset,
       {{"INSERT INTO parent VALUES (3, 'three')"}, {"INSERT INTO child VALUES (30, 3, 8)"}},
       true},
      {"a middle row is moved while its child is inserted",
       family,
       up,
       family_reset,
       {{"UPDATE child SET parent_id = 2 WHERE id = 10"}, {"INSERT INTO leaf VALUES (101, 10, 2)"}},
       false},
      {"the same, from the other end",
       family,
       three,
       family_reset,
       {{"UPDATE child SET parent_id = 2 WHERE id = 10"},
        {"INSERT INTO leaf VALUES (101, 10, 2)"},
        {"UPDATE parent SET name = 'dos' WHERE id = 2"}},
       false},
      {"a new group by two writers",
       family,
       grouped,
       family_reset,
       {{"INSERT INTO child VALUES (31, 9, 1)"}, {"INSERT INTO child VALUES (32, 9, 2)"}},
       true},
      {"the largest is deleted while a larger one is inserted",
       family,
       grouped,
       family_reset,
       {{"DELETE FROM child WHERE id = 10"}, {"INSERT INTO child VALUES (33, 1, 50)"}},
       true},
      {"a key is moved while its old group is emptied",
       family,
       grouped,
       family_reset,
       {{"UPDATE child SET parent_id = 2 WHERE id = 10"},
        {"INSERT INTO child VALUES (34, 1, 3)", "DELETE FROM child WHERE id = 34"}},
       true},
      {"the last child comes while another goes",
       family,
       exists,
       family_reset,
       {{"DELETE FROM child WHERE id = 10"}, {"INSERT INTO child VALUES (12, 1, 1)"}},
       false},
      {"two rows become the same",
       family,
       "SELECT DISTINCT v FROM child",
       family_reset,
       {{"UPDATE child SET v = 6 WHERE id = 10"}, {"DELETE FROM child WHERE id = 20"}},
       false},
      {"two edges come that lead on together while a third goes",
       edges,
       reachable,
       edges_reset,
       {{"INSERT INTO edge VALUES (2, 3)"}, {"INSERT INTO edge VALUES (3, 4)"}, {"DELETE FROM edge WHERE source = 1"}},
       false},
      {"a branch is moved below another that is moved",
       edges,
       branches,
       edges_reset,
       {{"UPDATE node SET above = 3 WHERE id = 2"}, {"UPDATE node SET above = 5 WHERE id = 3"}},
       false},
  };
  return all;
}

}  // namespace pgvista::test
