#include "rest/filter.hpp"

#include <fmt/format.h>

#include <map>

#include "base/text.hpp"
#include "rest/error.hpp"

namespace pgvista::rest {

namespace {

std::string is_sql(const Filter& filter, const std::string& left) {
  static const std::map<std::string, std::string> words = {
      {"null", "NULL"}, {"not_null", "NOT NULL"}, {"true", "TRUE"}, {"false", "FALSE"}, {"unknown", "UNKNOWN"}};
  const auto found = words.find(lower(filter.value));
  if (found == words.end()) {
    throw Refusal(400, "PGRST100",
                  fmt::format("\"failed to parse filter (is.{})\" (line 1, column 4)",
                              std::string(prefix_utf8(filter.value, 100))),
                  boost::json::value("expecting null, not_null, true, false or unknown"));
  }
  return fmt::format("{} IS {}", left, found->second);
}

std::string text_search(Statement& statement, const Filter& filter, const std::string& left, const std::string& type) {
  const std::string language = filter.language.empty() ? "" : statement.parameter(filter.language) + "::regconfig, ";
  const std::string document = type == "tsvector" ? left : fmt::format("pg_catalog.to_tsvector({}{})", language, left);
  return fmt::format("{} @@ pg_catalog.{}({}{})", document, facts_of(filter.op).sql, language,
                     statement.parameter(filter.value));
}

}  // namespace

std::string array_text(const std::vector<std::string>& elements) {
  std::string out = "{";
  for (const std::string& element : elements) {
    out += out.size() > 1 ? ",\"" : "\"";
    for (const char c : element) {
      if (c == '"' || c == '\\') out += '\\';
      out += c;
    }
    out += '"';
  }
  return out + "}";
}

std::string filter_sql(Statement& statement, const Filter& filter, const std::string& left, const std::string& type) {
  const OperatorFacts facts = facts_of(filter.op);
  std::string value = filter.value;
  switch (facts.form) {
    case OperatorFacts::Form::is: return is_sql(filter, left);
    case OperatorFacts::Form::list:
      return fmt::format("{} {} ANY ({})", left, facts.sql, statement.parameter(array_text(filter.values)));
    case OperatorFacts::Form::text_search: return text_search(statement, filter, left, type);
    case OperatorFacts::Form::pattern: value = replace_all(value, "*", "%"); break;
    case OperatorFacts::Form::comparison: break;
  }
  const std::string right = statement.parameter(std::move(value));
  if (filter.quantifier == Filter::Quantifier::none) return fmt::format("{} {} {}", left, facts.sql, right);
  return fmt::format("{} {} {} ({})", left, facts.sql, filter.quantifier == Filter::Quantifier::any ? "ANY" : "ALL",
                     right);
}

}  // namespace pgvista::rest
