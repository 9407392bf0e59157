#include "rest/filter.hpp"

#include <fmt/format.h>

#include <map>

#include "base/text.hpp"
#include "rest/error.hpp"

namespace pgvista::rest {

namespace {

const std::map<std::string, std::string>& operator_words() {
  static const std::map<std::string, std::string> all = {{"eq", "="},
                                                         {"neq", "<>"},
                                                         {"gt", ">"},
                                                         {"gte", ">="},
                                                         {"lt", "<"},
                                                         {"lte", "<="},
                                                         {"like", "LIKE"},
                                                         {"ilike", "ILIKE"},
                                                         {"match", "~"},
                                                         {"imatch", "~*"},
                                                         {"cs", "@>"},
                                                         {"cd", "<@"},
                                                         {"ov", "&&"},
                                                         {"sl", "<<"},
                                                         {"sr", ">>"},
                                                         {"nxr", "&<"},
                                                         {"nxl", "&>"},
                                                         {"adj", "-|-"},
                                                         {"isdistinct", "IS DISTINCT FROM"}};
  return all;
}

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
  static const std::map<std::string, std::string> functions = {{"fts", "to_tsquery"},
                                                               {"plfts", "plainto_tsquery"},
                                                               {"phfts", "phraseto_tsquery"},
                                                               {"wfts", "websearch_to_tsquery"}};
  const std::string language = filter.language.empty() ? "" : statement.parameter(filter.language) + "::regconfig, ";
  const std::string document = type == "tsvector" ? left : fmt::format("pg_catalog.to_tsvector({}{})", language, left);
  return fmt::format("{} @@ pg_catalog.{}({}{})", document, functions.at(filter.op), language,
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
  if (filter.op == "is") return is_sql(filter, left);
  if (filter.op == "in") return fmt::format("{} = ANY ({})", left, statement.parameter(array_text(filter.values)));
  if (filter.op.ends_with("fts")) return text_search(statement, filter, left, type);
  std::string value = filter.value;
  if (filter.op == "like" || filter.op == "ilike") value = replace_all(value, "*", "%");
  const std::string right = statement.parameter(std::move(value));
  const std::string& word = operator_words().at(filter.op);
  if (filter.quantifier == Filter::Quantifier::none) return fmt::format("{} {} {}", left, word, right);
  return fmt::format("{} {} {} ({})", left, word, filter.quantifier == Filter::Quantifier::any ? "ANY" : "ALL", right);
}

}  // namespace pgvista::rest
