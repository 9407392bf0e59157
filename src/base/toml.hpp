#pragma once
// Values as TOML writes them, for headers of view files: also safe inside the SQL comment that such a header is.

#include <string>
#include <vector>

namespace pgvista {

/// A basic string, quotes included.
std::string toml_text(const std::string& text);
/// Bare where it may be.
std::string toml_key(const std::string& name);
std::string toml_list(const std::vector<std::string>& values);

}  // namespace pgvista
