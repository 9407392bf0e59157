#pragma once
// Expressions and queries as plain values, behind the handles of the typed face.

#include <optional>
#include <pgvista/query.hpp>
#include <string>
#include <vector>

namespace pgvista::model {

struct Node {
  enum class Kind {
    column,     // path: members from the query's row, or from the model `owner`
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
    object,     // all columns of `owner`
    output,     // the output of number `text`
    cases
  };  // WHEN, THEN, …, and the last one ELSE, if any
  Kind kind = Kind::raw;
  std::string text;
  std::vector<NodePtr> children;
  InfoOf owner = nullptr;
  std::vector<MemberRef> path;
  bool outer = false;
  bool negated = false;
  bool atomic = false;  // raw: needs no parentheses
  Parameter value;
  SpecPtr query;

  bool distinct = false;
  std::vector<OrderNode> order;  // inside an aggregate
  NodePtr filter;
  bool windowed = false;
  std::vector<NodePtr> partition;
  std::vector<OrderNode> window_order;
  std::string frame;
};

struct CteSpec {
  std::string name;  // "": that of the row struct
  InfoOf row = nullptr;
  SpecPtr first;
  SpecPtr step;  // of a recursive one
  bool all = true;
};

struct JoinSpec {
  JoinTo to;
  NodePtr condition;
  bool left = false;
};

/// The rows that a Many member of the rows with these keys holds.
struct Batch {
  Link link;
  const FieldInfo* own_key = nullptr;
  Parameter keys;         // an array
  bool with_key = false;  // the key is the last output, so that rows find their owners
};

/// Raw SQL cut at its places (?): one piece more than there are places; in quotes a ? is one, ?? stands for one.
std::vector<std::string> raw_pieces(const std::string& sql);

struct QuerySpec {
  InfoOf model = nullptr;
  SpecPtr query;               // read in place of the model's table, as is …
  CtePtr cte;                  // … this
  std::vector<Named> outputs;  // none: the model's columns
  InfoOf row = nullptr;        // the struct whose members the outputs name
  std::vector<JoinSpec> joins;
  std::vector<NodePtr> where;
  std::vector<NodePtr> group;
  std::vector<NodePtr> having;
  std::vector<OrderNode> order;
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> offset;
  bool distinct = false;
  std::vector<std::vector<std::string_view>> loads;  // paths of members
  const char* lock = nullptr;
  std::optional<Batch> batch;
  InfoOf related_owner = nullptr;   // the rows that `related_member` of the row around leads to
  std::string_view related_member;  // "" where that is not meant
  const char* operation = nullptr;  // UNION ALL and its kin, of these two
  SpecPtr left;
  SpecPtr right;
};

}  // namespace pgvista::model
