#pragma once
// From a changed row to the keys that it reaches: joins along the query's own predicates, the other tables read as they
// are after the change. For every affected key the changed row nearest to it on its path finds it, so old and new
// images of every changed table together find all.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ivm/skeleton.hpp"

namespace pgvista::ivm {

/// One way from the changed rows of an occurrence to the key. The SQL reads the changed rows as a table named as the
/// occurrence.
struct Path {
  int skeleton = 0;
  int occurrence = 0;
  std::vector<std::string> columns;  // of the changed rows, that the path reads
  std::vector<int> hops;             // occurrences joined on the way, in order
  std::string joins;                 // " LEFT JOIN … ON …" for each hop
  std::string reached;               // condition: all hops found a row
  std::vector<std::vector<std::string>>
      keys;                        // alternatives (a nullable side may be NULL), each one expression a key column
  bool own_slots = true;           // the changed rows alone tell all of them
  std::vector<std::string> slots;  // bigint or bigint[] expressions: what to lock on the way
  std::string text;                // for people: rooms_bed → rooms_bed_rooms → key
  std::vector<std::pair<const TableFact*, std::string>> lookups;  // table and column that a hop looks rows up by
};

/// nullopt: no join condition leads from these rows to the key. `keys` are output numbers of the query.
std::optional<Path> find_path(const Skeleton& skeleton, int number, int occurrence, const std::vector<int>& keys);

/// The occurrences whose rows alone tell the value of this expression: by their own columns, or by columns equated with
/// them.
std::set<int> suppliers(const Skeleton& skeleton, const sql::Expr& expression);

/// The lock slot of a key: the same text for every path of a view. `values`: expressions that hashed_value() made.
std::string key_slot(const std::vector<std::string>& values);

/// An expression that is the same for equal values of this type, and that a record with it can be hashed by.
std::string hashed_value(const TypeFact& type, const std::string& value);

/// A type without its modifier.
std::string base_type(const std::string& type);

}  // namespace pgvista::ivm
