#pragma once
// How relations lead to each other: foreign keys in both directions, through pairs, through views, by functions.

#include <string>
#include <utility>
#include <vector>

#include "schema/api.hpp"

namespace pgvista::rest {

struct Relationship {
  enum class Form {
    to_one,        // many rows here, one there
    to_many,       // the other direction
    one_to_one,    // either direction of a foreign key that is unique
    many_to_many,  // by a table of pairs
    computed
  };  // by a function of the row
  Form form = Form::to_one;
  std::string constraint;  // of the foreign key; of many_to_many: of this side's; the function's name
  schema::Oid from = 0;
  schema::Oid to = 0;
  bool holds_key = false;                                    // the foreign key's columns stand in `from`
  std::vector<std::pair<std::string, std::string>> columns;  // from's = to's; of many_to_many: from's = junction's
  schema::Oid junction = 0;
  std::string other_constraint;
  std::vector<std::pair<std::string, std::string>> junction_columns;  // junction's = to's
  const schema::ApiFunction* function = nullptr;
  bool single = false;  // of a computed one
  bool by_unique =
      false;  // many_to_many: the pairs are unique, but not the table's key. Counts where nothing else is meant

  bool to_one_row() const {
    return form == Form::to_one || form == Form::one_to_one || (form == Form::computed && single);
  }
};

class Relationships {
 public:
  /// `api` must live as long.
  explicit Relationships(const schema::Api& api);

  /// The one that a request means by this name and hint. Throws Refusal (PGRST200, PGRST201).
  const Relationship& find(const schema::ApiRelation& from, const std::string& target, const std::string& hint) const;
  std::vector<const Relationship*> of(schema::Oid from) const;

 private:
  std::vector<const Relationship*> matching(const schema::ApiRelation& from, const std::string& target,
                                            const std::string& hint) const;
  [[noreturn]] void refuse_none(const schema::ApiRelation& from, const std::string& target,
                                const std::string& hint) const;
  [[noreturn]] void refuse_many(const schema::ApiRelation& from, const std::string& target,
                                const std::vector<const Relationship*>& found) const;
  std::string word(const Relationship& one) const;

  const schema::Api& api_;
  std::vector<Relationship> all_;
  std::map<schema::Oid, std::vector<std::size_t>> by_origin_;
};

}  // namespace pgvista::rest
