#include "analyze/tables.hpp"

#include <algorithm>
#include <string>
#include <vector>

#include "sql/visit.hpp"

namespace pgvista::analyze {

namespace {

class TableWalk {
 public:
  explicit TableWalk(Callback<void(sql::TableRef&)> found) : found_(found) {}

  void visit(sql::Node node) {
    if (auto* query = node.as<sql::Select>()) {
      select(*query);
    } else if (auto* table = node.as<sql::TableRef>()) {
      const bool hidden = table->schema.empty() && std::find(ctes_.begin(), ctes_.end(), table->name) != ctes_.end();
      if (!hidden) found_(*table);
    } else {
      sql::for_each_child(node, [this](sql::Node child) { visit(child); });
    }
  }

 private:
  void select(sql::Select& query) {
    const std::size_t outer = ctes_.size();
    if (query.recursive) {
      for (const sql::CommonTable& cte : query.with) ctes_.push_back(cte.name);
    }
    for (sql::CommonTable& cte : query.with) {
      visit(*cte.query);
      if (!query.recursive) ctes_.push_back(cte.name);
    }
    sql::for_each_child(query, [this](sql::Node child) {
      if (!child.is<sql::CommonTable>()) visit(child);
    });
    ctes_.resize(outer);
  }

  Callback<void(sql::TableRef&)> found_;
  std::vector<std::string> ctes_;  // names of WITH clauses that are seen here
};

}  // namespace

void for_each_table(sql::Select& query, Callback<void(sql::TableRef&)> visit) { TableWalk(visit).visit(query); }

void for_each_table(const sql::Select& query, Callback<void(const sql::TableRef&)> visit) {
  // Nothing is changed by a visit that takes what is const.
  TableWalk([&](sql::TableRef& ref) { visit(ref); }).visit(const_cast<sql::Select&>(query));
}

}  // namespace pgvista::analyze
