#pragma once
// A live database -> values. Everything here reads system catalogues only: no lock on any relation of the user.

#include <string>
#include <vector>

#include "db/connection.hpp"
#include "schema/live.hpp"

namespace pgvista::catalog {

/// Of the stored query of the row c of pg_class; NULL where it has none. It holds the places of the text that made it:
/// the same view written again has another.
inline constexpr const char* rule_fingerprint_sql =
    "(SELECT pg_catalog.md5(r.ev_action::text) FROM pg_catalog.pg_rewrite r WHERE r.ev_class = c.oid AND r.rulename = "
    "'_RETURN')";

/// Of a pg_class row `c`: everything that DDL changes and a refresh does not.
inline constexpr const char* ddl_fingerprint_sql =
    "pg_catalog.md5(pg_catalog.concat_ws('|', c.relname, c.relnamespace, c.relowner, c.relacl::text, "
    "c.reloptions::text, "
    "c.reltablespace, c.relhasindex, c.relhastriggers, c.relrowsecurity, c.relam))";

/// Reads all views and materialized views, and the relations named in `names` (schema left out), with what the ledger
/// says of them. A fixed number of round trips, whatever the number of views.
schema::Database read_database(db::Connection& connection, const std::vector<std::string>& names);

/// Puts `schema`, unless empty, in front of the session's search path, and the ledger's out of it. A schema that does
/// not exist is no error here: sync creates it.
void use_schema(db::Connection& connection, const std::string& schema);

/// The same, at the beginning of each transaction and for that alone.
void use_schema_in_transactions(db::Connection& connection, const std::string& schema);

/// Fills in `definition` (pg_get_viewdef with an empty search path). Takes ACCESS SHARE on the view for a moment, as
/// PostgreSQL does for that function: only for views whose text must be known.
void read_definitions(db::Connection& connection, schema::Database& database, const std::vector<schema::Oid>& views);

/// Fills in the definitions of these views' indexes. Locks likewise, where an index has expressions.
void read_index_definitions(db::Connection& connection, schema::Database& database,
                            const std::vector<schema::Oid>& views);

/// Fills in `details` of these relations.
void read_details(db::Connection& connection, schema::Database& database, const std::vector<schema::Oid>& relations);

/// Base tables below a view, through views, with their names.
std::vector<schema::Oid> base_tables(const schema::Database& database, schema::Oid view);

}  // namespace pgvista::catalog
