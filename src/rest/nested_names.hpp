#pragma once
// What the members of a nested body mean: columns, relationships, and the words for what is to be done with rows.

#include <map>
#include <string>
#include <utility>
#include <vector>

#include "rest/nested_rows.hpp"

namespace pgvista::rest {

/// What rows stand for that are given as they are, without a word: new ones, rows to be changed or made, or all that
/// there are to be.
enum class Plain { make, put, replace };
Plain plain_rows(Action action);

class NestedNames {
 public:
  /// `selection`: whose aliases the body may use. `model` must outlive this.
  NestedNames(const Model& model, const Selection& selection, Plain plain);

  Plain plain() const { return plain_; }
  /// The relationship that a member leads along, `name` or `name!hint`; null for a column, and for what is neither.
  /// Throws Refusal where several are meant.
  const Relationship* relationship(const schema::ApiRelation& relation, std::string_view key) const;
  /// The columns that an object gives, but for those in `fixed`. Throws Refusal for a member that is nothing.
  std::vector<const schema::ApiColumn*> columns(const schema::ApiRelation& relation, const boost::json::object& object,
                                                const FixedColumns& fixed) const;

 private:
  const Relationship* named(const schema::ApiRelation& relation, const std::string& name,
                            const std::string& hint) const;
  void learn_aliases(const Selection& selection);

  const Model& model_;
  Plain plain_;
  std::map<std::string, std::pair<std::string, std::string>> aliases_;  // -> name and hint
};

/// Does it say nothing of a row but its key, where there is more to be said? That row is meant, as it is.
bool only_points(const schema::ApiRelation& relation, const boost::json::object& object);

/// {"create": {…}} and its kin, or the new row itself.
std::pair<std::string, const boost::json::object*> to_one_word(const schema::ApiRelation& target,
                                                               const boost::json::object& value);

/// {"create": …, "delete": …}: nothing but words for rows.
bool is_words_of_many(const boost::json::object& value);

/// Of one to one there is only one row that can be meant.
bool means_the_only_one(const schema::ApiRelation& target, const Relationship& one, const boost::json::object& item);

/// The item's key alone. Throws Refusal where a part of it is missing.
boost::json::object keyed(const schema::ApiRelation& relation, const boost::json::object& item);

/// The columns of the table of pairs; null where there are none.
const boost::json::object* through_of(const boost::json::object& item);

JsonPath below(JsonPath path, const std::string& step);

}  // namespace pgvista::rest
