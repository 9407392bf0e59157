#pragma once
// The tables that a query reads, as against the names that its own WITH clauses define.

#include <algorithm>
#include <string>
#include <vector>

#include "sql/visit.hpp"

namespace pgvista::analyze {

namespace detail {

template <class F>
class TableWalk {
 public:
  explicit TableWalk(F& f) : f_(f) {}

  template <class T>
  void visit(T& node) {
    using Plain = std::remove_const_t<T>;
    if constexpr (std::is_same_v<Plain, sql::Select>) {
      select(node);
    } else if constexpr (std::is_same_v<Plain, sql::TableRef>) {
      const bool hidden = node.schema.empty() && std::find(ctes_.begin(), ctes_.end(), node.name) != ctes_.end();
      if (!hidden) f_(node);
    } else {
      sql::for_each_child(node, [this](auto& child) { this->visit(child); });
    }
  }

 private:
  template <class T>
  void select(T& query) {
    const std::size_t outer = ctes_.size();
    if (query.recursive) {
      for (const auto& cte : query.with) ctes_.push_back(cte.name);
    }
    for (auto& cte : query.with) {
      visit(*cte.query);
      if (!query.recursive) ctes_.push_back(cte.name);
    }
    sql::for_each_child(query, [this](auto& child) {
      if constexpr (!std::is_same_v<std::remove_const_t<std::remove_reference_t<decltype(child)>>, sql::CommonTable>)
        this->visit(child);
    });
    ctes_.resize(outer);
  }

  F& f_;
  std::vector<std::string> ctes_;
};

}  // namespace detail

/// Calls `f(table_ref)` for every reference to a table or view; `Query` is Select or const Select.
template <class Query, class F>
void for_each_table(Query& query, F&& f) {
  detail::TableWalk<F>(f).visit(query);
}

}  // namespace pgvista::analyze
