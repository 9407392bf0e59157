#pragma once
// When a view is to be refreshed: "every 15m", "daily at 03:30 Europe/Berlin", or a line of cron. Pure: zones are the
// server's business, which turns its clock into local time and back.

#include <bitset>
#include <chrono>
#include <optional>
#include <string>

namespace pgvista::schema {

/// Minutes of a wall clock.
struct LocalMinute {
  std::chrono::year_month_day day;
  int hour = 0;
  int minute = 0;

  /// "2026-11-22 03:30"
  std::string text() const;
  static std::optional<LocalMinute> parse(const std::string& text);
  auto operator<=>(const LocalMinute&) const = default;
};

struct Schedule {
  std::optional<std::chrono::seconds> every;  // else the times below
  std::bitset<60> minutes;
  std::bitset<24> hours;
  std::bitset<32> days;  // of the month
  std::bitset<13> months;
  std::bitset<7> weekdays;  // 0 is Sunday
  bool any_day = true;      // as cron has it: of a day and a weekday, where both are given, either will do
  bool any_weekday = true;
  std::string zone;  // "": the server's

  /// The first minute after this one; nullopt: there is none in the next eight years (30 February).
  std::optional<LocalMinute> after(const LocalMinute& minute) const;
};

/// Throws Failure (invalid_schedule) with what is wrong.
Schedule parse_schedule(const std::string& text);

}  // namespace pgvista::schema
