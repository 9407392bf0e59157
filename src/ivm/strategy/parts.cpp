#include "ivm/strategy/parts.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <set>

#include "analyze/dependencies.hpp"
#include "ivm/query/block.hpp"
#include "ivm/query/part_blocks.hpp"
#include "ivm/query/query_graph.hpp"
#include "ivm/query/recursion.hpp"
#include "ivm/strategy/declared.hpp"
#include "parse/parse.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

int number_of(const Select& query, const Select* wanted) {
  int at = 0;
  int found = -1;
  each<const Select>(query, [&](const Select& one) {
    if (&one == wanted) found = at;
    ++at;
  });
  return found;
}

// Empty where one of them is no output of the view.
std::vector<std::string> shown_names(const std::vector<std::size_t>& numbers, const std::vector<ColumnFact>& outputs) {
  std::vector<std::string> out;
  for (const std::size_t number : numbers) {
    if (number >= outputs.size()) return {};
    out.push_back(outputs[number].name);
  }
  return out;
}

// What is computed at read stands in no index.
void block_indexes(const Request& request, const Tail& tail, Program& program) {
  for (const std::string& column : indexed_columns(request)) {
    const bool kept =
        std::any_of(tail.kept.begin(), tail.kept.end(), [&](const ColumnFact& one) { return one.name == column; });
    const bool late = tail.computed.contains(column) || !tail.around.empty();
    if (late && !kept)
      program.blockers.push_back({fmt::format("an index on \"{}\", which is computed when the view is read", column)});
  }
}

// An index stands on the store: on columns that the view shows under their own names.
void block_renamed_indexes(const Request& request, const Select& query, Program& program) {
  for (const schema::IndexDefinition& index : request.indexes) {
    std::vector<std::string> columns = index.columns;
    columns.insert(columns.end(), index.include.begin(), index.include.end());
    for (const std::string& column : columns) {
      const bool renamed = std::any_of(query.targets.begin(), query.targets.end(), [&](const Target& target) {
        return target.alias == column && target.value->as<ColumnRef>()->parts.back() != column;
      });
      if (renamed)
        program.blockers.push_back(
            {fmt::format("an index on \"{}\", which has another name in the recursion", column)});
    }
  }
}

// SELECT columns FROM the recursion, perhaps of some rows and in an order: what is kept are the recursion's rows.
bool reads_recursion(const Select& query, const Facts& facts) {
  const auto* sub = query.operation == Select::Operation::none && query.values.empty() && query.from.size() == 1
                        ? query.from.front().as<SubqueryRef>()
                        : nullptr;
  const bool plain = sub && is_recursion(*sub->query) && !query.distinct && query.distinct_on.empty() &&
                     query.group_by.empty() && !has_aggregates(query, facts) && !has_windows(query);
  if (!plain || (query.where && holds<Sublink>(*query.where))) return false;
  // A condition is asked under the reader's settings.
  if (makes_by_settings(query, facts)) return false;
  return std::all_of(query.targets.begin(), query.targets.end(), [&](const Target& target) {
    const auto* ref = target.value->as<ColumnRef>();
    const std::vector<Target>& own = sub->query->targets;
    return ref && !ref->star &&
           std::any_of(own.begin(), own.end(), [&](const Target& column) { return column.alias == ref->parts.back(); });
  });
}

int level_above(const std::vector<Entry>& entries, const Facts& facts) {
  int out = 0;
  for (const Entry& entry : entries) {
    if (const auto known = facts.levels.find(entry.table->name); known != facts.levels.end())
      out = std::max(out, known->second + 1);
  }
  return out;
}

void take_parts(Program& program, const Program& parts) {
  program.stores = parts.stores;
  program.create = parts.create;
  program.captures = parts.captures;
  program.base_tables = parts.base_tables;
  program.whole_rows = parts.whole_rows;
  program.repair = parts.repair;
  program.tables = parts.tables;
  program.takes = parts.takes;
  program.missing_indexes = parts.missing_indexes;
  for (const std::string& reason : parts.reasons) {
    if (std::find(program.reasons.begin(), program.reasons.end(), reason) == program.reasons.end())
      program.reasons.push_back(reason);
  }
}

// A grouping that leaves a column out shows a NULL of its type, spelled as an aggregate, which cannot be added to.
Select with_plain_nulls(Select query, const std::vector<ColumnFact>& outputs, const Facts& facts) {
  if (!is_grouped(query, facts)) return query;
  Select out = query;
  for (std::size_t i = 0; i < out.targets.size() && i < outputs.size(); ++i) {
    Expr& value = *out.targets[i].value;
    if (is_typed_null(value)) value = sql::make::cast(sql::make::null(), parse::parse_type(outputs[i].type));
  }
  // Without another aggregate it would be no group.
  return is_grouped(out, facts) ? out : query;
}

// A set operation takes its names from its first branch; columns of one name cannot be kept in a table.
void name_columns(Select& query) {
  if (query.operation != Select::Operation::none) return name_columns(*query.left);
  // EXISTS (SELECT FROM …) counts rows of no columns; a table has some.
  if (query.targets.empty() && query.values.empty()) query.targets.push_back(sql::make::target(sql::make::number(1)));
  std::set<std::string> used;
  for (std::size_t i = 0; i < query.targets.size(); ++i) {
    std::string name = analyze::output_name(query.targets[i]);
    if (name == "?column?" || used.contains(name)) name = fmt::format("column{}", i + 1);
    used.insert(name);
    query.targets[i].alias = name;
  }
}

void append_part(Program& to, Program part) {
  const auto move_all = [](auto& target, auto& source) {
    target.insert(target.end(), std::make_move_iterator(source.begin()), std::make_move_iterator(source.end()));
  };
  move_all(to.create, part.create);
  move_all(to.stores, part.stores);
  move_all(to.captures, part.captures);
  move_all(to.base_tables, part.base_tables);
  to.whole_rows.merge(part.whole_rows);
  move_all(to.tables, part.tables);
  move_all(to.reasons, part.reasons);
  move_all(to.repair, part.repair);
  move_all(to.takes, part.takes);
  move_all(to.missing_indexes, part.missing_indexes);
  // What reads a part goes before it.
  to.drop.insert(to.drop.begin(), part.drop.begin(), part.drop.end());
}

const Select* window_block_below(const Select& query) {
  const Select* out = nullptr;
  each<const Select>(query, [&](const Select& one) {
    if (&one != &query && has_windows(one)) out = &one;  // those below come later
  });
  return out;
}

}  // namespace pgvista::ivm
