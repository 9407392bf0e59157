// Queries that look as if nothing could keep them: settings, the present time, windows, inheritance, recursion,
// functions that are declared carelessly.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/maintenance_cases.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

class MaintenanceReach : public ::testing::Test {
 protected:
  void kept(const std::string& query, const std::string& more = {}) { write("kept", query, more); }
  void write(const std::string& name, const std::string& query, const std::string& more = {}) {
    work.view(name, "/* pgvista\nkind = \"materialized\"\nmaintenance = \"immediate\"\n" + more + "*/\n" + query);
  }
  // The first error of check, as "code line:column message | hint".
  std::string refusal() const {
    const boost::json::value checked = work.json({"check"});
    const auto& errors = checked.at("errors").as_array();
    if (errors.empty()) return "";
    const auto text = [&](const char* key) {
      const boost::json::value& value = errors[0].at(key);
      return value.is_null() ? std::string() : std::string(value.as_string());
    };
    const auto number = [&](const char* key) {
      return errors[0].at(key).is_null() ? 0 : errors[0].at(key).to_number<int>();
    };
    return fmt::format("{} {}:{} {} | {}", text("code"), number("line"), number("column"), text("message"),
                       text("hint"));
  }
  std::string reasons() const { return boost::json::serialize(work.json({"explain", "kept"}).at("reasons")); }
  void expect_equal(const std::string& query) {
    EXPECT_EQ(std::vector<std::string>{}, Oracle(work.db(), {{"kept", "", query}}).differing());
  }

  Workspace work;
};

TEST_F(MaintenanceReach, SettingsAreTheViewsOwn) {
  work.execute("CREATE TABLE event (id int PRIMARY KEY, at timestamptz NOT NULL)");
  const std::string query =
      "SELECT at::date AS day, to_char(at, 'HH24:MI TZ') AS shown, count(*) AS n FROM event GROUP BY 1, 2";
  kept(query, "timezone = \"Europe/Berlin\"\n");
  work.sync();
  work.execute("SET timezone = 'America/New_York'; INSERT INTO event VALUES (1, '2024-07-01 23:30+00')");
  EXPECT_EQ("2024-07-02 01:30 CEST 1", work.value("SELECT concat_ws(' ', day, shown, n) FROM kept"));
  EXPECT_EQ(0, work.run({"verify"}, {{"PGTZ", "Asia/Tokyo"}}).exit);
  EXPECT_EQ(0, work.run({"verify", "--repair"}, {{"PGTZ", "Asia/Tokyo"}}).exit);
  kept(query, "settings = { TimeZone = \"UTC\" }\n");
  work.sync();
  EXPECT_EQ("2024-07-01 23:30 UTC 1", work.value("SELECT concat_ws(' ', day, shown, n) FROM kept"));
  kept(query, "timezone = \"Europe/Atlantis\"\n");
  EXPECT_EQ(
      "invalid_value 4:12 invalid value for parameter \"TimeZone\": \"Europe/Atlantis\" | Give a value that SET "
      "TimeZone takes.",
      refusal());
  kept(query, "settings = { work_mem = \"1GB\" }\n");
  EXPECT_NE(std::string::npos, refusal().find("\"work_mem\" is no setting that a view is computed under"));
}

