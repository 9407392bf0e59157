#include "migrate/folder.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <fstream>

#include "project/files.hpp"
#include "project/settings.hpp"

namespace pgvista::migrate {

namespace fs = std::filesystem;

std::vector<Migration> read_folder(const fs::path& root, const std::string& default_schema) {
  std::vector<Migration> out;
  std::vector<Error> errors;
  for (const fs::path& path : project::sql_files(root / "migrations", errors)) {
    constexpr std::uintmax_t largest = 256 * 1024 * 1024;  // hand-written data
    const auto text = project::read_file(path, errors, largest);
    if (!text) continue;
    try {
      out.push_back(read_migration(path.stem().string(), project::shown_path(path), *text, default_schema));
    } catch (const Failure& failure) {
      errors.insert(errors.end(), failure.errors().begin(), failure.errors().end());
    }
    const auto same = [&](const Migration& one) { return &one != &out.back() && one.id == out.back().id; };
    if (!out.empty() && std::any_of(out.begin(), out.end(), same))
      errors.push_back(project::file_error(project::shown_path(path), "duplicate_migration",
                                           fmt::format("there are two migrations named {}", path.stem().string()),
                                           "Rename one of the two files."));
  }
  if (!errors.empty()) throw Failure(std::move(errors));
  return out;
}

fs::path write_file(const fs::path& root, const std::string& id, const std::string& text) {
  const fs::path folder = root / "migrations";
  const fs::path path = folder / (id + ".sql");
  const fs::path passing = folder / ("." + id + ".sql.new");
  const auto fail = [&](const char* code, const std::string& message) {
    throw Failure(project::file_error(project::shown_path(path), code, message));
  };
  std::error_code failure;
  fs::create_directories(folder, failure);
  if (fs::exists(path, failure)) fail("file_exists", "the file is there already");
  {
    std::ofstream out(passing, std::ios::binary | std::ios::trunc);
    out << text;
    out.close();
    if (!out) fail("unwritable_file", "the file cannot be written");
  }
  fs::rename(passing, path, failure);
  if (failure) fail("unwritable_file", "the file cannot be written: " + failure.message());
  return path;
}

std::string next_id(const std::vector<Migration>& migrations, const std::string& name, int ahead) {
  int greatest = 0;
  for (const Migration& one : migrations) {
    int number = 0;
    std::from_chars(one.id.data(), one.id.data() + one.id.size(), number);
    greatest = std::max(greatest, number);
  }
  return fmt::format("{:04}_{}", greatest + 1 + ahead, name);
}

}  // namespace pgvista::migrate
