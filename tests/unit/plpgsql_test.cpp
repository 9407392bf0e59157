// The printers of what pgvista writes into a database: PL/pgSQL, and the statements beside SELECT.

#include <gtest/gtest.h>

#include "parse/parse.hpp"
#include "plpgsql/print.hpp"
#include "sql/make.hpp"
#include "sql/print.hpp"
#include "sql/visit.hpp"

namespace pgvista::test {

namespace make = sql::make;
namespace pl = plpgsql;

TEST(PlPgSql, AFunctionIsPrintedAsOneWouldWriteIt) {
  pl::Function function;
  function.comment = "Two lines\nof comment.";
  function.name = {"pgvista", "Odd"};
  function.parameters = {{"ids", "bigint[]", make::null()}};
  function.returns = "boolean";
  function.settings = {{"jit", "off"}};
  function.body.variables = {{"n", "bigint", make::number(0)}, {"m", "text"}};
  function.body.statements = {
      {pl::Run{make::select({make::target(make::count())}, {make::table({"public", "t"})}), {"n"}}},
      {pl::If{{{make::op(">", make::name("n"), make::number(1)), {}},
               {make::boolean(false), {{pl::Return{make::boolean(false)}}}}},
              {{pl::Run{make::select({make::target(make::call("f"))})}}}}},
      {pl::Loop{{{pl::ExitWhen{make::boolean(true)}}}}},
      {pl::Block{{}, {{pl::RowCount{"n"}}}, {{{"OTHERS", "division_by_zero"}, {{pl::Reraise{}}}}}}},
      {pl::Return{}}};
  EXPECT_EQ(R"(-- Two lines
-- of comment.
CREATE FUNCTION pgvista."Odd"(ids bigint[] DEFAULT NULL) RETURNS boolean LANGUAGE plpgsql SET jit TO off AS $pgvista$
#variable_conflict use_column
DECLARE
  n bigint := 0;
  m text;
BEGIN
  SELECT count(*)
  FROM public.t
  INTO n;
  IF (n > 1) THEN
    NULL;
  ELSIF false THEN
    RETURN false;
  ELSE
    PERFORM f();
  END IF;
  LOOP
    EXIT WHEN true;
  END LOOP;
  BEGIN
    GET DIAGNOSTICS n = ROW_COUNT;
  EXCEPTION
    WHEN OTHERS OR division_by_zero THEN
      RAISE;
  END;
  RETURN;
END
$pgvista$)",
            pl::print(function));
}

TEST(PlPgSql, ATextThatLooksLikeTheEndOfAFunctionIsNone) {
  pl::Function function;
  function.name = {"", "f"};
  function.body.statements = {{pl::Run{make::select({make::target(make::text("$pgvista$ '; DROP TABLE t; --"))})}},
                              {pl::Execute{make::select({make::target(make::text("$query$"))}), {"a"}}}};
  const std::string text = pl::print(function);
  EXPECT_EQ(std::string::npos, text.find("AS $pgvista$\n"));
  EXPECT_EQ(std::string::npos, text.find("EXECUTE $query$\n"));
}

TEST(PlPgSql, ANoteCannotEndItsComment) {
  sql::Select query = make::select({make::target(make::number(1))});
  query.note.text = "view */ DROP TABLE t; /* \"x\"";
  EXPECT_EQ("SELECT /* view * / DROP TABLE t; / * \"x\" */ 1", sql::print(query));
  EXPECT_EQ(make::select({make::target(make::number(1))}), query) << "and is no part of the meaning";
}

TEST(PlPgSql, VariablesAreFoundWhereverTheyAreDeclared) {
  const pl::Statement block{pl::Block{{{"x", "int"}}, {}}};
  EXPECT_FALSE(pl::declares({{pl::Block{{}, {{pl::Return{}}}}}}));
  EXPECT_TRUE(pl::declares({block}));
  EXPECT_TRUE(pl::declares({{pl::If{{{make::boolean(true), {{pl::Loop{{block}}}}}}}}}));
  EXPECT_TRUE(pl::declares({{pl::Block{{}, {}, {{{"OTHERS"}, {block}}}}}}));
}

TEST(Statements, AreWritten) {
  sql::Update update;
  update.table = make::table({"", "t"}, "x");
  update.set = {{"Odd", make::number(1)}, {"b", make::column("s", "b")}};
  update.from = {make::table({"", "s"})};
  update.where = make::op("=", make::column("x", "id"), make::column("s", "id"));
  update.returning = {make::target(make::column("x", "id"))};
  EXPECT_EQ("UPDATE t AS x SET \"Odd\" = 1, b = s.b\nFROM s\nWHERE (x.id = s.id)\nRETURNING x.id", sql::print(update));

  sql::Insert insert;
  insert.table = make::table({"a", "t"});
  insert.columns = {"id", "n"};
  insert.query = make::values({{make::number(1), make::number(-2)}});
  sql::IndexColumn id;
  id.column = "id";
  insert.conflict = sql::Conflict{{id}, {}, {}};
  EXPECT_EQ("INSERT INTO a.t (id, n)\nVALUES (1, (-2))\nON CONFLICT (id) DO NOTHING", sql::print(insert));
  insert.conflict->set = make::as_excluded({"n"});
  insert.conflict->where = make::is_not_null(make::column("excluded", "n"));
  EXPECT_EQ(
      "INSERT INTO a.t (id, n)\nVALUES (1, (-2))\nON CONFLICT (id) DO UPDATE SET n = excluded.n\n"
      "WHERE (excluded.n IS NOT NULL)",
      sql::print(insert));

  sql::Delete remove;
  remove.with = {make::with("put", insert)};
  remove.table = make::table({"", "t"});
  EXPECT_EQ("WITH put AS (\n  INSERT INTO a.t (id, n)", sql::print(remove).substr(0, 39));
  EXPECT_EQ("LOCK TABLE t IN ROW EXCLUSIVE MODE", sql::print(sql::LockTable{make::table({"", "t"}), "ROW EXCLUSIVE"}));

  // And the walk comes to what is inside a change.
  int excluded = 0;
  const sql::Statement whole = remove;
  sql::each<const sql::ColumnRef>(whole, [&](const sql::ColumnRef& ref) { excluded += ref.parts[0] == "excluded"; });
  EXPECT_EQ(2, excluded);
}

TEST(Types, AreReadAsTheServerPrintsThem) {
  for (const char* type : {"integer[]", "character varying(20)", "timestamp with time zone", "numeric(10,2)[]",
                           "app.\"Mood\"", "interval", "\"char\"", "double precision[][]"}) {
    const sql::TypeName read = parse::parse_type(type);
    EXPECT_EQ(read, parse::parse_type(sql::print(read))) << type;
  }
  for (const char* none : {"", "int; DROP TABLE t", "1", "int) + (1"})
    EXPECT_THROW(parse::parse_type(none), Failure) << none;
}

}  // namespace pgvista::test
