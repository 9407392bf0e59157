#pragma once
// What is cut at read: ORDER BY, LIMIT and OFFSET of the whole query, and conditions on the present time. The store
// keeps a superset of the rows.

#include <optional>

#include "ivm/values/facts.hpp"

namespace pgvista::ivm {

struct Tail {
  sql::Select query;                // without the tail; hidden outputs that the tail needs are appended
  std::vector<ColumnFact> outputs;  // of the view: the first ones of the query
  sql::Box<sql::Expr> where;        // over the store's columns
  std::vector<sql::OrderItem> order_by;
  sql::Box<sql::Expr> limit;
  sql::Box<sql::Expr> offset;
  bool with_ties = false;
  std::vector<std::string> reasons;
};

Tail split_tail(sql::Select query, const std::vector<ColumnFact>& outputs, const Facts& facts);

/// A column of the view that is no column of the store: an expression over the store's.
using ComputedColumns = std::map<std::string, sql::Expr>;

/// SELECT the view's columns FROM its store, with the tail.
sql::Select visible_select(const Tail& tail, const sql::Name& store, const std::optional<sql::Expr>& having,
                           ComputedColumns computed = {});

}  // namespace pgvista::ivm
