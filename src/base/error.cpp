#include "base/error.hpp"

#include <fmt/format.h>

namespace pgvista {

std::string format_error(const Error& error, const char* severity) {
  std::string out;
  if (!error.file.empty()) {
    out += error.file;
    if (error.line > 0) out += fmt::format(":{}", error.line);
    if (error.line > 0 && error.column > 0) out += fmt::format(":{}", error.column);
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
