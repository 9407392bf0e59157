#include "support/maintenance_cases.hpp"

#include <fmt/format.h>

#include <fstream>
#include <sstream>

#include "base/text.hpp"
#include "catalog/deferred.hpp"
#include "ivm/query/normalize.hpp"
#include "parse/parse.hpp"
#include "sql/print.hpp"

namespace pgvista::test {

namespace {

std::string read_file(const std::string& name) {
  std::ifstream file(std::string(PGVISTA_SOURCE_DIR) + "/tests/maintenance/" + name);
  std::stringstream text;
  text << file.rdbuf();
  return text.str();
}

// Numbers are taken one after the other; past the end they are 0.
class Statements {
 public:
  Statements(const Choices& choices, int server_major, bool truncates)
      : choices_(choices), server_major_(server_major), truncates_(truncates) {}

  std::string run() {
    const auto kind = next(26);
    if (kind < 20) return simple(kind);
    if (kind >= 24)
      return "BEGIN; " + simple(next(20)) + "; SET CONSTRAINTS ALL IMMEDIATE; " + simple(next(20)) + "; " +
             simple(next(20)) + "; COMMIT";
    // Several in one transaction, some of them taken back.
    std::string out = "BEGIN; " + simple(next(20)) + "; SAVEPOINT one; " + simple(next(20)) + "; ";
    if (kind % 2 == 1) out += "ROLLBACK TO SAVEPOINT one; ";
    out += simple(next(20)) + "; ";
    return out + (kind == 23 ? "ROLLBACK" : "COMMIT");
  }

 private:
  std::uint32_t next(std::uint32_t bound) { return at_ < choices_.size() ? choices_[at_++] % bound : 0; }
  std::string small(std::uint32_t bound = 5) { return std::to_string(next(bound)); }
  // With any number of decimal places.
  std::string fraction() {
    static const std::vector<std::string> all = {"d + 0.25", "1", "0.50", "2.5", "d * 1.000", "NULL"};
    return all[next(static_cast<std::uint32_t>(all.size()))];
  }
  std::string small_or_null(std::uint32_t bound = 5) { return next(5) == 4 ? "NULL" : small(bound); }
  std::string text(const char* prefix) { return next(5) == 4 ? "NULL" : fmt::format("'{}{}'", prefix, next(4)); }
  std::string id() { return std::to_string(1 + next(14)); }
  std::string parent() {
    return next(5) == 4 ? std::string("NULL") : fmt::format("(SELECT min(id) FROM a WHERE id >= {})", next(9));
  }
  std::string child() {
    return next(5) == 4 ? std::string("NULL") : fmt::format("(SELECT min(id) FROM b WHERE id >= {})", next(12));
  }

  std::string a_row() { return fmt::format("({}, {}, {}, {})", id(), small_or_null(4), text("n"), small()); }
  std::string b_row() { return fmt::format("({}, {}, {}, {})", id(), parent(), small_or_null(), text("s")); }
  std::string c_row() { return fmt::format("({}, {}, {})", child(), small_or_null(3), text("t")); }

  std::string where() {
    switch (next(5)) {
      case 0: return "id = " + id();
      case 1: return "id < " + id();
      case 2: return "id % 3 = " + small(3);
      case 3: return "id BETWEEN " + small() + " AND " + id();
      default: return "true";
    }
  }

  std::string update() {
    switch (next(9)) {
      case 0: return fmt::format("UPDATE a SET v = {}, name = {} WHERE {}", small(), text("n"), where());
      case 1: return fmt::format("UPDATE a SET g = {} WHERE {}", small_or_null(4), where());
      case 2: return fmt::format("UPDATE b SET x = {} WHERE {}", small_or_null(), where());
      case 3: return fmt::format("UPDATE b SET a_id = {}, s = {} WHERE {}", parent(), text("s"), where());
      case 4: return fmt::format("UPDATE c SET y = {}, b_id = {} WHERE y = {}", small_or_null(3), child(), small(3));
      case 5:
        return fmt::format("UPDATE p SET z = z + 1, k = (k + {}) % 5 + 10 * (k / 10 + 1) WHERE id = {} AND k < 5",
                           small(), small());
      case 6: return fmt::format("UPDATE i SET w = {}, d = {} WHERE id = {}", small_or_null(3), fraction(), small(4));
      case 7:
        return fmt::format(
            "UPDATE a SET id = id + 100 WHERE id = {} AND NOT EXISTS (SELECT FROM a o WHERE o.id = a.id + 100)", id());
      default: return fmt::format("UPDATE i_child SET id = {} WHERE w = {}", small(4), small(3));
    }
  }

