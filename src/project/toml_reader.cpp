#include "project/toml_reader.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "base/text.hpp"

namespace pgvista::project {

namespace {

Error located(const Origin& origin, const toml::source_position& at, std::string code, std::string message) {
  Error error;
  error.code = std::move(code);
  error.message = std::move(message);
  error.file = origin.file;
  error.line = origin.line + static_cast<int>(at.line) - 1;
  error.column = at.line == 1 ? origin.column + static_cast<int>(at.column) - 1 : static_cast<int>(at.column);
  error.exit = origin.exit;
  return error;
}

}  // namespace

Error TomlTable::error_at(const toml::source_region& region, std::string code, std::string message,
                          std::string hint) const {
  Error error = located(origin_, region.begin, std::move(code), std::move(message));
  error.hint = std::move(hint);
  return error;
}

const toml::node* TomlTable::get(const std::string& key, const std::string& type) {
  asked_.push_back(key);
  note(key, type);
  return table_.get(key);
}

void TomlTable::note(const std::string& key, const std::string& type) const {
  if (origin_.keys) (*origin_.keys)[path_ + key] = type;
}

void TomlTable::wrong_type(const toml::node& node, const std::string& key, const std::string& expected) {
  errors_.push_back(
      error_at(node.source(), "invalid_value", fmt::format("\"{}{}\" must be {}", path_, key, expected), {}));
}

std::optional<std::string> TomlTable::text(const std::string& key) {
  const toml::node* node = get(key, "text");
  if (!node) return std::nullopt;
  if (const auto* value = node->as_string(); value && value->get().find('\0') == std::string::npos) return value->get();
  wrong_type(*node, key, "a string");
  return std::nullopt;
}

std::optional<bool> TomlTable::boolean(const std::string& key) {
  const toml::node* node = get(key, "true or false");
  if (!node) return std::nullopt;
  if (const auto* value = node->as_boolean()) return value->get();
  wrong_type(*node, key, "true or false");
  return std::nullopt;
}

std::optional<long long> TomlTable::integer(const std::string& key) {
  const toml::node* node = get(key, "whole number");
  if (!node) return std::nullopt;
  if (const auto* value = node->as_integer()) return value->get();
  wrong_type(*node, key, "a whole number");
  return std::nullopt;
}

std::optional<std::string> TomlTable::choice(const std::string& key, const std::vector<std::string>& allowed) {
  const auto value = text(key);
  note(key, '"' + join(allowed, "\", \"") + '"');
  if (!value || std::find(allowed.begin(), allowed.end(), *value) != allowed.end()) return value;
  std::vector<std::string> quoted;
  for (const std::string& option : allowed) quoted.push_back('"' + option + '"');
  errors_.push_back(error_at(table_.get(key)->source(), "invalid_value",
                             fmt::format("\"{}{}\" cannot be \"{}\"", path_, key, *value),
                             fmt::format("It is one of {}. {}", join(quoted, ", "), did_you_mean(*value, allowed))));
  return std::nullopt;
}

std::optional<std::string> TomlTable::duration(const std::string& key) {
  const toml::node* node = get(key, "duration");
  if (!node) return std::nullopt;
  if (const auto* number = node->as_integer(); number && number->get() >= 0)
    return std::to_string(number->get()) + "ms";
  if (const auto* value = node->as_string()) {
    const std::string duration(trim(value->get()));
    const std::size_t digits = duration.find_first_not_of("0123456789.");
    const std::string unit(trim(digits == std::string::npos ? "" : duration.substr(digits)));
    static const std::vector<std::string> units = {"", "us", "ms", "s", "min", "h", "d"};
    if (digits != 0 && !duration.empty() && std::find(units.begin(), units.end(), unit) != units.end()) return duration;
  }
  wrong_type(*node, key, "a duration: \"1500ms\", \"5s\", \"2min\", or whole milliseconds");
  return std::nullopt;
}

std::vector<std::string> TomlTable::texts(const std::string& key) {
  std::vector<std::string> out;
  const toml::node* node = get(key, "list of texts");
  if (!node) return out;
  const toml::array* array = node->as_array();
  if (!array) {
    wrong_type(*node, key, "a list of strings");
    return out;
  }
  for (const toml::node& element : *array) {
    if (const auto* value = element.as_string(); value && value->get().find('\0') == std::string::npos) {
      out.push_back(value->get());
    } else {
      wrong_type(element, key, "a list of strings");
    }
  }
  return out;
}

std::map<std::string, std::string> TomlTable::scalars(const std::string& key) {
  std::map<std::string, std::string> out;
  const toml::node* node = get(key, "table of values");
  if (!node) return out;
  const toml::table* inner = node->as_table();
  if (!inner) {
    wrong_type(*node, key, "a table of names and values");
    return out;
  }
  for (const auto& [name, value] : *inner) {
    const std::string word(name.str());
    if (const auto* text = value.as_string(); text && text->get().find('\0') == std::string::npos) {
      out[word] = text->get();
    } else if (const auto* number = value.as_integer()) {
      out[word] = std::to_string(number->get());
    } else if (const auto* flag = value.as_boolean()) {
      out[word] = flag->get() ? "true" : "false";
    } else if (const auto* real = value.as_floating_point()) {
      out[word] = fmt::format("{}", real->get());
    } else {
      wrong_type(value, key + "." + word, "a plain value");
    }
  }
  return out;
}

std::map<std::string, std::vector<std::string>> TomlTable::text_lists(const std::string& key) {
  std::map<std::string, std::vector<std::string>> out;
  table(key, [&](TomlTable& inner) {
    note(key, "table of lists");
    for (const auto& [name, value] : inner.table_) out[std::string(name.str())] = inner.texts(std::string(name.str()));
  });
  return out;
}

void TomlTable::table(const std::string& key, const std::function<void(TomlTable&)>& read) {
  const toml::node* node = get(key, "table");
  if (!node) return;
  const toml::table* inner = node->as_table();
  if (!inner) return wrong_type(*node, key, "a table");
  TomlTable nested(*inner, origin_, path_ + key + ".", errors_);
  read(nested);
  nested.finish();
}

void TomlTable::tables(const std::string& key, const std::function<void(TomlTable&)>& read) {
  const toml::node* node = get(key, "list of tables");
  if (!node) return;
  const toml::array* array = node->as_array();
  if (!array) return wrong_type(*node, key, "a list of tables");
  for (const toml::node& element : *array) {
    const toml::table* inner = element.as_table();
    if (!inner) {
      wrong_type(element, key, "a list of tables");
      continue;
    }
    TomlTable nested(*inner, origin_, path_ + key + ".", errors_);
    read(nested);
    nested.finish();
  }
}

std::map<std::string, std::pair<int, int>> TomlTable::places() const {
  std::map<std::string, std::pair<int, int>> out;
  for (const auto& [key, node] : table_) {
    const Error at = located(origin_, node.source().begin, {}, {});
    out[std::string(key.str())] = {at.line, at.column};
  }
  return out;
}

int TomlTable::line() const { return origin_.line + static_cast<int>(table_.source().begin.line) - 1; }

void TomlTable::fail(const std::string& key, const std::string& code, const std::string& message,
                     const std::string& hint) {
  const toml::node* node = table_.get(key);
  errors_.push_back(error_at(node ? node->source() : table_.source(), code, message, hint));
}

void TomlTable::finish() {
  for (const auto& [name, value] : table_) {
    const std::string word(name.str());
    if (std::find(asked_.begin(), asked_.end(), word) != asked_.end()) continue;
    errors_.push_back(error_at(name.source(), "unknown_key", fmt::format("unknown key \"{}{}\"", path_, word),
                               did_you_mean(word, asked_)));
  }
}

namespace {

// Two things that every reader of a header gets wrong once.
std::string parse_hint(std::string_view text, const toml::source_position& at) {
  std::size_t begin = 0;
  for (std::uint32_t line = 1; line < at.line && begin < text.size(); ++line)
    begin = std::min(text.find('\n', begin), text.size() - 1) + 1;
  const std::string_view line = text.substr(begin, text.find('\n', begin) - begin);
  const bool last = text.find_first_not_of(" \t\r\n", begin + line.size()) == std::string_view::npos;
  if (last && std::count(line.begin(), line.end(), '"') % 2 == 1 && line.ends_with('"'))
    return "A comment ends at */, within quotes as well: write \"*\\u002F5 * * * *\", or \"every 5m\".";
  const std::size_t equals = line.find('=');
  const std::string_view value = equals == std::string_view::npos ? std::string_view{} : trim(line.substr(equals + 1));
  const bool word = !value.empty() && (std::isalpha(static_cast<unsigned char>(value.front())) != 0) &&
                    value.find_first_of("\"'[{") == std::string_view::npos;
  if (word) return fmt::format("Texts stand in quotes: {} = \"{}\"", trim(line.substr(0, equals)), value);
  return {};
}

}  // namespace

namespace {

// The line, from 1, of a key with so many parts that reading it would take the stack: 0 where there is none.
int line_of_deep_key(std::string_view text) {
  constexpr int most_parts = 200;
  int line = 1;
  int parts = 0;
  char quote = 0;  // '#': in a comment
  for (const char c : text) {
    if (c == '\n') {
      ++line;
      parts = 0;
      quote = 0;
    } else if (quote == '#') {
      continue;
    } else if (quote == 0 && c == '#') {
      quote = c;
    } else if (quote != 0) {
      quote = c == quote ? '\0' : quote;
    } else if (c == '"' || c == '\'') {
      quote = c;
    } else if (c == '.' && ++parts > most_parts) {
      return line;
    }
  }
  return 0;
}

}  // namespace

std::vector<std::string> read_trust(TomlTable& table) {
  std::vector<std::string> out = table.texts("trust");
  for (const std::string& one : out) {
    const std::size_t dot = one.find('.');
    if (dot == std::string::npos || dot == 0 || dot + 1 == one.size())
      table.fail("trust", "invalid_value", fmt::format("\"{}\" is no function's name with its schema", one),
                 "Write it as \"schema.function\", without arguments.");
  }
  return out;
}

std::optional<toml::table> parse_toml(std::string_view text, const Origin& origin, std::vector<Error>& errors) {
  if (const int line = line_of_deep_key(text)) {
    toml::source_position place;
    place.line = static_cast<toml::source_index>(line);
    place.column = 1;
    Error error = located(origin, place, "invalid_toml", "a key has more than 200 parts");
    error.hint = "A key is a word, or a few with dots between them.";
    errors.push_back(std::move(error));
    return std::nullopt;
  }
  try {
    return toml::parse(text);
  } catch (const toml::parse_error& failure) {
    Error error = located(origin, failure.source().begin, "invalid_toml", std::string(failure.description()));
    error.hint = parse_hint(text, failure.source().begin);
    errors.push_back(std::move(error));
    return std::nullopt;
  }
}

}  // namespace pgvista::project
