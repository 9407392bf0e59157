#pragma once
// What a program's objects are called, and what all its functions share.

#include "ivm/key/shape.hpp"
#include "ivm/values/program.hpp"
#include "plpgsql/tree.hpp"

namespace pgvista::ivm {

/// What the generated objects of one store are called.
struct Names {
  std::string base;
  std::string top = {};   // the whole program, where this is a part of it
  std::string view = {};  // for people
  sql::Name store() const { return {"pgvista", base}; }
  sql::Name function(const char* what) const {
    return {"pgvista", sql::shorten_identifier(base, std::string("_") + what)};
  }
  /// The server shows the statements that an error came through: its reader finds here whose they are, and what to do.
  /// `table`: whose change it is about, or "".
  sql::Note told(const std::string& table = {}) const;
};

/// What whoever locks some slots by itself does first, as pgvista.lock_keys does: a lock on the store, which nobody
/// else may lock. It conflicts with that of pgvista.lock_all, and not with itself.
plpgsql::Statement share_view(const Names& names);
/// PERFORM pgvista.lock_all: everybody else waits.
plpgsql::Statement lock_all(const Names& names);
/// The function `maintain` for all keys.
plpgsql::Statement maintain_everything(const Names& names);

/// Parameters of a view's functions, one array for each column of each entry: e1_1 bigint[], e1_2 text[], …; then
/// `everything` and `locks_only`.
std::vector<plpgsql::Parameter> parameters(const Shape& shape);
/// The name of the array of an entry's column (both count from 0) among the parameters.
std::string parameter_name(std::size_t entry, std::size_t column);
/// The variable that is handed on as it.
std::string argument_name(std::size_t entry, std::size_t column);

/// What a function runs under that computes anything, whoever calls it.
std::vector<std::pair<std::string, std::string>> function_settings(const Settings& settings);

/// Appends a function to the program, for nobody but those who have its rights, and what takes it away.
void add_function(Program& program, const plpgsql::Function& function);

}  // namespace pgvista::ivm
