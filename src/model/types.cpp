#include <pgvista/error.hpp>
#include <pgvista/types.hpp>

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <boost/multiprecision/cpp_int.hpp>
#include <cctype>
#include <cstdlib>

namespace pgvista {

namespace {

using Integer = boost::multiprecision::cpp_int;

[[noreturn]] void bad_value(const std::string& message, const std::string& hint = {}) {
  throw Failure(Error{"bad_value", message, {}, hint, {}, {}, 0, 0, ExitCode::failed});
}

bool special(const std::string& text) { return text == "NaN" || text == "Infinity" || text == "-Infinity"; }

// Digits without a point, and how many of them come after it.
struct Scaled {
  Integer digits;
  std::size_t scale = 0;
};

Scaled scaled(const std::string& text) {
  std::string digits;
  std::size_t scale = 0;
  bool point = false;
  for (const char c : text) {
    if (c == '.') {
      point = true;
    } else if (c != '-' && c != '+') {
      digits.push_back(c);
      scale += point ? 1 : 0;
    }
  }
  const std::size_t first = digits.find_first_not_of('0');
  Integer value(first == std::string::npos ? "0" : digits.substr(first));
  return {text[0] == '-' ? Integer(-value) : value, scale};
}

void to_scale(Scaled& value, std::size_t scale) {
  for (; value.scale < scale; ++value.scale) value.digits *= 10;
}

std::string printed(const Scaled& value) {
  const bool negative = value.digits < 0;
  std::string digits = Integer(negative ? Integer(-value.digits) : value.digits).str();
  if (digits.size() <= value.scale) digits.insert(0, value.scale + 1 - digits.size(), '0');
  if (value.scale > 0) digits.insert(digits.size() - value.scale, ".");
  return (negative ? "-" : "") + digits;
}

template <class F>
Decimal computed(const Decimal& a, const Decimal& b, F&& combine) {
  if (special(a.text()) || special(b.text()))
    bad_value("NaN and infinite decimals are not computed with", "Let the server compute with them.");
  return Decimal(printed(combine(scaled(a.text()), scaled(b.text()))));
}

// Where a special value stands in PostgreSQL's order.
int rank(const std::string& text) { return text == "-Infinity" ? -1 : text == "Infinity" ? 1 : text == "NaN" ? 2 : 0; }

}  // namespace

Decimal::Decimal(std::string_view text) : text_(text) {
  if (special(text_)) return;
  const std::string_view digits = text.substr(!text.empty() && (text[0] == '-' || text[0] == '+') ? 1 : 0);
  const bool plain =
      !digits.empty() && digits != "." && std::count(digits.begin(), digits.end(), '.') <= 1 &&
      std::all_of(digits.begin(), digits.end(), [](unsigned char c) { return std::isdigit(c) != 0 || c == '.'; });
  if (!plain) bad_value("\"" + std::string(text) + "\" is no decimal number");
  if (text_[0] == '+') text_.erase(0, 1);
}

double Decimal::to_double() const { return std::strtod(text_.c_str(), nullptr); }

Decimal operator+(const Decimal& a, const Decimal& b) {
  return computed(a, b, [](Scaled left, Scaled right) {
    const std::size_t scale = std::max(left.scale, right.scale);
    to_scale(left, scale);
    to_scale(right, scale);
    return Scaled{left.digits + right.digits, scale};
  });
}

Decimal operator-(const Decimal& a, const Decimal& b) {
  return computed(a, b, [](Scaled left, Scaled right) {
    const std::size_t scale = std::max(left.scale, right.scale);
    to_scale(left, scale);
    to_scale(right, scale);
    return Scaled{left.digits - right.digits, scale};
  });
}

Decimal operator*(const Decimal& a, const Decimal& b) {
  return computed(a, b, [](const Scaled& left, const Scaled& right) {
    return Scaled{left.digits * right.digits, left.scale + right.scale};
  });
}

std::weak_ordering operator<=>(const Decimal& a, const Decimal& b) {
  if (rank(a.text_) != 0 || rank(b.text_) != 0) return rank(a.text_) <=> rank(b.text_);
  Scaled left = scaled(a.text_);
  Scaled right = scaled(b.text_);
  to_scale(left, right.scale);
  to_scale(right, left.scale);
  const int order = left.digits.compare(right.digits);
  return order <=> 0;
}

bool operator==(const Decimal& a, const Decimal& b) { return (a <=> b) == 0; }

std::string Uuid::text() const {
  static constexpr const char* hex = "0123456789abcdef";
  std::string out;
  for (std::size_t i = 0; i < bytes.size(); ++i) {
    if (i == 4 || i == 6 || i == 8 || i == 10) out.push_back('-');
    out.push_back(hex[bytes[i] >> 4U]);
    out.push_back(hex[bytes[i] & 15U]);
  }
  return out;
}

Uuid Uuid::parse(std::string_view text) {
  Uuid out;
  std::size_t digits = 0;
  for (const char c : text) {
    if (c == '-' || c == '{' || c == '}') continue;
    const auto lower = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    const int value = lower >= '0' && lower <= '9' ? lower - '0' : lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
    if (value < 0 || digits >= 32) bad_value("\"" + std::string(text) + "\" is no UUID");
    out.bytes[digits / 2] = static_cast<std::uint8_t>(out.bytes[digits / 2] * 16 + value);
    ++digits;
  }
  if (digits != 32) bad_value("\"" + std::string(text) + "\" is no UUID");
  return out;
}

Decimal exact_decimal(double value) {
  if (std::isnan(value)) return Decimal(std::string_view("NaN"));
  if (std::isinf(value)) return Decimal(std::string_view(value > 0 ? "Infinity" : "-Infinity"));
  std::array<char, 400> text{};
  const auto written = std::to_chars(text.data(), text.data() + text.size(), value, std::chars_format::fixed);
  return Decimal(std::string_view(text.data(), static_cast<std::size_t>(written.ptr - text.data())));
}

namespace wire {

void wrong_length(const char* type, std::size_t length) {
  bad_value("a value of " + std::to_string(length) + " bytes cannot be read as " + type,
            "The column has another type than the member that it is read into: pgvista check names such columns.");
}

std::int64_t smaller_integer(std::string_view data, std::size_t bytes) {
  if (data.size() == 2 && bytes > 2) return get<std::int16_t>(data.data());
  if (data.size() == 4 && bytes > 4) return get<std::int32_t>(data.data());
  wrong_length("an integer of this size", data.size());
}

void unknown_label(std::string_view label) {
  bad_value("\"" + std::string(label) + "\" is no enumerator of the C++ enum that it is read into",
            "Name it in the enum and in its BOOST_DESCRIBE_ENUM line.");
}

// An element of an array in text form, after those before it.
void array_text_element(std::string_view element, bool null, std::string& out) {
  out.push_back(out.empty() ? '{' : ',');
  if (null) {
    out += "NULL";
    return;
  }
  out.push_back('"');
  for (const char c : element) {
    if (c == '"' || c == '\\') out.push_back('\\');
    out.push_back(c);
  }
  out.push_back('"');
}

void unexpected_null(const std::string& what) { bad_value(what + " is NULL", "Make the member a std::optional."); }

namespace {

constexpr std::int16_t negative = 0x4000;
constexpr std::uint16_t not_a_number = 0xC000;
constexpr std::uint16_t infinite = 0xD000;
constexpr std::uint16_t minus_infinite = 0xF000;

}  // namespace

// numeric_send: digits to the base of 10,000, the first one's weight, the sign, and how many digits show after the
// point.
std::string decimal_text(std::string_view data) {
  if (data.size() < 8) wrong_length("numeric", data.size());
  const auto count = get<std::int16_t>(data.data());
  const auto weight = get<std::int16_t>(data.data() + 2);
  const auto sign = static_cast<std::uint16_t>(get<std::int16_t>(data.data() + 4));
  const auto scale = get<std::int16_t>(data.data() + 6);
  if (sign == not_a_number) return "NaN";
  if (sign == infinite) return "Infinity";
  if (sign == minus_infinite) return "-Infinity";
  if (count < 0 || data.size() != 8 + 2 * static_cast<std::size_t>(count)) wrong_length("numeric", data.size());
  const auto group = [&](int i) {
    return i >= 0 && i < count ? static_cast<int>(get<std::int16_t>(data.data() + 8 + 2 * i)) : 0;
  };
  std::string out = sign == negative ? "-" : "";
  if (weight < 0) {
    out += "0";
  } else {
    for (int i = 0; i <= weight; ++i) {
      std::string four = std::to_string(group(i));
      if (i > 0) four.insert(0, 4 - four.size(), '0');
      out += four;
    }
  }
  if (scale <= 0) return out;
  std::string fraction;
  for (int i = weight + 1; static_cast<int>(fraction.size()) < scale; ++i) {
    std::string four = std::to_string(group(i));
    four.insert(0, 4 - four.size(), '0');
    fraction += four;
  }
  fraction.resize(static_cast<std::size_t>(scale));
  return out + "." + fraction;
}

void decimal_bytes(std::string_view text, std::string& out) {
  const auto header = [&](std::int16_t count, std::int16_t weight, std::uint16_t sign, std::int16_t scale) {
    put<std::int16_t>(out, count);
    put<std::int16_t>(out, weight);
    put<std::int16_t>(out, static_cast<std::int16_t>(sign));
    put<std::int16_t>(out, scale);
  };
  if (text == "NaN") return header(0, 0, not_a_number, 0);
  if (text == "Infinity") return header(0, 0, infinite, 0);
  if (text == "-Infinity") return header(0, 0, minus_infinite, 0);
  const bool minus = text[0] == '-';
  if (minus) text.remove_prefix(1);
  const std::size_t point = text.find('.');
  std::string whole(text.substr(0, point));
  std::string fraction(point == std::string_view::npos ? std::string_view{} : text.substr(point + 1));
  const auto scale = static_cast<std::int16_t>(fraction.size());
  whole.insert(0, (4 - whole.size() % 4) % 4, '0');
  fraction.append((4 - fraction.size() % 4) % 4, '0');
  std::vector<std::int16_t> groups;
  const std::string digits = whole + fraction;
  for (std::size_t i = 0; i < digits.size(); i += 4)
    groups.push_back(static_cast<std::int16_t>(std::stoi(digits.substr(i, 4))));
  auto weight = static_cast<std::int16_t>(whole.size() / 4 - 1);
  while (!groups.empty() && groups.front() == 0) {
    groups.erase(groups.begin());
    --weight;
  }
  while (!groups.empty() && groups.back() == 0) groups.pop_back();
  if (groups.empty()) weight = 0;
  header(static_cast<std::int16_t>(groups.size()), weight,
         minus && !groups.empty() ? static_cast<std::uint16_t>(negative) : 0, scale);
  for (const std::int16_t one : groups) put<std::int16_t>(out, one);
}

std::vector<std::optional<std::string_view>> array_elements(std::string_view data) {
  if (data.size() < 12) wrong_length("array", data.size());
  const auto dimensions = get<std::int32_t>(data.data());
  std::vector<std::optional<std::string_view>> out;
  if (dimensions == 0) return out;
  if (dimensions != 1)
    bad_value("an array of " + std::to_string(dimensions) + " dimensions cannot be read into a std::vector");
  const auto count = get<std::int32_t>(data.data() + 12);
  std::size_t at = 20;
  for (int i = 0; i < count; ++i) {
    if (at + 4 > data.size()) wrong_length("array", data.size());
    const auto length = get<std::int32_t>(data.data() + at);
    at += 4;
    if (length < 0) {
      out.emplace_back();
      continue;
    }
    out.emplace_back(data.substr(at, static_cast<std::size_t>(length)));
    at += static_cast<std::size_t>(length);
  }
  return out;
}

void array_header(std::string& out, std::size_t count, bool nulls, unsigned element) {
  put<std::int32_t>(out, count == 0 ? 0 : 1);
  put<std::int32_t>(out, nulls ? 1 : 0);
  put<std::uint32_t>(out, element);
  if (count == 0) return;
  put<std::int32_t>(out, static_cast<std::int32_t>(count));
  put<std::int32_t>(out, 1);
}

RangeParts range_parts(std::string_view data) {
  if (data.empty()) wrong_length("range", 0);
  const auto flags = static_cast<unsigned char>(data[0]);
  RangeParts out{(flags & 1U) != 0, (flags & 2U) != 0, (flags & 4U) != 0, {}, {}};
  std::size_t at = 1;
  const auto bound = [&](bool absent) -> std::optional<std::string_view> {
    if (out.empty || absent) return std::nullopt;
    if (at + 4 > data.size()) wrong_length("range", data.size());
    const auto length = static_cast<std::size_t>(get<std::int32_t>(data.data() + at));
    at += 4 + length;
    if (at > data.size()) wrong_length("range", data.size());
    return data.substr(at - length, length);
  };
  out.lower = bound((flags & 8U) != 0);
  out.upper = bound((flags & 16U) != 0);
  return out;
}

}  // namespace wire

}  // namespace pgvista
