#pragma once
// A store whose rows no key tells apart: rows are found by the hash of all their columns, and counted where they are
// equal.

#include <string>
#include <vector>

#include "ivm/functions/names.hpp"

namespace pgvista::ivm {

class Bag {
 public:
  Bag(sql::Name store, std::vector<ColumnFact> columns);

  const std::vector<std::string>& columns() const { return names_; }
  /// CREATE INDEX, by which rows are found.
  std::string index(const Names& names) const;

  /// Writes what differs between the store and the query, whose columns are the store's in order.
  sql::Insert make_equal(const sql::Select& query) const;
  /// Takes as many rows away as `rows` has, of each. `with`: what `rows` reads.
  sql::Delete remove(std::vector<sql::CommonTable> with, sql::Select rows) const;
  /// The rows of the query that the store does not hold.
  sql::Select unknown(sql::Select query) const;
  /// The rows of the query that equal the row of this name, whose columns are the store's.
  sql::Select equal_row(sql::Select query, const std::string& row) const;

 private:
  sql::Expr hash(const std::string& qualifier) const;
  sql::Expr same(const std::string& left, const std::string& right) const;
  sql::Select numbered(sql::Select rows, bool places) const;
  sql::Expr same_numbered(const std::string& left, const std::string& right) const;

  sql::Name store_;
  std::vector<ColumnFact> facts_;
  std::vector<std::string> names_;
  std::vector<sql::Target> images_;  // by which rows are told apart that look different
};

}  // namespace pgvista::ivm
