#include "sql/table.hpp"

#include <algorithm>
#include <utility>

#include "base/text.hpp"

namespace pgvista::sql {

const TableColumn* Table::column(const std::string& wanted) const {
  const auto found =
      std::find_if(columns.begin(), columns.end(), [&](const TableColumn& one) { return one.name == wanted; });
  return found == columns.end() ? nullptr : &*found;
}

TableColumn* Table::column(const std::string& wanted) {
  return const_cast<TableColumn*>(std::as_const(*this).column(wanted));
}

const Name& subject(const TableChange& change) {
  return std::visit(
      [](const auto& one) -> const Name& {
        using T = std::decay_t<decltype(one)>;
        if constexpr (std::is_same_v<T, CreateTable>) {
          return one.table.name;
        } else if constexpr (std::is_same_v<T, RenameIndex> || std::is_same_v<T, DropIndex>) {
          return one.index;
        } else if constexpr (std::is_same_v<T, CommentOn>) {
          return one.relation;
        } else {
          return one.table;
        }
      },
      change);
}

std::string object_name(std::string first, std::string second, const std::string& label) {
  const std::size_t overhead = label.size() + 1 + (second.empty() ? 0 : 1);
  while (first.size() + second.size() + overhead > max_identifier_bytes) {
    std::string& longer = first.size() > second.size() ? first : second;
    longer = std::string(prefix_utf8(longer, longer.size() - 1));
  }
  return first + (second.empty() ? "" : "_" + second) + "_" + label;
}

namespace {

std::string label_of(TableConstraint::Kind kind) {
  switch (kind) {
    case TableConstraint::Kind::primary_key: return "pkey";
    case TableConstraint::Kind::unique: return "key";
    case TableConstraint::Kind::check: return "check";
    case TableConstraint::Kind::foreign_key: return "fkey";
  }
  return "check";
}

}  // namespace

std::string constraint_name(const Table& table, const TableConstraint& constraint,
                            const std::function<bool(const std::string&)>& taken) {
  using Kind = TableConstraint::Kind;
  const bool bare =
      constraint.kind == Kind::primary_key || (constraint.kind == Kind::check && constraint.columns.size() != 1);
  const std::string label = label_of(constraint.kind);
  std::vector<std::string> named = bare ? std::vector<std::string>{} : constraint.columns;
  if (constraint.kind == Kind::unique) named.insert(named.end(), constraint.include.begin(), constraint.include.end());
  const std::string columns = join(named, "_");
  std::string out = object_name(table.name.name, columns, label);
  for (int number = 1; taken(out); ++number)
    out = object_name(table.name.name, columns, label + std::to_string(number));
  return out;
}

}  // namespace pgvista::sql
