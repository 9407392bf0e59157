// Whatever happens to a database, a view that is called kept is its query, and no writer fails for a view's sake.

#include <gtest/gtest.h>
#include <rapidcheck.h>

#include <fstream>

#include "local/server.hpp"
#include "support/view_life.hpp"

namespace pgvista::test {

namespace {

Choices numbers(std::size_t size) { return *rc::gen::container<Choices>(size, rc::gen::resize(100, rc::gen::inRange<std::uint32_t>(0, 5040))); }

}  // namespace

TEST(MaintenanceLifeRandom, WhatIsCalledKeptIsItsQueryWhateverHappens) {
  TestServer::instance().allow_prepared_transactions();
  const bool restores = std::filesystem::exists(local::find_postgresql() / "pg_dump");
  std::string smallest;
  const bool passed = rc::check("kept is equal", [&] {
    LifeStory story;
    story.restores = restores;
    story.schema = numbers(16);
    story.views = *rc::gen::container<std::vector<std::uint32_t>>(3, rc::gen::resize(100, rc::gen::inRange<std::uint32_t>(0, 100000)));
    for (int i = 0; i < 4; ++i) story.queries.push_back(numbers(40));
    story.events = *rc::gen::resize(30, rc::gen::container<std::vector<Choices>>(rc::gen::container<Choices>(18, rc::gen::resize(100, rc::gen::inRange<std::uint32_t>(0, 5040)))));
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
