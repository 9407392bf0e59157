#pragma once
// What the compiler makes of a view: a store table, the functions that keep it, and what the triggers of each base
// table do.

#include <map>
#include <compare>
#include <optional>
#include <string>
#include <vector>

#include "ivm/values/facts.hpp"

namespace pgvista::ivm {

enum class Event { insert, update, remove, truncate };
const char* to_string(Event event);

/// A column of a base table as its queue keeps it.
struct QueueColumn {
  std::string name;
  std::string type;
  auto operator<=>(const QueueColumn&) const = default;
};

/// What one event on one base table does for one view: a PL/pgSQL block that reads the transition tables new_rows and
/// old_rows; or, for a deferred view, which columns of the changed rows wait in the queue of a base table.
struct Capture {
  sql::Name table;
  Event event = Event::insert;
  std::string body;                     // printed statements
  std::optional<sql::Name> queue = {};  // the base table whose queue it is: `table`, or what it is a part of
  std::vector<QueueColumn> queued = {};
  bool counted = false;  // must know whether other tables change in the same statement
  bool follows = true;   // changed rows are gathered in variables, for queries planned without knowing them
  bool locks = false;    // it locks keys while the writer's statement runs
};

struct TableStrategy {
  sql::Name table;
  std::string strategy;
  std::string path;
};

/// An index that a base table lacks for the maintenance to look rows up by.
struct MissingIndex {
  sql::Name table;
  std::string column;
  bool partitioned = false;  // its table is: there no index is built concurrently
  std::string sql() const;
  bool operator==(const MissingIndex&) const = default;
};

/// A declared index. It may come and go while the store stays.
struct StoreIndex {
  std::string name;
  std::string sql;
};

/// The table that holds a view's rows, or those of a part of its query.
struct Store {
  sql::Name name;
  std::vector<std::string> create;       // the empty table
  std::string columns;                   // as `fill` inserts them
  std::string fill;                      // INSERT of all its rows
  std::vector<std::string> finish;       // its own indexes and statistics: quicker when its rows are there
  std::vector<StoreIndex> indexes = {};  // … and those that are declared
  std::vector<std::string> filled = {};  // when all stores have their rows, and triggers heard of it
};

/// What a view takes for the present time.
struct Clock {
  sql::Name table;    // of one row, with the column `at`
  std::string every;  // how old it may get before a writer moves it: an interval
};

struct Program {
  std::string name;      // of its objects in the schema pgvista, unique to this content
  std::string strategy;  // algebraic, recompute, stacked; full when `blockers` is not empty
  int level = 0;         // higher than that of every maintained view or part that it reads
  std::vector<std::string> key;
  std::vector<std::string> row_key;       // what readers tell its rows apart by; empty where they see no such columns
  std::vector<std::string> telling = {};  // columns of the store that are known to tell its rows apart; not kept
  bool unique_key = false;                // one row a key in the store
  std::vector<TableStrategy> tables;
  std::vector<std::string> reasons;
  std::vector<Blocker> blockers;
  std::vector<MissingIndex> missing_indexes;

  Settings settings;                  // under which all of it is computed
  bool catches = false;               // an error of it puts the view aside instead of failing the writer
  std::string stale_reads = "query";  // what readers get meanwhile

  std::string functions = {};       // a hash of the bodies of functions that were looked into
  std::optional<Clock> clock = {};  // where its rows depend on the present time

  sql::Name store;
  sql::Select stored;         // the query that gives the store's rows, hidden columns and all
  sql::Select anchor;         // the query over base tables only: a view of it keeps their columns from being dropped
  sql::Select visible;        // what the view of the user's name selects from the store
  std::vector<Store> stores;  // those of its parts first, in the order in which they are filled; its own last
  std::vector<std::string> create;  // when the stores are there: the functions, commented; no trigger yet
  std::vector<Capture> captures;
  std::vector<std::string> repair;  // mends rows that differ, parts first
  std::vector<std::string> takes;  // deferred: the functions that turn what waits in the queues into notes, parts first
  std::vector<std::string> drop;   // takes away what `create` made; triggers first
  // Tables all of whose columns matter: a row as one value names none of them in the query, and all of them in the
  // triggers.
  std::map<sql::Name, std::vector<std::string>> whole_rows;
  std::vector<sql::Name> base_tables;  // to be locked while it is made, with their descendants
};

/// What fills a store, and notes how long that takes (pgvista.pace).
std::vector<std::string> timed_fill(const Program& program, const Store& store);
/// What is made when the store has its rows.
std::vector<std::string> finish_statements(const Store& store);

/// What makes the program's stores and functions, and what fills the stores.
std::vector<std::string> create_statements(const Program& program);
std::vector<std::string> fill_statements(const Program& program);

}  // namespace pgvista::ivm
