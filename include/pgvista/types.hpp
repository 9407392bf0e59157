#pragma once
// C++ types and the PostgreSQL types that they stand for. A user's type joins by one specialisation of Type.

#include <array>
#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>
#include <chrono>
#include <compare>
#include <cstdint>
#include <cstring>
#include <optional>
#include <ostream>
#include <string>
#include <string_view>
#include <type_traits>
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

namespace wire {

/// Big-endian integers of PostgreSQL's binary format.
template <class T>
T get(const char* data) {
  std::make_unsigned_t<T> out = 0;
  for (std::size_t i = 0; i < sizeof(T); ++i)
    out = static_cast<std::make_unsigned_t<T>>((out << 8U) | static_cast<unsigned char>(data[i]));
  return static_cast<T>(out);
}

template <class T>
void put(std::string& out, T value) {
  const auto bits = static_cast<std::make_unsigned_t<T>>(value);
  for (std::size_t i = sizeof(T); i-- > 0;) out.push_back(static_cast<char>((bits >> (8 * i)) & 0xFFU));
}

/// Over the bytes that are there from `at` on.
inline void put_at(std::string& out, std::size_t at, std::int32_t value) {
  for (std::size_t i = 0; i < sizeof value; ++i)
    out[at + i] = static_cast<char>((static_cast<std::uint32_t>(value) >> (8 * (sizeof value - 1 - i))) & 0xFFU);
}

/// Throws Failure (bad_value): a value of another length than its type has.
[[noreturn]] void wrong_length(const char* type, std::size_t length);

inline void expect(std::string_view data, std::size_t length, const char* type) {
  if (data.size() != length) wrong_length(type, data.size());
}

/// An integer of 2 or 4 bytes, fewer than `bytes`. Throws Failure (bad_value) for other lengths.
std::int64_t smaller_integer(std::string_view data, std::size_t bytes);

std::string decimal_text(std::string_view data);
void decimal_bytes(std::string_view text, std::string& out);

}  // namespace wire

/// What a C++ type is in PostgreSQL. Each specialisation has
///   name:    the SQL type, as in CREATE TABLE
///   oid:     of the type, or 0: then values travel as text, and the server finds the type
///   array:   the oid of its array type, or 0
///   encode:  appends the value in PostgreSQL's binary format (as text where oid is 0)
///   decode:  from that format; throws Failure (bad_value)
template <class T>
struct Type;

template <class T>
concept Mapped = requires(const T& value, std::string& out, std::string_view data) {
  { Type<T>::name } -> std::convertible_to<std::string_view>;
  Type<T>::encode(value, out);
  { Type<T>::decode(data) } -> std::same_as<T>;
};

template <class T, unsigned Oid, unsigned Array>
struct IntegerType {
  static constexpr unsigned oid = Oid;
  static constexpr unsigned array = Array;
  static void encode(const T& value, std::string& out) { wire::put<T>(out, value); }
  // A column of fewer bytes is read, too.
  static T decode(std::string_view data) {
    if (data.size() == sizeof(T)) return wire::get<T>(data.data());
    return static_cast<T>(wire::smaller_integer(data, sizeof(T)));
  }
};

template <>
struct Type<std::int16_t> : IntegerType<std::int16_t, 21, 1005> {
  static constexpr const char* name = "smallint";
};
template <>
struct Type<std::int32_t> : IntegerType<std::int32_t, 23, 1007> {
  static constexpr const char* name = "integer";
};
template <>
struct Type<std::int64_t> : IntegerType<std::int64_t, 20, 1016> {
  static constexpr const char* name = "bigint";
};

template <>
struct Type<bool> {
  static constexpr const char* name = "boolean";
  static constexpr unsigned oid = 16;
  static constexpr unsigned array = 1000;
  static void encode(const bool& value, std::string& out) { out.push_back(value ? '\1' : '\0'); }
  static bool decode(std::string_view data) {
    wire::expect(data, 1, name);
    return data[0] != '\0';
  }
};

template <class T, class Bits, unsigned Oid, unsigned Array>
struct FloatType {
  static constexpr unsigned oid = Oid;
  static constexpr unsigned array = Array;
  static void encode(const T& value, std::string& out) {
    Bits bits;
    std::memcpy(&bits, &value, sizeof(T));
    wire::put<Bits>(out, bits);
  }
  static T decode(std::string_view data) {
    if constexpr (sizeof(T) == 8) {
      if (data.size() == 4) return static_cast<T>(FloatType<float, std::int32_t, 0, 0>::decode(data));
    }
    wire::expect(data, sizeof(T), "float");
    const Bits bits = wire::get<Bits>(data.data());
    T value;
    std::memcpy(&value, &bits, sizeof(T));
    return value;
  }
};