TEST_F(MaintenanceReach, FunctionsAreTakenAtTheUsersWord) {
  work.execute(
      "CREATE TABLE item (id int PRIMARY KEY, price int); INSERT INTO item VALUES (1, 10), (2, 20);"
      "CREATE FUNCTION public.taxed(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN $1 * "
      "coalesce(current_setting('shop.tax', true)::int, 2); END $$");
  const std::string query = "SELECT id, taxed(price) AS taxed FROM item";
  kept(query);
  EXPECT_EQ(
      "not_maintainable 5:12 \"kept\" cannot be kept incrementally: taxed() is volatile: its result depends on chance, "
      "time or what else it reads | If it depends on its arguments alone, say so: ALTER FUNCTION taxed(integer) "
      "IMMUTABLE; or trust = "
      "[\"public.taxed\"] in the header, or below [maintenance] of pgvista.toml.",
      refusal());
  kept(query, "trust = [\"public.taxed\"]\n");
  work.sync();
  EXPECT_NE(std::string::npos, reasons().find("public.taxed() is taken to give the same each time"));
  work.execute("UPDATE item SET price = 30 WHERE id = 1");
  expect_equal(query);
  kept(query, "trust = [\"public.taxes\"]\n");
  EXPECT_EQ(
      "unknown_function 4:9 there is no function public.taxes | Write it as \"schema.function\", as the database has "
      "it.",
      refusal());
  kept(query);
  work.folder().write("pgvista.toml", "[maintenance]\ntrust = [\"public.taxed\"]\n");
  EXPECT_EQ("", refusal());
  work.folder().write("pgvista.toml", "[maintenance]\ntrust = [\"public.taxed\", \"public.nosuch\"]\n");
  EXPECT_EQ(
      "unknown_function 1:1 there is no function public.nosuch, which [maintenance] trust names | Write it as "
      "\"schema.function\", as the database has it.",
      refusal());
  work.folder().write("pgvista.toml", "");
  work.execute("ALTER FUNCTION taxed(int) IMMUTABLE");
  kept(query);
  work.sync();
  work.execute("UPDATE item SET price = 40");
  expect_equal(query);
}

// What a function in SQL reads is read by the query: its tables are watched, and what it calls is looked into.
TEST_F(MaintenanceReach, FunctionsInSqlAreLookedInto) {
  work.execute(
      "CREATE TABLE item (id int PRIMARY KEY, price int); CREATE TABLE sale (id int PRIMARY KEY, item int, n int); "
      "CREATE "
      "INDEX ON sale (item); INSERT INTO item SELECT n, n * 10 FROM generate_series(1, 5) n; INSERT INTO sale SELECT "
      "n, n "
      "% 5, n FROM generate_series(1, 20) n;"
      "CREATE FUNCTION taxed(int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 2';"
      "CREATE FUNCTION sold(item int) RETURNS bigint LANGUAGE sql STABLE AS 'SELECT sum(taxed(n)) FROM sale WHERE "
      "sale.item = sold.item';"
      "CREATE FUNCTION last_sale(int) RETURNS int LANGUAGE sql AS 'SELECT id FROM sale WHERE item = $1 ORDER BY id "
      "DESC';"
      "CREATE FUNCTION sales_of(wanted int) RETURNS TABLE (sale int, number int) LANGUAGE sql STABLE AS 'SELECT id, n "
      "FROM "
      "sale WHERE item = wanted'");
  for (const std::string& query :
       {std::string("SELECT id, taxed(price) AS taxed, sold(item => id) AS sold FROM item"),
        std::string("SELECT item.id, last_sale(item.id) AS last FROM item"),
        std::string("SELECT item.id, s.sale, s.number FROM item CROSS JOIN LATERAL sales_of(item.id) s"),
        std::string("SELECT sale.id, sold(sale.id) AS of_that FROM sale")}) {
    kept(query);
    work.sync();
    for (const char* statement : {"UPDATE sale SET n = n + 1 WHERE id = 3", "DELETE FROM sale WHERE item = 2",
                                  "UPDATE sale SET item = 2 WHERE id = 4", "UPDATE item SET price = 5",
                                  "INSERT INTO sale VALUES (100, 1, 7)", "DELETE FROM sale WHERE id = 100"}) {
      work.execute(statement);
      expect_equal(query);
    }
  }
  // Through a plain view, too, and whatever the names are.
  work.view("through", "SELECT id, sold(id) AS sold FROM item");
  kept("SELECT through.id, through.sold FROM through");
  work.sync();
  work.execute("UPDATE sale SET n = n + 1");
  expect_equal("SELECT through.id, through.sold FROM through");
  kept("SELECT sale.id, sold(sale.id) AS of_that FROM sale");
  work.sync();
  EXPECT_EQ("", work.sync());
  work.execute("CREATE OR REPLACE FUNCTION taxed(int) RETURNS int LANGUAGE sql AS 'SELECT $1 * 3'");
  EXPECT_NE("", work.sync()) << "what a function is made of has changed";
  expect_equal("SELECT sale.id, sold(sale.id) AS of_that FROM sale");
}

