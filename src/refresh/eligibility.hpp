#pragma once
#include <optional>
#include <string>

#include "schema/live.hpp"

namespace pgvista::refresh {

/// Why REFRESH … CONCURRENTLY cannot work on this view; nullopt when it can.
std::optional<std::string> why_not_concurrently(const schema::Relation& view);

}  // namespace pgvista::refresh
