#include "catalog/type_facts.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "sql/known_types.hpp"

namespace pgvista::catalog {

namespace {

// A domain is followed to what it is made of, and an array, range or composite to what it holds: down to types that
// tell for themselves whether equal values are the same to the eye. What is not known here may look different.
constexpr const char* types_query = R"(
WITH RECURSIVE wanted AS (
  SELECT x.t, x.m, x.c, x.n FROM ROWS FROM (pg_catalog.unnest($1::oid[]), pg_catalog.unnest($2::int[]),
    pg_catalog.unnest($3::oid[])) WITH ORDINALITY AS x (t, m, c, n)
), flat AS (
  SELECT w.n, w.t AS type, w.m AS modifier FROM wanted w
  UNION ALL SELECT f.n, y.typbasetype, y.typtypmod FROM flat f JOIN pg_catalog.pg_type y ON y.oid = f.type
    WHERE y.typtype = 'd'
), base AS (
  SELECT f.n, f.type, f.modifier FROM flat f JOIN pg_catalog.pg_type y ON y.oid = f.type WHERE y.typtype <> 'd'
), parts AS (
  SELECT b.n, b.type, b.modifier FROM base b
  UNION SELECT p.n, inner_one.type, inner_one.modifier FROM parts p JOIN pg_catalog.pg_type y ON y.oid = p.type
    CROSS JOIN LATERAL (
      SELECT y.typbasetype AS type, y.typtypmod AS modifier WHERE y.typtype = 'd'
      UNION ALL SELECT y.typelem, -1 WHERE y.typcategory = 'A' AND y.typelem <> 0
      UNION ALL SELECT r.rngsubtype, -1 FROM pg_catalog.pg_range r WHERE r.rngtypid = y.oid OR r.rngmultitypid = y.oid
      UNION ALL SELECT a.atttypid, a.atttypmod FROM pg_catalog.pg_attribute a WHERE a.attrelid = y.typrelid
        AND y.typtype = 'c' AND a.attnum > 0 AND NOT a.attisdropped
    ) AS inner_one
), told AS (
  SELECT p.n, pg_catalog.bool_or(CASE
      WHEN y.typtype IN ('e', 'd', 'c', 'r', 'm') OR y.typcategory = 'A' THEN false
      WHEN y.typname = 'bpchar' THEN p.modifier < 0
      ELSE NOT (y.typnamespace = 'pg_catalog'::pg_catalog.regnamespace AND y.typname = ANY ($4::name[]))
    END) AS forms
  FROM parts p JOIN pg_catalog.pg_type y ON y.oid = p.type GROUP BY p.n
)
SELECT pg_catalog.format_type(w.t, w.m), pg_catalog.format_type(b.type, NULL), t.forms
  OR coalesce(NOT coalesce(co.collisdeterministic, true), false), y.typcategory = 'A',
    y.typnamespace = 'pg_catalog'::pg_catalog.regnamespace OR y.typtype IN ('e', 'c', 'r', 'm')
      OR y.typcategory = 'A', y.typtype = 'c'
FROM wanted w JOIN base b ON b.n = w.n JOIN pg_catalog.pg_type y ON y.oid = b.type JOIN told t ON t.n = w.n
  JOIN pg_catalog.pg_type own ON own.oid = w.t
LEFT JOIN pg_catalog.pg_collation co ON co.oid = CASE WHEN w.c <> 0 THEN w.c ELSE own.typcollation END ORDER BY w.n
)";

template <class F>
std::vector<std::string> map(const std::vector<TypeKey>& keys, F&& text) {
  std::vector<std::string> out;
  std::transform(keys.begin(), keys.end(), std::back_inserter(out), text);
  return out;
}

}  // namespace

bool TypeReader::runs(const std::string& expression) {
  const db::Transaction undone(connection_);
  try {
    connection_.query("SELECT " + expression);
    return true;
  } catch (const db::QueryFailure&) {
    if (connection_.lost()) throw;
    return false;
  }
}

void TypeReader::learn(const std::vector<TypeKey>& unknown) {
  const db::Transaction undone(connection_);
  connection_.execute("SET LOCAL search_path = ''");
  const db::Rows rows = connection_.query(
      types_query, {db::array_literal(map(unknown, [](const TypeKey& one) { return std::to_string(one.type); })),
                    db::array_literal(map(unknown, [](const TypeKey& one) { return std::to_string(one.modifier); })),
                    db::array_literal(map(unknown, [](const TypeKey& one) { return std::to_string(one.collation); })),
                    db::array_literal(sql::one_form_types())});
  for (int row = 0; row < rows.size(); ++row) {
    NamedType& one = known_[unknown[static_cast<std::size_t>(row)]];
    one.name = rows.text(row, 0);
    one.kind.base = rows.text(row, 1);
    one.kind.forms = rows.boolean(row, 2);
    one.kind.array = rows.boolean(row, 3);
    one.kind.composite = rows.boolean(row, 5);
    // Of these it is known without asking.
    const sql::KnownType* known = sql::known_type(one.kind.base);
    if (known && known->can(sql::compares)) continue;
    // An operator of an extension has no name under an empty search path.
    const bool own_operators = !rows.boolean(row, 4);
    const std::string none = "ROW(NULL::" + one.kind.base + ")";
    one.kind.comparable = !own_operators && runs(fmt::format("pg_catalog.btrecordcmp({0}, {0})", none));
    one.kind.hashable = one.kind.comparable && runs(fmt::format("pg_catalog.hash_record_extended({}, 0)", none));
  }
}

std::vector<NamedType> TypeReader::read(const std::vector<TypeKey>& wanted) {
  std::vector<TypeKey> unknown;
  for (const TypeKey& key : wanted) {
    if (!known_.contains(key) && std::find(unknown.begin(), unknown.end(), key) == unknown.end())
      unknown.push_back(key);
  }
  if (!unknown.empty()) learn(unknown);
  std::vector<NamedType> out;
  for (const TypeKey& key : wanted) out.push_back(known_[key]);
  return out;
}

}  // namespace pgvista::catalog