// Each refusal stands at its node.
// Declared carelessly: what their bodies say is what counts.
TEST_F(MaintenanceReach, FunctionsInPlpgsqlAreLookedInto) {
  work.execute(
      "CREATE TABLE item (id int PRIMARY KEY, name text, price int, at timestamptz);"
      "INSERT INTO item SELECT i, 'S' || i, i * 10, timestamptz '2024-03-01 12:00+00' FROM generate_series(1, 5) AS i;"
      "CREATE FUNCTION years(p_kind text) RETURNS int LANGUAGE plpgsql AS $$ DECLARE first text := 'S'; n int; BEGIN "
      "IF p_kind = 'none' THEN RETURN NULL; END IF; FOR i IN 1..3 LOOP n := coalesce(n, 0) + i; END LOOP; SELECT "
      "length(p_kind) + n INTO n; RETURN CASE WHEN substr(p_kind, 1, 1) = first THEN n ELSE 2 END; EXCEPTION WHEN "
      "division_by_zero THEN RETURN 0; END $$;"
      "CREATE FUNCTION twice(int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN public.plus($1, $1); END $$;"
      "CREATE FUNCTION plus(a int, b int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN a + b; END $$;"
      "CREATE FUNCTION day(timestamptz) RETURNS text LANGUAGE plpgsql AS $$ BEGIN RETURN to_char($1, 'DD.MM. HH24'); "
      "END $$;"
      "CREATE FUNCTION up_to(n int) RETURNS SETOF int LANGUAGE plpgsql AS $$ BEGIN FOR i IN 1..n LOOP RETURN NEXT i; "
      "END LOOP; END $$");
  const std::string query =
      "SELECT item.id, years(name) AS years, twice(price) AS twice, day(at) AS day, n FROM item, up_to(item.id % 3) AS "
      "n";
  kept(query, "timezone = \"Europe/Berlin\"\n");
  work.sync();
  EXPECT_NE(std::string::npos, reasons().find("public.years() is declared volatile; by its body it depends on its "
                                              "arguments alone"));
  work.execute(
      "SET timezone = 'Asia/Tokyo'; UPDATE item SET name = 'none', id = id + 10 WHERE id < 3; INSERT INTO item VALUES "
      "(7, 'P', 3, timestamptz '2024-07-01 12:00+00'); RESET timezone");
  EXPECT_EQ(0, work.run({"verify"}).exit);
  EXPECT_EQ("01.03. 13 01.07. 14", work.value("SELECT string_agg(DISTINCT day, ' ' ORDER BY day) FROM kept"));
  // Another body of a function that another one calls.
  work.execute(
      "CREATE OR REPLACE FUNCTION plus(a int, b int) RETURNS int LANGUAGE plpgsql AS $$ BEGIN RETURN a + b + 1; "
      "END $$");
  work.sync();
  EXPECT_EQ(0, work.run({"verify"}).exit);
  // What they say may be anything.
  for (const char* const body :
       {"BEGIN RETURN (random() * x)::int; END", "DECLARE n int; BEGIN SELECT count(*) INTO n FROM item; RETURN n; END",
        "DECLARE n int; BEGIN EXECUTE 'SELECT 1' INTO n; RETURN n; END",
        "BEGIN PERFORM set_config('a.b', 'c', false); RETURN x; END",
        "BEGIN RETURN x + extract(epoch FROM now())::int; END", "BEGIN RETURN public.careless(x - 1); END",
        "BEGIN INSERT INTO item VALUES (x); RETURN x; END", "BEGIN RETURN nextval('s'); END"}) {
    work.execute(
        fmt::format("CREATE SEQUENCE IF NOT EXISTS s; CREATE OR REPLACE FUNCTION careless(x int) RETURNS int LANGUAGE "
                    "plpgsql AS $$ {} $$",
                    body));
    kept("SELECT id, careless(price) AS c FROM item");
    EXPECT_NE(std::string::npos, refusal().find("careless() is volatile")) << body;
  }
}

