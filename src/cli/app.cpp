#include <pgvista/app.hpp>

#include <iostream>
#include <pgvista/error.hpp>

#include "cli/command.hpp"

namespace pgvista {

int run(int argc, const char* const* argv, const Registry& registry) {
  Program program;
  try {
    program = {registry.view_files(), registry.relations(), registry.hooks(), registry.table_files(), registry.paths(), registry.own_paths()};
  } catch (const Failure& failure) {
    for (const Error& error : failure.errors()) std::cerr << format_error(error);
    return static_cast<int>(failure.error().exit);
  }
  return cli::run(argc, argv, program);
}

}  // namespace pgvista
