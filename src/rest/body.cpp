#include "rest/body.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <unordered_set>

#include "base/text.hpp"
#include "rest/error.hpp"

namespace pgvista::rest {

namespace json = boost::json;

namespace {

[[noreturn]] void refuse(const std::string& message, const std::string& details = {}) {
  throw Refusal(400, "PGRST102", message, details.empty() ? json::value(nullptr) : json::value(details));
}

// RFC 4180.
std::vector<std::vector<std::string>> parse_csv(std::string_view text) {
  std::vector<std::vector<std::string>> out;
  std::vector<std::string> line;
  std::string cell;
  bool quoted = false;
  bool begun = false;
  const auto end_cell = [&] {
    line.push_back(std::move(cell));
    cell.clear();
    begun = false;
  };
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (quoted) {
      if (c == '"' && i + 1 < text.size() && text[i + 1] == '"') {
        cell += text[++i];
      } else if (c == '"') {
        quoted = false;
      } else {
        cell += c;
      }
    } else if (c == '"' && !begun) {
      quoted = begun = true;
    } else if (c == ',') {
      end_cell();
    } else if (c == '\n') {
      if (!cell.empty() && cell.back() == '\r') cell.pop_back();
      end_cell();
      out.push_back(std::move(line));
      line.clear();
    } else {
      cell += c;
      begun = true;
    }
  }
  if (quoted) refuse("The CSV ends inside a quoted value");
  if (begun || !cell.empty() || !line.empty()) {
    end_cell();
    out.push_back(std::move(line));
  }
  return out;
}

json::value csv_objects(const std::string& text) {
  const auto lines = parse_csv(text);
  json::array out;
  if (lines.empty()) refuse("The CSV has no header line");
  for (std::size_t i = 1; i < lines.size(); ++i) {
    if (lines[i].size() != lines[0].size()) refuse("All lines must have same number of fields");
    json::object row;
    for (std::size_t column = 0; column < lines[0].size(); ++column)
      row[lines[0][column]] = lines[i][column] == "NULL" ? json::value(nullptr) : json::value(lines[i][column]);
    out.push_back(std::move(row));
  }
  return out;
}

json::value form_objects(const std::string& text) {
  json::object row;
  for (const auto& [key, value] : read_form(text)) row[key] = value;
  return json::array{std::move(row)};
}

bool same_keys(const json::object& left, const json::object& right) {
  return left.size() == right.size() &&
         std::all_of(left.begin(), left.end(), [&](const auto& member) { return right.contains(member.key()); });
}

}  // namespace

json::value parse_json(const std::string& text, const Settings& settings) {
  json::parse_options options;
  options.max_depth = static_cast<std::size_t>(settings.json_depth);
  boost::system::error_code failure;
  json::value out = json::parse(text, failure, {}, options);
  if (failure == json::error::too_deep)
    refuse("Empty or invalid json", fmt::format("It is nested more than {} deep.", settings.json_depth));
  if (failure) refuse("Empty or invalid json");
  return out;
}

Body read_body(const Request& request, const Settings& settings) {
  const std::string type =
      lower(trim(request.header("content-type").substr(0, request.header("content-type").find(';'))));
  Body out;
  bool as_given = false;
  // curl -d says that everything is a form.
  const std::string_view begin = trim(request.body);
  const bool json_in_form =
      type == "application/x-www-form-urlencoded" && (begin.starts_with('{') || begin.starts_with('['));
  if (json_in_form || type.empty() || type == "application/json" || type == "application/vnd.pgrst.object+json" ||
      type == "application/vnd.pgrst.array+json") {
    out.value = parse_json(request.body, settings);
    as_given = true;
  } else if (type == "text/csv") {
    if (invalid_utf8(request.body) != std::string::npos) refuse("The CSV is not UTF-8");
    out.value = csv_objects(request.body);
  } else if (type == "application/x-www-form-urlencoded") {
    out.value = form_objects(request.body);
  } else {
    refuse("Content-Type not acceptable: " + type);
  }
  const bool object = out.value.is_object();
  if (object) out.value = json::array{std::move(out.value)};
  if (!out.value.is_array()) out.value = json::array{};
  const json::array& rows = out.value.get_array();
  if (!rows.empty() && !rows.front().is_object()) refuse("All object keys must match");
  out.rows = rows.size();
  if (out.rows > static_cast<std::size_t>(settings.body_rows))
    refuse(fmt::format("The body has {} rows, more than the {} that are taken at once", out.rows, settings.body_rows));
  for (const json::value& row : rows) {
    if (!row.is_object()) refuse("All object keys must match");
    out.uniform &= same_keys(row.get_object(), rows.front().get_object());
  }
  if (!rows.empty()) {
    for (const auto& member : rows.front().get_object()) out.keys.emplace_back(member.key());
  }
  out.all_keys = out.keys;
  std::unordered_set<std::string> known(out.keys.begin(), out.keys.end());
  for (const json::value& row : rows) {
    if (out.uniform) break;
    for (const auto& member : row.get_object()) {
      if (known.emplace(member.key()).second) out.all_keys.emplace_back(member.key());
    }
  }
  // The text itself, not what was parsed: numbers keep all their digits.
  out.json = !as_given      ? json::serialize(out.value)
             : object       ? "[" + request.body + "]"
             : rows.empty() ? "[]"
                            : request.body;
  return out;
}

}  // namespace pgvista::rest
