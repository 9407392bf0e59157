#pragma once
#include <set>
#include <string>

namespace pgvista::inspect {

/// rooms_related_objects -> RoomsRelatedObjects; only letters, digits and underscores remain.
std::string type_name(const std::string& relation);

/// Text for a comment or a string literal of C++ or Python: control characters, quotes and backslashes are escaped.
std::string escaped(const std::string& text, char quote);

const std::set<std::string>& cpp_keywords();
const std::set<std::string>& python_keywords();

/// Member names that are valid, no keywords, and different from each other.
class Members {
 public:
  explicit Members(const std::set<std::string>& keywords) : keywords_(keywords) {}
  std::string add(const std::string& column);

 private:
  const std::set<std::string>& keywords_;
  std::set<std::string> used_;
};

}  // namespace pgvista::inspect
