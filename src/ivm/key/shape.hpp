#pragma once
// A query that can be maintained by its key: the key as columns, and a path to it from every base table.

#include <memory>
#include <optional>

#include "ivm/key/candidates.hpp"
#include "ivm/key/paths.hpp"

namespace pgvista::ivm {

struct KeyColumn {
  std::string name;  // in the store
  std::string type;
  TypeFact kind = {};
  int output = 0;
  bool nullable = true;
  bool bounded = true;  // no value is longer than an index entry may be
  bool hidden = false;  // no column of the view
  bool narrows = true;  // rows are looked up by it; else by other columns of the key, which say enough
};

/// The changed rows of one reference to a base table, as parallel arrays of the columns that its paths read.
struct Entry {
  const sql::TableRef* ref = nullptr;
  const TableFact* table = nullptr;
  std::vector<std::string> columns;
  std::vector<std::string> relevant;  // columns whose change matters at all
  bool everything = false;            // every key is reached
  std::vector<KeyPath> paths;
};

struct Shape {
  std::shared_ptr<sql::Select> query;  // with the hidden key columns as further outputs; the graphs point into it
  std::vector<ColumnFact> outputs;     // of that query
  std::vector<KeyColumn> key;
  bool unique = false;
  bool coarser = false;  // than another that tells more rows apart: chosen as changes reach fewer of it
  std::vector<Entry> entries;
  std::vector<const TableReference*> unreached;
  std::shared_ptr<std::vector<QueryGraph>> graphs;
};

KeyColumn key_column(const std::vector<QueryGraph>& graphs, const std::vector<ColumnFact>& outputs, int output);

/// How many tables a query of it joins, at most.
int joined_at_once(const Shape& shape);

/// The best key of those possible; `unreached` is not empty when no key is reached from all tables.
/// nullopt: there is no key at all; `blockers` say why.
std::optional<Shape> find_shape(const sql::Select& query, const Facts& facts, std::vector<Blocker>& blockers);

}  // namespace pgvista::ivm
