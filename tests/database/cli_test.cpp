// The contract of the command line: exit codes, JSON, messages.

#include <gtest/gtest.h>
#include <signal.h>

#include <fstream>

#include "support/workspace.hpp"

namespace pgvista::test {

class Cli : public testing::Test {
 protected:
  void SetUp() override {
    work.execute("CREATE TABLE orders (id int PRIMARY KEY, customer text NOT NULL, amount numeric(10,2))");
  }
  void expect_error(const ProcessResult& result, int exit, const std::string& text) {
    EXPECT_EQ(exit, result.exit) << result.out << result.err;
    EXPECT_NE(std::string::npos, result.err.find(text)) << result.err;
  }
  Workspace work;
};

TEST_F(Cli, SuggestsWhatWasMeant) {
  expect_error(work.run({"syncc"}), 2, "Did you mean \"sync\"?");
  expect_error(work.run({"sync", "--forse"}), 2, "Did you mean \"--force\"?");
  work.view("customers", "SELECT customer FROM orders");
  expect_error(work.run({"status", "custmers"}), 2, "Did you mean \"customers\"?");
  work.folder().write("pgvista.toml", "[databse]\nurl = \"x\"\n");
  expect_error(work.run({"sync"}), 2, "pgvista.toml:1:2: error: unknown key \"databse\"");
  EXPECT_EQ(2, work.run({}).exit);
  EXPECT_EQ(0, work.run({"--help"}).exit);
  EXPECT_EQ(0, work.run({"sync", "--help"}).exit);
}

TEST_F(Cli, ErrorsAreOneDocumentWithEveryKey) {
  work.view("v", "SELECT custmer FROM orders");
  const auto result = work.run({"sync", "--json"});
  EXPECT_EQ(1, result.exit);
  const auto document = boost::json::parse(result.out);
  const auto& error = document.at("error").as_object();
  for (const char* key : {"code", "message", "detail", "hint", "sqlstate", "file", "line", "column"})
    EXPECT_TRUE(error.contains(key)) << key;
  EXPECT_EQ("undefined_column", error.at("code").as_string());
  EXPECT_EQ("42703", error.at("sqlstate").as_string());
  EXPECT_EQ("views/v.sql", error.at("file").as_string());
  EXPECT_EQ(1, error.at("line").as_int64());
  EXPECT_EQ(8, error.at("column").as_int64());
}

TEST_F(Cli, PlacesErrorsInTheFileWhateverStandsBefore) {
  work.view("v", "/* pgvista\ncomment = \"žluťoučký\"\n*/\n-- 🐎\nSELECT id,\n       'č' || nothing AS x\nFROM orders");
  expect_error(work.run({"sync"}), 1, "views/v.sql:6:15: error: column \"nothing\" does not exist");
  work.view("v", "SELECT id FROM ordrs");
  const auto result = work.run({"sync"});
  expect_error(result, 1, "views/v.sql:1:16: error: relation \"ordrs\" does not exist");
  expect_error(result, 1, "Did you mean \"orders\"?");
}

TEST_F(Cli, ErrorsInAViewThatReadsAnotherNewOneAreFoundToo) {
  work.view("first", "SELECT id AS key FROM orders");
  work.view("second", "SELECT first.kee FROM first");
  expect_error(work.run({"plan"}), 1, "views/second.sql:1:8: error: column first.kee does not exist");
}

TEST_F(Cli, ACycleNamesItsPath) {
  work.view("a", "SELECT * FROM b");
  work.view("b", "SELECT * FROM a");
  expect_error(work.run({"sync"}), 1, "a -> b -> a");
}

TEST_F(Cli, TwoFilesForOneView) {
  work.view("v", "SELECT 1 AS x");
  work.folder().write("views/deeper/v.sql", "SELECT 2 AS x");
  expect_error(work.run({"sync"}), 1, "is also defined in");
}

TEST_F(Cli, FilesThatAreNoDefinitions) {
  work.folder().write("views/bytes.sql", "SELECT '\xff\xfe'");
  expect_error(work.run({"sync"}), 1, "views/bytes.sql:1:9: error: the file is not UTF-8");
  work.folder().remove("views/bytes.sql");
  work.folder().write("views/large.sql", "SELECT '" + std::string(10 * 1024 * 1024, 'x') + "' AS x");
  expect_error(work.run({"sync"}), 1, "file holds 10.0 MB");
}

TEST_F(Cli, AnUnreachableDatabaseExitsWithFiveAndKeepsThePassword) {
  for (const std::string url : {"postgresql://user:s3cret-word@/nothing?host=/nonexistent",
                                "postgresql://user:s3cret-word@[bad", "host=/nonexistent password=s3cret-word"}) {
    for (const char* option : {"--verbose", "--json"}) {
      const auto result = work.run({"status", option}, {{"PGVISTA_DATABASE_URL", url}});
      EXPECT_EQ(5, result.exit) << result.err;
      EXPECT_EQ(std::string::npos, (result.out + result.err).find("s3cret")) << result.out << result.err;
    }
  }
  EXPECT_EQ(5, work.run({"status", "--database", work.url() + "_missing"}).exit);
}

TEST_F(Cli, OutsideAProjectItSaysSo) {
  TemporaryFolder elsewhere;
  Process process({PGVISTA_PROGRAM, "sync"}, elsewhere.path().string());
  expect_error(process.wait(), 2, "there is no pgvista.toml here or in a folder above");
}

TEST_F(Cli, AProjectIsFoundFromBelow) {
  work.view("v", "SELECT 1 AS x");
  Process process({PGVISTA_PROGRAM, "sync", "--database", work.url()}, (work.folder().path() / "views").string());
  EXPECT_EQ(0, process.wait().exit);
}

TEST_F(Cli, StatusHasEveryKeyOfTheContract) {
  work.view("m", "/* pgvista\nkind = \"materialized\"\n*/ SELECT id FROM orders");
  work.view("v", "SELECT id FROM orders");
  work.sync();
  const auto status = work.json({"status"});
  for (const auto& view : status.as_array()) {
    for (const char* key : {"name", "schema", "kind", "maintenance", "strategy", "populated", "rows", "size_bytes",
                            "in_sync", "stale", "health", "last_refresh"}) {
      EXPECT_TRUE(view.as_object().contains(key)) << key;
    }
    EXPECT_TRUE(view.at("in_sync").as_bool());
  }
  EXPECT_EQ(0, work.run({"status", "--check"}).exit);
  work.view("v", "SELECT id, customer FROM orders");
  EXPECT_EQ(3, work.run({"status", "--check"}).exit);
  EXPECT_EQ(0, work.run({"status"}).exit);
}

TEST_F(Cli, QuietHoldsErrorsOnly) {
  work.view("v", "SELECT 1 AS x");
  const auto result = work.run({"sync", "--quiet"});
  EXPECT_EQ("", result.err);
  expect_error(work.run({"sync", "nothing", "--quiet"}), 2, "there is no view");
}

TEST_F(Cli, CheckFindsWhatTheServerCannot) {
  work.view("m",
            "/* pgvista\nkind = \"materialized\"\nkey = [\"custmer\"]\ncolumn_types = { amount = \"text\", customer = "
            "\"text\" }\nindexes = [ { columns = [\"customer\"], unique = true } ]\n*/\n"
            "SELECT customer, sum(amount) AS amount FROM orders GROUP BY customer");
  const auto result = work.run({"check", "--json"});
  EXPECT_EQ(1, result.exit);
  const std::string text = boost::json::serialize(boost::json::parse(result.out).at("errors"));
  EXPECT_NE(std::string::npos, text.find("key names \\\"custmer\\\"")) << text;
  EXPECT_NE(std::string::npos, text.find("amount is declared text, but the query gives numeric")) << text;
  EXPECT_EQ(std::string::npos, text.find("customer is declared")) << text;
}

TEST_F(Cli, CheckWarnsOfWhatWillHurt) {
  work.execute("CREATE TABLE lines (id int, order_id int); ALTER TABLE orders ENABLE ROW LEVEL SECURITY");
  work.view(
      "m",
      "/* pgvista\nkind = \"materialized\"\nindexes = [ { columns = [\"order_id\"], unique = true } ]\n*/\nSELECT "
      "l.order_id, jsonb_agg(o) AS os FROM lines l LEFT JOIN orders o ON o.id = l.order_id GROUP BY 1");
  work.view("plain", "SELECT id FROM orders WHERE customer = NULL");
  work.view("unkeyed", "/* pgvista\nkind = \"materialized\"\n*/ SELECT id FROM lines");
  EXPECT_EQ(0, work.run({"check"}).exit);
  EXPECT_EQ(3, work.run({"check", "--strict"}).exit);
  const std::string text = boost::json::serialize(work.json({"check"}).at("warnings"));
  for (const char* code : {"nullable_key", "null_element", "row_security", "not_concurrent", "null_comparison"})
    EXPECT_NE(std::string::npos, text.find(code)) << code << "\n" << text;
}

TEST_F(Cli, AConnectionThatDiesInTheMiddleExitsWithFive) {
  work.execute("CREATE FUNCTION forever() RETURNS int LANGUAGE sql AS 'SELECT 1 FROM pg_sleep(600)'");
  work.view("m", "/* pgvista\nkind = \"materialized\"\n*/ SELECT public.forever() AS x");
  auto sync = work.start({"sync"});
  wait_until(
      [&] {
        return work.value(
                   "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'pgvista' AND wait_event = "
                   "'PgSleep'") == "1";
      },
      "sync is in the middle");
  work.execute(
      "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name = 'pgvista' AND wait_event = "
      "'PgSleep'");
  const auto result = sync->wait();
  EXPECT_EQ(5, result.exit) << result.err;
  EXPECT_EQ("0", work.value("SELECT count(*) FROM pg_class WHERE relname = 'm'"));
}

// Any role can take an advisory lock: whoever waits is told who has it, and does not wait for ever.
TEST_F(Cli, ALockThatAnotherHoldsIsNamedAndHasAnEnd) {
  work.execute("CREATE TABLE t (id int)");
  work.view("v", "SELECT id FROM t");
  work.folder().write("pgvista.toml", "[sync]\nwait_timeout = \"300ms\"\n");
  const auto other = work.connect();
  other->execute(
      "SET application_name = 'psql'; SELECT pg_advisory_lock(hashtextextended('pgvista sync', 1886418550))");
  const std::string pid = other->query("SELECT pg_backend_pid()").text(0, 0);
  for (const std::vector<std::string>& words : std::vector<std::vector<std::string>>{{"sync"}, {"clear", "--yes"}}) {
    const ProcessResult refused = work.run(words);
    EXPECT_EQ(refused.exit, 4) << refused.err;
    EXPECT_NE(refused.err.find("process " + pid), std::string::npos) << refused.err;
    EXPECT_NE(refused.err.find("pg_terminate_backend(" + pid + ")"), std::string::npos) << refused.err;
  }
  other->execute("SELECT pg_advisory_unlock_all()");
  EXPECT_EQ(work.run({"sync"}).exit, 0);
}

TEST_F(Cli, CtrlCStopsTheServersWorkAndLeavesNothing) {
  work.execute("CREATE FUNCTION forever() RETURNS int LANGUAGE sql AS 'SELECT 1 FROM pg_sleep(600)'");
  work.view("v", "SELECT id FROM orders");
  work.view("w", "/* pgvista\nkind = \"materialized\"\n*/ SELECT public.forever() AS x");
  auto sync = work.start({"sync"});
  const std::string at_work =
      "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'";
  wait_until([&] { return work.value(at_work) == "1"; }, "sync is in the middle");
  sync->signal(SIGINT);
  const auto result = sync->wait();
  EXPECT_EQ(130, result.exit) << result.err;
  wait_until([&] { return work.value(at_work) == "0"; }, "the server has stopped working for it");
  EXPECT_EQ("0", work.value("SELECT count(*) FROM pg_class WHERE relname IN ('v', 'w')"));
}

TEST_F(Cli, CompletionsKnowCommandsOptionsAndViews) {
  work.view("visits", "SELECT 1 AS x");
  const auto bash = work.run({"completion", "bash"});
  EXPECT_EQ(0, bash.exit);
  work.folder().write(
      "complete.sh",
      "source <(" + std::string(PGVISTA_PROGRAM) +
          " completion bash)\nCOMP_WORDS=(pgvista refresh vi)\nCOMP_CWORD=2\n_pgvista\necho "
          "\"${COMPREPLY[@]}\"\nCOMP_WORDS=(pgvista ref)\nCOMP_CWORD=1\n_pgvista\necho \"${COMPREPLY[@]}\"\n");
  Process shell({"/bin/bash", "complete.sh"}, work.folder().path().string());
  EXPECT_EQ("visits\nrefresh\n", shell.wait().out);
  EXPECT_EQ(0, work.run({"completion", "zsh"}).exit);
  EXPECT_EQ(0, work.run({"completion", "fish"}).exit);
  EXPECT_EQ(2, work.run({"completion", "tcsh"}).exit);
}

TEST_F(Cli, InitMakesAProjectThatRunsAtOnce) {
  TemporaryFolder elsewhere;
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), PGVISTA_PROGRAM);
    Process process(words, elsewhere.path().string(), {{"PGVISTA_DATABASE_URL", work.url()}});
    return process.wait();
  };
  EXPECT_EQ(0, run({"init", "project"}).exit);
  EXPECT_EQ(1, run({"init", "project"}).exit) << "it is there already";
  EXPECT_EQ(0, run({"sync", "--project", "project"}).exit);
  EXPECT_EQ("7", work.value("SELECT count(*) FROM weekdays"));
}

