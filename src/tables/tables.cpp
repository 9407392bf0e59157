#include "tables/tables.hpp"

#include <fmt/format.h>

#include <algorithm>

#include <pgvista/error.hpp>

namespace pgvista::tables {

using sql::Name;
using sql::Table;
using sql::TableColumn;
using sql::TableConstraint;

namespace {

[[noreturn]] void inconsistent(std::string message) {
  Error error;
  error.code = "inconsistent_change";
  error.message = std::move(message);
  throw Failure(std::move(error));
}

TableColumn& require_column(Table& table, const std::string& name) {
  TableColumn* column = table.column(name);
  if (!column) inconsistent(fmt::format("the table \"{}\" has no column \"{}\"", table.name.display(), name));
  return *column;
}

bool contains(const std::vector<std::string>& names, const std::string& name) {
  return std::find(names.begin(), names.end(), name) != names.end();
}

void replace(std::vector<std::string>& names, const std::string& from, const std::string& to) {
  std::replace(names.begin(), names.end(), from, to);
}

}  // namespace

Name Tables::whole(Name name) const {
  if (name.schema.empty()) name.schema = default_schema_;
  return name;
}

const Table* Tables::find(const Name& name) const {
  const auto found = tables_.find(whole(name));
  return found == tables_.end() ? nullptr : &found->second;
}

Table* Tables::mine(const Name& name) { return const_cast<Table*>(find(name)); }

Table* Tables::with_index(const Name& index) {
  const std::string schema = whole(index).schema;
  for (auto& [name, table] : tables_) {
    const bool has = std::any_of(table.indexes.begin(), table.indexes.end(),
                                 [&](const auto& one) { return one.name == index.name; });
    if (has && name.schema == schema) return &table;
  }
  return nullptr;
}

const Table* Tables::table_of(const sql::TableChange& change) const {
  const bool by_index = std::holds_alternative<sql::RenameIndex>(change) ||
                        std::holds_alternative<sql::DropIndex>(change) ||
                        (std::holds_alternative<sql::CommentOn>(change) && std::get<sql::CommentOn>(change).index);
  return by_index ? const_cast<Tables*>(this)->with_index(sql::subject(change)) : find(sql::subject(change));
}

namespace {

bool is_index(const TableConstraint& one) {
  return one.kind == TableConstraint::Kind::primary_key || one.kind == TableConstraint::Kind::unique;
}

bool has_constraint(const Table& table, const std::string& name) {
  return std::any_of(table.constraints.begin(), table.constraints.end(),
                     [&](const auto& one) { return one.name == name; });
}

}  // namespace

bool Tables::taken(const std::string& schema, const std::string& relation) const {
  return std::any_of(tables_.begin(), tables_.end(), [&](const auto& entry) {
    const auto& [name, table] = entry;
    if (name.schema != schema) return false;
    return name.name == relation ||
           std::any_of(table.indexes.begin(), table.indexes.end(),
                       [&](const auto& one) { return one.name == relation; }) ||
           std::any_of(table.constraints.begin(), table.constraints.end(),
                       [&](const auto& one) { return is_index(one) && one.name == relation; });
  });
}

std::string Tables::free_name(const Table& table, const TableConstraint& constraint) const {
  return sql::constraint_name(table, constraint, [&](const std::string& name) {
    return has_constraint(table, name) || (is_index(constraint) && taken(table.name.schema, name));
  });
}

std::string Tables::free_name(const Table& table, const sql::IndexDefinition& index) const {
  const std::string columns = index_columns_name(index);
  std::string out = sql::object_name(table.name.name, columns, "idx");
  for (int number = 1; taken(table.name.schema, out) || has_constraint(table, out); ++number)
    out = sql::object_name(table.name.name, columns, "idx" + std::to_string(number));
  return out;
}

void Tables::apply(const sql::TableChange& change) {
  std::visit([&](const auto& one) { run(one); }, change);
}

void Tables::add_constraint(Table& table, TableConstraint constraint) {
  if (constraint.kind == TableConstraint::Kind::foreign_key) constraint.target = whole(constraint.target);
  if (constraint.name.empty() && name_all_) constraint.name = free_name(table, constraint);
  const bool taken =
      !constraint.name.empty() && std::any_of(table.constraints.begin(), table.constraints.end(),
                                              [&](const auto& one) { return one.name == constraint.name; });
  if (taken)
    inconsistent(
        fmt::format("the table \"{}\" has a constraint \"{}\" already", table.name.display(), constraint.name));
  const bool keyed = constraint.kind == TableConstraint::Kind::primary_key ||
                     constraint.kind == TableConstraint::Kind::unique ||
                     constraint.kind == TableConstraint::Kind::foreign_key;
  for (const std::string& column : constraint.columns) {
    if (!keyed) break;
    TableColumn& one = require_column(table, column);
    if (constraint.kind == TableConstraint::Kind::primary_key) one.not_null = true;
  }
  table.constraints.push_back(std::move(constraint));
}

void Tables::run(const sql::CreateTable& change) {
  const Name name = whole(change.table.name);
  if (tables_.contains(name)) {
    if (change.if_not_exists) return;
    inconsistent(fmt::format("the table \"{}\" is there already", name.display()));
  }
  Table table = change.table;
  table.name = name;
  table.constraints.clear();
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (table.columns[i].name == table.columns[k].name)
        inconsistent(fmt::format("the table \"{}\" has two columns \"{}\"", name.display(), table.columns[i].name));
    }
  }
  for (const TableConstraint& constraint : change.table.constraints) add_constraint(table, constraint);
  tables_.emplace(name, std::move(table));
}

