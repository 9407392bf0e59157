#pragma once
// What definitions mean to this server: their canonical text, output columns and index definitions. The server itself
// says so, by temporary views in a transaction that is rolled back; the live views are neither read nor locked.

#include <map>
#include <string>
#include <vector>

#include "analyze/order.hpp"
#include <pgvista/error.hpp>
#include "db/connection.hpp"
#include "schema/definition.hpp"
#include "schema/live.hpp"

namespace pgvista::catalog {

struct Meaning {
  bool known = false;  // false: its definition has an error, or reads one that has, or is not to be used
  std::string canonical;
  std::vector<schema::LiveColumn> columns;
  std::string fingerprint;           // "" while it depends on what this plan will change
  std::vector<std::string> indexes;  // canonical text by declared index; "" where it was not asked
};

struct Meanings {
  std::vector<Meaning> views;                       // as the definitions
  std::map<schema::Oid, std::string> live;          // canonical text of live views, where it was needed
  std::map<schema::Oid, std::string> live_indexes;  // likewise for indexes
  std::vector<Error> errors;
  bool recorded_only = false;  // temporary views are impossible here: compared with what the ledger says
};

struct MeaningOptions {
  bool all_indexes = false;  // also of views whose indexes are known or that do not exist yet
  std::string lock_timeout;
};

/// Unchanged views (same text, nothing that they resolve by changed, same stored rule) cost no round trip.
Meanings understand(db::Connection& connection, schema::Database& database,
                    const std::vector<schema::ViewDefinition>& views, const analyze::ViewGraph& graph,
                    const MeaningOptions& options = {});

/// The fingerprint of all that the meaning of a view's query depends on beside its text.
std::string definition_fingerprint(const schema::Database& database, const schema::ViewDefinition& view);

/// Notes which live views are on the way to another name. Call once, before anything asks live_of.
void claim_renames(schema::Database& database, const std::vector<schema::ViewDefinition>& views);

/// The live relation that a definition stands for: of its name, or of the name it was renamed from.
const schema::Relation* live_of(const schema::Database& database, const schema::ViewDefinition& view);

/// What pg_get_viewdef printed, as a statement that the server takes back.
std::string clean_viewdef(const std::string& viewdef);

/// Our canonical text from the server's: the way of writing evened out, `names` put in for temporary or former names.
std::string canonical_text(const std::string& viewdef, const std::map<sql::Name, sql::Name>& names);

/// The part of pg_get_indexdef's CREATE INDEX after the name and the table: " USING …".
std::string index_body(const std::string& indexdef);
/// The same in a form that can be compared, with what stands elsewhere.
std::string canonical_index(const std::string& indexdef, const std::string& tablespace);

}  // namespace pgvista::catalog
