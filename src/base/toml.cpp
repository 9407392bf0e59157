#include "base/toml.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace pgvista {

std::string toml_text(const std::string& text) {
  std::string out = "\"";
  for (const char c : text) {
    switch (c) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\t': out += "\\t"; break;
      case '\r': out += "\\r"; break;
      default:
        out += static_cast<unsigned char>(c) < 0x20 || c == 0x7F ? fmt::format("\\u{:04X}", c) : std::string(1, c);
    }
  }
  // The header is a comment: what would end or nest it is written otherwise.
  out = replace_all(replace_all(out, "*/", "*\\u002F"), "/*", "\\u002F*");
  return out + "\"";
}

std::string toml_key(const std::string& name) {
  const bool bare =
      !name.empty() &&
      name.find_first_not_of("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") == std::string::npos;
  return bare ? name : toml_text(name);
}

std::string toml_list(const std::vector<std::string>& values) {
  std::vector<std::string> quoted;
  for (const std::string& value : values) quoted.push_back(toml_text(value));
  return "[" + join(quoted, ", ") + "]";
}

}  // namespace pgvista
