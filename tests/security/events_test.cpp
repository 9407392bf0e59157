// The keys of changed rows: who may hear them, and who may tell them.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include "support/http.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

namespace {

constexpr const char* view = R"(/* pgvista
kind = "materialized"
maintenance = "immediate"
notify = true
[grants]
events_anon = ["select"]
*/
SELECT email, count(*) AS n FROM letter WHERE email <> '' GROUP BY email
)";

constexpr const char* path = "/rest/v1/letters?n=gt.0&select=email,n";

struct Told {
  Told() {
    for (const char* const role : {"events_anon", "events_server LOGIN NOINHERIT", "events_outsider LOGIN"}) {
      work.execute(fmt::format("DO $$ BEGIN CREATE ROLE {}; EXCEPTION WHEN duplicate_object THEN NULL; END $$", role));
    }
    work.execute(
        "GRANT events_anon TO events_server; GRANT USAGE ON SCHEMA public TO events_anon;"
        "ALTER DEFAULT PRIVILEGES GRANT SELECT ON TABLES TO events_outsider;"
        "CREATE TABLE letter (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, email text NOT NULL)");
    work.folder().write("pgvista.toml", "[server]\nworkers = 1\nanonymous_role = \"events_anon\"\n");
    work.view("letters", view);
    work.sync();
  }
  ~Told() { work.execute("DROP OWNED BY events_outsider; DROP OWNED BY events_server; DROP OWNED BY events_anon"); }
  void write(const std::string& email) { work.execute(fmt::format("INSERT INTO letter (email) VALUES ('{}')", email)); }
  Workspace work;
};

}  // namespace

TEST(Events, NobodyElseTellsThem) {
  Told told;
  HttpServer server(told.work);
  const auto stream = event_stream(server.port(), path);
  const auto outsider = told.work.connect("events_outsider");
  EXPECT_THROW(outsider->query("SELECT channel FROM pgvista.listener"), db::QueryFailure);
  for (const char* const channel : {"pgvista_rows", "pgvista_rows_", "pgvista"}) {
    const char* payload = "{\"view\": \"public.letters\", \"keys\": [[\"forged@x\"]]}";
    outsider->query("SELECT pg_notify($1, $2)", {channel, payload});
  }
  // Told in the order of their commits: what was forged would have come first.
  told.write("true@x");
  const std::string heard = stream->receive("true@x");
  EXPECT_NE(heard.find("true@x"), std::string::npos) << heard;
  EXPECT_EQ(heard.find("forged@x"), std::string::npos) << heard;
  EXPECT_EQ(heard.find("reset"), std::string::npos) << heard;
}

TEST(Events, NobodyElseHearsThem) {
  Told told;
  const auto outsider = told.work.connect("events_outsider");
  outsider->execute("LISTEN pgvista; LISTEN pgvista_rows; LISTEN pgvista_schema");
  told.write("secret@x");
  outsider->query("SELECT 1");
  std::string heard;
  while (PGnotify* const one = PQnotifies(outsider->raw())) {
    heard += std::string(one->relname) + ": " + one->extra + "\n";
    PQfreemem(one);
  }
  EXPECT_EQ(heard, "pgvista: public.letters\n");
}

// Where the server connects as another role than sync, that one is given the right; whoever else is not.
TEST(Events, TheServersRoleIsLetIn) {
  Told told;
  HttpServer server(told.work, {}, {{"PGVISTA_DATABASE_URL", told.work.url_as("events_server")}});
  const auto ask = [&] { return http(server.port(), "GET", path, {{"Accept", "text/event-stream"}}); };
  HttpAnswer refused = ask();
  EXPECT_EQ(refused.status, 503);
  EXPECT_NE(refused.body.find("GRANT SELECT ON pgvista.listener"), std::string::npos) << refused.body;
  told.work.execute("GRANT SELECT ON pgvista.listener TO events_server");
  const auto stream = event_stream(server.port(), path);
  told.write("first@x");
  EXPECT_NE(stream->receive("first@x").find("first@x"), std::string::npos);
  // It is the user's, and stays; what default privileges gave is taken.
  told.work.sync();
  EXPECT_EQ(told.work.value("SELECT has_table_privilege('events_server', 'pgvista.listener', 'SELECT')"), "t");
  EXPECT_EQ(told.work.value("SELECT has_table_privilege('events_outsider', 'pgvista.listener', 'SELECT')"), "f");
  // Of another schema pgvista, another channel is heard.
  const std::string before = told.work.value("SELECT channel FROM pgvista.listener");
  ASSERT_EQ(told.work.run({"clear", "--yes"}).exit, 0);
  told.work.sync();
  EXPECT_NE(told.work.value("SELECT channel FROM pgvista.listener"), before);
  told.work.execute("GRANT SELECT ON pgvista.listener TO events_server");
  const auto again = event_stream(server.port(), path);
  told.write("second@x");
  EXPECT_NE(again->receive("second@x").find("second@x"), std::string::npos);
}

}  // namespace pgvista::test
