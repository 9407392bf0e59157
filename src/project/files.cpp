#include "project/files.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/text.hpp"
#include "project/settings.hpp"

namespace pgvista::project {

namespace fs = std::filesystem;

Error file_error(const std::string& file, std::string code, std::string message, std::string hint) {
  Error error;
  error.code = std::move(code);
  error.message = std::move(message);
  error.hint = std::move(hint);
  error.file = file;
  return error;
}

namespace {

void add_files(const fs::path& folder, std::vector<fs::path>& files, std::vector<Error>& errors) {
  const auto unreadable = [&](const fs::path& path, const char* what) {
    errors.push_back(file_error(shown_path(path), "unreadable_file", what,
                                "Check what it is and its permissions. What is not read would pass for being gone."));
  };
  std::error_code failure;
  fs::directory_iterator it(folder, failure);
  if (failure) return unreadable(folder, "the folder cannot be read");
  for (const fs::directory_iterator end; it != end; it.increment(failure)) {
    if (failure) return unreadable(folder, "the folder cannot be read");
    const fs::path& path = it->path();
    std::error_code unknown;
    const fs::file_status status = it->status(unknown);
    if (fs::is_directory(status) && !it->is_symlink() && path.extension() != ".sql") {
      add_files(path, files, errors);
    } else if (path.extension() == ".sql" && !path.filename().string().starts_with('.')) {
      fs::is_regular_file(status) ? files.push_back(path) : unreadable(path, "it is no file that can be read");
    }
  }
}

}  // namespace

std::vector<fs::path> sql_files(const fs::path& folder, std::vector<Error>& errors) {
  std::vector<fs::path> files;
  std::error_code failure;
  if (fs::symlink_status(folder, failure).type() == fs::file_type::not_found) return files;
  add_files(folder, files, errors);
  std::sort(files.begin(), files.end());
  return files;
}

std::optional<std::string> read_file(const fs::path& path, std::vector<Error>& errors, std::uintmax_t largest) {
  const std::string shown = shown_path(path);
  std::error_code failure;
  const auto size = fs::file_size(path, failure);
  if (!failure && size > largest) {
    errors.push_back(file_error(
        shown, "file_too_large",
        fmt::format("the file holds {}; a definition may hold {}", human_size(static_cast<std::int64_t>(size)),
                    human_size(static_cast<std::int64_t>(largest))),
        "Is it a dump, or data? Only definitions belong here."));
    return std::nullopt;
  }
  std::ifstream file(path, std::ios::binary);
  if (failure || !file) {
    errors.push_back(file_error(shown, "unreadable_file", "the file cannot be read", "Check its permissions."));
    return std::nullopt;
  }
  return std::string{std::istreambuf_iterator<char>(file), {}};
}

}  // namespace pgvista::project
