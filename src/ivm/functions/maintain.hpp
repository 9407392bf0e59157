#pragma once
// The function `maintain` of a store: from changed rows to keys, to locks, to the rows of those keys.

#include "ivm/functions/style.hpp"

namespace pgvista::ivm {

plpgsql::Function maintain_function(const Names& names, const Shape& shape, const Apply& apply, const Style& style,
                                    const std::string& title);

}  // namespace pgvista::ivm
