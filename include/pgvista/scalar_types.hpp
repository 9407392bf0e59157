#pragma once
// What single values are in PostgreSQL: Type<T>, and its binary format.

#include <concepts>
#include <cstring>
#include <type_traits>

#include <pgvista/values.hpp>

namespace pgvista {

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

}  // namespace pgvista
