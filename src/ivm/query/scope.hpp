#pragma once
// Names in scope: what the items of FROM are called, and references to their columns.

#include <set>
#include <string>

#include "base/callback.hpp"
#include "sql/tree.hpp"

namespace pgvista::ivm {

/// What columns of the items of this FROM can be qualified by.
std::set<std::string> names_in_scope(const std::vector<sql::FromItem>& from);
/// All that any FROM in the query calls its items.
std::set<std::string> all_names(const sql::Select& query);

/// Calls `visit` for every reference to columns of what `name` stands for in this block: in all its clauses and in the
/// queries below, but for those that call something of their own by that name. The name is the reference's qualifier,
/// or the reference is the whole row.
void each_reference(sql::Select& block, const std::string& name, Callback<void(sql::Expr&)> visit);

/// Is the reference a row as a whole, or all of its columns?
bool is_whole_row(const sql::ColumnRef& ref);

/// An item of FROM by another name, with the references to it in its block.
void rename_item(sql::Select& block, const std::string& from, const std::string& to);

}  // namespace pgvista::ivm
