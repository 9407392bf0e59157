#pragma once
// What a strategy installs beside its store: the functions, and what the triggers of each base table do.

#include <functional>

#include "ivm/change_log/change_log.hpp"

namespace pgvista::ivm {

/// The function `maintain`, and those that hand on what waits; appended to the program with their drops. Whoever calls
/// them has the rights: the dispatching triggers, pgvista.flush, a repair.
void add_functions(Program& program, const Names& names, const Shape& shape, const Apply& apply, const Style& style,
                   const ChangeLog& log, const std::string& title);

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
void add_captures(Program& program, const Names& names, const Shape& shape, const Style& style, const ChangeLog& log,
                  const BodyFor& body_for);

/// A capture for a table and for what is a part of it, or what it is a part of; `parents`: what it inherits from, too.
void add_for_family(Program& program, const TableFact& table, Capture capture, bool parents = false);

}  // namespace pgvista::ivm
