#include <pgvista/error.hpp>

#include <fmt/format.h>

#include <algorithm>

namespace pgvista {

std::string format_error(const Error& error, const char* severity) {
  std::string out;
  if (!error.file.empty()) {
    out += error.file;
    // What concerns the file as a whole stands at its beginning.
    out += fmt::format(":{}:{}", std::max(error.line, 1), std::max(error.column, 1));
    out += ": ";
  }
  out += fmt::format("{}: {}", severity, error.message);
  if (!error.sqlstate.empty()) out += fmt::format(" ({})", error.sqlstate);
  out += '\n';
  if (!error.detail.empty()) out += fmt::format("  detail: {}\n", error.detail);
  if (!error.hint.empty()) out += fmt::format("  hint: {}\n", error.hint);
  return out;
}

}  // namespace pgvista
