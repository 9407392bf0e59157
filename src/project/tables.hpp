#pragma once
// tables/**/*.sql, and what a program's models say -> the tables that the project wants.

#include <filesystem>
#include <vector>

#include <pgvista/error.hpp>
#include <pgvista/view_file.hpp>
#include "tables/tables.hpp"

namespace pgvista::project {

struct TableDefinitions {
  tables::Tables tables;  // names that are not declared are empty
  std::vector<Error> errors;
};

/// Files and texts of CREATE TABLE, CREATE INDEX, COMMENT and ALTER TABLE … ADD. Never throws for a bad file.
TableDefinitions read_tables(const std::filesystem::path& root, const std::string& default_schema,
                             const std::vector<model::TableFile>& texts = {});

}  // namespace pgvista::project