// With the foreign keys that led to it, as CASCADE does; without CASCADE there were none.
void Tables::run(const sql::DropTable& change) {
  const Name name = whole(change.table);
  if (tables_.erase(name) == 0) return;
  for (auto& [other, table] : tables_) {
    std::erase_if(table.constraints, [&](const TableConstraint& one) {
      return one.kind == TableConstraint::Kind::foreign_key && one.target == name;
    });
  }
}

void Tables::rename_targets(const Name& from, const Name& to) {
  for (auto& [name, table] : tables_) {
    for (TableConstraint& constraint : table.constraints) {
      if (constraint.kind == TableConstraint::Kind::foreign_key && constraint.target == from) constraint.target = to;
    }
  }
}

void Tables::run(const sql::RenameTable& change) {
  const auto found = tables_.find(whole(change.table));
  if (found == tables_.end()) return;
  const Name from = found->first;
  Name to = change.to;
  if (to.schema.empty()) to.schema = from.schema;
  if (tables_.contains(to)) inconsistent(fmt::format("the table \"{}\" is there already", to.display()));
  auto node = tables_.extract(found);
  node.key() = to;
  node.mapped().name = to;
  tables_.insert(std::move(node));
  rename_targets(from, to);
}

void Tables::rename_column(Table& table, const std::string& from, const std::string& to) {
  require_column(table, from).name = to;
  for (TableColumn& column : table.columns) column.generated = rename_in_expression(column.generated, from, to);
  for (TableConstraint& constraint : table.constraints) {
    replace(constraint.columns, from, to);
    replace(constraint.include, from, to);
    constraint.expression = rename_in_expression(constraint.expression, from, to);
  }
  for (sql::IndexDefinition& index : table.indexes) {
    for (std::string& column : index.columns) column = rename_in_index_column(column, from, to);
    replace(index.include, from, to);
    index.where = rename_in_expression(index.where, from, to);
  }
  for (auto& [name, other] : tables_) {
    for (TableConstraint& constraint : other.constraints) {
      if (constraint.kind == TableConstraint::Kind::foreign_key && constraint.target == table.name)
        replace(constraint.target_columns, from, to);
    }
  }
}

void Tables::run(const sql::RenameColumn& change) {
  Table* table = mine(change.table);
  if (!table) return;
  if (table->column(change.to))
    inconsistent(fmt::format("the table \"{}\" has a column \"{}\" already", table->name.display(), change.to));
  rename_column(*table, change.column, change.to);
}

void Tables::run(const sql::RenameConstraint& change) {
  Table* table = mine(change.table);
  if (!table) return;
  for (TableConstraint& constraint : table->constraints) {
    if (constraint.name == change.constraint) constraint.name = change.to;
  }
}

void Tables::run(const sql::RenameIndex& change) {
  Table* table = with_index(change.index);
  if (!table) return;
  for (sql::IndexDefinition& index : table->indexes) {
    if (index.name == change.index.name) index.name = change.to;
  }
}