// The server lets a view be replaced by one that reads itself.
TEST_F(MaintenanceReach, AViewThatReadsItselfIsNamed) {
  work.execute(
      "CREATE TABLE item (id int PRIMARY KEY); CREATE VIEW one AS SELECT id FROM item; CREATE VIEW two AS SELECT id "
      "FROM "
      "one; CREATE OR REPLACE VIEW one AS SELECT id FROM two");
  kept("SELECT id FROM two");
  const std::string why =
      "5:16 \"kept\" cannot be kept incrementally: \"one\" reads itself, directly or through other "
      "views (in the view \"two\")";
  EXPECT_NE(std::string::npos, refusal().find(why)) << refusal();
  EXPECT_EQ(0, work.run({"status"}).exit);
  EXPECT_EQ(1, work.run({"sync"}).exit);
}

TEST_F(MaintenanceReach, RefusalsHaveTheirPlaces) {
  work.execute(
      "CREATE TABLE item (id int PRIMARY KEY, price int); CREATE FOREIGN DATA WRAPPER w; CREATE SERVER s FOREIGN DATA "
      "WRAPPER w; CREATE FOREIGN TABLE afar (id int) SERVER s");
  for (const auto& [query, place, reason] : std::vector<std::tuple<std::string, std::string, std::string>>{
           {"SELECT id, price,\n  random() AS r FROM item", "6:3", "random() is volatile"},
           {"SELECT relname\nFROM pg_catalog.pg_class", "6:6", "belongs to PostgreSQL's catalogue"},
           {"SELECT item.id,\n item.ctid FROM item", "6:2", "system column \"ctid\""},
           {"SELECT item.id FROM item\nJOIN afar ON afar.id = item.id", "6:6", "is a foreign table"},
           {"SELECT id FROM item\nFOR UPDATE", "6:1", "FOR UPDATE locks rows"},
           {"SELECT id\nFROM item TABLESAMPLE SYSTEM (5)", "6:11", "TABLESAMPLE"},
           {"SELECT id,\n current_user AS who FROM item", "6:2", "present time or user"},
           {"SELECT price, max(\n clock_timestamp()) AS at FROM item GROUP BY price", "6:2",
            "clock_timestamp() is volatile"}}) {
    kept(query);
    const std::string said = refusal();
    EXPECT_NE(std::string::npos, said.find("not_maintainable " + place + " ")) << query << "\n" << said;
    EXPECT_NE(std::string::npos, said.find(reason)) << said;
  }
}

// Which table a row of a parent is of, stays as it is.
TEST_F(MaintenanceReach, TableoidIsAColumnAsOthers) {
  work.execute(
      "CREATE TABLE place (id int, name text); CREATE TABLE city () INHERITS (place); INSERT INTO city VALUES (1, "
      "'a')");
  kept("SELECT id, tableoid::regclass AS kind FROM place");
  work.sync();
  work.execute(
      "INSERT INTO place VALUES (2, 'b'); UPDATE place SET id = 3 WHERE id = 1; INSERT INTO city VALUES (4, 'c')");
  expect_equal("SELECT id, tableoid::regclass AS kind FROM place");
  kept("SELECT id, tableoid FROM place");
  EXPECT_NE(std::string::npos, refusal().find("no table can have it")) << refusal();
  // The name of a table is the catalogue's to change.
  kept("SELECT id, tableoid::regclass::text AS kind FROM place");
  EXPECT_NE(std::string::npos, refusal().find("regclassout() is stable")) << refusal();
  for (const std::string query :
       {"SELECT tableoid, count(*) AS n FROM place GROUP BY tableoid", "SELECT id FROM place WHERE tableoid = 1",
        "SELECT name, sum(tableoid::int) AS s FROM place GROUP BY name", "SELECT DISTINCT tableoid FROM place"}) {
    kept(query);
    EXPECT_NE(std::string::npos, refusal().find("the system column \"tableoid\"")) << query;
  }
}

