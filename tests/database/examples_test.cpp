// The examples of the seeds, and the demo, as a user runs them.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>

#include "base/text.hpp"
#include "support/workspace.hpp"

namespace pgvista::test {

namespace fs = std::filesystem;

class Examples : public testing::Test {
 protected:
  static std::string file(const fs::path& path) {
    std::ifstream stream(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(stream), {}};
  }
  void load(const std::string& example) {
    const fs::path root = fs::path(PGVISTA_SOURCE_DIR) / "examples" / example;
    work.execute(file(root / "schema.sql"));
    if (fs::exists(root / "generate.sql")) work.execute(file(root / "generate.sql"));
    for (const fs::directory_entry& entry : fs::directory_iterator(root / "views"))
      work.folder().write("views/" + entry.path().filename().string(), file(entry.path()));
  }
  // Syncs, refreshes, verifies, and takes the definitions through inspectdb and back.
  void whole_road() {
    work.sync();
    EXPECT_EQ("", work.sync());
    EXPECT_EQ(0, work.run({"check"}).exit);
    EXPECT_EQ(0, work.run({"refresh"}).exit);
    EXPECT_EQ(0, work.run({"verify"}).exit);
    TemporaryFolder again;
    again.write("pgvista.toml", "");
    EXPECT_EQ(0, work.run({"inspectdb", "--output", (again.path() / "views").string()}).exit);
    // Of a maintained view inspectdb sees the view over its store, not the query behind it.
    std::error_code ignored;
    fs::remove(again.path() / "views/rooms_v2.sql", ignored);
    fs::remove(again.path() / "views/visits_kept.sql", ignored);
    fs::remove(again.path() / "views/visits_last_30_days.sql", ignored);
    const auto plan = work.run({"plan", "--json", "--project", again.path().string()});
    EXPECT_EQ(0, plan.exit) << plan.out << plan.err;
    EXPECT_EQ("", steps_of(boost::json::parse(plan.out)));
  }
  Workspace work;
};

TEST_F(Examples, Rooms) {
  load("rooms");
  whole_road();
  EXPECT_EQ("500", work.value("SELECT count(*) FROM rooms_room"));
  EXPECT_EQ("50,150,500,500,500,500,500",
            work.value("SELECT concat_ws(',', (SELECT count(*) FROM rooms_door), (SELECT count(*) FROM "
                       "rooms_souvenir), (SELECT count(*) FROM rooms_window), "
                       "(SELECT count(*) FROM rooms_windowfittings), (SELECT count(*) FROM rooms_bed), (SELECT "
                       "count(*) FROM rooms_table), (SELECT count(*) FROM rooms_chair))"));
  EXPECT_EQ("550", work.value("SELECT count(*) FROM rooms_related_objects"))
      << "50 rooms without a window appear twice: the query is kept as written";
  work.execute("UPDATE rooms_bed SET name = 'other' WHERE id = (SELECT bed_id FROM rooms_bed_rooms LIMIT 1)");
  EXPECT_EQ(3, work.run({"verify"}).exit);
  EXPECT_EQ(0, work.run({"refresh", "--concurrently"}).exit);
  EXPECT_EQ(0, work.run({"verify"}).exit);
}

TEST_F(Examples, RoomsAreTheSameEveryTime) {
  load("rooms");
  const std::string rows =
      "SELECT md5(string_agg(r::text, ',' ORDER BY id)) FROM (SELECT r.*, (SELECT array_agg(bed_id ORDER BY bed_id) "
      "FROM rooms_bed_rooms b WHERE b.room_id = r.id) FROM rooms_room r) r";
  const std::string first = work.value(rows);
  Workspace second;
  second.execute(file(fs::path(PGVISTA_SOURCE_DIR) / "examples/rooms/schema.sql"));
  second.execute(file(fs::path(PGVISTA_SOURCE_DIR) / "examples/rooms/generate.sql"));
  EXPECT_EQ(first, second.value(rows));
}

TEST_F(Examples, Visits) {
  load("visits");
  whole_road();
  EXPECT_EQ("0",
            work.value("SELECT count(*) FROM (SELECT user_id, section, visit_date, count FROM visits_visitssummaryview "
                       "EXCEPT ALL SELECT * FROM visits_visitssummarymaterializedview) q"));
  work.execute("INSERT INTO visits_pagevisit (user_id, section, visit_time) VALUES (7, 'index', now())");
  EXPECT_EQ("0", work.value("SELECT count(*) FROM (SELECT user_id, section, visit_date, count FROM "
                            "visits_visitssummaryview EXCEPT ALL SELECT user_id, section, visit_date, count FROM "
                            "visits_kept) q"));
  EXPECT_EQ("index 1 t", work.value("SELECT concat_ws(' ', section, visits, latest > now() - interval '1 hour') FROM "
                                    "visits_last_30_days"));
  EXPECT_EQ("t", work.value("SELECT count(DISTINCT id) = count(*) AND min(id) = 1 AND max(id) = count(*) FROM "
                            "visits_kept"));
}

TEST_F(Examples, Events) {
  load("events");
  whole_road();
  EXPECT_EQ("t", work.value("SELECT count(*) > 0 FROM foo_mat_view WHERE search @@ to_tsquery('english', 'final')"));
  work.execute("SET enable_seqscan = off");
  EXPECT_NE(
      std::string::npos,
      work.value("EXPLAIN (FORMAT JSON) SELECT * FROM foo_mat_view WHERE search @@ to_tsquery('english', 'final')")
          .find("foo_mat_view_search"));
}

TEST_F(Examples, Blog) {
  load("blog");
  whole_road();
  EXPECT_EQ("200", work.value("SELECT count(*) FROM api_postmaterializedview"));
}

TEST_F(Examples, InspectdbWritesWhatTheSeedsWroteByHand) {
  load("rooms");
  work.sync();
  const std::string django = work.run({"inspectdb", "rooms_related_objects", "--format", "django"}).out;
  for (const char* line :
       {"class RoomsRelatedObjects(models.Model):", "    id = models.BigIntegerField(primary_key=True)",
        "    door = models.JSONField(blank=True, null=True)",
        "    name = models.CharField(max_length=30, blank=True, null=True)",
        "    width = models.FloatField(blank=True, null=True)",
        "        managed = False  # Created from a materialized view. Don't remove.",
        "        db_table = 'rooms_related_objects'"}) {
    EXPECT_NE(std::string::npos, django.find(line)) << line << "\n" << django;
  }
  work.folder().write("models.py", django);
  Process python({"/usr/bin/env", "python3", "-c", "import ast; ast.parse(open('models.py').read())"},
                 work.folder().path().string());
  EXPECT_EQ(0, python.wait().exit);
  const std::string cpp = work.run({"inspectdb", "rooms_related_objects", "rooms_room", "--format", "cpp"}).out;
  for (const char* line :
       {"struct RoomsRelatedObjects {", "  std::int64_t id{};", "  std::optional<pgvista::Json> door;",
        "struct RoomsRoom {", "  std::int64_t door_id{};", "  std::optional<std::int64_t> decoration_id;",
        "BOOST_DESCRIBE_STRUCT(RoomsRoom, (), (id, name, width, length, height, type, door_id, decoration_id))"}) {
    EXPECT_NE(std::string::npos, cpp.find(line)) << line << "\n" << cpp;
  }
  const std::string both = work.run({"inspectdb", "rooms_door", "rooms_room", "--format", "cpp"}).out;
  EXPECT_NE(std::string::npos, both.find("  pgvista::Ref<RoomsDoor> door;")) << both;
}

TEST_F(Examples, TheDemoRuns) {
  Process demo({PGVISTA_PROGRAM, "demo", "--rooms", "60", "--samples", "5"}, work.folder().path().string());
  const ProcessResult result = demo.wait();
  EXPECT_EQ(0, result.exit) << result.err;
  for (const char* text :
       {"60 rooms", "create    rooms_related_objects", "concurrent rooms_related_objects", "stale",
        "differs   rooms_related_objects", "equal     rooms_related_objects", "the materialized view"}) {
    EXPECT_NE(std::string::npos, result.out.find(text)) << text << "\n" << result.out;
  }
}

TEST_F(Examples, TheLocalServerObeys) {
  TemporaryFolder project;
  project.write("pgvista.toml", "");
  const auto run = [&](std::vector<std::string> words) {
    words.insert(words.begin(), PGVISTA_PROGRAM);
    Process process(words, project.path().string());
    return process.wait();
  };
  EXPECT_EQ("not created\n", run({"local", "status"}).out);
  EXPECT_EQ("running\n", run({"local", "start"}).out);
  const std::string url(trim(run({"local", "url"}).out));
  EXPECT_EQ("1", db::Connection(url).query("SELECT 1").text(0, 0));
  EXPECT_EQ("", db::Connection(url).query("SHOW listen_addresses").text(0, 0)) << "no TCP port";
  EXPECT_EQ("stopped\n", run({"local", "stop"}).out);
  EXPECT_EQ(0, run({"status"}).exit) << "any command starts it again";
  EXPECT_EQ("running\n", run({"local", "status"}).out);
  EXPECT_EQ(0, run({"local", "destroy", "--yes"}).exit);
  EXPECT_FALSE(fs::exists(project.path() / ".pgvista"));
}

}  // namespace pgvista::test
