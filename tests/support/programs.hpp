#pragma once
// Maintenance programs without a server: what the compiler was told by one, and what it made of it, as text.

#include <map>
#include <string>
#include <vector>

#include "ivm/compile.hpp"

namespace pgvista::test {

/// A program for people to read and for files to hold: everything that is installed, in its order.
std::string program_text(const ivm::Program& program);

/// Tables and names of functions, a JSON document a line. The settings and the version are the same in all files.
std::string facts_text(const ivm::Facts& facts);
ivm::Facts facts_of(const std::string& text);

/// What the compiler asks a server on the way, by the text of the query that it asks about.
struct Answers {
  std::map<std::string, std::vector<ivm::ColumnFact>> described;
  std::map<std::string, std::vector<std::string>> unstable;
};
/// A JSON document a line.
std::string answers_text(const Answers& answers);
Answers answers_of(const std::string& text);

/// `facts` goes on asking, and what it is told is written down in `into`, which must outlive it.
void record(ivm::Facts& facts, Answers& into);
/// `facts` is told what was written down; another question throws std::runtime_error with its text.
void replay(ivm::Facts& facts, Answers from);

/// A query of tests/maintenance/queries.sql as a request. `query`: canonical.
ivm::Request program_request(const std::string& name, const std::string& query, const std::string& mode,
                             const ivm::Facts& facts);

}  // namespace pgvista::test