template <>
struct Type<float> : FloatType<float, std::int32_t, 700, 1021> {
  static constexpr const char* name = "real";
};
template <>
struct Type<double> : FloatType<double, std::int64_t, 701, 1022> {
  static constexpr const char* name = "double precision";
};

template <>
struct Type<std::string> {
  static constexpr const char* name = "text";
  static constexpr unsigned oid = 25;
  static constexpr unsigned array = 1009;
  static void encode(const std::string& value, std::string& out) { out += value; }
  static std::string decode(std::string_view data) { return std::string(data); }
};

template <>
struct Type<Decimal> {
  static constexpr const char* name = "numeric";
  static constexpr unsigned oid = 1700;
  static constexpr unsigned array = 1231;
  static void encode(const Decimal& value, std::string& out) { wire::decimal_bytes(value.text(), out); }
  static Decimal decode(std::string_view data) { return Decimal(wire::decimal_text(data)); }
};

template <>
struct Type<Bytes> {
  static constexpr const char* name = "bytea";
  static constexpr unsigned oid = 17;
  static constexpr unsigned array = 1001;
  static void encode(const Bytes& value, std::string& out) {
    out.append(reinterpret_cast<const char*>(value.data()), value.size());
  }
  static Bytes decode(std::string_view data) {
    const auto* begin = reinterpret_cast<const std::byte*>(data.data());
    return {begin, begin + data.size()};
  }
};

namespace wire {
/// PostgreSQL counts from 2000-01-01.
inline constexpr std::chrono::sys_days epoch{std::chrono::year{2000} / 1 / 1};
}  // namespace wire

template <>
struct Type<Date> {
  static constexpr const char* name = "date";
  static constexpr unsigned oid = 1082;
  static constexpr unsigned array = 1182;
  // The infinite dates are the calendar's first and last day.
  static void encode(const Date& value, std::string& out) {
    const bool infinite = value == Date::max() || value == Date::min();
    wire::put<std::int32_t>(out, infinite ? (value == Date::max() ? INT32_MAX : INT32_MIN)
                                          : static_cast<std::int32_t>((value - wire::epoch).count()));
  }
  static Date decode(std::string_view data) {
    wire::expect(data, 4, name);
    const auto days = wire::get<std::int32_t>(data.data());
    if (days == INT32_MAX) return Date::max();
    if (days == INT32_MIN) return Date::min();
    return wire::epoch + std::chrono::days{wire::get<std::int32_t>(data.data())};
  }
};

/// Infinite timestamps are the clock's first and last moment.
template <class Point, unsigned Oid, unsigned Array>
struct MomentType {
  static constexpr unsigned oid = Oid;
  static constexpr unsigned array = Array;
  static constexpr std::chrono::microseconds epoch =
      std::chrono::duration_cast<std::chrono::microseconds>(wire::epoch.time_since_epoch());
  static void encode(const Point& value, std::string& out) {
    const bool infinite = value == Point::max() || value == Point::min();
    wire::put<std::int64_t>(
        out, infinite ? (value == Point::max() ? INT64_MAX : INT64_MIN) : (value.time_since_epoch() - epoch).count());
  }
  static Point decode(std::string_view data) {
    wire::expect(data, 8, "timestamp");
    const auto count = wire::get<std::int64_t>(data.data());
    if (count == INT64_MAX) return Point::max();
    if (count == INT64_MIN) return Point::min();
    return Point{std::chrono::microseconds{count} + epoch};
  }
};

template <>
struct Type<Timestamp> : MomentType<Timestamp, 1114, 1115> {
  static constexpr const char* name = "timestamp";
};
template <>
struct Type<TimestampTz> : MomentType<TimestampTz, 1184, 1185> {
  static constexpr const char* name = "timestamptz";
};

template <>
struct Type<TimeOfDay> {
  static constexpr const char* name = "time";
  static constexpr unsigned oid = 1083;
  static constexpr unsigned array = 1183;
  static void encode(const TimeOfDay& value, std::string& out) {
    wire::put<std::int64_t>(out, value.since_midnight.count());
  }
  static TimeOfDay decode(std::string_view data) {
    wire::expect(data, 8, name);
    return {std::chrono::microseconds{wire::get<std::int64_t>(data.data())}};
  }
};

template <>
struct Type<Interval> {
  static constexpr const char* name = "interval";
  static constexpr unsigned oid = 1186;
  static constexpr unsigned array = 1187;
  static void encode(const Interval& value, std::string& out) {
    wire::put<std::int64_t>(out, value.time.count());
    wire::put<std::int32_t>(out, value.days);
    wire::put<std::int32_t>(out, value.months);
  }
  static Interval decode(std::string_view data) {
    wire::expect(data, 16, name);
    return {std::chrono::microseconds{wire::get<std::int64_t>(data.data())}, wire::get<std::int32_t>(data.data() + 8),
            wire::get<std::int32_t>(data.data() + 12)};
  }
};

