#include "schema/schedule.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <cstdio>
#include <map>
#include <vector>

#include <pgvista/error.hpp>

#include "base/text.hpp"

namespace pgvista::schema {

namespace {

using namespace std::chrono;

constexpr const char* form =
    "\"every 15m\", \"daily at 03:30\", \"daily at 03:30 Europe/Berlin\", or five fields of cron, \"30 3 * * mon-fri\"";

[[noreturn]] void refuse(const std::string& message) {
  Error error;
  error.code = "invalid_schedule";
  error.message = message;
  error.hint = std::string("It is ") + form + ".";
  throw Failure(std::move(error));
}

std::vector<std::string> words_of(const std::string& text) {
  std::vector<std::string> out;
  std::size_t from = 0;
  while ((from = text.find_first_not_of(" \t", from)) != std::string::npos) {
    const std::size_t to = std::min(text.find_first_of(" \t", from), text.size());
    out.push_back(text.substr(from, to - from));
    from = to;
  }
  return out;
}

std::optional<int> number(std::string_view text) {
  int out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (text.empty() || error != std::errc{} || end != text.data() + text.size() || out < 0) return std::nullopt;
  return out;
}

seconds period_of(const std::string& text) {
  const std::size_t digits = text.find_first_not_of("0123456789");
  const auto count = number(text.substr(0, digits));
  const std::string unit(trim(std::string_view(text).substr(std::min(digits, text.size()))));
  const auto is = [&](std::initializer_list<const char*> names) {
    return std::any_of(names.begin(), names.end(), [&](const char* name) { return unit == name; });
  };
  const int factor = is({"s", "sec", "second", "seconds"})   ? 1
                     : is({"m", "min", "minute", "minutes"}) ? 60
                     : is({"h", "hour", "hours"})            ? 3600
                     : is({"d", "day", "days"})              ? 86400
                                                             : 0;
  const long long all = static_cast<long long>(count.value_or(0)) * factor;
  if (factor == 0) refuse(fmt::format("\"{}\" is no number and a unit: s, m, h or d", text));
  if (all < 1 || all > 366LL * 86400) refuse(fmt::format("\"{}\" is no period between a second and a year", text));
  return seconds(all);
}

// "03:30"
std::pair<int, int> time_of(const std::string& text) {
  const std::size_t colon = text.find(':');
  const auto hour = number(std::string_view(text).substr(0, colon));
  const auto minute = colon == std::string::npos ? std::nullopt : number(std::string_view(text).substr(colon + 1));
  if (!hour || !minute || *hour > 23 || *minute > 59 || text.size() - colon != 3)
    refuse(fmt::format("\"{}\" is no time of day", text));
  return {*hour, *minute};
}

struct Field {
  const char* what;
  int least;
  int most;
  std::vector<std::string> names;  // of the values from `least` on
};

int value_of(const Field& field, const std::string& text) {
  if (const auto found = std::find(field.names.begin(), field.names.end(), lower(text)); found != field.names.end())
    return field.least + static_cast<int>(found - field.names.begin());
  const auto value = number(text);
  // Sunday is 0, and 7.
  const int most = field.most == 6 ? 7 : field.most;
  if (!value || *value < field.least || *value > most)
    refuse(fmt::format("\"{}\" is no {} ({} to {})", text, field.what, field.least, field.most));
  return *value;
}

// "*", "5", "1-5", "*/15", "mon,wed", "0-30/10"
template <std::size_t N>
bool read_field(const Field& field, const std::string& text, std::bitset<N>& out) {
  std::size_t from = 0;
  while (from <= text.size()) {
    const std::size_t to = std::min(text.find(',', from), text.size());
    std::string part = text.substr(from, to - from);
    from = to + 1;
    int step = 1;
    if (const std::size_t slash = part.find('/'); slash != std::string::npos) {
      const auto given = number(std::string_view(part).substr(slash + 1));
      if (!given || *given < 1) refuse(fmt::format("\"{}\" is no step of a {}", part, field.what));
      step = *given;
      part.resize(slash);
      if (part != "*" && part.find('-') == std::string::npos) part += fmt::format("-{}", field.most);
    }
    int first = field.least;
    int last = field.most;
    if (part != "*") {
      const std::size_t dash = part.find('-');
      first = value_of(field, part.substr(0, dash));
      last = dash == std::string::npos ? first : value_of(field, part.substr(dash + 1));
      if (last < first) refuse(fmt::format("\"{}\" ends before it begins", part));
    }
    for (int value = first; value <= last; value += step)
      out.set(static_cast<std::size_t>(value % (field.most == 6 ? 7 : field.most + 1)));
  }
  return text == "*";
}

void read_cron(const std::vector<std::string>& words, Schedule& out) {
  static const std::vector<std::string> months = {"jan", "feb", "mar", "apr", "may", "jun",
                                                  "jul", "aug", "sep", "oct", "nov", "dec"};
  static const std::vector<std::string> weekdays = {"sun", "mon", "tue", "wed", "thu", "fri", "sat"};
  read_field({"minute", 0, 59, {}}, words[0], out.minutes);
  read_field({"hour", 0, 23, {}}, words[1], out.hours);
  out.any_day = read_field({"day of the month", 1, 31, {}}, words[2], out.days);
  read_field({"month", 1, 12, months}, words[3], out.months);
  out.any_weekday = read_field({"day of the week", 0, 6, weekdays}, words[4], out.weekdays);
  if (words.size() > 5) out.zone = words[5];
}

bool fits(const Schedule& schedule, year_month_day day) {
  if (!schedule.months.test(static_cast<unsigned>(day.month()))) return false;
  const bool by_day = schedule.days.test(static_cast<unsigned>(day.day()));
  const bool by_weekday = schedule.weekdays.test(weekday(sys_days(day)).c_encoding());
  if (!schedule.any_day && !schedule.any_weekday) return by_day || by_weekday;
  return by_day && by_weekday;
}

}  // namespace

std::string LocalMinute::text() const {
  return fmt::format("{:04}-{:02}-{:02} {:02}:{:02}", static_cast<int>(day.year()), static_cast<unsigned>(day.month()),
                     static_cast<unsigned>(day.day()), hour, minute);
}

std::optional<LocalMinute> LocalMinute::parse(const std::string& text) {
  int y = 0, m = 0, d = 0, h = 0, min = 0;
  if (std::sscanf(text.c_str(), "%d-%d-%d %d:%d", &y, &m, &d, &h, &min) != 5) return std::nullopt;
  return LocalMinute{year(y) / m / d, h, min};
}

std::optional<LocalMinute> Schedule::after(const LocalMinute& from) const {
  constexpr int longest = 8 * 366;
  const LocalMinute next =
      from.minute < 59 ? LocalMinute{from.day, from.hour, from.minute + 1} : LocalMinute{from.day, from.hour + 1, 0};
  for (int i = 0; i < longest; ++i) {
    const year_month_day day(sys_days(from.day) + std::chrono::days(i));
    if (!fits(*this, day)) continue;
    for (int hour = i == 0 ? next.hour : 0; hour < 24; ++hour) {
      if (!hours.test(static_cast<std::size_t>(hour))) continue;
      for (int minute = i == 0 && hour == next.hour ? next.minute : 0; minute < 60; ++minute) {
        if (minutes.test(static_cast<std::size_t>(minute))) return LocalMinute{day, hour, minute};
      }
    }
  }
  return std::nullopt;
}

Schedule parse_schedule(const std::string& text) {
  // As cron has them, too.
  static const std::map<std::string, std::string> nicknames = {
      {"@hourly", "0 * * * *"},  {"@daily", "0 0 * * *"},  {"@midnight", "0 0 * * *"}, {"@weekly", "0 0 * * 0"},
      {"@monthly", "0 0 1 * *"}, {"@yearly", "0 0 1 1 *"}, {"@annually", "0 0 1 1 *"}};
  std::vector<std::string> words = words_of(text);
  if (const auto known = words.empty() ? nicknames.end() : nicknames.find(lower(words[0]));
      known != nicknames.end() && words.size() <= 2) {
    const std::vector<std::string> fields = words_of(known->second);
    words.erase(words.begin());
    words.insert(words.begin(), fields.begin(), fields.end());
  }
  Schedule out;
  if (words.size() >= 2 && lower(words[0]) == "every") {
    std::vector<std::string> rest(words.begin() + 1, words.end());
    out.every = period_of(lower(join(rest, " ")));
    return out;
  }
  if (words.size() >= 3 && words.size() <= 4 && lower(words[0]) == "daily" && lower(words[1]) == "at") {
    const auto [hour, minute] = time_of(words[2]);
    read_cron({std::to_string(minute), std::to_string(hour), "*", "*", "*"}, out);
    if (words.size() == 4) out.zone = words[3];
    return out;
  }
  if (words.size() != 5 && words.size() != 6) refuse(fmt::format("\"{}\" is no schedule", text));
  read_cron(words, out);
  if (!out.after({year(2024) / 1 / 1, 0, 0})) refuse(fmt::format("\"{}\" never comes", text));
  return out;
}

}  // namespace pgvista::schema
