// When views are to be refreshed.

#include <gtest/gtest.h>

#include <pgvista/error.hpp>

#include "base/duration.hpp"
#include "schema/schedule.hpp"

namespace pgvista::test {

namespace {

std::string after(const std::string& schedule, const std::string& from) {
  const auto next = schema::parse_schedule(schedule).after(*schema::LocalMinute::parse(from));
  return next ? next->text() : "never";
}

std::string refusal(const std::string& schedule) {
  try {
    schema::parse_schedule(schedule);
    return "";
  } catch (const Failure& failure) {
    EXPECT_EQ("invalid_schedule", failure.error().code);
    EXPECT_FALSE(failure.error().hint.empty());
    return failure.error().message;
  }
}

}  // namespace

TEST(Schedule, PeriodsInTheirUnits) {
  for (const auto& [text, seconds] : std::vector<std::pair<std::string, int>>{
           {"every 15m", 900}, {"every 90s", 90}, {"every 2 hours", 7200}, {"Every 1d", 86400}, {"every 5 min", 300}}) {
    EXPECT_EQ(seconds, schema::parse_schedule(text).every.value_or(std::chrono::seconds(0)).count()) << text;
  }
}

TEST(Schedule, TheNextMinuteOfACalendar) {
  EXPECT_EQ("2026-11-22 03:30", after("daily at 03:30", "2026-11-22 03:29"));
  EXPECT_EQ("2026-11-23 03:30", after("daily at 03:30", "2026-11-22 03:30"));
  EXPECT_EQ("2027-01-01 00:00", after("0 0 * * *", "2026-12-31 23:59"));
  EXPECT_EQ("2026-11-22 10:45", after("*/15 * * * *", "2026-11-22 10:30"));
  EXPECT_EQ("2026-11-22 11:00", after("*/15 * * * *", "2026-11-22 10:45"));
  EXPECT_EQ("2026-11-23 03:30", after("30 3 * * mon-fri", "2026-11-21 12:00")) << "22 November 2026 is a Sunday";
  EXPECT_EQ("2026-11-22 09:00", after("0 9 * * 7", "2026-11-21 12:00")) << "Sunday is 0, and 7";
  EXPECT_EQ("2028-02-29 00:00", after("0 0 29 2 *", "2026-11-22 00:00"));
  // Of a day and a weekday either will do, as cron has it.
  EXPECT_EQ("2026-11-23 00:00", after("0 0 13 * mon", "2026-11-22 00:00"));
  EXPECT_EQ("2026-12-13 00:00", after("0 0 13 * mon", "2026-12-08 00:00"));
  EXPECT_EQ("2026-11-23 00:00", after("@daily", "2026-11-22 12:00"));
  EXPECT_EQ("2026-12-01 00:00", after("@monthly UTC", "2026-11-22 12:00"));
  EXPECT_EQ("2026-11-22 20:20", after("5,20 8-20/12 * * *", "2026-11-22 20:05"));
}

TEST(Schedule, ZonesAreKept) {
  EXPECT_EQ("Europe/Berlin", schema::parse_schedule("daily at 03:30 Europe/Berlin").zone);
  EXPECT_EQ("UTC", schema::parse_schedule("30 3 * * * UTC").zone);
  EXPECT_EQ("", schema::parse_schedule("daily at 03:30").zone);
}

TEST(Schedule, SaysWhatIsWrong) {
  for (const char* const bad : {"",
                                "sometimes",
                                "every",
                                "every 0m",
                                "every 5 fortnights",
                                "every 1000d",
                                "daily at 25:00",
                                "daily at 3",
                                "daily at 03:60",
                                "60 * * * *",
                                "* 24 * * *",
                                "* * 0 * *",
                                "* * * 13 *",
                                "* * * * 8",
                                "*/0 * * * *",
                                "5-1 * * * *",
                                "a * * * *",
                                "0 0 30 feb *",
                                "every 15",
                                "every 15m UTC",
                                "* * * *",
                                "* * * * * UTC more"}) {
    EXPECT_NE("", refusal(bad)) << bad;
  }
}

TEST(Duration, AsPostgreSqlTakesThem) {
  EXPECT_EQ(1500, duration_ms("1500ms"));
  EXPECT_EQ(5000, duration_ms(" 5 s "));
  EXPECT_EQ(120000, duration_ms("2min"));
  EXPECT_EQ(250, duration_ms("250"));
  EXPECT_EQ(std::nullopt, duration_ms("soon"));
  EXPECT_EQ(std::nullopt, duration_ms("-5s"));
  EXPECT_EQ(std::nullopt, duration_ms("5 parsecs"));
}

}  // namespace pgvista::test
