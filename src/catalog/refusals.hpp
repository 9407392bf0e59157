#pragma once
// Why a definition cannot be kept, for people, with its place in the file.

#include "catalog/maintenance.hpp"

namespace pgvista::catalog {

/// The header's key tells no rows apart.
Error key_error(const schema::ViewDefinition& view);
/// Nothing can be asked of this server. `unsound`: what is installed is not as it was.
Error cannot_compile(const schema::ViewDefinition& view, bool unsound);
/// Kept at once, it would read one that is kept later.
Error reads_behind(const schema::ViewDefinition& view, const schema::ViewDefinition& behind);

}  // namespace pgvista::catalog
