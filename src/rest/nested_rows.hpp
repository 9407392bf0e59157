#pragma once
// The single rows of a nested write: each is a statement of its own, which must concern exactly one row. What later
// statements need of it they read from settings of the transaction.

#include <string>
#include <utility>
#include <vector>

#include "rest/body.hpp"
#include "rest/plan.hpp"

namespace pgvista::rest {

/// A row that an earlier statement made or found.
struct RowHandle {
  const schema::ApiRelation* relation;
  int number;
};

using FixedColumns = std::vector<std::pair<std::string, std::string>>;  // column, expression
using JsonPath = std::vector<std::string>;                              // of an object in the body

[[noreturn]] void refuse_nested(const std::string& message, const std::string& hint = {});

/// A column of such a row, as an expression.
std::string value_of(const RowHandle& row, const std::string& column);

/// Was it made by its statement? An expression; of one that put() has written.
std::string was_made(const RowHandle& row);

/// "alias.key = …" for each column of its key. Throws Refusal where it has none.
std::vector<std::string> is_row(const RowHandle& row, const std::string& alias);

/// Does the item name a row by the values of its key?
bool names_key(const schema::ApiRelation& relation, const boost::json::object& item);

/// "alias.key = value" of an item that names a row by its key. false: it does not.
bool key_conditions(Statement& statement, const schema::ApiRelation& relation, const boost::json::object& item,
                    const std::string& alias, std::vector<std::string>& out);

/// An object of the body and where it stands there: these columns of it, and others with their expressions.
struct RowContent {
  const boost::json::object& object;
  const JsonPath& path;
  std::vector<const schema::ApiColumn*> columns;
  FixedColumns fixed;
};

/// Writes the statements of a plan, in order.
class NestedRows {
 public:
  NestedRows(const Model& model, const Body& body, Plan& plan) : model_(model), body_(body), plan_(plan) {}

  /// The key that the request names, as if it were a row.
  RowHandle given(const schema::ApiRelation& relation, const std::vector<std::string>& key);
  RowHandle insert(const schema::ApiRelation& relation, const RowContent& content);
  /// Changes the row that these conditions over t0 choose, or makes it where there is none; without conditions: the row
  /// with the content's key.
  RowHandle put(const schema::ApiRelation& relation, const RowContent& content,
                std::vector<std::string> conditions = {});
  void update(const RowHandle& row, const RowContent& content);
  /// A row that is there: chosen by these conditions over t0. `lock`: it will be written; to point at it needs no more
  /// than to see it.
  RowHandle find(const schema::ApiRelation& relation, Statement statement, const std::vector<std::string>& conditions,
                 const std::string& mismatch, bool lock = true);
  /// By the key, or by whatever columns the item names.
  RowHandle found(const schema::ApiRelation& relation, const boost::json::object& item,
                  const std::vector<std::string>& more = {}, bool lock = true);
  /// A change that must concern exactly one row.
  void counted(Statement statement, const std::string& change, const std::string& mismatch);
  void add(Statement statement);
  /// The content's columns as a row "p".
  std::string record(Statement& statement, const RowContent& content);

 private:
  std::vector<schema::ApiColumn> kept(const schema::ApiRelation& relation) const;
  std::string kept_names(const schema::ApiRelation& relation) const;
  RowHandle remember(const schema::ApiRelation& relation, Statement statement, const std::string& with,
                     const std::string& mismatch, bool put = false);

  const Model& model_;
  const Body& body_;
  Plan& plan_;
  int handles_ = 0;
  bool body_sent_ = false;
};

/// The row must have a value in this column; otherwise `mismatch`.
void require_value(NestedRows& rows, const RowHandle& row, const std::string& column, const std::string& mismatch);

/// Two expressions must have the same value; otherwise `mismatch`.
void require_same(NestedRows& rows, const std::string& left, const std::string& right, const std::string& mismatch);

/// These conditions must be true of the content, as a row "p"; otherwise `mismatch`.
void require_content(NestedRows& rows, const RowContent& content, const std::vector<std::string>& conditions,
                     const std::string& mismatch);

}  // namespace pgvista::rest
