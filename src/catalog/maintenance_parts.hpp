#pragma once
// What compile_maintained() asks of single views and programs, as values.

#include <string>
#include <vector>

#include "catalog/maintenance.hpp"
#include "db/connection.hpp"

namespace pgvista::catalog {

/// A view that nothing keeps is compiled as one that each statement would keep: for `explain`.
schema::Maintenance mode_of(const schema::ViewDefinition& view);

/// A maintained view, for those that read it: its store's columns are the view's, and hidden ones that nobody names.
ivm::TableFact store_fact(const sql::Name& store, std::vector<ivm::ColumnFact> columns,
                          const std::vector<std::string>& key);

/// Is the view more than its store's columns under their own names?
bool has_tail(const sql::Select& visible);

/// What the header says of the store, its indexes too.
std::string storage_texts(const schema::ViewDefinition& view);

/// SELECT * FROM store
sql::Select rows_of(const sql::Name& store);

/// The settings that a view is computed under: the database's, but for what its header says.
ivm::Settings settings_of(const schema::ViewDefinition& view, ivm::Settings defaults);

/// The functions that are taken at the user's word.
std::vector<std::string> trusted_by(const schema::ViewDefinition& view, const MaintenanceDefaults& defaults);

/// CREATE OR REPLACE VIEW lets a view read itself; then the server reads none of them. Of each circle one
/// becomes a table with an obstacle.
void leave_out_circles(ivm::Facts& facts);

/// What this server does not know of the header's settings and trusted functions.
std::vector<Error> header_errors(db::Connection& connection, const schema::ViewDefinition& view);
/// … and of the functions that pgvista.toml trusts for all views.
std::vector<Error> trust_errors(db::Connection& connection, const MaintenanceDefaults& defaults);

}  // namespace pgvista::catalog
