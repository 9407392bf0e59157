// Values as SQL literals, for definitions: the one place where a value becomes part of a text.

#include <pgvista/error.hpp>

#include "model/write.hpp"
#include "sql/identifier.hpp"

namespace pgvista::model {

namespace {

std::string two_digits(std::int64_t number) { return (number < 10 ? "0" : "") + std::to_string(number); }

std::string date_text(Date date) {
  if (date == Date::max() || date == Date::min()) return date == Date::max() ? "infinity" : "-infinity";
  const std::chrono::year_month_day day{date};
  return std::to_string(static_cast<int>(day.year())) + "-" + two_digits(static_cast<unsigned>(day.month())) + "-" +
         two_digits(static_cast<unsigned>(day.day()));
}

std::string clock_text(std::chrono::microseconds time) {
  const std::int64_t seconds = time.count() / 1'000'000;
  const std::string fraction = std::to_string(1'000'000 + time.count() % 1'000'000).substr(1);
  return two_digits(seconds / 3600) + ":" + two_digits(seconds / 60 % 60) + ":" + two_digits(seconds % 60) + "." +
         fraction;
}

std::string moment_text(std::chrono::microseconds since_epoch, const char* zone = "") {
  const TimestampTz moment{since_epoch};
  if (moment == TimestampTz::max() || moment == TimestampTz::min())
    return moment == TimestampTz::max() ? "infinity" : "-infinity";
  const auto day = std::chrono::floor<std::chrono::days>(moment);
  return date_text(day) + " " + clock_text(moment - day) + zone;
}

std::string interval_text(const Interval& value) {
  return std::to_string(value.months) + " mons " + std::to_string(value.days) + " days " +
         std::to_string(value.time.count()) + " microseconds";
}

std::string hex_text(const std::string& bytes) {
  static constexpr const char* digits = "0123456789abcdef";
  std::string out = "\\x";
  for (const char c : bytes) {
    const auto code = static_cast<unsigned char>(c);
    out += {digits[code >> 4U], digits[code & 0xFU]};
  }
  return out;
}

}  // namespace

std::string literal(const Parameter& value) {
  if (!value.bytes) return "NULL";
  const std::string& bytes = *value.bytes;
  const auto typed = [](const std::string& text, const char* type) { return sql::quote_literal(text) + "::" + type; };
  switch (value.oid) {
    case Type<bool>::oid: return Type<bool>::decode(bytes) ? "true" : "false";
    case Type<std::int16_t>::oid: return std::to_string(Type<std::int16_t>::decode(bytes)) + "::smallint";
    case Type<std::int32_t>::oid: return std::to_string(Type<std::int32_t>::decode(bytes));
    case Type<std::int64_t>::oid: return std::to_string(Type<std::int64_t>::decode(bytes));
    case Type<std::string>::oid: return sql::quote_literal(bytes);
    case Type<Decimal>::oid: {
      const std::string text = Type<Decimal>::decode(bytes).text();
      return text == "NaN" || text.ends_with("Infinity") ? typed(text, "numeric") : text;
    }
    case Type<Uuid>::oid: return typed(Type<Uuid>::decode(bytes).text(), "uuid");
    case Type<Json>::oid: return typed(Type<Json>::decode(bytes).text, "jsonb");
    case Type<Date>::oid: return typed(date_text(Type<Date>::decode(bytes)), "date");
    case Type<Timestamp>::oid:
      return typed(moment_text(Type<Timestamp>::decode(bytes).time_since_epoch()), "timestamp");
    case Type<TimestampTz>::oid:
      return typed(moment_text(Type<TimestampTz>::decode(bytes).time_since_epoch(), "+00"), "timestamptz");
    case Type<TimeOfDay>::oid: return typed(clock_text(Type<TimeOfDay>::decode(bytes).since_midnight), "time");
    case Type<Interval>::oid: return typed(interval_text(Type<Interval>::decode(bytes)), "interval");
    case Type<float>::oid: return typed(exact_decimal(static_cast<double>(Type<float>::decode(bytes))).text(), "real");
    case Type<double>::oid: return typed(exact_decimal(Type<double>::decode(bytes)).text(), "double precision");
    case Type<Bytes>::oid: return typed(hex_text(bytes), "bytea");
    case 0: return sql::quote_literal(bytes);
    default: break;
  }
  throw Failure(Error{"no_literal",
                      "a value of this type cannot stand in a definition",
                      {},
                      "Write it as raw SQL.",
                      {},
                      {},
                      0,
                      0,
                      ExitCode::usage});
}

}  // namespace pgvista::model