// What is made of rows that are kept is made under the view's settings, or kept, too.
TEST_F(MaintenanceReach, NothingIsMadeUnderTheReadersSettings) {
  work.execute(
      "CREATE TABLE event (id int PRIMARY KEY, above int, at timestamptz NOT NULL); INSERT INTO event SELECT n, "
      "nullif(n / "
      "2, 0), timestamptz '2024-07-01 20:00+00' + n * interval '1 hour' FROM generate_series(1, 9) n");
  for (const std::string query :
       {"SELECT id, place, at::date AS day FROM (SELECT id, at, rank() OVER (ORDER BY at) AS place FROM event) AS q",
        "SELECT id, lag(at) OVER (ORDER BY id)::date AS before FROM event",
        "SELECT id, to_char(first_value(at) OVER (ORDER BY id), 'HH24:MI') AS first, rank() OVER (ORDER BY at::date) "
        "AS day FROM event",
        "SELECT id FROM (SELECT id, at, rank() OVER (ORDER BY at) AS place FROM event) AS q WHERE at::date > "
        "'2024-07-01'",
        "WITH RECURSIVE r AS (SELECT id, at FROM event WHERE above IS NULL UNION ALL SELECT event.id, event.at FROM r "
        "JOIN "
        "event ON event.above = r.id) SELECT id FROM r WHERE at::date > '2024-07-01'",
        "SELECT above, coalesce(max(at), 'epoch')::text AS latest FROM event GROUP BY above"}) {
    kept(query, "timezone = \"UTC\"\n");
    work.sync();
    work.execute("SET timezone = 'Asia/Tokyo'; UPDATE event SET at = at + interval '1 minute'");
    const std::string shown = work.value("SELECT string_agg(kept::text, ' ' ORDER BY kept::text) FROM kept");
    work.execute("SET timezone = 'America/New_York'");
    const std::string again = work.value("SELECT string_agg(kept::text, ' ' ORDER BY kept::text) FROM kept");
    EXPECT_EQ(shown, again) << query;
    work.execute("SET timezone = 'UTC'");
    expect_equal(query);
  }
}

// Which of two functions is meant, is told by types: neither is put in the place of its call.
TEST_F(MaintenanceReach, OverloadedFunctionsStayCalls) {
  work.execute(
      "CREATE TABLE item (id int PRIMARY KEY, name text); CREATE FUNCTION shown(int) RETURNS int LANGUAGE sql STABLE "
      "AS "
      "'SELECT $1'; CREATE FUNCTION shown(text) RETURNS text LANGUAGE plpgsql STABLE AS 'BEGIN RETURN $1; END'; CREATE "
      "FUNCTION cut(text) RETURNS text LANGUAGE sql STABLE AS 'SELECT left($1, 1)'; CREATE FUNCTION cut(int, int "
      "DEFAULT 1) "
      "RETURNS int LANGUAGE plpgsql STABLE AS 'BEGIN RETURN $1 / $2; END'");
  for (const char* query : {"SELECT id, shown(name) AS s FROM item", "SELECT id, cut(name) AS s FROM item"}) {
    kept(query);
    work.sync();
    work.execute("INSERT INTO item SELECT coalesce(max(id), 0) + 1, 'name' || count(*) FROM item");
    expect_equal(query);
  }
  // One of them reads a table.
  work.execute("CREATE OR REPLACE FUNCTION cut(text) RETURNS text LANGUAGE sql STABLE AS 'SELECT min(name) FROM item'");
  kept("SELECT id, cut(name) AS s FROM item");
  EXPECT_NE(std::string::npos, refusal().find("is stable")) << refusal();
}

// What is around the rows that are kept shows others, which the key of these does not tell apart.
TEST_F(MaintenanceReach, TheKeyOfInnerRowsIsNoneOfTheView) {
  work.execute("CREATE TABLE visit (id int PRIMARY KEY, section int, n int)");
  kept("SELECT section AS id, place FROM (SELECT id, section, rank() OVER (ORDER BY n) AS place FROM visit) AS q");
  work.sync();
  EXPECT_EQ("{}", work.value("SELECT row_key FROM pgvista.program"));
}

