#pragma once
// The statements beside SELECT, as pgvista writes them into a database; the parser gives none of them.

#include "sql/tree.hpp"

namespace pgvista::sql {

struct Assignment {  // SET column = value
  static constexpr std::string_view kind = "assignment";
  std::string column;
  Box<Expr> value;
  bool operator==(const Assignment&) const = default;
};

struct Conflict {  // ON CONFLICT (arbiter) DO UPDATE SET … WHERE …; DO NOTHING where nothing is set
  static constexpr std::string_view kind = "conflict";
  std::vector<IndexColumn> arbiter;
  std::vector<Assignment> set;
  Box<Expr> where;
  bool operator==(const Conflict&) const = default;
};

struct Insert {
  static constexpr std::string_view kind = "insert";
  bool recursive = false;  // WITH RECURSIVE
  std::vector<CommonTable> with;
  TableRef table;
  std::vector<std::string> columns;
  Box<Select> query;
  Box<Conflict> conflict;
  std::vector<Target> returning;
  Note note;
  bool operator==(const Insert&) const = default;
};

struct Update {
  static constexpr std::string_view kind = "update";
  std::vector<CommonTable> with;
  TableRef table;
  std::vector<Assignment> set;
  std::vector<FromItem> from;
  Box<Expr> where;
  std::vector<Target> returning;
  Note note;
  bool operator==(const Update&) const = default;
};

struct Delete {
  static constexpr std::string_view kind = "delete";
  bool recursive = false;  // WITH RECURSIVE
  std::vector<CommonTable> with;
  TableRef table;
  std::vector<FromItem> using_items;
  Box<Expr> where;
  std::vector<Target> returning;
  Note note;
  bool operator==(const Delete&) const = default;
};

struct LockTable {
  static constexpr std::string_view kind = "lock-table";
  TableRef table;
  std::string mode;  // "ROW EXCLUSIVE"
  bool operator==(const LockTable&) const = default;
};

struct Statement {
  using Node = std::variant<Select, Insert, Update, Delete, LockTable>;
  Node node;

  template <class T>
  requires is_one_of<T, Node> Statement(T holds)  // NOLINT(google-explicit-constructor): it is what it holds
      : node(std::move(holds)) {}
  Statement();
  Statement(const Statement&);
  Statement(Statement&&) noexcept;
  Statement& operator=(const Statement&);
  Statement& operator=(Statement&&) noexcept;
  ~Statement();
  bool operator==(const Statement&) const;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&node);
  }
  template <class T>
  T* as() {
    return std::get_if<T>(&node);
  }
};

extern template class Box<Conflict>;

}  // namespace pgvista::sql
