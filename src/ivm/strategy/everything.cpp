#include "ivm/strategy/everything.hpp"

#include <fmt/format.h>

#include <algorithm>

namespace pgvista::ivm {

std::size_t columns_to_key(const Shape& shape) {
  std::size_t out = 0;
  for (const Entry& entry : shape.entries) out += entry.columns.size();
  return out;
}

bool accept_everything(Shape& shape, const TableReference& one, bool part, Program& program) {
  if (!part && !one.top) return false;
  for (Entry& entry : shape.entries) {
    if (entry.ref != one.ref) continue;
    entry.everything = true;
  }
  const std::string reason =
      one.table->part
          ? "a subquery without a link to the row outside: when its value changes, all rows are computed again"
          : fmt::format("\"{}\" is joined without an equality: a change of it computes all rows again",
                        one.table->name.display());
  if (std::find(program.reasons.begin(), program.reasons.end(), reason) == program.reasons.end())
    program.reasons.push_back(reason);
  return true;
}

void leave_out_columns(Shape& shape, std::size_t most, Program& program) {
  while (columns_to_key(shape) > most) {
    Entry* smallest = nullptr;
    for (Entry& entry : shape.entries) {
      if (!entry.columns.empty() && (!smallest || entry.table->rows < smallest->table->rows)) smallest = &entry;
    }
    smallest->everything = true;
    smallest->columns.clear();
    smallest->paths.clear();
    program.reasons.push_back(
        fmt::format("more than {} columns of its tables lead to the key: a change of \"{}\" computes all rows again",
                    most, smallest->table->name.display()));
  }
}

}  // namespace pgvista::ivm
