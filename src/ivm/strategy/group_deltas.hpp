#pragma once
// What changed rows add to the groups of an algebraic view.

#include <map>

#include "ivm/strategy/algebraic.hpp"

namespace pgvista::ivm {

/// A column of changed rows: +1 for a new one, -1 for an old one.
inline constexpr const char* sign_column = "pgv_sign";

/// SELECTs of key and hidden columns, a row a group: what is to be added to them, negative where it is to be taken
/// away. Of a smallest or largest value, what came; what went stands beside it in `taken_column`.
class GroupDeltas {
 public:
  GroupDeltas(const AlgebraicShape& algebraic, const Facts& facts);

  /// Of the transition tables.
  sql::Select of(const TableFact& table, Event event) const;
  /// `rows`: for each reference to the table, its columns and pgv_sign, +1 for new rows, -1 for old ones.
  sql::Select of_signed(const TableFact& table, std::vector<sql::Select> rows) const;

  static std::string taken_column(std::size_t hidden);

 private:
  // What stands in the place of one reference to the changed table: rows by this name, each +1 or -1 by their column
  // pgv_sign, or all of one sign.
  struct ChangedRows {
    std::string rows;
    int sign = 0;  // 0: each has its own
  };
  using AllRows = std::vector<ChangedRows>;  // of each reference

  std::vector<std::string> references(const TableFact& table) const;
  sql::Select over_changed(const std::map<std::string, ChangedRows>& changed_rows) const;
  sql::Select grouped(const std::string& alias, const ChangedRows& rows) const;
  sql::Select grouped_self_join(const std::vector<std::string>& aliases, const AllRows& rows) const;
  sql::Select grouped(const std::vector<std::string>& aliases, const AllRows& rows) const;
  sql::Select term(const std::map<std::string, ChangedRows>& replaced, sql::Expr weight) const;
  sql::Select sum_of(sql::Select terms) const;
  sql::Select without_zeros(sql::Select rows) const;
  std::vector<sql::Target> columns_of(const TableFact& table) const;

  const AlgebraicShape& algebraic_;
  const Facts& facts_;
  std::vector<std::string> key_;
  std::vector<std::string> hidden_;
};

}  // namespace pgvista::ivm
