#pragma once
// The SQL files of a project.

#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include <pgvista/error.hpp>

namespace pgvista::project {

Error file_error(const std::string& file, std::string code, std::string message, std::string hint = {});

/// All *.sql below a folder, by path; none when there is no such folder. What cannot be looked into is added to
/// `errors`: it must not pass for being gone.
std::vector<std::filesystem::path> sql_files(const std::filesystem::path& folder, std::vector<Error>& errors);

/// What cannot be read is added to `errors`.
std::optional<std::string> read_file(const std::filesystem::path& path, std::vector<Error>& errors,
                                     std::uintmax_t largest = 4 * 1024 * 1024);

}  // namespace pgvista::project