// Statements through the parent reach rows of the child, and lack its columns.
TEST_F(MaintenanceReach, AnInheritingTableIsKeptWhateverNameItIsChangedBy) {
  work.execute(
      "CREATE TABLE place (id int, name text); CREATE TABLE city (people int) INHERITS (place); CREATE TABLE village "
      "() "
      "INHERITS (place); INSERT INTO city SELECT n, 'c' || n % 3, n * 10 FROM generate_series(1, 9) n; INSERT INTO "
      "village SELECT n, 'v' FROM generate_series(1, 9) n");
  for (const std::string& query :
       {std::string("SELECT name, sum(people) AS people FROM city GROUP BY name"),
        std::string("SELECT people, string_agg(name, ',' ORDER BY name) AS names FROM city GROUP BY people"),
        std::string("SELECT name, array_agg(id ORDER BY id) AS ids FROM city GROUP BY name")}) {
    kept(query);
    work.sync();
    for (const char* statement :
         {"UPDATE place SET name = 'x' WHERE id = 2", "DELETE FROM place WHERE id = 3",
          "INSERT INTO place VALUES (1, 'p')", "UPDATE city SET people = 7 WHERE id = 4",
          "UPDATE ONLY place SET name = 'only'", "DELETE FROM village", "INSERT INTO city VALUES (20, 'c0', 5)",
          "TRUNCATE place", "INSERT INTO city SELECT n, 'c' || n % 3, n * 10 FROM generate_series(1, 9) n"}) {
      work.execute(statement);
      Oracle oracle(work.db(), {{"kept", "", query}});
      EXPECT_EQ(std::vector<std::string>{}, oracle.differing()) << statement;
    }
  }
  work.view("kept", maintained_view("SELECT people, count(name) AS n FROM city GROUP BY people", "deferred"));
  EXPECT_NE(std::string::npos, refusal().find("no queue can keep it"));
}

// row_number() OVER () as an id: any order will do, and it is the same one at each read.
TEST_F(MaintenanceReach, RowsAreNumberedByTheKey) {
  work.execute("CREATE TABLE visit (id int PRIMARY KEY, section text, at date)");
  kept("SELECT row_number() OVER () AS id, section, count(*) AS n FROM visit GROUP BY section");
  work.sync();
  work.execute("INSERT INTO visit SELECT n, 's' || n % 4, '2024-01-01' FROM generate_series(1, 40) n");
  const std::string rows = "SELECT string_agg(concat_ws('=', id, section), ' ' ORDER BY id) FROM kept";
  EXPECT_EQ("1=s0 2=s1 3=s2 4=s3", work.value(rows));
  work.execute("DELETE FROM visit WHERE section = 's1'");
  EXPECT_EQ("1=s0 2=s2 3=s3", work.value(rows));
  EXPECT_EQ(0, work.run({"verify"}).exit);
  work.execute("ALTER TABLE visit DISABLE TRIGGER USER; DELETE FROM visit WHERE section = 's2'");
  EXPECT_EQ(3, work.run({"verify"}).exit) << "a row too many is found";
}

TEST_F(MaintenanceReach, WhatIsComputedAtReadIsInNoIndex) {
  work.execute("CREATE TABLE visit (id int PRIMARY KEY, at date)");
  kept("SELECT id, now() - at AS age FROM visit", "indexes = [ { columns = [\"age\"] } ]\n");
  EXPECT_NE(std::string::npos, refusal().find("an index on \"age\", which is computed when the view is read"));
  kept("SELECT id, now() - at AS age FROM visit", "indexes = [ { columns = [\"id\"], unique = true } ]\n");
  work.sync();
  work.execute("INSERT INTO visit VALUES (1, current_date - 3)");
  EXPECT_EQ("t", work.value("SELECT age > '3 days' AND age < '4 days' FROM kept"));
}

