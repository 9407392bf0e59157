#pragma once
// A program of one's own with all commands of pgvista.

#include <functional>
#include <pgvista/registry.hpp>

namespace pgvista {

/// All commands over the registry's views, and over the files of a project where there is one. Returns the exit code.
int run(int argc, const char* const* argv, const Registry& registry);

/// The same, of a registry that is made here: what is wrong with its models is told as any other error, and exits with
/// its code.
int run(int argc, const char* const* argv, const std::function<Registry()>& registry);

}  // namespace pgvista
