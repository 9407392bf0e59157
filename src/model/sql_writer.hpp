#pragma once
// The writer of queries: one SELECT, UPDATE or DELETE at a time. What it reads is in `sources`, what it must not be in
// `query_checks`; the parts of its text are a file each (write_select, write_change, write_joins, write_expression).

#include <set>
#include <string>
#include <vector>

#include "model/binding.hpp"
#include "model/load.hpp"
#include "model/sources.hpp"
#include "model/write.hpp"

namespace pgvista::model {

/// What all queries of one statement share, whichever stands in which.
struct WholeStatement {
  struct CommonTable {
    const CteSpec* spec;
    std::string name;
    std::string text;
  };
  bool literals = false;  // values are written into the text, and there are no parameters
  std::vector<Parameter> parameters = {};
  std::vector<CommonTable> tables = {};
  std::set<std::string> aliases = {};
};

/// What stands before the first SELECT, UPDATE or DELETE; known once that is written.
std::string with_clause(const WholeStatement& whole);

class SqlWriter {
 public:
  /// `around`: the query whose columns outer() may name, or null. `reads`: its outputs go to the program, and not to
  /// another query.
  SqlWriter(const QuerySpec& query, WholeStatement& whole, SqlWriter* around, bool reads);

  std::string select();
  std::string count();
  std::string exists();
  /// Of these rows, as a condition on the primary key where the table alone does not tell them.
  std::string update(const std::vector<Named>& assignments);
  std::string remove();
  std::string returning() const;

 private:
  // write_select.cpp
  Source source_of(InfoOf model, const SpecPtr& query, const CtePtr& cte, bool left = false);
  std::string common_table(const CteSpec& cte);
  std::string outputs();
  void all_columns(std::size_t source, std::vector<std::string>& out) const;
  std::string groups();
  std::string bounds() const;
  std::string lock() const;
  std::string combined();
  std::string from_on(bool with_order = true);
  std::string conditions(const char* word, const std::vector<NodePtr>& all, std::vector<std::string> out = {});
  std::string list(const char* word, const std::vector<NodePtr>& all);
  std::string order_by(const std::vector<OrderNode>& keys);
  // write_change.cpp
  std::string rows();
  // write_joins.cpp
  std::string join_condition(std::size_t i);
  std::string reached_by(const Link& link);
  std::string relation_condition();
  std::string read_key();
  std::string batch_order() const;
  // write_expression.cpp
  std::string bound(const Node& node, Binding place, bool equal_too = false);
  std::string expression(const Node& node);
  std::string inner(const QuerySpec& query);
  std::string inner_exists(const QuerySpec& query);
  std::string infix(const Node& node);
  std::string raw(const Node& node);
  std::string call(const Node& node);
  std::string in_query(const Node& node);
  std::string in_list(const Node& node);
  std::string cases(const Node& node);
  std::string named(const Node& node);
  std::string path(const Node& node);
  std::string given(const Parameter& value);

  const QuerySpec& query_;
  WholeStatement& whole_;
  SqlWriter* around_;
  bool reads_;
  bool reuse_ = false;  // of equal parameters
  LoadPlan plan_;
  Sources sources_;
};

/// The column that a node names; null of anything else.
const FieldInfo* column_field(const Node& node);

/// The same value, of a type that the server finds.
Parameter as_text(Parameter value);

/// " DESC NULLS LAST"
std::string direction(const OrderNode& key);

}  // namespace pgvista::model
