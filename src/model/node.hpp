#pragma once
// Expressions and queries as plain values, behind the handles of the typed face.

#include <optional>
#include <pgvista/query.hpp>
#include <string>
#include <vector>

namespace pgvista::model {

struct Node {
  enum class Kind { column,     // path: members from the query's row, or from the model `owner`
                    parameter,  // value
                    raw,        // text, with ? for each of `children`
                    prefix,     // text child
                    postfix,    // child text
                    infix,      // child text child
                    call,       // text(children) and what aggregates and windows may be given
                    cast,       // child::text
                    in_list,    // child IN (the others)
                    in_query,   // child IN (query)
                    exists,     // EXISTS (query)
                    subquery,   // (query)
                    cases };    // WHEN, THEN, …, and the last one ELSE, if any
  Kind kind = Kind::raw;
  std::string text;
  std::vector<NodePtr> children;
  InfoOf owner = nullptr;
  std::vector<std::string_view> path;
  bool outer = false;
  bool negated = false;
  Parameter value;
  SpecPtr query;

  bool distinct = false;
  std::vector<OrderNode> order;  // inside an aggregate
  NodePtr filter;
  bool windowed = false;
  std::vector<NodePtr> partition;
  std::vector<OrderNode> window_order;
};

struct JoinSpec {
  InfoOf model = nullptr;
  NodePtr condition;
  bool left = false;
};

struct QuerySpec {
  InfoOf model = nullptr;
  std::vector<Named> outputs;  // none: the model's columns
  std::vector<JoinSpec> joins;
  std::vector<NodePtr> where;
  std::vector<NodePtr> group;
  std::vector<NodePtr> having;
  std::vector<OrderNode> order;
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> offset;
  bool distinct = false;
  std::vector<std::string_view> loads;
  const char* operation = nullptr;  // UNION ALL and its kin, of these two
  SpecPtr left;
  SpecPtr right;
};

}  // namespace pgvista::model
