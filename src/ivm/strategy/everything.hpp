#pragma once
// Tables of which no change is followed: one of them computes all rows again.

#include "ivm/key/shape.hpp"
#include "ivm/values/program.hpp"

namespace pgvista::ivm {

/// How many columns of changed rows lead to the key: parameters of the function that follows them.
std::size_t columns_to_key(const Shape& shape);

/// A change that reaches every row is fine where it is rare by construction (a part of the query whose value moves), or
/// was asked for by a cross join. False: it is neither. The reason is told once.
bool accept_everything(Shape& shape, const TableReference& one, bool part, Program& program);

/// A function takes so many parameters and no more: of the smallest tables no change is followed. The reasons say so.
void leave_out_columns(Shape& shape, std::size_t most, Program& program);

}  // namespace pgvista::ivm
