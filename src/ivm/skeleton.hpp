#pragma once
// The skeleton of a query: its base tables wherever they stand, the join predicates between them, and every output
// column as an expression over them, as far as a change can be followed that way. Aggregates, windows and limits spread
// a change over other rows: what comes out of them is opaque (no expression).

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ivm/block.hpp"
#include "ivm/facts.hpp"
#include "sql/tree.hpp"

namespace pgvista::ivm {

/// One reference to a base table. In the skeleton's expressions its columns are `alias.column`.
struct Occurrence {
  const sql::TableRef* ref = nullptr;  // in the query that was flattened
  const TableFact* table = nullptr;
  std::string alias;                   // t1, t2, …
  bool nullable = false;               // on the null-extended side of an outer join
  bool whole_row = false;              // all columns matter
  bool top = false;                    // stands in the outermost FROM
  std::set<std::string> used;          // columns that the query reads
  const sql::Select* block = nullptr;  // the outermost uncorrelated block below the top that it is in; null at the top
};

struct Predicate {
  sql::Expr condition;
  std::set<int> occurrences;
};

/// A column of an occurrence.
struct Place {
  int occurrence = 0;
  std::string column;
  auto operator<=>(const Place&) const = default;
};

struct Skeleton {
  std::vector<Occurrence> occurrences;
  std::vector<Predicate> predicates;              // beside those in `classes`
  std::vector<std::vector<Place>> classes;        // columns that join conditions equate
  std::vector<std::optional<sql::Expr>> outputs;  // of the query, in order
  std::vector<std::string> output_names;
  std::vector<std::string> problems;  // what cannot be understood, for people
  std::vector<int> problem_offsets;

  int class_of(const Place& place) const;  // -1: equated with nothing
};

/// One skeleton for each choice of a branch at every set operation, since a row comes from one branch each.
/// Requires a normalized query (ivm/normalize.hpp). At most `most_skeletons`; none when there would be more.
std::vector<Skeleton> skeletons(const sql::Select& query, const Facts& facts);
inline constexpr std::size_t most_skeletons = 64;

/// The occurrences that an expression over `alias.column` references reads.
std::set<int> occurrences_of(const sql::Expr& expression, const Skeleton& skeleton);
/// The place that a plain column reference names.
std::optional<Place> place_of(const sql::Expr& expression, const Skeleton& skeleton);

}  // namespace pgvista::ivm
