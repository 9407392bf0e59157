#include "refresh/eligibility.hpp"

#include <fmt/format.h>

namespace pgvista::refresh {

std::optional<std::string> why_not_concurrently(const schema::Relation& view) {
  if (!view.populated) return "it holds no rows yet";
  if (view.key_index()) return std::nullopt;
  for (const schema::LiveIndex& index : view.indexes) {
    if (!index.unique) continue;
    if (index.partial) return fmt::format("its unique index {} has a WHERE clause", index.name);
    if (index.on_expressions) return fmt::format("its unique index {} is on an expression", index.name);
    return fmt::format("its unique index {} is invalid", index.name);
  }
  return "it has no unique index";
}

}  // namespace pgvista::refresh
