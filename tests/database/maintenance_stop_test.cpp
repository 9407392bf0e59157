// A view that cannot be kept is put aside, and its writers go on; whoever reads it, or asks for its state, is told.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <memory>

#include "base/text.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

namespace json = boost::json;

namespace {

constexpr const char* schema =
    "CREATE TYPE mood AS ENUM ('sad', 'ok'); CREATE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT "
    "$1 * 2';"
    "CREATE TABLE cust (id int PRIMARY KEY, city text, m mood DEFAULT 'ok'); CREATE TABLE ord (id int PRIMARY KEY, "
    "cust_id int, amount int);"
    "INSERT INTO cust VALUES (1, 'Oslo'), (2, 'Bergen'); INSERT INTO ord VALUES (1, 1, 10), (2, 2, 20)";

const std::vector<std::string> all_modes = {"immediate", "on_commit", "deferred"};

struct Project {
  explicit Project(
      const std::string& mode, const std::string& more = "",
      const std::string& query = "SELECT o.id, o.amount, c.city FROM ord o JOIN cust c ON c.id = o.cust_id") {
    work.execute(schema);
    view("kept", mode, query, more);
    const ProcessResult done = work.run({"sync"});
    EXPECT_EQ(done.exit, 0) << done.err;
    work.execute("SET client_min_messages = error");
  }
  void view(const std::string& name, const std::string& mode, const std::string& query,
            const std::string& more = "") const {
    work.view(name,
              fmt::format("/* pgvista\nkind = \"materialized\"\nmaintenance = \"{}\"\n{}\n*/\n{}", mode, more, query));
  }
  /// Writes that every application would make.
  void write() {
    const int id = ++written_ + 100;
    EXPECT_NO_THROW(work.execute(fmt::format("INSERT INTO ord (id, cust_id) VALUES ({}, 1)", id))) << id;
    EXPECT_NO_THROW(work.execute(fmt::format("UPDATE ord SET cust_id = 2 WHERE id = {}", id))) << id;
    EXPECT_NO_THROW(work.execute(fmt::format("DELETE FROM ord WHERE id = {}", id))) << id;
  }
  json::value status(const std::string& name = "kept") const { return work.json({"status", name}).at(0); }
  bool fresh() const {
    const json::value& stale = status().at("stale");
    return stale.is_bool() && !stale.as_bool();
  }
  std::string query(const std::string& sql) {
    return work.connect()
        ->query("SELECT coalesce(string_agg(r::text, ' ' ORDER BY r::text), '') FROM (" + sql + ") r")
        .text(0, 0);
  }

  Workspace work;

 private:
  int written_ = 0;
};

}  // namespace

// A row as one value names none of its columns; its triggers read all of them.
TEST(MaintenanceStop, ALostColumnOfWholeRowsStopsNoWriter) {
  const std::string query = "SELECT cust_id, jsonb_agg(o ORDER BY o.id) AS all_of_them FROM ord o GROUP BY cust_id";
  for (const std::string& mode : all_modes) {
    for (const char* const change :
         {"ALTER TABLE ord DROP COLUMN amount CASCADE", "ALTER TABLE ord RENAME amount TO total"}) {
      Project project(mode, "", query);
      project.work.execute(change);
      EXPECT_FALSE(project.fresh()) << mode << ": " << change;
      project.write();
      EXPECT_FALSE(project.fresh()) << mode << ": " << change;
      // Rows computed anew are not enough: what keeps them names what is gone.
      EXPECT_EQ(1, project.work.run({"resume", "kept"}).exit) << mode << ": " << change;
      EXPECT_FALSE(project.fresh()) << mode << ": " << change;
      project.work.sync();
      project.write();
      if (mode == "deferred") project.work.run({"watch", "--once"});
      EXPECT_EQ(project.query(query), project.query("SELECT * FROM kept")) << mode << ": " << change;
      EXPECT_TRUE(project.fresh()) << mode << ": " << change;
    }
  }
}

