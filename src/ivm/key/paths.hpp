#pragma once
// From a changed row to the keys that it reaches: joins along the query's own predicates, the other tables read as they
// are after the change. For every affected key the changed row nearest to it on its path finds it, so old and new
// images of every changed table together find all.

#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "ivm/query/query_graph.hpp"

namespace pgvista::ivm {

/// A table reference that is joined on the way.
struct Hop {
  int reference = 0;
  sql::Expr condition;
};

/// What the larger of the two values is called.
std::string range_end(const std::string& column);

/// One way from the changed rows of a table reference to the key. Its expressions read the changed rows as a table
/// named as the reference.
struct KeyPath {
  int graph = 0;
  int reference = 0;
  std::vector<std::string> columns;  // of the changed rows, that the path reads
  std::vector<Hop> hops;             // in order
  std::vector<sql::Exprs> keys;      // alternatives (a nullable side may be NULL), each one expression a key column
  std::vector<std::string> ranges;   // columns of a one-row part that say where rows change: between its old and its
                                     // new value, as `column` and range_end(column)
  bool compares = false;             // a hop goes by more than equalities: then collations matter
  double fan_out = 1;                // keys that one changed row reaches, as far as somebody has counted
  bool own_slots = true;             // the changed rows alone tell all of them
  sql::Exprs slots;                  // bigint[]: what to lock on the way
  std::string text;                  // for people: rooms_bed → rooms_bed_rooms → key
  std::vector<std::pair<const TableFact*, std::string>> lookups;  // table and column that a hop looks rows up by
};

/// nullopt: no join condition leads from these rows to the key. `keys` are output numbers of the query.
std::optional<KeyPath> find_path(const QueryGraph& graph, int number, int reference, const std::vector<int>& keys);

/// The references whose rows alone tell the value of this expression: by their own columns, or by columns equated with
/// them.
std::set<int> suppliers(const QueryGraph& graph, const sql::Expr& expression);

/// `changed` under the reference's name, and what is joined to it on the way.
sql::FromItem joined(const QueryGraph& graph, const KeyPath& path, sql::FromItem changed);
/// All hops found a row that the query has, too.
sql::Expr reached(const QueryGraph& graph, const KeyPath& path);

/// The lock slot of a key: the same expression for every path of a view. `values`: expressions that hashed_value()
/// made.
sql::Expr key_slot(sql::Exprs values);

/// An expression that is the same for equal values of this type, and that a record with it can be hashed by.
sql::Expr hashed_value(const TypeFact& type, sql::Expr value);

/// A type without its modifier.
std::string base_type(const std::string& type);

}  // namespace pgvista::ivm
