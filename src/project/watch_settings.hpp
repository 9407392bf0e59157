#pragma once
#include "project/settings.hpp"
#include "project/toml_reader.hpp"

namespace pgvista::project {

/// [watch] of pgvista.toml. What is wrong is among the table's errors.
void read_watch(TomlTable& table, WatchSettings& out);

}  // namespace pgvista::project