  std::string remove() {
    switch (next(6)) {
      case 0: return "DELETE FROM a WHERE id = " + id();
      case 1: return "DELETE FROM b WHERE " + where();
      case 2: return "DELETE FROM c WHERE y = " + small(3);
      case 3: return "DELETE FROM p WHERE id = " + small();
      case 4: return "DELETE FROM ONLY i WHERE id = " + small(4);
      default: return "DELETE FROM i WHERE w = " + small(3);
    }
  }

  std::string insert() {
    switch (next(8)) {
      case 0: return fmt::format("INSERT INTO a VALUES {}, {} ON CONFLICT DO NOTHING", a_row(), a_row());
      case 1: return fmt::format("INSERT INTO b VALUES {} ON CONFLICT DO NOTHING", b_row());
      case 2: return fmt::format("INSERT INTO b VALUES {}, {}, {} ON CONFLICT DO NOTHING", b_row(), b_row(), b_row());
      case 3: return fmt::format("INSERT INTO c VALUES {}, {}", c_row(), c_row());
      case 4:
        return fmt::format("INSERT INTO p VALUES ({}, {}, {}) ON CONFLICT DO NOTHING", small(), small(),
                           small_or_null());
      case 5:
        return fmt::format("INSERT INTO p_high VALUES ({}, 3 + {}, {}) ON CONFLICT DO NOTHING", small(), small(),
                           small());
      case 6:
        return fmt::format("INSERT INTO i VALUES ({}, {}, {}.5, '{{\"tags\": [{}]}}')", small_or_null(4),
                           small_or_null(3), small(), small());
      default: return fmt::format("INSERT INTO i_child VALUES ({}, {}, 1.75, NULL, 'x')", small(4), small(3));
    }
  }

  std::string special() {
    const std::uint32_t kind = next(12);
    if (!truncates_ && kind >= 6 && kind <= 8) return update();
    switch (kind) {
      case 0:
        return fmt::format("INSERT INTO a VALUES {} ON CONFLICT (id) DO UPDATE SET v = excluded.v, g = excluded.g",
                           a_row());
      case 1:
        return fmt::format(
            "INSERT INTO b VALUES {} ON CONFLICT (id) DO UPDATE SET x = excluded.x, a_id = excluded.a_id", b_row());
      case 2:
        return fmt::format(
            "WITH n AS (INSERT INTO a VALUES ({0}, 1, 'n1', 2) ON CONFLICT DO NOTHING RETURNING id) INSERT INTO b "
            "SELECT id + 30, id, 2, 's1' FROM n ON CONFLICT DO NOTHING",
            15 + next(4));
      case 3:
        return fmt::format(
            "WITH u AS (UPDATE a SET name = {} WHERE {} RETURNING id) UPDATE b SET x = {} FROM u WHERE b.a_id = u.id",
            text("n"), where(), small());
      case 4:
        return fmt::format(
            "WITH d AS (DELETE FROM c WHERE y = {} RETURNING b_id) UPDATE b SET s = 's0' FROM d WHERE b.id = d.b_id",
            small(3));
      case 5:
        if (server_major_ < 15) return update();
        return fmt::format(
            "MERGE INTO b USING (VALUES ({}, {}), ({}, {})) AS n (id, x) ON b.id = n.id WHEN MATCHED AND n.x > 2 THEN "
            "DELETE WHEN MATCHED THEN UPDATE SET x = n.x WHEN NOT MATCHED AND n.x > 0 THEN INSERT VALUES (n.id, NULL, "
            "n.x, 's2')",
            1 + next(7), small(), 8 + next(7), small());
      case 6: return next(3) == 0 ? "TRUNCATE c" : "DELETE FROM c WHERE b_id IS NULL";
      case 7: return next(4) == 0 ? "TRUNCATE p" : "TRUNCATE p_low";
      case 8:
        return next(6) == 0 ? "TRUNCATE a, b, c" : fmt::format("UPDATE b SET a_id = a_id, x = x WHERE {}", where());
      case 10:
        return fmt::format(
            "INSERT INTO b VALUES {}, {}, {} ON CONFLICT (id) DO UPDATE SET x = excluded.x, a_id = {}, s = excluded.s",
            b_row(), b_row(), b_row(), parent());
      case 11:
        return fmt::format(
            "WITH d AS (DELETE FROM b WHERE {} RETURNING a_id, x) INSERT INTO b SELECT {} + 40, a_id, x, 's3' FROM d "
            "LIMIT 1",
            where(), id());
      default: return fmt::format("INSERT INTO c SELECT b.id, b.x % 3, 't' || b.x FROM b WHERE {}", where());
    }
  }