template <>
struct Type<Uuid> {
  static constexpr const char* name = "uuid";
  static constexpr unsigned oid = 2950;
  static constexpr unsigned array = 2951;
  static void encode(const Uuid& value, std::string& out) {
    out.append(reinterpret_cast<const char*>(value.bytes.data()), value.bytes.size());
  }
  static Uuid decode(std::string_view data) {
    wire::expect(data, 16, name);
    Uuid out;
    std::memcpy(out.bytes.data(), data.data(), 16);
    return out;
  }
};

template <>
struct Type<Json> {
  static constexpr const char* name = "jsonb";
  static constexpr unsigned oid = 3802;
  static constexpr unsigned array = 3807;
  static void encode(const Json& value, std::string& out) {
    out.push_back('\1');  // the version of the format
    out += value.text;
  }
  static Json decode(std::string_view data) {
    if (!data.empty() && data[0] == '\1') data.remove_prefix(1);
    return {std::string(data)};
  }
};

namespace wire {

/// The elements of a one-dimensional array; nullopt for NULL. Throws Failure (bad_value) for more dimensions.
std::vector<std::optional<std::string_view>> array_elements(std::string_view data);
void array_header(std::string& out, std::size_t count, bool nulls, unsigned element);

[[noreturn]] void unknown_label(std::string_view label);

template <class T>
struct Element {
  using type = T;
  static constexpr bool nullable = false;
};
template <class T>
struct Element<std::optional<T>> {
  using type = T;
  static constexpr bool nullable = true;
};

[[noreturn]] void unexpected_null(const std::string& what);

}  // namespace wire

/// An enum with a BOOST_DESCRIBE_ENUM line.
template <class E>
concept DescribedEnum = std::is_enum_v<E> && boost::describe::has_describe_enumerators<E>::value;

/// A described enum is the names of its enumerators: text with a CHECK, or an enum type of the server's (column_type).
template <DescribedEnum E>
struct Type<E> {
  static constexpr const char* name = "text";
  static constexpr unsigned oid = 0;
  static constexpr unsigned array = 0;
  static void encode(const E& value, std::string& out) { out += label(value); }
  static std::string_view label(const E& value) {
    std::string_view out;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
      if (d.value == value) out = d.name;
    });
    return out;
  }
  static E decode(std::string_view data) {
    std::optional<E> out;
    boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) {
      if (data == d.name) out = d.value;
    });
    if (!out) wire::unknown_label(data);
    return *out;
  }
};

namespace wire {

template <class E>
std::vector<std::string> labels() {
  std::vector<std::string> out;
  boost::mp11::mp_for_each<boost::describe::describe_enumerators<E>>([&](auto d) { out.emplace_back(d.name); });
  return out;
}

/// Is the server asked for a text, as the binary form is another?
template <class T>
inline constexpr bool read_as_text = Type<T>::oid == 0 && !DescribedEnum<T>;
template <class E>
requires(!std::same_as<E, std::byte>) inline constexpr bool read_as_text<std::vector<E>> =
    read_as_text<typename Element<E>::type>;

template <class T>
inline constexpr bool is_array = false;
template <class E>
requires(!std::same_as<E, std::byte>) inline constexpr bool is_array<std::vector<E>> = true;

void array_text_element(std::string_view element, bool null, std::string& out);

}  // namespace wire

/// T[] of T, or of std::optional<T> where elements may be NULL.
template <class E>
requires Mapped<typename wire::Element<E>::type> &&(!std::same_as<E, std::byte>)struct Type<std::vector<E>> {
  using Inner = typename wire::Element<E>::type;
  static inline const std::string name = std::string(Type<Inner>::name) + "[]";
  static constexpr unsigned oid = Type<Inner>::array;
  static constexpr unsigned array = 0;

  static void encode(const std::vector<E>& values, std::string& out) {
    if constexpr (Type<Inner>::oid == 0) {
      std::string text;
      for (const E& value : values) append_text(value, text);
      out += text.empty() ? "{}" : text + "}";
      return;
    }
    wire::array_header(out, values.size(), wire::Element<E>::nullable, Type<Inner>::oid);
    for (const E& value : values) {
      std::string one;
      const bool null = encode_element(value, one);
      wire::put<std::int32_t>(out, null ? -1 : static_cast<std::int32_t>(one.size()));
      out += one;
    }
  }

  /// Is it NULL?
  static bool encode_element(const E& value, std::string& out) {
    if constexpr (wire::Element<E>::nullable) {
      if (!value) return true;
      Type<Inner>::encode(*value, out);
    } else {
      Type<Inner>::encode(value, out);
    }
    return false;
  }
  static void append_text(const E& value, std::string& out) {
    std::string one;
    const bool null = encode_element(value, one);
    wire::array_text_element(one, null, out);
  }

  static std::vector<E> decode(std::string_view data) {
    std::vector<E> out;
    for (const auto& element : wire::array_elements(data)) {
      if constexpr (wire::Element<E>::nullable) {
        out.push_back(element ? std::optional<Inner>(Type<Inner>::decode(*element)) : std::nullopt);
      } else {
        if (!element) wire::unexpected_null("an element of " + name);
        out.push_back(Type<Inner>::decode(*element));
      }
    }
    return out;
  }
};

