#include <pgvista/app.hpp>

#include <iostream>
#include <pgvista/error.hpp>

#include "cli/command.hpp"

namespace pgvista {

int run(int argc, const char* const* argv, const std::function<Registry()>& registry) {
  model::Program program;
  try {
    const Registry made = registry();
    program = {made.view_files(), made.relations(), made.hooks(), made.table_files(), made.paths(), made.own_paths()};
  } catch (const Failure& failure) {
    for (const Error& error : failure.errors()) std::cerr << format_error(error);
    return static_cast<int>(failure.error().exit);
  }
  return cli::run(argc, argv, program);
}

int run(int argc, const char* const* argv, const Registry& registry) {
  return run(argc, argv, std::function<Registry()>([&] { return registry; }));
}

}  // namespace pgvista
