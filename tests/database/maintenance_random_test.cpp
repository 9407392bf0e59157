// Random changes over random views: after every statement each view's rows are those of its query.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <algorithm>
#include <fstream>

#include "base/text.hpp"
#include "support/maintenance_cases.hpp"
#include "support/random_query.hpp"

namespace pgvista::test {

namespace {

long long environment_number(const char* name, long long otherwise) {
  const char* value = std::getenv(name);
  return value && *value ? std::atoll(value) : otherwise;
}

// A round: some views, each in some mode, and statements. All from numbers, so that a failure shrinks.
struct Round {
  Choices schema;
  // Its numbers also say what the writer's session has set.
  std::vector<std::uint32_t> views;  // of tests/maintenance/queries.sql
  std::vector<Choices> queries;      // made at random
  int counted = 0;                   // 0: no statistics; 1: of the rows that there are; 2: of a million of each
  bool bulk = false;                 // every statement is treated as one that changes a great part of all rows
  std::vector<Choices> statements;
};

class RandomRun {
 public:
  explicit RandomRun(const Round& round) : round_(round) {
    schema_ = random_schema(round.schema);
    work_.execute(schema_);
    count_rows();
    const auto& cases = maintenance_cases();
    for (const std::uint32_t number : round.views) {
      MaintenanceCase one = cases[number % cases.size()];
      one.name += "_" + std::to_string(views_.size());
      add(one, number / static_cast<std::uint32_t>(cases.size()));
    }
    for (const Choices& choices : round.queries)
      add({fmt::format("random_{}", views_.size()), "", random_query(choices)}, choices.empty() ? 0 : choices.back());
    leave_refused_out();
    work_.execute("SET client_min_messages = error; " + random_settings(round.schema));
    if (round.bulk) treat_all_as_bulk();
  }

  /// The first failure, as a script; "" when all was well. Counts the statements that ran.
  std::string run(long long& count) {
    // In a session of its own: what the writer has set is not to matter.
    const auto apart = work_.connect();
    Oracle oracle(*apart, views_);
    const int major = work_.db().server_major();
    std::string script;
    for (const Choices& choices : round_.statements) {
      const std::string sql = random_statement(choices, major);
      script += sql + ";\n";
      execute(sql, script);
      ++count;
      // Some statements wait for the next one.
      if (deferred_ && !choices.empty() && choices.back() % 2 == 1) continue;
      if (deferred_) drain_deferred(work_.db());
      const std::vector<std::string> differing = oracle.differing();
      if (!differing.empty()) return describe(script, differing);
      const std::string ambiguous = count % 8 == 0 ? ambiguous_keys(*apart) : "";
      if (!ambiguous.empty()) return describe(script, {"two rows have one key: " + ambiguous});
    }
    return {};
  }

 private:
  // What the schema itself refuses is part of the game; an error inside the maintenance is not.
  void execute(const std::string& sql, const std::string& script) {
    try {
      work_.execute(sql);
    } catch (const db::QueryFailure& failure) {
      if (work_.db().in_transaction()) work_.execute("ROLLBACK");
      const std::string& state = failure.error().sqlstate;
      const bool expected = state == "23505" || state == "23503" || state == "23502" || state == "23514" ||
                            state == "21000" || state == "25P02";
      RC_ASSERT(expected || (RC_LOG() << script << failure.error().message << " " << failure.error().detail, false));
    }
  }

  std::string describe(const std::string& script, const std::vector<std::string>& differing) const {
    std::string out = schema_ == maintenance_schema() ? "" : "-- schema:\n" + schema_;
    for (const MaintenanceCase& view : views_) {
      if (std::find(differing.begin(), differing.end(), view.name) != differing.end())
        out += "-- view: " + mode_.at(view.name) + (round_.bulk ? ", bulk" : "") +
               (round_.counted > 0 ? fmt::format(", counted {}", round_.counted) : "") + "\n-- " +
               std::string(trim(view.query)) + "\n";
    }
    return out + script;
  }

  void add(const MaintenanceCase& view, std::uint32_t variant) {
    mode_[view.name] = std::array{"immediate", "on_commit", "deferred", "immediate", "on_commit"}[variant % 5];
    deferred_ |= variant % 5 == 2;
    // Other types may make a query of the list impossible.
    try {
      work_.db().query("SELECT FROM (" + view.query + ") AS q LIMIT 0");
    } catch (const db::QueryFailure&) {
      return;
    }
    const bool recompute = variant % 3 == 2;
    work_.view(view.name, maintained_view(view.query, mode_[view.name], recompute ? "strategy = \"recompute\"" : ""));
    if (recompute) mode_[view.name] += ", recompute";
    views_.push_back(view);
  }

  // What cannot be kept is refused with a reason, and the rest is made without it; any other error is a defect.
  void leave_refused_out() {
    const std::set<std::string> refused = sync_without_refused(work_);
    std::erase_if(views_, [&](const MaintenanceCase& one) { return refused.contains(one.name); });
  }

  // Strategies are chosen by statistics: here by none, by those of a few rows, and as if each table had a million.
  void count_rows() {
    if (round_.counted > 0) work_.execute("ANALYZE");
    if (round_.counted > 1)
      work_.execute(
          "UPDATE pg_class SET reltuples = 1000000 WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace");
  }

  // The branches for very many rows, with the few that the test has.
  void treat_all_as_bulk() { rewrite_functions(work_.db(), bulk_rewrites()); }

  const Round& round_;
  std::string schema_;
  Workspace work_;
  std::vector<MaintenanceCase> views_;
  std::map<std::string, std::string> mode_;
  bool deferred_ = false;
};

}  // namespace

TEST(MaintenanceRandom, RowsEqualTheQueryAfterEveryStatement) {
  const long long wanted = environment_number("PGVISTA_STATEMENTS", 20000);
  long long count = 0;
  std::string smallest;
  do {
    const bool passed = rc::check("rows equal the query", [&] {
      Round round;
      const auto choices = [](std::size_t size) {
        return rc::gen::container<Choices>(size, rc::gen::resize(100, rc::gen::inRange<std::uint32_t>(0, 5040)));
      };
      round.schema = *choices(12);
      round.views = *rc::gen::container<std::vector<std::uint32_t>>(
          5, rc::gen::resize(100, rc::gen::inRange<std::uint32_t>(0, 100000)));
      round.queries = *rc::gen::container<std::vector<Choices>>(6, choices(40));
      round.counted = *rc::gen::resize(100, rc::gen::inRange(0, 3));
      round.bulk = *rc::gen::resize(100, rc::gen::inRange(0, 4)) == 3;
      round.statements = *rc::gen::resize(700, rc::gen::container<std::vector<Choices>>(choices(14)));
      const std::string failure = RandomRun(round).run(count);
      if (!failure.empty()) {
        smallest = failure;
        // Kept for a person, the smallest last: copy it to tests/maintenance/cases/, where the test of kept cases finds
        // it.
        std::ofstream(std::string(PGVISTA_BUILD_DIR) + "/maintenance_failure.sql") << failure;
      }
      RC_ASSERT(failure.empty());
    });
    ASSERT_TRUE(passed) << smallest;
  } while (count < wanted);
  RecordProperty("statements", static_cast<int>(count));
  std::printf("%lld statements, each followed by a comparison of up to eleven views\n", count);
}

}  // namespace pgvista::test
