#include <gtest/gtest.h>

#include "analyze/order.hpp"
#include <pgvista/error.hpp>
#include "catalog/meaning.hpp"
#include "parse/parse.hpp"
#include "project/definitions.hpp"
#include "sql/index.hpp"
#include "sql/identifier.hpp"
#include "sql/print.hpp"

namespace pgvista::test {

schema::ViewDefinition view_of(const std::string& name, const std::string& text) {
  std::vector<Error> errors;
  auto view = project::read_definition(name + ".sql", name, text, "public", errors);
  EXPECT_TRUE(errors.empty()) << (errors.empty() ? "" : errors.front().message);
  return std::move(*view);
}

TEST(Identifier, IsQuotedWhereNeeded) {
  EXPECT_EQ("plain_name1", sql::quote_identifier("plain_name1"));
  EXPECT_EQ("\"Capital\"", sql::quote_identifier("Capital"));
  EXPECT_EQ("\"select\"", sql::quote_identifier("select"));
  EXPECT_EQ("\"a\"\"b\"", sql::quote_identifier("a\"b"));
  EXPECT_EQ("\"1st\"", sql::quote_identifier("1st"));
  EXPECT_EQ("'it''s'", sql::quote_literal("it's"));
  EXPECT_EQ("E'a\\\\b'", sql::quote_literal("a\\b"));
}

TEST(Identifier, IsShortenedTheSameWayEveryTime) {
  const std::string name(100, 'x');
  const std::string once = sql::shorten_identifier(name, "_idx");
  EXPECT_EQ(63u, once.size());
  EXPECT_EQ(once, sql::shorten_identifier(name, "_idx"));
  EXPECT_NE(once, sql::shorten_identifier(name + "y", "_idx"));
  EXPECT_TRUE(once.ends_with("_idx"));
  EXPECT_LE(sql::shorten_identifier("ééééééééééééééééééééééééééééééééééééé", "_idx").size(), 63u);
}

TEST(Parse, ReadsNegativeNumbersThatTheJsonLeavesOut) {
  EXPECT_EQ("SELECT (-5)", sql::print(parse::parse_select("SELECT -5")));
  EXPECT_EQ("SELECT (-5)", sql::print(parse::parse_select("SELECT - /* a 7 */ (5)")));
  EXPECT_EQ("SELECT (-7)", sql::print(parse::parse_select("SELECT - - -7")));
  EXPECT_EQ("SELECT 0", sql::print(parse::parse_select("SELECT -0")));
  EXPECT_EQ("SELECT (-12)", sql::print(parse::parse_select("SELECT - -- 99\n 12")));
}

TEST(Parse, TellsWhereInCharacters) {
  try {
    parse::parse_select("SELECT 'č',\n  FROM t WHERE");
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ("syntax_error", failure.error().code);
    EXPECT_EQ(2, failure.error().line);
    EXPECT_EQ(3, failure.error().column);
  }
}

TEST(Parse, SurvivesDeepNesting) {
  const std::string deep = "SELECT " + std::string(5000, '(') + "1" + std::string(5000, ')');
  EXPECT_NO_THROW({
    try {
      parse::parse_select(deep);
    } catch (const Failure&) {
    }
  });
  EXPECT_THROW(parse::parse_select(std::string("SELECT '\0'", 10)), Failure);
}

TEST(Parse, ReadsIndexColumnsAsCreateIndexTakesThem) {
  EXPECT_EQ("a", sql::print(parse::parse_index_column("a")));
  EXPECT_EQ("total DESC NULLS LAST", sql::print(parse::parse_index_column("total desc nulls last")));
  EXPECT_EQ("(lower(b))", sql::print(parse::parse_index_column("lower(b)")));
  EXPECT_EQ("c text_pattern_ops", sql::print(parse::parse_index_column("c text_pattern_ops")));
  EXPECT_THROW(parse::parse_index_column("a, b"), Failure);
  EXPECT_THROW(parse::parse_index_column("a) WHERE (b"), Failure);
  EXPECT_THROW(parse::parse_expression("1 = 1 GROUP BY 2"), Failure);
}

TEST(Canonical, EvensOutTheWayOfWriting) {
  const std::map<sql::Name, sql::Name> none;
  EXPECT_EQ(catalog::canonical_text("SELECT a FROM s.t AS t", none),
            catalog::canonical_text("select a from s.t", none));
  EXPECT_NE(catalog::canonical_text("SELECT 'a'", none), catalog::canonical_text("SELECT 'A'", none));
  const std::map<sql::Name, sql::Name> renamed = {{{"pg_temp", "x"}, {"public", "real"}}};
  EXPECT_EQ(catalog::canonical_text("SELECT real.a FROM public.real", none),
            catalog::canonical_text("SELECT real.a FROM pg_temp_7.x real", renamed));
  EXPECT_EQ(catalog::canonical_text("SELECT real.a FROM public.real", none),
            catalog::canonical_text("SELECT x.a FROM pg_temp_7.x", renamed));
}

TEST(Canonical, IsTheSameForServersThatQualifyAndThoseThatDoNot) {
  const std::map<sql::Name, sql::Name> none;
  EXPECT_EQ(catalog::canonical_text("SELECT a, b FROM s.t WHERE (c > 1) ORDER BY a", none),
            catalog::canonical_text("SELECT t.a, t.b FROM s.t WHERE (t.c > 1) ORDER BY t.a", none));
  EXPECT_NE(catalog::canonical_text("SELECT t.a FROM s.t, s.u", none),
            catalog::canonical_text("SELECT u.a FROM s.t, s.u", none));
  const std::string inner = "SELECT a FROM s.t WHERE EXISTS (SELECT 1 FROM s.u WHERE u.x = t.a)";
  EXPECT_NE(catalog::canonical_text(inner, none),
            catalog::canonical_text("SELECT a FROM s.t WHERE EXISTS (SELECT 1 FROM s.u WHERE u.x = u.a)", none));
}

TEST(Order, PutsEachViewAfterWhatItReads) {
  const std::vector<schema::ViewDefinition> views = {view_of("a", "SELECT * FROM b JOIN c USING (x)"),
                                                     view_of("b", "SELECT 1 AS x FROM c"),
                                                     view_of("c", "SELECT 1 AS x")};
  const analyze::ViewGraph graph = analyze::order_views(views, {"public"});
  EXPECT_EQ((std::vector<std::size_t>{2, 1, 0}), graph.order);
}

TEST(Order, IsNotMisledByNamesOfWithQueries) {
  const std::vector<schema::ViewDefinition> views = {view_of("a", "WITH b AS (SELECT 1 AS x) SELECT * FROM b"),
                                                     view_of("b", "SELECT * FROM a")};
  EXPECT_EQ((std::vector<std::size_t>{0, 1}), analyze::order_views(views, {"public"}).order);
}

TEST(Order, NamesThePathOfACycle) {
  const std::vector<schema::ViewDefinition> views = {view_of("a", "SELECT * FROM b"), view_of("b", "SELECT * FROM c"),
                                                     view_of("c", "SELECT (SELECT 1 FROM a)")};
  try {
    analyze::order_views(views, {"public"});
    FAIL();
  } catch (const Failure& failure) {
    EXPECT_EQ("dependency_cycle", failure.error().code);
    EXPECT_NE(std::string::npos, failure.error().message.find("a -> b -> c -> a")) << failure.error().message;
  }
}

TEST(IndexName, IsDerivedAndDistinct) {
  const schema::ViewDefinition view =
      view_of("totals",
              "/* pgvista\nkind = \"materialized\"\nindexes = [ { columns = [\"lower(b)\"] }, { columns = [\"a\"], "
              "where = \"a > 0\" }, { columns = [\"a\"], where = \"a > 1\" } ]\n*/ SELECT 1 AS a, 'x' AS b");
  EXPECT_EQ("totals_lower_b_idx", schema::index_name(view, view.indexes[0]));
  EXPECT_NE(schema::index_name(view, view.indexes[1]), schema::index_name(view, view.indexes[2]));
}

TEST(CreateIndex, WritesEveryClauseInItsPlace) {
  schema::IndexDefinition index;
  index.columns = {"a DESC"};
  index.include = {"b"};
  index.unique = index.nulls_not_distinct = true;
  index.storage = {{"fillfactor", "70"}};
  index.where = "a > 0";
  EXPECT_EQ(
      "CREATE UNIQUE INDEX i ON s.v USING btree (a DESC) INCLUDE (b) NULLS NOT DISTINCT WITH (fillfactor = '70') WHERE "
      "a > 0",
      sql::create_index(index, "i", {"s", "v"}));
}

}  // namespace pgvista::test
