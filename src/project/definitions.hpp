#pragma once
// views/**/*.sql -> definitions.

#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <pgvista/error.hpp>
#include <pgvista/view_file.hpp>
#include "schema/definition.hpp"

namespace pgvista::project {

struct Definitions {
  std::vector<schema::ViewDefinition> views;  // in the order of their files' paths
  std::vector<Error> errors;
};

/// Reads one file's text. Errors go to `errors`, with file, line and column; the result is then nullopt.
std::optional<schema::ViewDefinition> read_definition(const std::string& shown_file, const std::string& stem,
                                                      const std::string& text, const std::string& default_schema,
                                                      std::vector<Error>& errors);

/// Every key of a header, with its type, as the reader asks for them.
std::map<std::string, std::string> header_keys();

/// Reads all files under ROOT/views, and the texts beside them. Never throws for a bad file: all errors are collected.
Definitions read_definitions(const std::filesystem::path& root, const std::string& default_schema,
                             const std::vector<model::ViewFile>& texts = {});

}  // namespace pgvista::project
