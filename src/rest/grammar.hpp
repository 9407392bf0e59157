#pragma once
// PostgREST's grammar of a query string as a tree. What it says is not looked up here: names are as they were written.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "rest/operators.hpp"
#include "rest/request.hpp"

namespace pgvista::rest {

struct JsonStep {
  bool as_text = false;  // ->> instead of ->
  std::string key;
  bool index = false;  // the key is a number
};

struct Field {
  std::string name;
  std::vector<JsonStep> path;
};

struct Filter {
  Field field;
  bool negated = false;
  FilterOperator op = FilterOperator::eq;
  enum class Quantifier { none, any, all };
  Quantifier quantifier = Quantifier::none;
  std::string language;             // of fts and its kin
  std::string value;                // of `in`: empty
  std::vector<std::string> values;  // of `in`
};

/// A tree of filters. A leaf has no operands.
struct Logic {
  enum class Form { leaf, conjunction, disjunction };
  Form form = Form::leaf;
  bool negated = false;
  std::vector<Logic> operands;
  Filter filter;
};

struct OrderTerm {
  Field field;
  std::string relation;   // order by a column of this embedded to-one resource
  std::string aggregate;  // of the field, or count() without one
  enum class Direction { unset, ascending, descending };
  enum class Nulls { unset, first, last };
  Direction direction = Direction::unset;
  Nulls nulls = Nulls::unset;
};

struct Selection;

struct SelectItem {
  std::string alias;
  Field field;       // name "*": all columns; "" with aggregate count: count(*)
  std::string cast;  // of the field
  std::string aggregate;
  std::string aggregate_cast;
  // An embedded resource, where `embedded` is set: field.name is its name.
  std::shared_ptr<Selection> embedded;
  std::string hint;
  bool inner = false;
  bool spread = false;
};

/// What is asked of one resource: the outermost, or an embedded one.
struct Selection {
  std::vector<SelectItem> items;
  std::vector<Logic> where;
  std::vector<OrderTerm> order;
  std::optional<std::int64_t> limit;
  std::optional<std::int64_t> offset;
};

struct GrammarLimits {
  int depth = 16;       // of embedding and of and/or trees
  int elements = 2000;  // of all lists together
};

/// The selection of a request: select, filters, order, limit, offset, each at its place. `skipped`: parameters that
/// mean something else. Throws Refusal (PGRST100, PGRST108).
Selection parse_selection(const Pairs& query, const std::vector<std::string>& skipped, const GrammarLimits& limits);

/// "a,b,"c d"" -> names. Throws Refusal (PGRST100).
std::vector<std::string> parse_names(const std::string& what, const std::string& text);

}  // namespace pgvista::rest
