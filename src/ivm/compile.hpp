#pragma once
// A query -> a maintenance program. What only a server can tell is asked of `Facts::answers`, or asked back.

#include <variant>

#include "ivm/values/program.hpp"
#include "ivm/values/request.hpp"

namespace pgvista::ivm {

/// Never throws for a query that cannot be maintained: then `strategy` is "full" and `blockers` say why and where. A
/// question: `facts.answers` lacks this, and has nobody to ask; with the answer there, to be called again.
std::variant<Program, Question> compile(const Request& request, const Facts& facts);

/// A hash of all that the program installs, its own name included: the same for the same.
std::string content_hash(const Program& program);

}  // namespace pgvista::ivm
