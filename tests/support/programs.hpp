#pragma once
// Maintenance programs without a server: what the compiler was told by one, and what it made of it, as text.

#include <string>
#include <variant>

#include "ivm/compile.hpp"

namespace pgvista::test {

/// A program for people to read and for files to hold: everything that is installed, in its order.
std::string program_text(const ivm::Program& program);

/// Tables and names of functions, a JSON document a line. The settings and the version are the same in all files.
std::string facts_text(const ivm::Facts& facts);
ivm::Facts facts_of(const std::string& text);

/// What the compiler asked a server on the way. A JSON document a line.
std::string answers_text(const ivm::Answers& answers);
ivm::Answers answers_of(const std::string& text);

/// The settings, search path and version that all files hold.
void fix_settings(ivm::Facts& facts);

/// A query of tests/maintenance/queries.sql as a request. `query`: canonical.
ivm::Request program_request(const std::string& name, const std::string& query, const std::string& mode);
/// Its outputs are what `facts.answers` say, or asked for.
std::variant<ivm::Program, ivm::Question> compile_case(ivm::Request request, const ivm::Facts& facts);

}  // namespace pgvista::test