// What a file can say migrates as it is there; the rest is named.
TEST_F(Cli, TablesOfAnExistingDatabaseBecomeFiles) {
  work.execute(
      "CREATE SCHEMA other; CREATE TYPE mood AS ENUM ('sad', 'ok');"
      "CREATE TABLE cust (id serial PRIMARY KEY, name varchar(40) NOT NULL UNIQUE, m mood DEFAULT 'ok', \"Odd Col\" "
      "text COLLATE \"C\", born date DEFAULT CURRENT_DATE, CHECK (length(name) > 1));"
      "CREATE TABLE other.ord (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, cust_id int NOT NULL REFERENCES "
      "cust ON DELETE CASCADE DEFERRABLE INITIALLY DEFERRED, amount numeric(10,2) DEFAULT 0.00, "
      "tags text[] DEFAULT '{}', total numeric GENERATED ALWAYS AS (amount * 2) STORED, at timestamptz DEFAULT now(), "
      "parent bigint CONSTRAINT par REFERENCES other.ord);"
      "CREATE INDEX ord_part ON other.ord (cust_id, (amount + 1)) WHERE amount > 0; CREATE UNIQUE INDEX ON other.ord "
      "(amount DESC NULLS LAST) INCLUDE (at);"
      "COMMENT ON TABLE cust IS 'It''s'; COMMENT ON COLUMN cust.m IS 'mood'; COMMENT ON INDEX other.ord_part IS 'idx';"
      "CREATE TABLE p (id int, k int) PARTITION BY LIST (k); CREATE TABLE p1 PARTITION OF p FOR VALUES IN (1); CREATE "
      "UNLOGGED TABLE u (id int); CREATE TABLE ex (r int4range, EXCLUDE USING gist (r WITH &&));"
      "CREATE TABLE n (x int DEFAULT (random() * 10)::int, y interval DEFAULT '1 day', z jsonb DEFAULT '{\"a\": 1}', b "
      "bit varying(5) DEFAULT B'101', ts timestamp(3) with time zone);"
      "ALTER TABLE n ENABLE ROW LEVEL SECURITY; CREATE FUNCTION tf() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN "
      "NEW; END'; CREATE TRIGGER audit BEFORE INSERT ON n FOR EACH ROW EXECUTE FUNCTION tf();"
      "CREATE TABLE later (id int GENERATED BY DEFAULT AS IDENTITY (START WITH 500), x int); ALTER TABLE later ADD "
      "CONSTRAINT positive CHECK (x > 0) NOT VALID; GRANT SELECT ON n TO pg_monitor;"
      "CREATE TABLE stepped (id int GENERATED BY DEFAULT AS IDENTITY (INCREMENT BY 10));"
      "CREATE VIEW v AS SELECT c.name, sum(o.amount) AS s FROM cust c JOIN other.ord o ON o.cust_id = c.id GROUP BY "
      "c.name");
  const ProcessResult written = work.run({"inspectdb", "--format", "tables", "--output", "tables"});
  ASSERT_EQ(0, written.exit) << written.err;
  for (const char* const told : {"\"p\" is left out: no file of tables/ can say PARTITION BY",
                                 "\"p1\" is left out: no file of tables/ can say PARTITION OF",
                                 "\"u\" is left out: no file of tables/ can say UNLOGGED",
                                 "\"ex\" is left out: no file of tables/ can say EXCLUDE",
                                 "by hand can (makemigrations --empty): grants, row security, trigger audit",
                                 "\"later\" is left out: no file of tables/ can say ALTER TABLE public.later ADD "
                                 "CONSTRAINT positive CHECK ((x > 0)) NOT VALID",
                                 "(makemigrations --empty): options of the sequence of id", "type public.mood"}) {
    EXPECT_NE(std::string::npos, written.err.find(told)) << told << "\n" << written.err;
  }
  EXPECT_EQ(0, work.run({"inspectdb", "-q", "--output", "views"}).exit);
  ASSERT_EQ(0, work.run({"makemigrations"}).exit);
  const ProcessResult faked = work.run({"migrate", "--fake-initial"});
  EXPECT_EQ(0, faked.exit) << faked.out << faked.err;
  EXPECT_EQ(0, work.run({"makemigrations", "--check"}).exit);
  EXPECT_EQ(0, work.run({"plan"}).exit);
  expect_error(work.run({"inspectdb", "--format", "tables", "v"}), 2, "\"v\" is no table of this database");
  work.folder().write("tables/dump.sql", "--\n-- PostgreSQL database dump\n--\nSET statement_timeout = 0;\n");
  expect_error(work.run({"makemigrations"}), 1, "inspectdb --format tables");
}

TEST_F(Cli, ShortOptionsStandForLongOnes) {
  work.view("customers", "SELECT customer FROM orders");
  EXPECT_EQ(0, work.run({"-q", "sync", "-y", "-v"}).exit);
  EXPECT_EQ(0, work.run({"status", "-d", work.url(), "-p", "."}).exit);
  EXPECT_NE(std::string::npos, work.run({"sync", "-h"}).out.find("-d, --database URL"));
  expect_error(work.run({"sync", "-z"}), 2, "has no option -z");
}

}  // namespace pgvista::test
