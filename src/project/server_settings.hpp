#pragma once
// The table [server] of pgvista.toml.

#include <filesystem>

#include "project/settings.hpp"
#include "project/toml_reader.hpp"

namespace pgvista::project {

/// Reads the table; errors go where the reader's do. Files that it names are read, relative to the project's folder.
void read_server(TomlTable& table, const std::filesystem::path& root, ServerSettings& out);

}  // namespace pgvista::project
