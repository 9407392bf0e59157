#pragma once
// A selection over a relation -> SQL. The heart of src/rest: filters, embedding, order, limits.

#include <string>
#include <vector>

#include "rest/grammar.hpp"
#include "rest/relationships.hpp"
#include "rest/settings.hpp"
#include "rest/statement.hpp"
#include "schema/api.hpp"

namespace pgvista::rest {

/// Where rows come from: a relation, or what stands for it.
struct Source {
  const schema::ApiRelation* relation = nullptr;  // null: the rows of a function that are no relation's
  const std::vector<schema::ApiColumn>* columns = nullptr;
  std::string from;       // "schema.name", "schema.f($1)", the name of a CTE
  bool whole_row = true;  // its alias is a value of the relation's row type
};

/// Range: 0-24 narrows limit and offset. Throws Refusal (PGRST103).
void apply_range(const Request& request, Selection& selection);

class ReadPlanner {
 public:
  ReadPlanner(const schema::Api& api, const Relationships& relationships, const Settings& settings,
              Statement& statement, bool strip_nulls, bool csv)
      : api_(api),
        relationships_(relationships),
        settings_(settings),
        statement_(statement),
        strip_nulls_(strip_nulls),
        csv_(csv) {}

  /// SELECT of the outermost level; its columns in order. `conditions`: further ones, as SQL over the alias t0;
  /// `hidden`: a column behind the others.
  std::string select(const Source& source, const Selection& selection, const std::vector<std::string>& conditions,
                     std::vector<OutputColumn>& columns, const std::string& hidden = {});
  /// SELECT count(*), or of at most `most` rows.
  std::string count(const Source& source, const Selection& selection, const std::vector<std::string>& conditions,
                    std::optional<std::int64_t> most);
  /// " LIMIT $n OFFSET $m", at most as many rows as the settings allow.
  std::string limits(const Selection& selection, bool capped);
  /// What chooses the rows of a selection, without order and limits; "" where all are.
  std::string condition(const Source& source, const Selection& selection, const std::string& alias,
                        std::vector<std::string> conditions = {});

  /// Columns of the relation that a selection needs, for RETURNING.
  static std::vector<std::string> needed(const Source& source, const Selection& selection,
                                         const Relationships& relationships);

 private:
  struct Level;
  struct Output {
    std::string key;
    bool catalogue_name = false;  // the key is a name of the catalogue, so that SQL may say it
    std::string expression;
    bool aggregate = false;
    bool to_json = false;      // the outermost writer cannot tell the value from its text
    std::string hoisted = {};  // the aggregate that the level above makes of it
    std::string hoisted_cast = {};

    std::string shown() const { return to_json ? "pg_catalog.to_json(" + expression + ")" : expression; }
  };
  struct Child {
    const SelectItem* item;
    const Relationship* relationship;
    Source source;
    std::string alias;
    std::string from;
    std::vector<std::string> conditions;
  };

  std::string field(const Level& level, const Field& field);
  std::string column_expression(const Level& level, const SelectItem& item);
  std::string condition(const Level& level, const Filter& filter);
  std::string comparison(const Filter& filter, const std::string& left, const schema::ApiColumn* column);
  std::string logic(const Level& level, const Logic& tree);
  std::string order(const Level& level, const Selection& selection);
  void read_level(Level& level);
  static void name_once(Level& level);
  void add_item(Level& level, const SelectItem& item);
  void add_star(Level& level);
  void add_embedded(Level& level, const SelectItem& item);
  void add_spread(Level& level, const Child& child);
  Child child_of(const Level& level, const SelectItem& item);
  std::string nested(const Child& child);
  std::string objects(Level& inner, const Child& child, bool one);
  std::string exists(const Child& child);
  std::vector<std::string> conditions(Level& level);
  std::string tail(const Level& level) const;
  std::string cast(const std::string& expression, const std::string& type) const;
  const schema::ApiColumn* column_of(const Level& level, const std::string& name) const;
  const schema::ApiFunction* computed_column(const Level& level, const std::string& name) const;
  [[noreturn]] void unknown_column(const Level& level, const std::string& name) const;
  std::string next_alias() { return "t" + std::to_string(++aliases_); }

  const schema::Api& api_;
  const Relationships& relationships_;
  const Settings& settings_;
  Statement& statement_;
  bool strip_nulls_;
  bool csv_;
  int exists_ = 0;
  int aliases_ = 0;
};

}  // namespace pgvista::rest
