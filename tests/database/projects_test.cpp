// Several projects in one database: each has its own, sees its own, and takes nothing of another away.

#include <gtest/gtest.h>

#include "support/maintenance_cases.hpp"

namespace pgvista::test {

namespace {

class Projects : public ::testing::Test {
 protected:
  Projects() {
    work.execute("CREATE TABLE t (id int PRIMARY KEY, g int, v int)");
    work.view("sums", maintained_view("SELECT g, sum(v) AS s FROM t GROUP BY g", "immediate"));
    work.view("plain", "SELECT id, g FROM t");
    other.write("pgvista.toml", "");
    other.write("views/counts.sql", maintained_view("SELECT g, count(*) AS n FROM t GROUP BY g", "on_commit"));
  }
  ProcessResult in(const TemporaryFolder& folder, std::vector<std::string> words) const {
    words.insert(words.end(), {"--project", folder.path().string()});
    return work.run(words);
  }
  std::string views() {
    return work.value(
        "SELECT coalesce(string_agg(relname, ' ' ORDER BY relname), '') FROM pg_class WHERE relkind IN ('v', 'm') AND "
        "relnamespace = 'public'::regnamespace");
  }

  Workspace work;
  TemporaryFolder other;
};

}  // namespace

TEST_F(Projects, EachSeesAndTakesAwayItsOwn) {
  work.sync();
  EXPECT_EQ(0, in(other, {"sync"}).exit);
  EXPECT_EQ("counts plain sums", views());
  for (const TemporaryFolder* one : {&work.folder(), const_cast<const TemporaryFolder*>(&other)}) {
    const ProcessResult plan = in(*one, {"plan", "--prune"});
    EXPECT_EQ(0, plan.exit) << plan.out << plan.err;
    EXPECT_EQ(std::string::npos, plan.out.find("stray")) << plan.out;
  }
  EXPECT_EQ(0, in(other, {"sync", "--prune"}).exit);
  work.execute("INSERT INTO t VALUES (1, 1, 5)");
  EXPECT_EQ("5 1", work.value("SELECT s || ' ' || n FROM sums, counts"));
  EXPECT_EQ(0, in(other, {"clear", "--yes"}).exit);
  EXPECT_EQ("plain sums", views());
  work.execute("INSERT INTO t VALUES (2, 1, 5)");
  EXPECT_EQ("10", work.value("SELECT s FROM sums"));
  EXPECT_EQ("", work.planned());
  EXPECT_EQ(0, work.run({"clear", "--yes"}).exit);
  EXPECT_EQ("", views());
  EXPECT_EQ("0", work.value("SELECT count(*) FROM pg_namespace WHERE nspname = 'pgvista'"));
}

TEST_F(Projects, AViewOfAnotherOneIsRefusedByBothNames) {
  work.folder().write("pgvista.toml", "[project]\nname = \"shop\"\n");
  other.write("pgvista.toml", "[project]\nname = \"reports\"\n");
  work.sync();
  other.write("views/plain.sql", "SELECT id FROM t");
  for (const std::vector<std::string>& words :
       {std::vector<std::string>{"sync"}, {"sync", "--adopt"}, {"sync", "--force"}, {"plan"}}) {
    const ProcessResult refused = in(other, words);
    EXPECT_EQ(1, refused.exit);
    EXPECT_NE(std::string::npos, refused.err.find("belongs to the project \"shop\"; this one is \"reports\""))
        << refused.err;
  }
  EXPECT_EQ("counts plain sums", views()) << "what is nobody's is made";
}

TEST_F(Projects, AFolderMayHaveAnotherNameElsewhere) {
  work.sync();
  TemporaryFolder moved;
  moved.write("pgvista.toml", "");
  for (const char* const file : {"views/sums.sql", "views/plain.sql"}) moved.write(file, work.folder().read(file));
  const ProcessResult plan = in(moved, {"plan"});
  EXPECT_EQ(0, plan.exit) << plan.out << plan.err;
  moved.remove("views/plain.sql");
  EXPECT_NE(std::string::npos, in(moved, {"plan"}).out.find("stray"));
}

TEST_F(Projects, AllOfThemOnlyWhereThatIsSaid) {
  work.sync();
  EXPECT_EQ(0, in(other, {"sync"}).exit);
  EXPECT_EQ(0, work.run({"clear", "--yes", "--all-projects"}).exit);
  EXPECT_EQ("", views());
}

TEST_F(Projects, MigrationsOfOneNameAreTwo) {
  TemporaryFolder folders[2];
  for (int i = 0; i < 2; ++i) {
    folders[i].write("pgvista.toml", "[project]\nname = \"p" + std::to_string(i) + "\"\n");
    folders[i].write("tables/things.sql", "CREATE TABLE things_" + std::to_string(i) + " (id int PRIMARY KEY);");
    const ProcessResult made = in(folders[i], {"makemigrations"});
    EXPECT_EQ(0, made.exit) << made.err;
    const ProcessResult done = in(folders[i], {"migrate"});
    EXPECT_EQ(0, done.exit) << done.out << done.err;
    EXPECT_EQ("0", work.value("SELECT count(*) FROM things_" + std::to_string(i)));
  }
  EXPECT_EQ(0, in(folders[0], {"migrate", "zero", "--yes"}).exit);
  EXPECT_EQ("0", work.value("SELECT count(*) FROM things_1"));
  EXPECT_EQ("f", work.value("SELECT to_regclass('things_0') IS NOT NULL"));
}

// The user's view stays the user's under another name, and another project's is not taken by a rename.
TEST_F(Projects, ARenameTakesNothingOfOthers) {
  work.sync();
  other.remove("views/counts.sql");
  other.write("views/mine.sql", "/* pgvista\nrenamed_from = \"plain\"\n*/ SELECT id, g FROM t");
  const ProcessResult taken = in(other, {"sync"});
  EXPECT_EQ(1, taken.exit);
  EXPECT_NE(std::string::npos, taken.err.find("belongs to the project")) << taken.err;
  Workspace own;
  own.execute("CREATE TABLE t (g int); CREATE VIEW a AS SELECT g FROM t");
  own.view("a", "SELECT g FROM t");
  own.sync({"--adopt"});
  own.folder().remove("views/a.sql");
  own.view("b", "/* pgvista\nrenamed_from = \"a\"\n*/ SELECT g FROM t");
  own.sync();
  EXPECT_EQ(0, own.run({"clear", "--yes"}).exit);
  EXPECT_EQ("t", own.value("SELECT to_regclass('b') IS NOT NULL"));
}

TEST_F(Projects, AnAdoptedViewIsWritableAgain) {
  work.sync();
  other.remove("views/counts.sql");
  work.execute("CREATE VIEW pv AS SELECT id, g, v FROM t");
  other.write("views/pv.sql", maintained_view("SELECT id, g, v FROM t", "immediate"));
  EXPECT_EQ(0, in(other, {"sync", "--adopt"}).exit);
  EXPECT_EQ(0, in(other, {"clear", "--yes"}).exit);
  EXPECT_NO_THROW(work.execute("UPDATE pv SET v = 1 WHERE id = 1"));
}

}  // namespace pgvista::test
