#pragma once
// A program of one's own with all commands of pgvista.

#include <pgvista/registry.hpp>

namespace pgvista {

/// All commands over the registry's views, and over the files of a project where there is one. Returns the exit code.
int run(int argc, const char* const* argv, const Registry& registry);

}  // namespace pgvista
