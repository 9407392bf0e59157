#pragma once
// Values of PostgreSQL that C++ has no type for: exact numbers, intervals, UUIDs, JSON, ranges.

#include <array>
#include <chrono>
#include <compare>
#include <cstdint>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <vector>

namespace pgvista {

/// numeric: an exact decimal number of any length, NaN and infinities included; keeps the digits that it was given.
class Decimal {
 public:
  Decimal() : text_("0") {}
  Decimal(long long value)
      : text_(std::to_string(value)) {}  // NOLINT(google-explicit-constructor): whole numbers are decimals
  Decimal(int value) : Decimal(static_cast<long long>(value)) {}  // NOLINT(google-explicit-constructor)
  /// Throws Failure (bad_value) unless it is a number as PostgreSQL writes one, without an exponent.
  explicit Decimal(std::string_view text);

  const std::string& text() const { return text_; }
  double to_double() const;

  friend Decimal operator+(const Decimal& a, const Decimal& b);
  friend Decimal operator-(const Decimal& a, const Decimal& b);
  friend Decimal operator*(const Decimal& a, const Decimal& b);
  /// By value: 1.0 equals 1.00. NaN equals itself and is greater than anything, as in PostgreSQL.
  friend bool operator==(const Decimal& a, const Decimal& b);
  friend std::weak_ordering operator<=>(const Decimal& a, const Decimal& b);
  friend std::ostream& operator<<(std::ostream& out, const Decimal& value) { return out << value.text_; }

 private:
  std::string text_;
};

/// The shortest decimal that reads back as this number; NaN and infinities too.
Decimal exact_decimal(double value);

using Bytes = std::vector<std::byte>;
using Date = std::chrono::sys_days;
using Timestamp = std::chrono::local_time<std::chrono::microseconds>;
using TimestampTz = std::chrono::sys_time<std::chrono::microseconds>;

/// time: since midnight.
struct TimeOfDay {
  std::chrono::microseconds since_midnight{};
  auto operator<=>(const TimeOfDay&) const = default;
};

/// interval, its three parts as PostgreSQL keeps them.
struct Interval {
  std::chrono::microseconds time{};
  std::int32_t days = 0;
  std::int32_t months = 0;
  bool operator==(const Interval&) const = default;
};

struct Uuid {
  std::array<std::uint8_t, 16> bytes{};
  auto operator<=>(const Uuid&) const = default;
  std::string text() const;
  /// Throws Failure (bad_value).
  static Uuid parse(std::string_view text);
};

/// jsonb, as text; parse it with the library of your choice.
struct Json {
  std::string text = "null";
  bool operator==(const Json&) const = default;
};

/// A range; no bound is infinite. `empty` leaves the bounds without meaning.
template <class T>
struct Range {
  std::optional<T> lower;
  std::optional<T> upper;
  bool lower_inclusive = true;
  bool upper_inclusive = false;
  bool empty = false;
  bool operator==(const Range&) const = default;
};

}  // namespace pgvista
