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

std::vector<fs::path> sql_files(const fs::path& folder) {
  std::vector<fs::path> files;
  std::error_code failure;
  for (fs::recursive_directory_iterator it(folder, fs::directory_options::skip_permission_denied, failure), end;
       !failure && it != end; it.increment(failure)) {
    std::error_code ignored;
    const fs::path& path = it->path();
    if (path.extension() == ".sql" && !path.filename().string().starts_with('.') && it->is_regular_file(ignored))
      files.push_back(path);
  }
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
