#pragma once
// What a query reads, and under which names: its own rows, those that it joins, and those that paths lead to.

#include <set>
#include <string>
#include <vector>

#include "model/node.hpp"

namespace pgvista::model {

struct Source {
  InfoOf model;
  std::string path = {};  // "source.member"; "" of the query's own rows and explicit joins
  std::string alias = {};
  std::string on = {};  // of a join
  bool left = false;
  std::string text = {};  // a subquery, or another table than the model's
  std::size_t from = 0;   // of a path: the source that it starts from
  bool placed = false;    // in FROM
  bool many = false;      // a path along a Many member: several rows for one
};

/// "schema.table" of the pairs of a many-to-many.
std::string table_between(const Link::Between& between);

class Sources {
 public:
  /// `around`: of the query around, whose names these must not hide, or null; `everywhere`: all aliases of the whole
  /// statement. Both must outlive this.
  Sources(const Sources* around, std::set<std::string>& everywhere) : around_(around), everywhere_(everywhere) {}

  /// The next of those that the query names: its own rows first, then its joins. Throws Failure (joined_twice).
  void name(Source source);
  /// No path of the whole statement takes a name of these from now on.
  void keep_names();
  /// `with`: columns are written with the alias of their source.
  void qualify(bool with) { qualified_ = with; }
  bool qualified() const { return qualified_; }

  std::size_t size() const { return all_.size(); }
  const Source& front() const { return all_.front(); }
  const Source& operator[](std::size_t source) const { return all_[source]; }
  /// How many of them are along a Many member.
  std::ptrdiff_t many() const;

  /// Is this model, or what it is based on, among those that the query names?
  bool names(InfoOf model) const;
  /// Its number there. Throws Failure (unknown_column, ambiguous_column).
  std::size_t of(InfoOf model) const;
  /// A column, qualified where that is needed.
  std::string column(std::size_t source, const std::string& name) const;
  std::string column(std::size_t source, const FieldInfo& field) const { return column(source, field.column); }

  /// The source that a member of another one leads to; joined when it is named for the first time. `load`: its row is
  /// to be read, also where there is none.
  std::size_t along(std::size_t from, std::string_view member, bool load = false);
  /// The table of pairs of a link that leads to the query's own rows; joined when it is named for the first time.
  std::size_t pairs(const Link& link);
  /// Joined on this column of it, and that one of another source.
  std::size_t add(Source source, const std::string& own_column, std::size_t from, const std::string& from_column);
  /// An alias that nothing of this query or around it has.
  std::string unique_alias(const std::string& wanted) const;

  /// FROM and JOIN, with `on` for the explicit joins, each behind what its condition names; then all paths. `condition`
  /// writes that of a join, and may name more sources. Throws Failure (join_condition).
  template <class Condition>
  void place_joins(const Condition& condition) {
    const std::size_t joins = named_ - 1;
    for (std::size_t i = 1; i <= joins; ++i) {
      used_.clear();
      std::string on = condition(i - 1);
      place_join(i, std::move(on));
    }
  }
  std::string tables();

 private:
  std::string path_alias(const std::string& wanted) const;
  bool taken(const std::string& alias) const;
  std::size_t use(std::size_t source);
  void place_join(std::size_t i, std::string on);
  void place(std::size_t i);
  bool starts_at(std::size_t source, std::size_t start) const;

  const Sources* around_;
  std::set<std::string>& everywhere_;
  std::vector<Source> all_;         // the query's own, the explicit joins, then those along paths
  std::size_t named_ = 0;           // how many of them the query names
  std::vector<std::size_t> order_;  // of all but the first, in FROM
  std::vector<std::size_t> used_;   // paths that were named lately
  std::string reserved_;            // an alias that is about to be used
  bool qualified_ = false;
};

}  // namespace pgvista::model
