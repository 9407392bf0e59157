// Rows -> JSON. PostgreSQL's text of numbers, truth values, JSON and times is nearly JSON already.

#include <boost/json.hpp>

#include <string_view>

#include "server/answer.hpp"

namespace pgvista::server {

namespace {

// pg_type.oid of what is written in a way of its own; everything else is a string.
enum Type : Oid {
  boolean = 16,
  int8 = 20,
  int2 = 21,
  int4 = 23,
  json_type = 114,
  float4 = 700,
  float8 = 701,
  timestamp = 1114,
  timestamptz = 1184,
  numeric = 1700,
  jsonb = 3802
};

// As to_json spells it: 2024-06-15T12:15:28.138712+00:00
void write_time(std::string& out, std::string_view text, bool zoned) {
  out += '"';
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos) {
    out += text;  // infinity
  } else {
    out += text.substr(0, space);
    out += 'T';
    std::string_view rest = text.substr(space + 1);
    const std::size_t era = rest.find(' ');
    out += rest.substr(0, era);
    if (zoned) {
      const std::size_t sign = rest.substr(0, era).find_last_of("+-");
      if (sign != std::string_view::npos &&
          rest.substr(sign, era == std::string_view::npos ? era : era - sign).find(':') == std::string_view::npos)
        out += ":00";
    }
    if (era != std::string_view::npos) out += rest.substr(era);
  }
  out += '"';
}

}  // namespace

void write_json_string(std::string& out, std::string_view text) {
  static constexpr char digits[] = "0123456789abcdef";
  out += '"';
  std::size_t from = 0;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto byte = static_cast<unsigned char>(text[i]);
    if (byte >= 0x20 && byte != '"' && byte != '\\') continue;
    out.append(text, from, i - from);
    from = i + 1;
    switch (byte) {
      case '"': out += "\\\""; break;
      case '\\': out += "\\\\"; break;
      case '\n': out += "\\n"; break;
      case '\r': out += "\\r"; break;
      case '\t': out += "\\t"; break;
      case '\b': out += "\\b"; break;
      case '\f': out += "\\f"; break;
      default:
        out += "\\u00";
        out += digits[byte >> 4];
        out += digits[byte & 15];
    }
  }
  out.append(text, from, text.size() - from);
  out += '"';
}

void write_json(std::string& out, const PGresult* rows, int row, int column) {
  if (PQgetisnull(rows, row, column) != 0) {
    out += "null";
    return;
  }
  const std::string_view text(PQgetvalue(rows, row, column), static_cast<std::size_t>(PQgetlength(rows, row, column)));
  switch (PQftype(rows, column)) {
    case boolean: out += text == "t" ? "true" : "false"; return;
    case int2:
    case int4:
    case int8:
    case json_type:
    case jsonb: out += text; return;
    case float4:
    case float8:
    case numeric:
      // NaN, Infinity and -Infinity are no JSON.
      if (text[0] == 'N' || text[0] == 'I' || (text.size() > 1 && text[1] == 'I')) {
        write_json_string(out, text);
      } else {
        out += text;
      }
      return;
    case timestamp: write_time(out, text, false); return;
    case timestamptz: write_time(out, text, true); return;
    default: write_json_string(out, text);
  }
}

ObjectWriter::ObjectWriter(const std::vector<rest::OutputColumn>& columns, bool strip_nulls)
    : strip_nulls_(strip_nulls) {
  for (const rest::OutputColumn& column : columns) {
    std::string& key = keys_.emplace_back(",");
    write_json_string(key, column.key);
    key += ':';
  }
}

void ObjectWriter::write(std::string& out, const PGresult* rows, int row) const {
  const std::size_t begin = out.size();
  for (std::size_t i = 0; i < keys_.size(); ++i) {
    if (strip_nulls_ && PQgetisnull(rows, row, static_cast<int>(i)) != 0) continue;
    out += keys_[i];
    write_json(out, rows, row, static_cast<int>(i));
  }
  if (out.size() == begin) out += ',';
  out[begin] = '{';  // in place of the first comma
  out += '}';
}

}  // namespace pgvista::server
