#include "rest/nested_answer.hpp"

#include "base/text.hpp"
#include "rest/read.hpp"

namespace pgvista::rest {

using schema::ApiRelation;

void answer_rows(const std::vector<RowHandle>& made, const NestedWrite& write, const Settings& settings, Plan& plan) {
  const ApiRelation& relation = *plan.relation;
  std::vector<std::string> rows;
  for (const RowHandle& row : made) rows.push_back("(" + join(is_row(row, "t0"), " AND ") + ")");
  Selection answer = write.selection;
  answer.where.clear();
  answer.limit.reset();
  answer.offset.reset();
  if (!plan.with_body) {
    answer = Selection{};
    const bool located = plan.preferences.returned == "headers-only";
    for (const std::string& name : relation.key) {
      SelectItem item;
      item.field.name = name;
      answer.items.push_back(std::move(item));
    }
    if (located && plan.action == Action::insert) plan.location_keys = relation.key;
  }
  plan.inserted_column = plan.action == Action::put;
  const Source source{&relation, &relation.columns, relation.name.sql(), true};
  ReadPlanner reading(write.model.api, write.model.relationships, settings, plan.main, plan.strip_nulls,
                      plan.media == Media::csv);
  plan.main.sql = reading.select(source, answer, {"(" + join(rows, " OR ") + ")"}, plan.columns,
                                 plan.inserted_column ? was_made(made.front()) + " AS pgvista_inserted" : "");
}

}  // namespace pgvista::rest
