#include "parse/plpgsql.hpp"

#include <pg_query.h>

#include <boost/json.hpp>
#include <memory>
#include <set>

#include "base/text.hpp"
#include "parse/parse.hpp"

namespace pgvista::parse {

namespace json = boost::json;

namespace {

// What it is made of, as the server's parser names its nodes. Others run what no text tells.
const std::set<std::string_view> told = {
    "PLpgSQL_function",     "PLpgSQL_var",          "PLpgSQL_row",          "PLpgSQL_type",
    "PLpgSQL_expr",         "PLpgSQL_stmt_block",   "PLpgSQL_stmt_assign",  "PLpgSQL_stmt_if",
    "PLpgSQL_if_elsif",     "PLpgSQL_stmt_case",    "PLpgSQL_case_when",    "PLpgSQL_stmt_loop",
    "PLpgSQL_stmt_while",   "PLpgSQL_stmt_fori",    "PLpgSQL_stmt_fors",    "PLpgSQL_stmt_foreach_a",
    "PLpgSQL_stmt_exit",    "PLpgSQL_stmt_return",  "PLpgSQL_stmt_raise",   "PLpgSQL_stmt_return_next",
    "PLpgSQL_stmt_assert",  "PLpgSQL_stmt_execsql", "PLpgSQL_stmt_perform", "PLpgSQL_stmt_return_query",
    "PLpgSQL_raise_option", "PLpgSQL_exception",    "PLpgSQL_condition",    "PLpgSQL_exception_block",
    "PLpgSQL_diag_item",    "PLpgSQL_stmt_getdiag"};

struct Untold {};

// Where `target := value` has its sign: outside of quoted names and subscripts.
std::size_t sign_of(std::string_view assignment) {
  bool quoted = false;
  int depth = 0;
  for (std::size_t i = 0; i < assignment.size(); ++i) {
    const char c = assignment[i];
    if (c == '"') quoted = !quoted;
    if (quoted) continue;
    depth += c == '[' || c == '(' ? 1 : c == ']' || c == ')' ? -1 : 0;
    if (depth == 0 && (c == '=' || assignment.substr(i, 2) == ":=")) return i;
  }
  throw Untold{};
}

class BodyReader {
 public:
  void read(const json::value& node) {
    if (const auto* list = node.if_array()) {
      for (const json::value& one : *list) read(one);
    }
    if (const auto* object = node.if_object()) {
      for (const auto& [key, value] : *object) read_field(key, value);
    }
  }

  PlpgsqlBody out;

 private:
  void read_field(std::string_view key, const json::value& value) {
    if (key.starts_with("PLpgSQL_") && !told.contains(key)) throw Untold{};
    if (key == "dynquery") throw Untold{};
    if (key == "PLpgSQL_var") return read_variable(value.as_object());
    if (key == "PLpgSQL_stmt_assign") return read_assignment(text_of(value.at("expr")));
    if (key == "PLpgSQL_expr") return read_query(text_at(value.at("query")));
    read(value);
  }

  static std::string text_at(const json::value& value) { return std::string(value.as_string()); }
  static std::string text_of(const json::value& expression) {
    return text_at(expression.at("PLpgSQL_expr").at("query"));
  }

  void read_variable(const json::object& variable) {
    std::string type(trim(text_at(variable.at("datatype").at("PLpgSQL_type").at("typname"))));
    if (type == "UNKNOWN") type.clear();
    out.variables.push_back({text_at(variable.at("refname")), std::move(type)});
    if (const json::value* value = variable.if_contains("default_val")) read(*value);
  }

  void read_assignment(const std::string& text) {
    const std::size_t sign = sign_of(text);
    read_query(text.substr(0, sign));  // for what stands in its subscripts
    read_query(text.substr(sign + (text[sign] == ':' ? 2 : 1)));
  }

  // An expression has no word of its own.
  void read_query(const std::string& text) {
    try {
      out.queries.push_back(parse_select(text));
    } catch (const Failure&) {
      out.queries.push_back(parse_select("SELECT " + text));
    }
  }
};

}  // namespace

std::optional<PlpgsqlBody> parse_plpgsql(const std::string& definition) {
  PgQueryPlpgsqlParseResult parsed = pg_query_parse_plpgsql(definition.c_str());
  const auto free = [](PgQueryPlpgsqlParseResult* result) { pg_query_free_plpgsql_parse_result(*result); };
  const std::unique_ptr<PgQueryPlpgsqlParseResult, decltype(free)> freed(&parsed, free);
  if (parsed.error) return std::nullopt;
  try {
    BodyReader reader;
    reader.read(json::parse(parsed.plpgsql_funcs));
    return std::move(reader.out);
  } catch (const Untold&) {
  } catch (const Failure&) {  // newer grammar, or INSERT and its kin
  } catch (const boost::system::system_error&) {
  } catch (const std::out_of_range&) {
  }
  return std::nullopt;
}

}  // namespace pgvista::parse
