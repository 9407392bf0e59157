// A database that was dumped and restored elsewhere: other oids, the same views.

#include <gtest/gtest.h>
#include <signal.h>

#include <functional>
#include <future>

#include "support/dump.hpp"
#include "support/wire.hpp"

namespace pgvista::test {

TEST(DumpRestore, LeavesEverythingAsDefined) {
  Workspace work;
  work.execute(
      "CREATE TABLE t (id int PRIMARY KEY, a text, b int); INSERT INTO t SELECT i, 'row ' || i, i FROM "
      "generate_series(1, 50) i");
  work.view("m",
            "/* pgvista\nkind = \"materialized\"\nindexes = [ { columns = [\"id\"], unique = true }, { columns = "
            "[\"lower(a)\"] } ]\n*/ SELECT id, a FROM t WHERE a IN ('row 1', 'row 2')");
  work.view("v", "SELECT m.id FROM m");
  work.sync();
  Workspace restored;
  copy_database(work, restored);
  const auto plan = work.run({"sync", "--json", "--database", restored.url()});
  EXPECT_EQ(0, plan.exit) << plan.err;
  EXPECT_EQ("", steps_of(boost::json::parse(plan.out)));
}

TEST(DumpRestore, AMaintainedViewGoesOnByItself) {
  Workspace work;
  work.execute(
      "CREATE TABLE t (id int PRIMARY KEY, g int, a text); INSERT INTO t SELECT i, i % 5, 'row ' || i FROM "
      "generate_series(1, 50) i");
  work.view(
      "sums",
      "/* pgvista\nkind = \"materialized\"\nmaintenance = \"immediate\"\n*/ SELECT g, count(*) AS n FROM t GROUP BY g");
  work.view("texts",
            "/* pgvista\nkind = \"materialized\"\nmaintenance = \"on_commit\"\n*/ SELECT g, string_agg(a, ',' ORDER BY "
            "id) AS texts FROM t GROUP BY g");
  work.sync();
  Workspace restored;
  copy_database(work, restored);
  restored.execute(
      "INSERT INTO t VALUES (60, 1, 'new'); DELETE FROM t WHERE id < 10; UPDATE t SET g = 7 WHERE id = 20");
  EXPECT_EQ(0, work.run({"verify", "--database", restored.url()}).exit);
  const std::string planned = work.run({"plan", "--database", restored.url()}).out;
  EXPECT_NE(planned.find("its rows came from a dump"), std::string::npos) << planned;
  EXPECT_EQ(0, work.run({"sync", "--database", restored.url()}).exit);
  restored.execute("DELETE FROM t WHERE g = 2");
  EXPECT_EQ(0, work.run({"verify", "--database", restored.url()}).exit);
}

namespace {

constexpr const char* tables =
    "CREATE TABLE cust (id int PRIMARY KEY, city text, note text); CREATE TABLE ord (id int PRIMARY KEY, cust_id int "
    "REFERENCES cust, amount int NOT NULL);"
    "CREATE INDEX ON ord (cust_id); CREATE TABLE part (id int, k int) PARTITION BY LIST (k); CREATE TABLE part_1 "
    "PARTITION OF part FOR VALUES IN (1);"
    "CREATE FUNCTION stamp() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NEW; END'; CREATE TRIGGER stamp BEFORE "
    "INSERT ON ord FOR EACH ROW EXECUTE FUNCTION stamp();"
    "COMMENT ON TABLE ord IS 'orders'; GRANT SELECT ON ord TO pg_monitor; ALTER TABLE cust ALTER city SET STATISTICS "
    "200;"
    "CREATE VIEW older AS SELECT id, city FROM cust; COMMENT ON VIEW older IS 'older than pgvista'; GRANT SELECT ON "
    "older TO pg_monitor;"
    "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO pg_monitor;";

std::string kept_by(const std::string& mode, const std::string& query, const std::string& more = {}) {
  return "/* pgvista\nkind = \"materialized\"\nmaintenance = \"" + mode + "\"\n" + more + "*/\n" + query;
}

void define_all(const Workspace& work) {
  work.view("older", "/* pgvista\ncomment = \"older than pgvista\"\n*/ SELECT id, city FROM cust");
  work.view("plain", "/* pgvista\ncomment = \"p\"\n[grants]\npg_monitor = [\"select\"]\n*/ SELECT id, amount FROM ord");
  work.view("stored",
            "/* pgvista\nkind = \"materialized\"\nindexes = [ { columns = [\"id\"], unique = true } "
            "]\nrefresh_on_change = \"1s\"\n*/ SELECT id, city FROM cust");
  work.view(
      "sums",
      kept_by(
          "immediate",
          "SELECT c.city, sum(o.amount) AS s, count(*) AS n FROM ord o JOIN cust c ON c.id = o.cust_id GROUP BY c.city",
          "notify = true\nindexes = [ { columns = [\"s\"] } ]\n"));
  work.view("rows",
            kept_by("on_commit", "SELECT o.id, o.amount, c.city FROM ord o LEFT JOIN cust c ON c.id = o.cust_id"));
  work.view("later", kept_by("deferred", "SELECT k, count(*) AS n FROM part GROUP BY k"));
  work.view("over", kept_by("immediate", "SELECT n, count(*) AS cities FROM sums GROUP BY n"));
  work.view("parts",
            kept_by("immediate",
                    "SELECT count(*) AS n FROM (SELECT cust_id FROM ord GROUP BY cust_id HAVING sum(amount) > 3) x",
                    "on_error = \"stale\"\n"));
}

// What a test does, and the DDL among it that is the user's.
struct Scene {
  const char* name;
  std::function<void(Workspace&)> play;
  const char* ddl = "";
};

const std::vector<Scene> scenes = {
    {"made and cleared", [](Workspace&) {}},
    {"written to",
     [](Workspace& work) {
       work.execute(
           "UPDATE ord SET amount = amount + 1; DELETE FROM cust WHERE id = 9; INSERT INTO part VALUES (2, 1)");
     }},
    {"changed",
     [](Workspace& work) {
       work.view("sums", kept_by("on_commit", "SELECT city, count(*) AS n FROM cust GROUP BY city"));
       work.view("rows", "SELECT id FROM ord");
       work.view("plain", "/* pgvista\nkind = \"materialized\"\n*/ SELECT amount FROM ord");
       work.sync();
     }},
    {"a schema of its own",
     [](Workspace& work) {
       work.view("own", "/* pgvista\nschema = \"reports\"\n*/ SELECT amount FROM ord");
       work.view("moved", "/* pgvista\nschema = \"others\"\nkind = \"materialized\"\n*/ SELECT id FROM ord");
       work.sync();
       EXPECT_EQ("2", work.value("SELECT count(*) FROM pg_namespace WHERE nspname IN ('reports', 'others')"));
     }},
    {"taken out",
     [](Workspace& work) {
       work.folder().remove("views/over.sql");
       work.folder().remove("views/later.sql");
       work.sync({"--prune"});
     }},
    {"looked after",
     [](Workspace& work) {
       work.run({"refresh"});
       work.run({"verify", "--repair"});
       work.run({"watch", "--once"});
       work.run({"pause", "rows"});
       work.run({"resume", "rows"});
       work.run({"pause", "sums"});
     }},
    {"put aside",
     [](Workspace& work) { work.execute("ALTER TABLE ord RENAME amount TO total; INSERT INTO ord VALUES (77, 1, 5)"); },
     "ALTER TABLE ord RENAME amount TO total"},
    {"dropped below",
     [](Workspace& work) {
       work.execute(
           "SET client_min_messages = warning; ALTER TABLE cust DROP COLUMN city CASCADE; INSERT INTO cust (id) VALUES "
           "(55)");
     },
     "SET client_min_messages = warning; ALTER TABLE cust DROP COLUMN city CASCADE"},
    {"refused",
     [](Workspace& work) {
       work.view("bad", kept_by("immediate", "SELECT random() AS r FROM ord"));
       EXPECT_EQ(1, work.run({"sync"}).exit);
       work.folder().remove("views/bad.sql");
     }},
    {"failed",
     [](Workspace& work) {
       work.view("bad", "/* pgvista\nkind = \"materialized\"\n*/ SELECT 1 / (amount - amount) AS r FROM ord");
       EXPECT_EQ(1, work.run({"sync"}).exit);
       work.folder().remove("views/bad.sql");
     }},
    {"killed",
     [](Workspace& work) {
       for (const int message : {4, 9, 14, 19, 24, 29}) {
         const std::string number = std::to_string(message);
         work.view("rows", kept_by("immediate", "SELECT id, amount, " + number + " AS a FROM ord"));
         work.view("sums", kept_by("immediate", "SELECT cust_id AS city, sum(amount) AS s, count(*) + " + number +
                                                    " AS n FROM ord GROUP BY cust_id"));
         std::promise<pid_t> started;
         Wire wire(work.url(), message, Moment::before, [pid = started.get_future().share()] {
           kill(pid.get(), SIGKILL);
           return false;
         });
         const auto run = work.start({"sync"}, {{"PGVISTA_DATABASE_URL", wire.url()}});
         started.set_value(run->pid());
         run->wait();
         EXPECT_TRUE(wire.acted() || message > 20) << message;
         wait_until(
             [&] {
               return work.value(
                          "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> "
                          "pg_backend_pid() AND backend_type = 'client backend'") == "0";
             },
             "its session is gone");
       }
     }},
    {"filled beside its writers",
     [](Workspace& work) {
       work.folder().write("pgvista.toml", "[maintenance]\nfill_beside = 0\n");
       work.view("sums", kept_by("immediate",
                                 "SELECT c.city, sum(o.amount) + 1 AS s, count(*) AS n FROM ord o JOIN cust c ON c.id "
                                 "= o.cust_id GROUP BY c.city"));
       work.view(
           "parts",
           kept_by(
               "on_commit",
               "SELECT count(*) + 1 AS n FROM (SELECT cust_id FROM ord GROUP BY cust_id HAVING sum(amount) > 3) x"));
       work.sync();
     }},
};

}  // namespace

// clear leaves the catalogue as it was before the first sync, but for what the user changed.
TEST(DumpRestore, ClearLeavesTheCatalogueAsItWas) {
  const std::string fill =
      "INSERT INTO cust SELECT i, 'city ' || i % 3 FROM generate_series(1, 9) i; INSERT INTO ord SELECT i, 1 + i % 8, "
      "i FROM generate_series(1, 30) i; INSERT INTO part SELECT i, 1 FROM generate_series(1, 5) i";
  for (const Scene& scene : scenes) {
    SCOPED_TRACE(scene.name);
    Workspace untouched;
    untouched.execute(tables);
    untouched.execute(scene.ddl);
    Workspace work;
    work.execute(tables);
    work.execute(fill);
    define_all(work);
    work.sync({"--adopt"});
    scene.play(work);
    const ProcessResult cleared = work.run({"clear", "--yes"});
    EXPECT_EQ(0, cleared.exit) << cleared.err;
    EXPECT_EQ(schema_dump(untouched), schema_dump(work));
  }
}

}  // namespace pgvista::test