namespace wire {
struct RangeParts {
  bool empty = false;
  bool lower_inclusive = false;
  bool upper_inclusive = false;
  std::optional<std::string_view> lower;
  std::optional<std::string_view> upper;
};
RangeParts range_parts(std::string_view data);
}  // namespace wire

template <class T, unsigned Oid, unsigned Array>
struct RangeType {
  static constexpr unsigned oid = Oid;
  static constexpr unsigned array = Array;
  static void encode(const Range<T>& value, std::string& out) {
    const auto flags = value.empty ? 1
                                   : (value.lower_inclusive && value.lower ? 2 : 0) |
                                         (value.upper_inclusive && value.upper ? 4 : 0) | (value.lower ? 0 : 8) |
                                         (value.upper ? 0 : 16);
    out.push_back(static_cast<char>(flags));
    if (value.empty) return;
    for (const auto* bound : {&value.lower, &value.upper}) {
      if (!*bound) continue;
      std::string one;
      Type<T>::encode(**bound, one);
      wire::put<std::int32_t>(out, static_cast<std::int32_t>(one.size()));
      out += one;
    }
  }
  static Range<T> decode(std::string_view data) {
    const wire::RangeParts parts = wire::range_parts(data);
    Range<T> out;
    out.empty = parts.empty;
    out.lower_inclusive = parts.lower_inclusive;
    out.upper_inclusive = parts.upper_inclusive;
    if (parts.lower) out.lower = Type<T>::decode(*parts.lower);
    if (parts.upper) out.upper = Type<T>::decode(*parts.upper);
    return out;
  }
};

template <>
struct Type<Range<std::int32_t>> : RangeType<std::int32_t, 3904, 3905> {
  static constexpr const char* name = "int4range";
};
template <>
struct Type<Range<std::int64_t>> : RangeType<std::int64_t, 3926, 3927> {
  static constexpr const char* name = "int8range";
};
template <>
struct Type<Range<Decimal>> : RangeType<Decimal, 3906, 3907> {
  static constexpr const char* name = "numrange";
};
template <>
struct Type<Range<Date>> : RangeType<Date, 3912, 3913> {
  static constexpr const char* name = "daterange";
};
template <>
struct Type<Range<Timestamp>> : RangeType<Timestamp, 3908, 3909> {
  static constexpr const char* name = "tsrange";
};
template <>
struct Type<Range<TimestampTz>> : RangeType<TimestampTz, 3910, 3911> {
  static constexpr const char* name = "tstzrange";
};

/// For user types that travel as text: derive from it, and add `name`, `static std::string print(const T&)` and
/// `static T parse(std::string_view)`. The server compares and stores them by the type that the column has.
template <class Self, class T>
struct TextType {
  static constexpr unsigned oid = 0;
  static constexpr unsigned array = 0;
  static void encode(const T& value, std::string& out) { out += Self::print(value); }
  static T decode(std::string_view data) { return Self::parse(data); }
};

/// A value on its way to the server. No bytes: NULL.
struct Parameter {
  unsigned oid = 0;
  bool binary = false;
  std::optional<std::string> bytes;
  int argument = 0;  // of a prepared query, counted from 1: its value comes later
  bool operator==(const Parameter&) const = default;
};

template <class T>
Parameter parameter(const T& value) {
  using Inner = typename wire::Element<T>::type;
  Parameter out{Type<Inner>::oid, Type<Inner>::oid != 0, std::nullopt, 0};
  if constexpr (wire::Element<T>::nullable) {
    if (!value) return out;
    out.bytes.emplace();
    Type<Inner>::encode(*value, *out.bytes);
  } else {
    out.bytes.emplace();
    Type<Inner>::encode(value, *out.bytes);
  }
  return out;
}

}  // namespace pgvista
