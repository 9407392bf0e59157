#include <pgvista/app.hpp>

#include <iostream>
#include <pgvista/error.hpp>

#include "cli/command.hpp"

namespace pgvista {

int run(int argc, const char* const* argv, const Registry& registry) {
  std::vector<project::NamedText> definitions;
  try {
    for (ViewFile& one : registry.view_files()) definitions.push_back({std::move(one.name), std::move(one.text)});
  } catch (const Failure& failure) {
    for (const Error& error : failure.errors()) std::cerr << format_error(error);
    return static_cast<int>(failure.error().exit);
  }
  return cli::run(argc, argv, definitions);
}

}  // namespace pgvista
