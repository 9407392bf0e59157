#pragma once
// The query graph: its base tables wherever they stand, the join predicates between them, and every output
// column as an expression over them, as far as a change can be followed that way. Aggregates, windows and limits spread
// a change over other rows: what comes out of them is opaque (no expression).

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "ivm/query/block.hpp"
#include "ivm/values/facts.hpp"
#include "sql/tree.hpp"

namespace pgvista::ivm {

/// One reference to a base table. In the graph's expressions its columns are `alias.column`.
struct TableReference {
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
  std::set<int> references;
  // A comparison that chooses no rows, but among what they show: of another table's values with the one row of this
  // reference. Only from there is it a way, to the rows that it changes. -1: it chooses rows.
  int threshold = -1;
};

/// A column of a table reference.
struct Column {
  int reference = 0;
  std::string column;
  auto operator<=>(const Column&) const = default;
};

struct QueryGraph {
  std::vector<TableReference> references;
  std::vector<Predicate> predicates;                     // beside those in `equivalence_classes`
  std::vector<std::vector<Column>> equivalence_classes;  // columns that join conditions equate
  std::vector<std::optional<sql::Expr>> outputs;         // of the query, in order
  std::vector<std::string> output_names;
  std::vector<std::string> problems;  // what cannot be understood, for people

  int class_of(const Column& member) const;            // -1: equated with nothing
  int reference_of(const std::string& alias) const;    // -1: that of none
  static std::string alias_of(std::size_t reference);  // t1 is that of 0
  std::map<Column, int> class_numbers = {};            // of `equivalence_classes`, for class_of
  std::vector<std::int32_t> class_hashes = {};  // … of their tables and columns: the same in each graph of a view
  std::vector<int> components = {};  // of each reference: the same number where join conditions connect them at all
};

/// One graph for each choice of a branch at every set operation, since a row comes from one branch each.
/// Requires a normalized query (ivm/query/normalize.hpp). None when there would be too many.
std::vector<QueryGraph> query_graphs(const sql::Select& query, const Facts& facts);

/// Of each reference, a number that it shares with those that join conditions connect it with, at any distance.
std::vector<int> connected(const QueryGraph& graph);
/// The table references that an expression over `alias.column` reads.
std::set<int> references_of(const sql::Expr& expression, const QueryGraph& graph);
/// The column that a plain reference names.
std::optional<Column> column_of(const sql::Expr& expression, const QueryGraph& graph);

}  // namespace pgvista::ivm
