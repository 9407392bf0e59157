// Whatever happens to a database, a view that is called kept is its query, and no writer fails for a view's sake.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <fstream>
#include <random>

#include "local/server.hpp"
#include "support/view_life.hpp"

namespace pgvista::test {

namespace {

Choices numbers(std::size_t size) {
  return *rc::gen::container<Choices>(size, rc::gen::resize(100, rc::gen::inRange<std::uint32_t>(0, 5040)));
}

struct Mutant {
  const char* name;
  LifeEvent event;
  const char* query;  // of views that must be there
  Mutation mutation;
  std::optional<std::uint32_t> last = {};  // number of each event: where the fault needs one turn of it
};

// Of one kind of event, and some views among others.
LifeStory story_of(const Mutant& mutant, std::uint32_t seed) {
  const std::string query = mutant.query;
  std::mt19937 random(seed);
  const auto some = [&](std::size_t size) {
    Choices out(size);
    for (std::uint32_t& one : out) one = random() % 5040;
    return out;
  };
  LifeStory story;
  const auto& cases = maintenance_cases();
  for (std::uint32_t i = 0; i < cases.size(); ++i) {
    if (!query.empty() && cases[i].query.find(query) != std::string::npos) story.views.push_back(i);
  }
  for (int i = 0; i < 3; ++i) story.views.push_back(random() % 100000);
  for (int i = 0; i < 2; ++i) story.queries.push_back(some(40));
  for (int i = 0; i < 3; ++i) {
    story.events.push_back(some(18));
    story.events.back().front() = static_cast<std::uint32_t>(mutant.event);
    if (mutant.last) story.events.back().back() = *mutant.last;
  }
  return story;
}

}  // namespace

// With a mend taken out, some story of its event goes wrong, and only because of that.
TEST(MaintenanceLifeRandom, FindsAgainWhatWasMended) {
  TestServer::instance().allow_prepared_transactions();
  const std::vector<Mutant> mutants = {
      {"a trigger was disabled", LifeEvent::disabled, "", {"AND pgvista.has_heard_all(p)", "AND true"}},
      {"a part was detached", LifeEvent::part, "FROM p", {"AND pgvista.has_heard_all(p)", "AND true"}},
      {"the query went with CASCADE",
       LifeEvent::drop,
       "b.s",
       {"AND coalesce(pgvista.view_text(", "AND true OR coalesce(pgvista.view_text("}},
      {"labels have other names",
       LifeEvent::labels,
       "",
       {"pgvista.watched_types(anchor, tables, whole_rows IS NOT NULL)", "NULL::text"}},
      {"columns of a whole row", LifeEvent::drop, "jsonb_agg(b ", {"LIKE '%:varattno 0 %'", "LIKE '%:nothing %'"}},
      // A view that was made anew meanwhile, with a row each of its table; one that is computed as a whole fails
      // anyway.
      {"an older snapshot",
       LifeEvent::old_snapshot,
       "a.id AND b.x > 1",
       {"PERFORM pgvista.check_snapshot(", "PERFORM length("},
       0},
      {"what is named is not there",
       LifeEvent::rename,
       "",
       {"RETURN pgvista.stop_maintenance(", "RETURN true OR pgvista.stop_maintenance("}}};
  for (const Mutant& mutant : mutants) {
    bool found = false;
    for (std::uint32_t seed = 1; seed <= 20 && !found; ++seed) {
      const LifeStory story = story_of(mutant, seed);
      found = !live(story, mutant.mutation).empty();
      if (found) {
        EXPECT_EQ("", live(story)) << mutant.name;
      }
    }
    EXPECT_TRUE(found) << mutant.name;
  }
}

TEST(MaintenanceLifeRandom, WhatIsCalledKeptIsItsQueryWhateverHappens) {
  TestServer::instance().allow_prepared_transactions();
  // Servers of the matrix come without it.
  const bool restores = std::filesystem::exists(local::find_postgresql() / "pg_dump");
  std::string smallest;
  const bool passed = rc::check("kept is equal", [&] {
    LifeStory story;
    story.restores = restores;
    story.schema = numbers(16);
    story.views = *rc::gen::container<std::vector<std::uint32_t>>(
        3, rc::gen::resize(100, rc::gen::inRange<std::uint32_t>(0, 100000)));
    for (int i = 0; i < 4; ++i) story.queries.push_back(numbers(40));
    story.events = *rc::gen::resize(30, rc::gen::container<std::vector<Choices>>(rc::gen::container<Choices>(
                                            18, rc::gen::resize(100, rc::gen::inRange<std::uint32_t>(0, 5040)))));
    const std::string failure = live(story);
    if (!failure.empty()) {
      smallest = failure;
      // Kept for a person, the smallest last.
      std::ofstream(std::string(PGVISTA_BUILD_DIR) + "/life_failure.sql") << failure;
    }
    RC_ASSERT(failure.empty());
  });
  ASSERT_TRUE(passed) << smallest;
}

}  // namespace pgvista::test
