#pragma once
// The objects of a program, shared by the strategies.

#include "ivm/program.hpp"
#include "ivm/shape.hpp"
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

/// How the keys that were found are brought up to date, as statements over the variables of ivm/key_condition.
/// `everything` is for when all keys are.
struct Apply {
  plpgsql::Statements keys;
  plpgsql::Statements everything;
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

enum class Noting;

/// When and how a view is kept.
struct Style {
  Maintenance mode = Maintenance::immediate;
  Noting noting{};
  plpgsql::Statements shortcut;  // what `pending` does before it falls back on `maintain`
  Settings settings;             // under which everything is computed
  bool catches = false;          // an error puts the view aside instead of failing the writer
};

/// What a function runs under that computes anything, whoever calls it.
std::vector<std::pair<std::string, std::string>> function_settings(const Settings& settings);

/// Appends a function to the program, for nobody but those who have its rights, and what takes it away.
void add_function(Program& program, const plpgsql::Function& function);

/// Functions `maintain`, and for on_commit `pending`; appended to the program with their drops. Whoever calls them has
/// the rights: the dispatching triggers, pgvista.flush, a repair.
void add_functions(Program& program, const Names& names, const Shape& shape, const Apply& apply, const Style& style,
                   const std::string& title);

/// One capture for each event of each base table and its family, which hands the changed rows to `maintain` or notes
/// them. `body_for` may put another body in the place of the usual one.
struct UsualBody {
  plpgsql::Statements statements;
  plpgsql::Statements locks;  // the same way, up to the locks and no further
};
struct OwnBody {
  plpgsql::Statements statements;
  bool counted = false;  // it asks whether the statement changes this table alone
};
using BodyFor = std::function<std::optional<OwnBody>(const TableFact& table, Event event, const UsualBody& usual)>;
void add_captures(Program& program, const Names& names, const Shape& shape, const Style& style,
                  const BodyFor& body_for);

/// A capture for a table and for what is a part of it, or what it is a part of.
void add_for_family(Program& program, const TableFact& table, Capture capture);

}  // namespace pgvista::ivm
