// What the API says beside rows: names are told to those alone who have a right to what bears them.

#include <gtest/gtest.h>

#include "support/http.hpp"

namespace pgvista::test {

namespace {

constexpr const char* schema =
    "DO $$ BEGIN CREATE ROLE told_anon; EXCEPTION WHEN duplicate_object THEN NULL; END $$; DO $$ BEGIN CREATE ROLE "
    "told_staff; EXCEPTION WHEN duplicate_object THEN NULL; END $$; DO $$ BEGIN CREATE ROLE told_clerk; EXCEPTION WHEN "
    "duplicate_object THEN NULL; END $$;"
    "DO $$ BEGIN CREATE ROLE told_reader; EXCEPTION WHEN duplicate_object THEN NULL; END $$;"
    "GRANT told_staff TO told_clerk; GRANT pg_read_all_data TO told_reader;"
    "CREATE TABLE shop (id int PRIMARY KEY, name text, margin_secret numeric);"
    "CREATE TABLE secret_plan (id int PRIMARY KEY, shop_id int REFERENCES shop, body text);"
    "CREATE VIEW secret_plan_count AS SELECT shop_id, count(*) AS n FROM secret_plan GROUP BY shop_id;"
    "CREATE FUNCTION secret_sum(number_secret int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1'; REVOKE ALL ON "
    "FUNCTION secret_sum(int) FROM PUBLIC;"
    "CREATE FUNCTION open_sum(n int) RETURNS int LANGUAGE sql IMMUTABLE AS 'SELECT 1';"
    "GRANT USAGE ON SCHEMA public TO told_anon, told_staff; GRANT SELECT (id, name) ON shop TO told_anon; GRANT SELECT "
    "ON shop, secret_plan TO told_staff; GRANT EXECUTE ON FUNCTION secret_sum(int) TO told_staff";

// Each asks for what nearly bears the name of something that the anonymous role has no right to.
const std::vector<std::string> targets = {"/secret_pla",
                                          "/secret_plans",
                                          "/shop?select=margin_secre",
                                          "/shop?margin_secre=eq.1",
                                          "/shop?order=margin_secre",
                                          "/shop?select=id,secret_pla(id)",
                                          "/shop?select=id,secret_plan!x(id)",
                                          "/rpc/secret_su?n=1",
                                          "/rpc/secret_sum?n=1"};

struct ServedDatabase {
  ServedDatabase() {
    work.execute(schema);
    work.folder().write("pgvista.toml",
                        "[server]\nanonymous_role = \"told_anon\"\n[server.jwt]\nsecret = \"" + secret + "\"\n");
    server = std::make_unique<HttpServer>(work);
  }
  HttpAnswer get(const std::string& target, const std::string& role = {}) const {
    std::map<std::string, std::string> headers;
    if (!role.empty()) headers["Authorization"] = "Bearer " + token("{\"role\":\"" + role + "\"}", secret);
    return http(server->port(), "GET", "/rest/v1" + target, headers);
  }
  std::string secret = "0123456789abcdef0123456789abcdef";
  Workspace work;
  std::unique_ptr<HttpServer> server;
};

// What the asker did not write itself.
bool tells(const std::string& body, const std::string& target) {
  for (const char* const word : {"secret_plan", "margin_secret", "secret_sum", "number_secret"}) {
    if (body.find(word) != std::string::npos && target.find(word) == std::string::npos) return true;
  }
  return false;
}

}  // namespace

TEST(Told, HintsNameWhatTheAskerMayKnow) {
  const ServedDatabase serving;
  for (const std::string& target : targets) {
    const HttpAnswer answer = serving.get(target);
    EXPECT_GE(answer.status, 400) << target;
    EXPECT_FALSE(tells(answer.body, target)) << target << ": " << answer.body;
  }
  // Whoever has the right, also through another role, is helped.
  for (const char* const role : {"told_staff", "told_clerk"}) {
    EXPECT_NE(std::string::npos,
              serving.get("/secret_pla", role).body.find("Perhaps you meant the table 'public.secret_plan'"))
        << role;
    EXPECT_NE(std::string::npos, serving.get("/shop?select=margin_secre", role).body.find("margin_secret")) << role;
    EXPECT_NE(std::string::npos, serving.get("/shop?select=id,secret_pla(id)", role).body.find("secret_plan")) << role;
    EXPECT_NE(std::string::npos, serving.get("/rpc/secret_su?n=1", role).body.find("secret_sum")) << role;
  }
  EXPECT_NE(std::string::npos, serving.get("/shop?select=nam").body.find("shop.name"));
  EXPECT_NE(std::string::npos, serving.get("/rpc/open_su?n=1").body.find("open_sum"));
}

// Which methods a relation takes says what it is made of.
TEST(Told, RefusedMethodsSayNothingOfWhatIsHidden) {
  const ServedDatabase serving;
  const std::string path = "/rest/v1/secret_plan_count";
  const HttpAnswer strange = http(serving.server->port(), "PROPFIND", path, {});
  EXPECT_EQ(405, strange.status);
  EXPECT_NE(std::string::npos, strange.header("allow").find("PUT")) << strange.header("allow");
  const HttpAnswer write = http(serving.server->port(), "DELETE", path + "?n=eq.1", {});
  EXPECT_EQ(std::string::npos, write.body.find("PostgreSQL cannot write through")) << write.body;
  EXPECT_EQ(std::string::npos, write.body.find("Methods that it takes")) << write.body;
}

// Rights that no grant on the relation says.
TEST(Told, PredefinedRolesSeeWhatTheyMayRead) {
  const ServedDatabase serving;
  for (const char* const role : {"told_reader", "pg_read_all_data"}) {
    EXPECT_NE(std::string::npos, serving.get("/", role).body.find("/secret_plan")) << role;
    EXPECT_NE(std::string::npos, serving.get("/secret_pla", role).body.find("secret_plan")) << role;
    EXPECT_EQ(std::string::npos, serving.get("/", role).body.find("secret_sum")) << role << " may read, not call";
  }
}

TEST(Told, TheDescriptionHasWhatTheAskerMayUse) {
  const ServedDatabase serving;
  const std::string anonymous = serving.get("/").body;
  EXPECT_FALSE(tells(anonymous, "")) << anonymous;
  EXPECT_NE(std::string::npos, anonymous.find("/shop"));
  EXPECT_NE(std::string::npos, anonymous.find("/rpc/open_sum"));
  const std::string staff = serving.get("/", "told_clerk").body;
  for (const char* const word : {"/secret_plan", "margin_secret", "/rpc/secret_sum"})
    EXPECT_NE(std::string::npos, staff.find(word)) << word;
  // A right that is taken away is taken away from what is told, too.
  serving.work.connect()->execute("REVOKE ALL ON secret_plan FROM told_staff");
  wait_until([&] { return serving.get("/", "told_clerk").body.find("/secret_plan\"") == std::string::npos; },
             "the catalogue is read again");
}

}  // namespace pgvista::test