void Tables::run(const sql::AddColumn& change) {
  Table* table = mine(change.table);
  if (!table) return;
  if (change.if_not_exists && table->column(change.column.name)) return;
  if (table->column(change.column.name))
    inconsistent(
        fmt::format("the table \"{}\" has a column \"{}\" already", table->name.display(), change.column.name));
  table->columns.push_back(change.column);
  for (const TableConstraint& constraint : change.constraints) add_constraint(*table, constraint);
}

// What is on a dropped column goes with it, as on the server.
void Tables::run(const sql::DropColumn& change) {
  Table* table = mine(change.table);
  if (!table) return;
  if (change.if_exists && !table->column(change.column)) return;
  require_column(*table, change.column);
  std::erase_if(table->columns, [&](const TableColumn& one) { return one.name == change.column; });
  std::erase_if(table->constraints, [&](const TableConstraint& one) {
    return contains(one.columns, change.column) || contains(one.include, change.column);
  });
  std::erase_if(table->indexes, [&](const sql::IndexDefinition& one) { return index_uses(one, change.column); });
}

void Tables::run(const sql::DropExpression& change) {
  if (Table* table = mine(change.table)) require_column(*table, change.column).generated.clear();
}

void Tables::run(const sql::AlterType& change) {
  Table* table = mine(change.table);
  if (!table) return;
  TableColumn& column = require_column(*table, change.column);
  column.type = change.type;
  column.collation = change.collation;
}

void Tables::run(const sql::SetDefault& change) {
  if (Table* table = mine(change.table)) require_column(*table, change.column).default_value = change.value;
}

void Tables::run(const sql::SetNotNull& change) {
  if (Table* table = mine(change.table)) require_column(*table, change.column).not_null = change.not_null;
}

void Tables::run(const sql::SetIdentity& change) {
  if (Table* table = mine(change.table)) require_column(*table, change.column).identity = change.identity;
}

void Tables::run(const sql::AddConstraint& change) {
  Table* table = mine(change.table);
  if (!table) return;
  TableConstraint constraint = change.constraint;
  const auto index = std::find_if(table->indexes.begin(), table->indexes.end(), [&](const auto& one) {
    return !change.using_index.empty() && one.name == change.using_index;
  });
  if (index != table->indexes.end()) {
    constraint.columns = index->columns;
    constraint.include = index->include;
    if (constraint.name.empty()) constraint.name = index->name;
    table->indexes.erase(index);
  }
  add_constraint(*table, std::move(constraint));
}

void Tables::run(const sql::DropConstraint& change) {
  if (Table* table = mine(change.table))
    std::erase_if(table->constraints, [&](const TableConstraint& one) { return one.name == change.constraint; });
}

void Tables::run(const sql::CreateIndex& change) {
  Table* table = mine(change.table);
  if (!table) return;
  sql::IndexDefinition index = change.index;
  const auto same = [&](const auto& one) { return one.name == index.name; };
  if (change.if_not_exists && std::any_of(table->indexes.begin(), table->indexes.end(), same)) return;
  if (index.name.empty() && name_all_) index.name = free_name(*table, index);
  const bool taken = !index.name.empty() && std::any_of(table->indexes.begin(), table->indexes.end(),
                                                        [&](const auto& one) { return one.name == index.name; });
  if (taken)
    inconsistent(fmt::format("the table \"{}\" has an index \"{}\" already", table->name.display(), index.name));
  table->indexes.push_back(std::move(index));
}

void Tables::run(const sql::DropIndex& change) {
  if (Table* table = with_index(change.index))
    std::erase_if(table->indexes, [&](const auto& one) { return one.name == change.index.name; });
}

void Tables::run(const sql::CommentOn& change) {
  if (change.index) {
    Table* table = with_index(change.relation);
    for (std::size_t i = 0; table && i < table->indexes.size(); ++i) {
      if (table->indexes[i].name == change.relation.name) table->indexes[i].comment = change.comment;
    }
    return;
  }
  Table* table = mine(change.relation);
  if (!table) return;
  (change.column.empty() ? table->comment : require_column(*table, change.column).comment) = change.comment;
}

}  // namespace pgvista::tables
