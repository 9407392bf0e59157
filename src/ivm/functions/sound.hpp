#pragma once
// A view whose maintenance cannot go on is put aside instead of failing its writers: what asks whether it can, and what
// happens when it cannot (docs/maintenance.md, "When something is gone").

#include <string>

#include "ivm/functions/names.hpp"

namespace pgvista::ivm {

/// `pgvista.<program>_sound(changed oid) RETURNS boolean`: may the maintenance of this program run? It parses and plans
/// what the program reads, and runs none of it: where an object is gone, renamed or forbidden, the view is put aside.
/// A stopped program's answers false and asks nothing.
void add_sound_function(Program& program);

/// The function's name.
sql::Name sound_function(const std::string& program);

/// `body` in a block that puts the view aside when it fails. A subtransaction each time.
plpgsql::Statement caught(const std::string& program, const sql::Expr& changed, plpgsql::Statements body);

}  // namespace pgvista::ivm
