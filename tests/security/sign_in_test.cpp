// Who may sign in to the admin page: whoever types the password of a role, and nobody on the strength of what the
// server itself knows or is.

#include <gtest/gtest.h>
#include <pwd.h>
#include <sys/stat.h>
#include <unistd.h>

#include <fstream>
#include <iterator>

#include "db/password_login.hpp"
#include "support/http.hpp"

namespace pgvista::test {

namespace {

namespace fs = std::filesystem;

/// A superuser of whom pg_hba.conf asks what `method` says, until the end of the scope.
class Asked {
 public:
  Asked(Workspace& work, const std::string& role, const std::string& method)
      : work_(work), file_(TestServer::instance().folder() / ".pgvista/data/pg_hba.conf") {
    std::ifstream in(file_);
    before_.assign(std::istreambuf_iterator<char>(in), {});
    work_.execute("DO $$ BEGIN CREATE ROLE " + role + "; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
    work_.execute("ALTER ROLE " + role + " LOGIN SUPERUSER PASSWORD 'right'");
    work_.execute("CREATE TABLE secret (id int PRIMARY KEY, word text); INSERT INTO secret VALUES (1, 'hush')");
    write("local all " + role + " " + method + "\n" + before_);
    passfile_ = work_.folder().path() / "passfile";
    std::ofstream(passfile_) << "*:*:*:" << role << ":right\n";
    chmod(passfile_.c_str(), 0600);
  }
  ~Asked() { write(before_); }
  Asked(const Asked&) = delete;
  Asked& operator=(const Asked&) = delete;
  const std::string& passfile() const { return passfile_; }

 private:
  // A process that is forked after the file was read knows when.
  void write(const std::string& text) const {
    const auto read_at = [&] { return work_.connect()->query("SELECT pg_conf_load_time()").text(0, 0); };
    const std::string before = read_at();
    std::ofstream(file_) << text;
    work_.execute("SELECT pg_reload_conf()");
    wait_until([&] { return read_at() != before; }, "the server has read pg_hba.conf");
  }

  Workspace& work_;
  fs::path file_;
  std::string before_;
  std::string passfile_;
};

int sign_in(const HttpServer& server, const std::string& form) {
  return http(server.port(), "POST", "/admin/sign-in", {}, form).status;
}

}  // namespace

TEST(SignIn, NothingThatTheServerKnowsSpeaksForAVisitor) {
  Workspace work;
  const Asked asked(work, "svc", "scram-sha-256");
  work.folder().write(
      "pgvista.toml",
      "[server]\nanonymous_role = \"pg_monitor\"\n[server.jwt]\nsecret = \"0123456789012345678901234567890123\"\n");
  work.folder().write("service.conf", "[own]\npassword=right\nuser=svc\n");
  const std::map<std::string, std::map<std::string, std::string>> environments = {
      {"nothing", {}},
      {"a passfile", {{"PGPASSFILE", asked.passfile()}}},
      {"a passfile in the URL", {{"PGVISTA_DATABASE_URL", work.url() + "&passfile=" + asked.passfile()}}},
      {"a password in the environment", {{"PGPASSWORD", "right"}}},
      {"a service", {{"PGSERVICEFILE", (work.folder().path() / "service.conf").string()}, {"PGSERVICE", "own"}}}};
  for (const auto& [name, environment] : environments) {
    const HttpServer server(work, {}, environment);
    for (const char* const form : {"role=svc&password=", "role=svc", "role=&password=", "role=&password=right",
                                   "password=right", "", "role=svc&password=wrong", "role=svc&password=%00",
                                   "role=svc&password=right%00", "role=svc%00&password=right"}) {
      const int status = sign_in(server, form);
      EXPECT_TRUE(status == 401 || status == 400) << name << ": " << form << " gave " << status;
    }
  }
  for (const auto& [name, environment] : environments) {
    const HttpServer server(work, {}, environment);
    const HttpAnswer in = http(server.port(), "POST", "/admin/sign-in", {}, "role=svc&password=right");
    ASSERT_EQ(in.status, 303) << name;
    const std::string cookie = in.header("Set-Cookie").substr(0, in.header("Set-Cookie").find(';'));
    EXPECT_NE(http(server.port(), "GET", "/admin/data/secret", {{"Cookie", cookie}}).body.find("hush"),
              std::string::npos)
        << name;
  }
}

// A server that runs as root may be root at the socket; whoever sits at a browser is not.
TEST(SignIn, WhoTheServerIsProvesNothing) {
  Workspace work;
  const std::string own = getpwuid(geteuid())->pw_name;
  const Asked asked(work, own, "peer");
  work.folder().write("pgvista.toml", "[server]\nanonymous_role = \"pg_monitor\"\n");
  const HttpServer server(work);
  EXPECT_EQ(sign_in(server, "role=" + own + "&password=anything"), 403);
  EXPECT_EQ(sign_in(server, "role=" + own + "&password="), 401);
}

TEST(SignIn, APlaceHoldsNoProof) {
  Workspace work;
  const Asked asked(work, "svc", "scram-sha-256");
  const auto direct = work.connect();
  const db::Place place = db::place_of(*direct);
  for (const auto& [word, value] : place.words)
    EXPECT_TRUE(word != "user" && word != "password" && word != "passfile") << word << value;
  EXPECT_THROW(db::url_for(place, "svc", ""), Failure);
  EXPECT_THROW(db::url_for(place, "", "x"), Failure);
  db::Connection proven(db::url_for(place, "svc", "right"));
  EXPECT_EQ(db::proof_of(proven, place), db::Proof::password);
  db::Connection open(db::url_for(place, "postgres", "anything"));
  EXPECT_EQ(db::proof_of(open, place), db::Proof::nobody);
}

}  // namespace pgvista::test