// A view over such a view is kept as if its query stood there.
TEST_F(MaintenanceReach, ViewsOverWhatIsComputedAtRead) {
  work.execute("CREATE TABLE visit (id int PRIMARY KEY, section text, n int)");
  write("base", "SELECT id, section, rank() OVER (ORDER BY n) AS place FROM visit");
  kept("SELECT section, id FROM base WHERE place < 3");
  work.sync();
  work.execute("INSERT INTO visit SELECT n, 's' || n % 4, 100 - n FROM generate_series(1, 40) n");
  work.execute("DELETE FROM visit WHERE id = 40");
  expect_equal("SELECT section, id FROM base WHERE place < 3");
  EXPECT_EQ("39,38", work.value("SELECT string_agg(id::text, ',' ORDER BY id DESC) FROM kept"));
}

class MaintenanceRecursion : public MaintenanceReach {
 protected:
  MaintenanceRecursion() {
    work.execute(
        "CREATE TABLE node (id int PRIMARY KEY, above int REFERENCES node ON DELETE CASCADE); CREATE INDEX ON node "
        "(above); INSERT INTO node SELECT n, nullif(n / 5, 0) FROM generate_series(1, 20000) n; ANALYZE");
    kept(tree);
    work.sync();
  }
  const std::string tree =
      "WITH RECURSIVE r AS (SELECT id, above, ARRAY[id] AS path FROM node WHERE above IS NULL UNION ALL SELECT "
      "node.id, "
      "node.above, r.path || node.id FROM r JOIN node ON node.above = r.id) SELECT id, above, path FROM r";
  // Pages of the store and the table that a statement reads.
  long long pages(const std::string& statement) {
    const std::string sum =
        "SELECT sum(pg_stat_get_xact_blocks_fetched(c.oid)) FROM pg_class c WHERE c.relname LIKE 'kept_%' OR c.relname "
        "LIKE 'node%'";
    work.execute("BEGIN");
    const long long before = std::stoll(work.value(sum));
    work.execute(statement);
    const long long after = std::stoll(work.value(sum));
    work.execute("COMMIT");
    return after - before;
  }
};

TEST_F(MaintenanceRecursion, AChangedRowCostsItsBranch) {
  EXPECT_LT(pages("INSERT INTO node VALUES (30000, 77)"), 300);
  EXPECT_LT(pages("UPDATE node SET above = 78 WHERE id = 30000"), 400);
  EXPECT_LT(pages("DELETE FROM node WHERE id = 30000"), 300);
  EXPECT_GT(pages("UPDATE node SET above = 2 WHERE id = 3"), 1000) << "a quarter of the tree";
  expect_equal(tree);
}

TEST_F(MaintenanceRecursion, CascadesUpsertsAndMergesAreRight) {
  for (const char* statement :
       {"DELETE FROM node WHERE id = 4",
        "INSERT INTO node VALUES (1, 2), (40000, 1), (40001, 40000) ON CONFLICT (id) DO "
        "UPDATE SET above = NULL",
        "WITH gone AS (DELETE FROM node WHERE id = 40001 RETURNING id) INSERT INTO node SELECT 40002, 40000 FROM gone",
        "UPDATE node SET above = 40002 WHERE id IN (30, 31, 200)",
        "UPDATE node SET id = 50000 WHERE id = 40002 AND false",
        "BEGIN; INSERT INTO node VALUES (60000, 1); SAVEPOINT one; DELETE FROM node WHERE id = 60000; ROLLBACK TO one; "
        "COMMIT",
        "TRUNCATE node", "INSERT INTO node SELECT n, nullif(n / 3, 0) FROM generate_series(1, 50) n"}) {
    work.execute(statement);
    Oracle oracle(work.db(), {{"kept", "", tree}});
    EXPECT_EQ(std::vector<std::string>{}, oracle.differing()) << statement;
  }
}

