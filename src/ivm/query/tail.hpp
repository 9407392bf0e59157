#pragma once
// What is cut at read: ORDER BY, LIMIT and OFFSET of the whole query, conditions on the present time, and outputs that
// tell the time or look at all rows. The store keeps a superset of the rows, and what such outputs are computed from.

#include <optional>

#include "ivm/values/facts.hpp"

namespace pgvista::ivm {

/// A column of the view that is no column of the store: an expression over the store's, which are qualified by s.
using ComputedColumns = std::map<std::string, sql::Expr>;

struct Tail {
  sql::Select query;                // without the tail; hidden outputs that the tail needs are appended
  std::vector<ColumnFact> outputs;  // of the view, or of the innermost block where there are blocks around it
  std::vector<ColumnFact> kept;     // those of them that are stored: the first ones of the query
  ComputedColumns computed;         // the others
  std::vector<sql::Window> windows;
  std::vector<sql::Select> around;  // blocks that read this one alone, the innermost first
  sql::Box<sql::Expr> where;        // over the store's columns
  std::vector<sql::OrderItem> order_by;
  sql::Box<sql::Expr> limit;
  sql::Box<sql::Expr> offset;
  bool with_ties = false;
  bool by_settings = false;  // what its windows come to at read depends on the reader's settings
  std::vector<std::string> reasons;
};

/// Does a block that reads one derived table alone make something of it that depends on settings?
bool makes_by_settings(const sql::Select& block, const Facts& facts);

/// What of a query is cut.
struct Cut {
  bool outputs = false;  // that tell the time: not of a part, which others read
  bool windows = false;  // window functions too, as no change can be followed through them
};

Tail split_tail(sql::Select query, const std::vector<ColumnFact>& outputs, const Facts& facts, const Cut& cut = {});

/// SELECT the view's columns FROM its store, with the tail. `computed`: columns of the query that the store computes
/// when it is read, without a qualifier.
sql::Select visible_select(const Tail& tail, const sql::Name& store, const std::optional<sql::Expr>& having,
                           ComputedColumns computed = {});

/// Does a window function of the query number rows as they happen to come?
bool leaves_windows_open(const sql::Select& query);

/// Windows without an order number rows as they happen to be read: in the order of these columns of the store instead.
void settle_windows(sql::Select& visible, const std::vector<std::string>& columns);

}  // namespace pgvista::ivm