  std::string simple(std::uint32_t kind) {
    if (kind < 7) return insert();
    if (kind < 12) return update();
    if (kind < 15) return remove();
    return special();
  }

  const Choices& choices_;
  int server_major_;
  bool truncates_;
  std::size_t at_ = 0;
};

}  // namespace

namespace {

std::vector<MaintenanceCase> cases_of(const std::string& file) {
  std::vector<MaintenanceCase> out;
  for (const std::string& line : split_lines(read_file(file))) {
    if (line.starts_with("-- ")) {
      const std::size_t colon = line.find(": ");
      out.push_back({line.substr(3, colon - 3), line.substr(colon + 2), ""});
    } else if (!line.empty()) {
      out.back().query += line + "\n";
    }
  }
  return out;
}

}  // namespace

const std::vector<MaintenanceCase>& maintenance_cases() {
  static const std::vector<MaintenanceCase> cases = cases_of("queries.sql");
  return cases;
}

std::string maintenance_schema() { return read_file("schema.sql"); }

const std::vector<MaintenanceCase>& tpch_cases() {
  static const std::vector<MaintenanceCase> cases = cases_of("tpch_queries.sql");
  return cases;
}

std::string tpch_schema() { return read_file("tpch_schema.sql"); }

std::string tpch_rows(const std::string& scale) {
  return "SET tpch.scale = '" + scale + "';\n" + read_file("tpch_rows.sql");
}

const std::vector<MaintenanceCase>& tpch_changes() {
  static const std::vector<MaintenanceCase> changes = cases_of("tpch_changes.sql");
  return changes;
}

std::string maintained_view(const std::string& query, const std::string& mode, const std::string& more) {
  return fmt::format("/* pgvista\nkind = \"materialized\"\nmaintenance = \"{}\"\n{}\n*/\n{}", mode, more, query);
}

std::string random_statement(const Choices& choices, int server_major, bool truncates) {
  return Statements(choices, server_major, truncates).run();
}

std::set<std::string> sync_without_refused(const Workspace& work) {
  std::set<std::string> out;
  for (bool again = true; again;) {
    again = false;
    const ProcessResult done = work.run({"sync", "--create-indexes", "--json"});
    boost::system::error_code unreadable;
    const boost::json::value said = boost::json::parse(done.out, unreadable);
    const boost::json::value* errors = unreadable ? nullptr : said.as_object().if_contains("errors");
    if (!errors && done.exit != 0) throw std::runtime_error("sync: " + done.err);
    if (!errors) break;
    for (const boost::json::value& error : errors->as_array()) {
      const std::filesystem::path file(std::string(error.at("file").as_string()));
      if (error.at("code").as_string() != "not_maintainable") throw std::runtime_error("sync: " + done.err);
      again |= out.insert(file.stem().string()).second;
      work.folder().remove(file.string());
    }
  }
  return out;
}

const std::vector<std::pair<std::string, std::string>>& bulk_rewrites() {
  static const std::vector<std::pair<std::string, std::string>> out = {
      {"(pgv_rows > 100)", "(pgv_rows > 0)"},
      {"<= 1000) THEN", "<= 0) THEN"},
      {"> 1000) AND", "> 0) AND"},
      {"changed > 1000 AND ", "changed > 0 AND "},
      {"changed > 0.2 * ", "changed > 0 * "},
      // Of one statement, one event is followed and another not.
      {"RETURN changed * ", "RETURN (hashtext(class) + changed) % 2 = 0; RETURN changed * "},
      {"cardinality(slots) > 512", "cardinality(slots) > 2"}};
  return out;
}

int rewrite_functions(db::Connection& connection, const std::vector<std::pair<std::string, std::string>>& replaced) {
  int changed = 0;
  const db::Rows rows = connection.query(
      "SELECT pg_get_functiondef(p.oid) FROM pg_proc p WHERE p.pronamespace = 'pgvista'::regnamespace");
  for (int row = 0; row < rows.size(); ++row) {
    std::string text = rows.text(row, 0);
    for (const auto& [from, to] : replaced) text = replace_all(text, from, to);
    if (text == rows.at(row, 0)) continue;
    connection.execute(text);
    ++changed;
  }
  return changed;
}

void drain_deferred(db::Connection& connection) {
  for (const catalog::DeferredProgram& one : catalog::read_deferred(connection)) catalog::drain(connection, one);
}

Oracle::Oracle(db::Connection& connection, const std::vector<MaintenanceCase>& views) : connection_(connection) {
  std::vector<std::string> parts;
  for (const MaintenanceCase& view : views) {
    // As a reader sees them: 1.0 is not 1.00. Binary fractions by their value, as a zero may have a sign.
    const db::Rows columns = connection.describe("SELECT * FROM " + sql::quote_identifier(view.name));
    std::vector<std::string> list;
    for (int i = 0; i < columns.columns(); ++i) {
      constexpr Oid float4 = 700;
      constexpr Oid float8 = 701;
      const std::string name = sql::quote_identifier(PQfname(columns.raw(), i));
      const Oid type = PQftype(columns.raw(), i);
      list.push_back(type == float4 || type == float8 ? name : name + "::text");
    }
    sql::Select query = parse::parse_select(view.query);
    ivm::steady(query);
    const std::string all = join(list, ", ");
    const std::string truth = fmt::format("SELECT {} FROM ({}) AS q", all, sql::print(query));
    const std::string stored = fmt::format("SELECT {} FROM {}", all, sql::quote_identifier(view.name));
    parts.push_back(fmt::format("SELECT '{}' WHERE EXISTS (({} EXCEPT ALL {}) UNION ALL ({} EXCEPT ALL {}))", view.name,
                                truth, stored, stored, truth));
  }
  sql_ = join(parts, "\nUNION ALL\n");
  // Tables without statistics look large to the planner: compiling would take longer than all else.
  connection_.execute("SET jit = off");
}

std::vector<std::string> Oracle::differing() {
  const db::Rows rows = connection_.query(sql_);
  std::vector<std::string> out;
  for (int row = 0; row < rows.size(); ++row) out.push_back(rows.text(row, 0));
  return out;
}

std::string ambiguous_keys(db::Connection& connection) {
  std::string out;
  const db::Rows rows = connection.query(
      "SELECT pg_catalog.quote_ident(name), pg_catalog.array_to_string(ARRAY(SELECT pg_catalog.quote_ident(one) FROM "
      "pg_catalog.unnest(row_key) one), ', ') FROM pgvista.program WHERE row_key <> '{}'");
  for (int row = 0; row < rows.size(); ++row) {
    const std::string told = rows.text(row, 0) + " (" + rows.text(row, 1) + ")";
    const std::string compared =
        "SELECT count(*) = count(DISTINCT (" + rows.text(row, 1) + ", 0)) FROM " + rows.text(row, 0);
    if (!connection.query(compared).boolean(0, 0)) out += told + "\n";
  }
  return out;
}

}  // namespace pgvista::test
