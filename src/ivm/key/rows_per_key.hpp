#pragma once
// How fine a key is.

#include "ivm/key/shape.hpp"

namespace pgvista::ivm {

/// How many rows of its largest table one key stands for, on average, by the tables' statistics. nullopt: nobody has
/// counted.
std::optional<double> rows_per_key(const Shape& shape);

/// Does it tell rows of one of the tables apart?
bool holds_key_of_a_table(const Shape& shape);

/// Where one column of a key of several tells a few rows by itself, rows are looked up by that column alone: an index
/// search by arrays tries every value of the one with every value of the others.
void choose_narrowing(Shape& shape);

}  // namespace pgvista::ivm
