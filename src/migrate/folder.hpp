#pragma once
// The folder migrations/ of a project.

#include <filesystem>
#include <vector>

#include "migrate/migration.hpp"

namespace pgvista::migrate {

/// All of them, by name. Throws Failure with every error of every file.
std::vector<Migration> read_folder(const std::filesystem::path& root, const std::string& default_schema);

/// Writes ROOT/migrations/ID.sql, whole or not at all; returns its path. Throws Failure (file_exists, unwritable_file).
std::filesystem::path write_file(const std::filesystem::path& root, const std::string& id, const std::string& text);

/// "0007_name": the number after the greatest there is.
std::string next_id(const std::vector<Migration>& migrations, const std::string& name, int ahead = 0);

}  // namespace pgvista::migrate