// Rows of a cycle hold each other up: with the last way in from outside, all of them go.
TEST_F(MaintenanceRecursion, ACycleThatNothingLeadsToGoes) {
  work.execute(
      "CREATE TABLE edge (source int, target int); INSERT INTO edge VALUES (0, 1), (1, 2), (2, 3), (3, 1), (3, 4), (5, "
      "4)");
  const std::string reached =
      "WITH RECURSIVE r AS (SELECT 0 AS at UNION SELECT edge.target FROM r JOIN edge ON edge.source = r.at) SELECT at "
      "FROM r";
  kept(reached);
  work.sync();
  EXPECT_EQ("0,1,2,3,4", work.value("SELECT string_agg(at::text, ',' ORDER BY at) FROM kept"));
  work.execute("DELETE FROM edge WHERE source = 0");
  EXPECT_EQ("0", work.value("SELECT string_agg(at::text, ',' ORDER BY at) FROM kept"));
  work.execute("INSERT INTO edge VALUES (0, 5), (4, 2)");
  expect_equal(reached);
  work.execute("DELETE FROM edge WHERE source = 5");
  expect_equal(reached);
}

// A start may be any query, and columns may have other names, or be merged.
TEST_F(MaintenanceRecursion, StartsAndNamesOfEveryKind) {
  for (const std::string query :
       {"WITH RECURSIVE r AS (SELECT max(v) AS at FROM seed UNION SELECT edge.target FROM r JOIN edge ON edge.source = "
        "r.at) SELECT at FROM r",
        "WITH RECURSIVE r AS (SELECT v AS at FROM seed GROUP BY ROLLUP (v) UNION SELECT edge.target FROM r JOIN edge "
        "ON edge.source = r.at) SELECT at FROM r",
        "WITH RECURSIVE r AS ((SELECT v AS at FROM seed ORDER BY v DESC LIMIT 1) UNION SELECT edge.target FROM r JOIN "
        "edge ON edge.source = r.at) SELECT at FROM r",
        "WITH RECURSIVE r AS (SELECT generate_series(1, v) AS at FROM seed UNION SELECT edge.target FROM r JOIN edge "
        "ON edge.source = r.at) SELECT at FROM r",
        "WITH RECURSIVE r AS (SELECT DISTINCT v AS source FROM seed UNION SELECT edge.target FROM r JOIN edge USING "
        "(source)) SELECT source FROM r",
        "WITH RECURSIVE r AS (SELECT v AS source, 0 AS d FROM seed UNION ALL SELECT edge.target, d + 1 FROM r JOIN "
        "edge USING (source) WHERE d < 3) SELECT source, d FROM r",
        "WITH RECURSIVE r(at) AS (SELECT v FROM seed UNION SELECT e.b FROM r JOIN edge AS e(a, b) ON e.a = r.at) "
        "SELECT at FROM r",
        "WITH RECURSIVE r(at, d) AS (SELECT v, 0 FROM seed AS s(v) UNION ALL SELECT e.b, d + 1 FROM r JOIN edge AS "
        "e(a, b) ON e.a = r.at WHERE d < 3) SELECT at, d FROM r"}) {
    work.execute(
        "DROP TABLE IF EXISTS seed CASCADE; DROP TABLE IF EXISTS edge CASCADE; CREATE TABLE seed (v int NOT NULL); "
        "CREATE "
        "TABLE edge (source int NOT NULL, target int NOT NULL, note text, PRIMARY KEY (source, target)); INSERT INTO "
        "seed "
        "VALUES (2), (3); INSERT INTO edge VALUES (3, 4), (4, 5), (5, 3), (2, 5), (1, 7)");
    kept(query);
    work.sync();
    for (const char* statement :
         {"INSERT INTO edge VALUES (5, 6)", "DELETE FROM edge WHERE source = 3",
          "UPDATE edge SET source = 3 WHERE source = 1", "INSERT INTO seed VALUES (9)", "UPDATE edge SET note = 'x'",
          "DELETE FROM seed WHERE v = 9", "UPDATE edge SET target = 8, source = 2 WHERE source = 4",
          "DELETE FROM edge WHERE target = 5", "DELETE FROM seed"}) {
      work.execute(statement);
      Oracle oracle(work.db(), {{"kept", "", query}});
      EXPECT_EQ(std::vector<std::string>{}, oracle.differing()) << query << "\n" << statement;
    }
  }
}

}  // namespace pgvista::test
