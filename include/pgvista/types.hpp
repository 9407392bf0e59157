#pragma once
// C++ types and the PostgreSQL types that they stand for: enums, arrays and ranges of those in scalar_types.hpp. A
// user's type joins by one specialisation of Type, which derives from TextType where its text will do.

#include <boost/describe/enumerators.hpp>
#include <boost/mp11/algorithm.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <pgvista/scalar_types.hpp>

namespace pgvista {

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