// What pgvista can see coming: objects that are gone or have another name.
TEST(MaintenanceStop, LostAndRenamedObjectsStopNoWriter) {
  const std::string query = "SELECT o.id, twice(o.amount) AS t, c.city, c.m FROM ord o JOIN cust c ON c.id = o.cust_id";
  for (const std::string& mode : all_modes) {
    for (const char* const change :
         {"ALTER TABLE ord DROP COLUMN amount CASCADE", "ALTER TABLE cust DROP COLUMN city CASCADE",
          "ALTER TABLE ord RENAME amount TO total", "ALTER TABLE cust RENAME TO customer", "DROP TABLE cust CASCADE",
          "DROP FUNCTION twice(int) CASCADE", "DROP TYPE mood CASCADE", "ALTER TYPE mood RENAME TO feeling",
          "ALTER FUNCTION twice(int) RENAME TO double"}) {
      Project project(mode, "", query);
      project.write();
      project.work.execute(change);
      project.write();
      project.write();
      // A type is named by no part of the query: what it is called changes nothing.
      const bool harmless = std::string(change).find("TYPE mood RENAME") != std::string::npos;
      if (!harmless) {
        EXPECT_FALSE(project.fresh()) << mode << ": " << change;
        EXPECT_FALSE(project.status().at("health").as_array().empty()) << mode << ": " << change;
      }
      // The way out is a command.
      const ProcessResult cleared = project.work.run({"clear", "--yes"});
      EXPECT_EQ(cleared.exit, 0) << mode << ": " << change << "\n" << cleared.err;
      EXPECT_EQ(project.work.value("SELECT count(*) FROM pg_trigger WHERE tgname LIKE 'pgvista%'"), "0")
          << mode << ": " << change;
      EXPECT_EQ(project.work.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'pgvista'"), "0")
          << mode << ": " << change;
      project.write();
    }
  }
}

TEST(MaintenanceStop, ARenameIsBroughtBackBySync) {
  for (const std::string& mode : all_modes) {
    Project project(mode);
    project.work.execute("ALTER TABLE cust RENAME city TO town");
    project.write();
    project.work.execute("UPDATE ord SET amount = 77 WHERE id = 1");
    EXPECT_FALSE(project.fresh()) << mode;
    project.view("kept", mode, "SELECT o.id, o.amount, c.town AS city FROM ord o JOIN cust c ON c.id = o.cust_id");
    const ProcessResult done = project.work.run({"sync"});
    ASSERT_EQ(done.exit, 0) << done.err;
    EXPECT_EQ(project.query("SELECT * FROM kept"), "(1,77,Oslo) (2,20,Bergen)") << mode;
    EXPECT_EQ(project.status().at("state").as_string(), "kept");
    EXPECT_EQ(project.work.value("SELECT count(*) FROM pgvista.stopped"), "0");
  }
}

// Two views over the same tables: one that is lost does not take the other's writers with it.
TEST(MaintenanceStop, OneLostTableLeavesTheOtherViewsAlone) {
  Project project("immediate");
  project.view("by_cust", "immediate",
               "SELECT c.city, count(*) AS n FROM ord o JOIN cust c ON c.id = o.cust_id GROUP BY c.city");
  project.view("alone", "immediate", "SELECT cust_id, count(*) AS n FROM ord GROUP BY cust_id");
  project.work.sync();
  project.work.execute("DROP TABLE cust CASCADE");
  project.write();
  project.work.execute("INSERT INTO ord VALUES (7, 1, 1)");
  EXPECT_EQ(project.query("SELECT * FROM alone"), "(1,2) (2,1)");
  project.work.folder().remove("views/kept.sql");
  project.work.folder().remove("views/by_cust.sql");
  const ProcessResult pruned = project.work.run({"sync", "--prune", "--yes"});
  EXPECT_EQ(pruned.exit, 0) << pruned.err;
  project.work.execute("INSERT INTO ord VALUES (8, 1, 1)");
  EXPECT_EQ(project.query("SELECT * FROM alone"), "(1,3) (2,1)");
  EXPECT_EQ(project.work.value("SELECT count(*) FROM pgvista.program"), "1");
}

// Whatever the user chooses: any error of the maintenance.
TEST(MaintenanceStop, AnErrorPutsTheViewAsideAndTheWriterGoesOn) {
  for (const char* const mode : {"immediate", "on_commit"}) {
    Project project(mode, "on_error = \"stale\"\nstale_reads = \"allow\"", "SELECT id, 100 / amount AS share FROM ord");
    EXPECT_NO_THROW(project.work.execute("INSERT INTO ord VALUES (3, 1, 0)")) << mode;
    const json::value status = project.status();
    EXPECT_EQ(status.at("state").as_string(), "stale") << mode;
    EXPECT_NE(json::serialize(status.at("health")).find("division by zero"), std::string::npos)
        << json::serialize(status);
    EXPECT_EQ(project.work.value("SELECT state || ' ' || sqlstate || ' ' || relation FROM pgvista.stopped"),
              std::string("stale 22012 ") + (std::string(mode) == "immediate" ? "public.ord" : "-"))
        << mode;
    EXPECT_EQ(project.work.value("SELECT count(*) FROM ord WHERE id = 3"), "1") << "the writer's row is there";
    EXPECT_EQ(project.query("SELECT * FROM kept"), "(1,10) (2,5)") << "the old rows, as stale_reads says";
    project.write();
    project.work.execute("UPDATE ord SET amount = 4 WHERE id = 3");
    const ProcessResult done = project.work.run({"sync"});
    ASSERT_EQ(done.exit, 0) << done.err;
    EXPECT_EQ(project.query("SELECT * FROM kept"), "(1,10) (2,5) (3,25)") << mode;
    project.work.execute("UPDATE ord SET amount = 5 WHERE id = 3");
    EXPECT_EQ(project.query("SELECT * FROM kept"), "(1,10) (2,5) (3,20)") << mode;
  }
  // The default is to fail, as the writer's own constraint would.
  Project strict("immediate", "", "SELECT id, 100 / amount AS share FROM ord");
  EXPECT_THROW(strict.work.execute("INSERT INTO ord VALUES (3, 1, 0)"), db::QueryFailure);
  EXPECT_EQ(strict.status().at("state").as_string(), "kept");
}

TEST(MaintenanceStop, ReadersGetWhatStaleReadsSays) {
  const auto stopped = [](const std::string& reads) {
    auto project = std::make_unique<Project>("immediate", "on_error = \"stale\"\nstale_reads = \"" + reads + "\"",
                                             "SELECT id, 100 / amount AS share FROM ord WHERE amount <> 7 OR id = 0");
    project->work.execute("INSERT INTO ord VALUES (3, 1, 0)");
    EXPECT_EQ(project->status().at("state").as_string(), "stale");
    project->work.execute("DELETE FROM ord WHERE id = 3");
    return project;
  };
  EXPECT_EQ(stopped("query")->query("SELECT * FROM kept"), "(1,10) (2,5)");
  const auto query = stopped("query");
  query->work.execute("UPDATE ord SET amount = 50 WHERE id = 1");
  EXPECT_EQ(query->query("SELECT * FROM kept"), "(1,2) (2,5)") << "the query's rows, not the old ones";
  const auto allow = stopped("allow");
  allow->work.execute("UPDATE ord SET amount = 50 WHERE id = 1");
  EXPECT_EQ(allow->query("SELECT * FROM kept"), "(1,10) (2,5)");
  const auto refuse = stopped("refuse");
  EXPECT_THROW(refuse->query("SELECT * FROM kept"), db::QueryFailure);
  for (const auto* one : {&query, &allow, &refuse}) {
    const ProcessResult done = (*one)->work.run({"sync"});
    ASSERT_EQ(done.exit, 0) << done.err;
    EXPECT_EQ((*one)->status().at("state").as_string(), "kept");
    EXPECT_TRUE((*one)->fresh());
  }
  EXPECT_EQ(refuse->query("SELECT * FROM kept"), "(1,10) (2,5)");
}

TEST(MaintenanceStop, PauseAndResume) {
  for (const std::string& mode : all_modes) {
    for (const char* const query : {"SELECT o.id, o.amount, c.city FROM ord o JOIN cust c ON c.id = o.cust_id",
                                    "SELECT c.city AS id, sum(o.amount) AS amount, count(*)::text AS city FROM ord o "
                                    "JOIN cust c ON c.id = o.cust_id GROUP BY c.city"}) {
      Project project(mode, "stale_reads = \"allow\"", query);
      const std::string before = project.query("SELECT * FROM kept");
      EXPECT_EQ(project.work.run({"pause", "kept"}).exit, 0);
      EXPECT_EQ(project.work.run({"pause", "kept"}).exit, 1) << "twice";
      project.work.execute("UPDATE ord SET amount = amount + 5; INSERT INTO ord VALUES (9, 1, 9)");
      EXPECT_EQ(project.query("SELECT * FROM kept"), before) << mode;
      EXPECT_EQ(project.status().at("state").as_string(), "paused");
      EXPECT_FALSE(project.fresh());
      EXPECT_EQ(project.work.sync(), "") << "sync leaves a paused view alone";
      const ProcessResult resumed = project.work.run({"resume", "kept"});
      ASSERT_EQ(resumed.exit, 0) << resumed.err;
      project.work.execute("UPDATE ord SET amount = amount + 1");
      if (mode == "deferred") project.work.run({"watch", "--once"});
      EXPECT_EQ(project.query("SELECT * FROM kept"), project.query(query)) << mode;
      EXPECT_EQ(project.work.run({"resume", "kept"}).exit, 1) << "it is kept";
      EXPECT_EQ(project.status().at("state").as_string(), "kept");
    }
  }
  Project project("immediate");
  EXPECT_EQ(project.work.run({"pause"}).exit, 2);
  EXPECT_EQ(project.work.run({"pause", "nosuch"}).exit, 2);
}

// Over large tables (with fill_beside = 0 all are) the rows are computed beside the writers, which go on meanwhile.
TEST(MaintenanceStop, WritersGoOnWhileAViewIsBroughtBack) {
  const std::string query =
      "SELECT c.city, sum(slowly(o.amount)) AS s FROM ord o JOIN cust c ON c.id = o.cust_id GROUP BY c.city";
  const std::string over_parts =
      "SELECT count(*) AS n, sum(x.s) AS s FROM (SELECT cust_id, sum(slowly(amount)) AS s FROM ord GROUP BY cust_id "
      "HAVING sum(amount) > 0) x";
  for (const std::string mode : {"immediate", "on_commit"}) {
    for (const std::string& kept : {query, over_parts}) {
      for (const std::vector<std::string>& command :
           {std::vector<std::string>{"resume", "kept"}, {"sync"}, {"verify", "--repair"}, {"watch", "--once"}}) {
        if (mode == "on_commit" && command.front() != "resume") continue;
        SCOPED_TRACE(mode + ": " + kept + ": " + command.front());
        Project project(mode, "on_error = \"stale\"\nstale_reads = \"allow\"", "SELECT 1 AS x FROM ord");
        project.work.execute(
            "INSERT INTO ord VALUES (5, 2, 5); CREATE FUNCTION slowly(i int) RETURNS int LANGUAGE plpgsql IMMUTABLE AS "
            "$$ BEGIN IF i = 5 THEN PERFORM pg_catalog.pg_advisory_lock_shared(77); PERFORM "
            "pg_catalog.pg_advisory_unlock_shared(77); END IF; IF i = 13 THEN RAISE division_by_zero; END IF; RETURN "
            "i; END $$");
        project.work.folder().write("pgvista.toml", "[maintenance]\nfill_beside = 0\n");
        project.view("kept", mode, kept, "on_error = \"stale\"\nstale_reads = \"allow\"");
        project.work.sync();
        if (command.front() == "resume") {
          ASSERT_EQ(project.work.run({"pause", "kept"}).exit, 0);
        } else {
          project.work.execute("UPDATE ord SET amount = 13 WHERE id = 1");
          project.work.execute("UPDATE ord SET amount = 14 WHERE id = 1");
        }
        ASSERT_FALSE(project.fresh());
        const auto gate = project.work.connect();
        gate->execute("SELECT pg_advisory_lock(77)");
        const auto run = project.work.start(command);
        wait_until(
            [&] {
              return project.work.value(
                         "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND objid = 77 AND NOT granted") !=
                     "0";
            },
            "the rows are being computed");
        const auto writer = project.work.connect();
        writer->execute("SET statement_timeout = '10s'");
        EXPECT_NO_THROW(
            writer->execute("INSERT INTO ord VALUES (70, 1, 7); UPDATE ord SET cust_id = 2 WHERE id = 1; DELETE FROM "
                            "ord WHERE id = 70"));
        gate->execute("SELECT pg_advisory_unlock(77)");
        const ProcessResult done = run->wait();
        EXPECT_EQ(done.exit, 0) << done.out << done.err;
        EXPECT_TRUE(project.fresh()) << json::serialize(project.status());
        project.write();
        EXPECT_EQ(project.query("SELECT * FROM kept"), project.query(kept));
        EXPECT_EQ("1", project.work.value("SELECT count(*) FROM pgvista.program"))
            << "nothing of the other way is left";
      }
    }
  }
}

// What readers got meanwhile is written by us, and so is what they get again: nobody has changed the view by hand.
TEST(MaintenanceStop, AViewThatIsResumedIsAsItWas) {
  for (const std::string& mode : all_modes) {
    for (const char* const reads : {"query", "refuse", "allow"}) {
      Project project(mode, fmt::format("stale_reads = \"{}\"", reads));
      EXPECT_EQ(0, project.work.run({"pause", "kept"}).exit);
      EXPECT_EQ(0, project.work.run({"resume", "kept"}).exit);
      EXPECT_TRUE(project.status().at("in_sync").as_bool()) << mode << " " << reads;
      EXPECT_EQ("", project.work.planned()) << mode << " " << reads;
    }
  }
}

// What an error does, and what readers get then, is a part of the definition.
TEST(MaintenanceStop, WhatAnErrorDoesCanBeChanged) {
  const std::string query = "SELECT id, 100 / amount AS share FROM ord";
  for (const std::string& mode : all_modes) {
    Project project(mode, "on_error = \"fail\"", query);
    project.view("kept", mode, query, "on_error = \"stale\"");
    EXPECT_NE("", project.work.sync()) << mode;
    EXPECT_NO_THROW(project.work.execute("UPDATE ord SET amount = 0 WHERE id = 1")) << mode;
    if (mode == "deferred") project.work.run({"watch", "--once"});
    EXPECT_EQ("stale", project.status().at("state").as_string()) << mode;
    project.work.execute("UPDATE ord SET amount = 5 WHERE id = 1");
    EXPECT_NE(std::string::npos, project.work.run({"plan"}).out.find("it was put aside")) << mode;
    project.work.sync();
    project.view("kept", mode, query, "on_error = \"stale\"\nstale_reads = \"refuse\"");
    EXPECT_NE("", project.work.sync()) << mode;
    project.work.run({"pause", "kept"});
    EXPECT_THROW(project.query("SELECT * FROM kept"), db::QueryFailure) << mode;
  }
}

// A definition that has changed since is sync's, not resume's.
TEST(MaintenanceStop, ResumeMakesNothingElse) {
  Project project("immediate");
  project.work.folder().write("pgvista.toml", "[maintenance]\nfill_beside = 0\n");
  ASSERT_EQ(project.work.run({"pause", "kept"}).exit, 0);
  project.view("kept", "immediate", "SELECT id FROM ord");
  const ProcessResult refused = project.work.run({"resume", "kept"});
  EXPECT_EQ(refused.exit, 1);
  EXPECT_NE(refused.err.find("is not what the last sync made"), std::string::npos) << refused.err;
  EXPECT_FALSE(project.fresh());
  EXPECT_EQ(project.status().at("state").as_string(), "paused") << "as it was";
  project.work.sync();
  EXPECT_TRUE(project.fresh());

  // Nor does one that fails: it stays paused, for nobody else to bring back.
  Project failing("immediate", "", "SELECT id, 100 / amount AS share FROM ord");
  failing.work.folder().write("pgvista.toml", "[maintenance]\nfill_beside = 0\n");
  ASSERT_EQ(failing.work.run({"pause", "kept"}).exit, 0);
  failing.work.execute("UPDATE ord SET amount = 0 WHERE id = 1");
  const ProcessResult failed = failing.work.run({"resume", "kept"});
  EXPECT_EQ(failed.exit, 1);
  EXPECT_NE(failed.err.find("division by zero"), std::string::npos) << failed.err;
  EXPECT_EQ(failing.status().at("state").as_string(), "paused");
  failing.work.execute("UPDATE ord SET amount = 4 WHERE id = 1");
  EXPECT_EQ(failing.work.run({"resume", "kept"}).exit, 0);
  EXPECT_TRUE(failing.fresh());
  EXPECT_EQ(failing.query("SELECT * FROM kept"), "(1,25) (2,5)");
}

// The store of another view has writers, too: those of its tables.
TEST(MaintenanceStop, AViewOverAnotherIsResumed) {
  for (const char* const setting : {"", "[maintenance]\nfill_beside = 0\n"}) {
    Project project("immediate");
    project.work.folder().write("pgvista.toml", setting);
    project.view("over", "immediate", "SELECT city, count(*) AS n FROM kept GROUP BY city");
    ASSERT_EQ(project.work.run({"sync"}).exit, 0);
    int id = 8;
    for (const std::string one : {"over", "kept"}) {
      ASSERT_EQ(project.work.run({"pause", one}).exit, 0);
      project.work.execute(fmt::format("INSERT INTO ord VALUES ({}, 1, 9)", ++id));
      const ProcessResult resumed = project.work.run({"resume", one});
      EXPECT_EQ(resumed.exit, 0) << resumed.err;
      project.write();
      EXPECT_EQ(project.query("SELECT * FROM over"),
                project.query("SELECT c.city, count(*) FROM ord o JOIN cust c ON c.id = o.cust_id GROUP BY c.city"))
          << one;
    }
  }
}

// What nothing tells of is found when somebody asks.
TEST(MaintenanceStop, WhatWouldDifferInSilenceIsNotCalledFresh) {
  Project project("immediate", "", "SELECT id, twice(amount) AS t FROM ord");
  EXPECT_TRUE(project.fresh());
  project.work.execute("CREATE OR REPLACE FUNCTION twice(int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT $1 * 3'");
  EXPECT_FALSE(project.fresh());
  EXPECT_NE(json::serialize(project.status().at("health")).find("twice"), std::string::npos);
  EXPECT_EQ(project.work.sync(), "replace kept\n");
  EXPECT_EQ(project.query("SELECT * FROM kept"), "(1,30) (2,60)");
  EXPECT_TRUE(project.fresh());
  project.work.execute("ALTER TABLE ord SET UNLOGGED");
  EXPECT_FALSE(project.fresh());

  Project parts("immediate", "", "SELECT id FROM ord");
  parts.work.execute(
      "CREATE TABLE p (id int, k int) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE "
      "TABLE p2 PARTITION OF p FOR VALUES IN (2); INSERT INTO p VALUES (1, 1), (2, 2)");
  parts.view("kept", "immediate", "SELECT id, k FROM p");
  parts.work.sync();
  EXPECT_TRUE(parts.fresh());
  parts.work.execute("ALTER TABLE p DETACH PARTITION p2");
  EXPECT_FALSE(parts.fresh());
  parts.work.execute("ALTER TABLE p ATTACH PARTITION p2 FOR VALUES IN (2)");
  EXPECT_FALSE(parts.fresh()) << "its rows may have changed meanwhile";

  // A row as one value has the columns that its table has.
  Project rows("immediate", "",
               "SELECT cust_id, jsonb_agg(o ORDER BY o.id) AS all_of_them FROM ord o GROUP BY cust_id");
  EXPECT_TRUE(rows.fresh());
  rows.work.execute("ALTER TABLE ord ADD COLUMN note text");
  EXPECT_FALSE(rows.fresh());
  rows.work.sync();
  EXPECT_TRUE(rows.fresh());
  EXPECT_EQ(rows.query("SELECT cust_id, jsonb_agg(o ORDER BY o.id) AS all_of_them FROM ord o GROUP BY cust_id"),
            rows.query("SELECT * FROM kept"));
  rows.work.execute("ALTER TABLE ord DROP COLUMN note; ALTER TABLE ord ADD COLUMN note text");
  EXPECT_FALSE(rows.fresh()) << "rows written in between have no such field";
}

// A label, a field says nothing in a value, but in text and JSON made of it.
TEST(MaintenanceStop, TextOfATypeThatChangedIsNotCalledFresh) {
  const auto of = [](const char* query) {
    auto project = std::make_unique<Project>("immediate", "", "SELECT id FROM ord");
    project->work.execute(
        "CREATE TYPE pair AS (x int, y int); CREATE DOMAIN feeling AS mood; CREATE TABLE felt (id int PRIMARY KEY, m "
        "mood, p pair, ms mood[], f feeling); INSERT INTO felt VALUES (1, 'sad', '(1,2)', '{sad,ok}', 'sad')");
    project->view("kept", "immediate", query);
    project->work.sync();
    EXPECT_TRUE(project->fresh());
    return project;
  };
  for (const char* const query :
       {"SELECT id, m::text AS t FROM felt", "SELECT id, to_jsonb(felt) AS t FROM felt",
        "SELECT id, to_jsonb(ms) AS t, p FROM felt", "SELECT id, to_jsonb(f) AS t FROM felt"}) {
    auto project = of(query);
    project->work.execute("ALTER TYPE mood ADD VALUE 'glad'");
    EXPECT_TRUE(project->fresh()) << query;
    EXPECT_EQ("", project->work.sync());
    project->work.execute("ALTER TYPE mood RENAME VALUE 'sad' TO 'blue'");
    EXPECT_FALSE(project->fresh()) << query;
    EXPECT_NE(json::serialize(project->status().at("health")).find("mood"), std::string::npos) << query;
    EXPECT_EQ("f", project->work.value("SELECT pgvista.is_kept('kept'::regclass)"));
    project->work.sync();
    EXPECT_TRUE(project->fresh());
    EXPECT_EQ(project->query(query), project->query("SELECT * FROM kept"));
  }
  auto project = of("SELECT id, to_jsonb(p) AS t FROM felt");
  project->work.execute("ALTER TYPE pair RENAME ATTRIBUTE x TO a CASCADE");
  EXPECT_FALSE(project->fresh());
  project->work.sync();
  EXPECT_EQ("(1,\"{\"\"a\"\": 1, \"\"y\"\": 2}\")", project->query("SELECT * FROM kept"));
}

// Deferred views of one table wait in one queue: a column that one of them has lost is its own matter.
TEST(MaintenanceStop, ALostColumnPutsAsideWhoReadsIt) {
  Project project("deferred", "", "SELECT id, amount FROM ord");
  project.view("other", "deferred", "SELECT id, cust_id FROM ord");
  project.work.sync();
  project.work.execute("ALTER TABLE ord DROP COLUMN amount CASCADE");
  project.write();
  project.work.execute("INSERT INTO ord VALUES (50, 2)");
  EXPECT_EQ("kept", project.status("other").at("state").as_string());
  EXPECT_EQ("stale", project.status("kept").at("state").as_string());
  project.work.run({"watch", "--once"});
  EXPECT_EQ(project.query("SELECT id, cust_id FROM ord"), project.query("SELECT * FROM other"));
}

TEST(MaintenanceStop, ARightThatTheOwnerLostIsNamed) {
  Workspace work;
  work.execute(
      "DO $$ BEGIN CREATE ROLE keeper LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$; CREATE TABLE t (id int "
      "PRIMARY KEY, a int); GRANT SELECT, UPDATE, TRIGGER ON t TO keeper; GRANT CREATE ON SCHEMA public TO keeper");
  work.execute("DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO keeper', current_database()); END $$");
  work.view("kept", "/* pgvista\nkind = \"materialized\"\nmaintenance = \"immediate\"\n*/ SELECT id, a FROM t");
  const std::map<std::string, std::string> keeper{{"PGVISTA_DATABASE_URL", work.url_as("keeper")}};
  const ProcessResult made = work.run({"sync"}, keeper);
  ASSERT_EQ(0, made.exit) << made.err;
  EXPECT_NE(std::string::npos, work.run({"status"}, keeper).out.find("fresh"));
  work.execute("REVOKE SELECT ON t FROM keeper");
  const std::string told = work.run({"status"}, keeper).out;
  EXPECT_NE(std::string::npos, told.find("GRANT SELECT ON t TO keeper")) << told;
  EXPECT_EQ(std::string::npos, told.find("fresh")) << told;
}

// An error holds values of rows: it is the owner's to read.
TEST(MaintenanceStop, ErrorsAreTheOwnersToRead) {
  Project project("immediate", "on_error = \"stale\"", "SELECT id, (city || 'x')::int AS n FROM cust WHERE id > 5");
  project.work.execute("INSERT INTO cust VALUES (6, 'secret word')");
  project.work.execute("DO $$ BEGIN CREATE ROLE stranger LOGIN; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
  const auto stranger = project.work.connect("stranger");
  EXPECT_EQ(stranger->query("SELECT state FROM pgvista.stopped").text(0, 0), "stale");
  EXPECT_THROW(stranger->query("SELECT message FROM pgvista.stopped"), db::QueryFailure);
  EXPECT_THROW(stranger->query("SELECT pgvista.stop_maintenance('x', 0, '', '')"), db::QueryFailure);
  EXPECT_THROW(stranger->query("DELETE FROM pgvista.stopped"), db::QueryFailure);
}

// watch looks at all views, and brings back what was put aside as soon as its query can be computed.
TEST(MaintenanceStop, WatchBringsItBackAndTellsWhatIsNotKept) {
  for (const std::string& mode : all_modes) {
    Project project(mode, "on_error = \"stale\"", "SELECT o.id, 100 / o.amount AS part FROM ord o");
    project.work.execute("UPDATE ord SET amount = 0 WHERE id = 1");
    const ProcessResult in_vain = project.work.run({"watch", "--once"});
    if (mode != "deferred") {
      EXPECT_EQ("stale", std::string(project.status().at("state").as_string())) << mode;
      EXPECT_NE(std::string::npos, in_vain.err.find("division by zero")) << mode << in_vain.err << in_vain.out;
    }
    project.work.execute("UPDATE ord SET amount = 5 WHERE id = 1");
    project.work.run({"watch", "--once"});
    EXPECT_EQ("kept", std::string(project.status().at("state").as_string())) << mode;
    EXPECT_EQ("(1,20) (2,5)", project.query("SELECT * FROM kept")) << mode;
    project.work.execute("ALTER TABLE ord DISABLE TRIGGER pgvista_update");
    const ProcessResult told = project.work.run({"watch", "--once"});
    EXPECT_NE(std::string::npos, told.err.find("pgvista_update of ord is disabled")) << mode << told.err << told.out;
  }
}

// For whoever serves it: what stands between a relation and its rows.
TEST(MaintenanceStop, TheServerIsToldWhatIsNotKept) {
  Project project("immediate");
  project.view("over", "immediate", "SELECT city, count(*) AS n FROM kept GROUP BY city");
  project.work.view("plain", "SELECT * FROM over");
  project.work.sync();
  const auto kept = [&] {
    return project.work.value(
        "SELECT string_agg(pgvista.is_kept(v::regclass)::text, ' ') FROM unnest(ARRAY['kept', 'over', 'plain', 'ord']) "
        "AS v");
  };
  EXPECT_EQ("true true true true", kept());
  const std::vector<std::pair<const char*, const char*>> there_and_back = {
      {"ALTER TABLE cust RENAME TO customer", "ALTER TABLE customer RENAME TO cust"},
      {"ALTER TABLE cust SET UNLOGGED", "ALTER TABLE cust SET LOGGED"}};
  for (const auto& [there, back] : there_and_back) {
    project.work.execute(there);
    EXPECT_EQ("false false false true", kept()) << there;
    project.work.execute(back);
    EXPECT_EQ("true true true true", kept()) << back;
  }
  // What was not heard of meanwhile is not known, however it is now.
  project.work.execute("ALTER TABLE ord DISABLE TRIGGER pgvista_insert");
  EXPECT_EQ("false false false true", kept());
  project.work.execute("INSERT INTO ord VALUES (50, 1, 1); ALTER TABLE ord ENABLE TRIGGER pgvista_insert");
  EXPECT_EQ("false false false true", kept());
  EXPECT_FALSE(project.fresh());
  project.work.sync();
  EXPECT_EQ("true true true true", kept());
  EXPECT_EQ(project.query("SELECT o.id, o.amount, c.city FROM ord o JOIN cust c ON c.id = o.cust_id"),
            project.query("SELECT * FROM kept"));
  EXPECT_EQ(0, project.work.run({"pause", "kept"}).exit);
  EXPECT_EQ("f", project.work.value("SELECT pgvista.is_kept('over'::regclass)")) << "it reads one that is paused";
}

// As pg_upgrade leaves it: the same views under the spelling of another version.
TEST(MaintenanceStop, AnUpgradedServerIsCalledThat) {
  Project project("immediate");
  project.work.execute(
      "UPDATE pgvista.program SET server_major = 13, anchor_text = 'of before'; UPDATE pgvista.view SET server_major = "
      "13, rule_fingerprint = 'of before'");
  const std::string status = json::serialize(project.status());
  EXPECT_NE(status.find("PostgreSQL 13 spelled its query"), std::string::npos) << status;
  const std::string planned = project.work.run({"plan"}).out;
  EXPECT_NE(planned.find("and was 13 when it was made"), std::string::npos) << planned;
  EXPECT_EQ(project.work.run({"sync"}).exit, 0);
  EXPECT_TRUE(project.fresh());
}

// Also where the same table is read a second time, not as a whole.
TEST(MaintenanceStop, ALostColumnOfWholeRowsBesideAnotherReference) {
  for (const char* const change : {"ALTER TABLE b DROP COLUMN n", "ALTER TABLE b RENAME n TO m"}) {
    Workspace work;
    work.execute("CREATE TABLE b (id int PRIMARY KEY, x int, n int); INSERT INTO b VALUES (1, 1, 1)");
    work.view(
        "kept",
        "/* pgvista\nkind = \"materialized\"\nmaintenance = \"immediate\"\n*/ SELECT a.id, to_jsonb(c) AS j FROM b a "
        "LEFT JOIN b c ON c.id = a.x");
    work.sync();
    work.execute(std::string("SET client_min_messages = error; ") + change);
    EXPECT_NO_THROW(work.execute("UPDATE b SET x = 2")) << change;
  }
}

}  // namespace pgvista::test
