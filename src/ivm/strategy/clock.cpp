#include "ivm/strategy/clock.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ivm/functions/rows.hpp"
#include "ivm/triggers/install.hpp"
#include "plpgsql/print.hpp"
#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;
using plpgsql::If;
using plpgsql::Run;

namespace {

// Rows that come, of which the clock and the time of the transaction say something else.
plpgsql::Statement moved_at_edges(const Clock& clock, const std::vector<const TimedCondition*>& conditions) {
  Exprs edges;
  for (const TimedCondition* one : conditions)
    edges.push_back(make::exists(
        make::select({}, {make::rows(new_rows, one->alias)}, make::distinct_from(one->by_clock, one->by_time))));
  const Expr move =
      make::call(Name{"pgvista", "move_clock"}, {make::cast(make::text(clock.table.sql()), "regclass"),
                                                 make::cast(make::text("0"), "interval"), make::boolean(true)});
  return {If{{{make::any_of(edges), {{Run{make::select({make::target(move)})}}}}}}};
}

void add_edges(Program& program, const Clock& clock, const std::vector<TimedCondition>& conditions,
               const Facts& facts) {
  Program moves;
  std::vector<Name> done;
  for (const TimedCondition& condition : conditions) {
    if (std::find(done.begin(), done.end(), condition.table) != done.end()) continue;
    done.push_back(condition.table);
    std::vector<const TimedCondition*> own;
    for (const TimedCondition& one : conditions) {
      if (one.table == condition.table) own.push_back(&one);
    }
    const TableFact* const table = facts.table(condition.table.schema, condition.table.name);
    const std::string body = plpgsql::print({moved_at_edges(clock, own)}, 2);
    for (const Event event : {Event::insert, Event::update}) {
      Capture capture{condition.table, event, body};
      capture.follows = false;
      add_for_family(moves, *table, std::move(capture), false);
    }
  }
  program.captures.insert(program.captures.begin(), moves.captures.begin(), moves.captures.end());
}

}  // namespace

Select stored_before(const Program& program) {
  Facts facts;
  if (program.clock) facts.originals[program.clock->table] = clock_rows();
  return describable(program.stored, facts);
}

bool reads_clock(const Program& program, const Name& clock) {
  bool found = std::any_of(program.captures.begin(), program.captures.end(),
                           [&](const Capture& one) { return one.table == clock; });
  each<const TableRef>(program.visible, [&](const TableRef& ref) { found |= Name{ref.schema, ref.name} == clock; });
  return found;
}

void add_clock(Program& program, const Clock& clock, const std::vector<TimedCondition>& conditions, const Facts& facts,
               bool moved_by_writers) {
  Store store;
  store.name = clock.table;
  const std::string name = clock.table.sql();
  store.create = {
      fmt::format(
          "{}CREATE TABLE {} (at timestamptz NOT NULL)",
          plpgsql::comment_lines("The present time of the view, moved by those who write and by pgvista watch."), name),
      fmt::format("REVOKE ALL ON TABLE {} FROM PUBLIC", name)};
  store.columns = "at";
  store.fill = fmt::format("INSERT INTO {} (at) SELECT pg_catalog.now()", name);
  store.finish = {"ANALYZE " + name};
  program.stores.insert(program.stores.begin(), std::move(store));
  program.drop.push_back(fmt::format("DROP TABLE IF EXISTS {}", name));
  program.clock = clock;
  if (moved_by_writers) add_edges(program, clock, conditions, facts);
}

}  // namespace pgvista::ivm
