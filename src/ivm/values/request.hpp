#pragma once
// What is to be compiled: a view's query, and what its header says of it.

#include <string>
#include <vector>

#include "ivm/values/facts.hpp"
#include "schema/definition.hpp"

namespace pgvista::ivm {

/// Of what the compiler makes of a query: goes up with each version that makes something else of it. A program of an
/// older one stays, is named by status, and is made anew by sync --recompile.
inline constexpr int generation = 3;

struct Request {
  sql::Name view;
  sql::Select query;  // canonical: every name whole, every star spelled out
  Maintenance mode = Maintenance::immediate;
  std::vector<ColumnFact> outputs;  // of the view
  std::vector<schema::IndexDefinition> indexes;
  schema::Options storage;
  std::vector<std::string> key = {};  // that readers are to tell its rows apart by; empty: as the maintenance does
  bool notify = false;                // programs that listen hear of changed rows
  std::string salt;                   // makes the program's name another one
  std::string facts = {};             // a fingerprint of the facts: what is compiled from others has another name
  std::string name = {};              // of the program, where it is to have a certain one
  bool recompute_only = false;        // no algebraic strategy, for comparisons
  bool catches = false;               // an error of the maintenance puts the view aside instead of failing the writer
  std::string stale_reads = "query";  // what readers get while the view is put aside
  std::string functions = {};         // a hash of the bodies of functions that were looked into
  double clock_ms = 60'000;           // how old its present time may get before a writer moves it
};

}  // namespace pgvista::ivm
