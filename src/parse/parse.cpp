#include "parse/parse.hpp"

#include <fmt/format.h>
#include <pg_query.h>

#include <array>
#include <boost/json/monotonic_resource.hpp>
#include <memory>

#include "base/text.hpp"
#include "parse/from_json.hpp"
#include "parse/from_json_table.hpp"
#include "parse/table_statements.hpp"
#include "sql/print.hpp"

namespace pgvista::parse {

namespace json = boost::json;

namespace {

Error error_at(std::string code, std::string message, std::string_view text, std::size_t offset) {
  const LineColumn at = line_column(text, offset);
  Error error;
  error.code = std::move(code);
  error.message = std::move(message);
  error.line = at.line;
  error.column = at.column;
  return error;
}

// What the grammar of 15 does not know, by the word or sign that gives it away.
struct Newer {
  std::string_view sign;
  std::string_view name;
  int version;
};
constexpr auto newer_syntax = std::to_array<Newer>({
    {"JSON_TABLE", "JSON_TABLE", 17},
    {"JSON_VALUE", "JSON_VALUE", 17},
    {"JSON_QUERY", "JSON_QUERY", 17},
    {"JSON_EXISTS", "JSON_EXISTS", 17},
    {"JSON_SCALAR", "JSON_SCALAR", 17},
    {"JSON_SERIALIZE", "JSON_SERIALIZE", 17},
    {"MERGE_ACTION", "MERGE … RETURNING", 17},
    {"JSON_ARRAYAGG", "JSON_ARRAYAGG", 16},
    {"JSON_OBJECTAGG", "JSON_OBJECTAGG", 16},
    {"JSON_ARRAY", "JSON_ARRAY", 16},
    {"JSON_OBJECT", "JSON_OBJECT", 16},
    {"IS JSON", "IS JSON", 16},

    {"AT LOCAL", "AT LOCAL", 17},
});

std::string upper(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
  }
  return out;
}

// Only what stands before and at the error is searched: the parser stopped there because of it.
void explain_newer_syntax(Error& error, std::string_view text, std::size_t offset) {
  constexpr std::size_t window = 400;
  const std::size_t begin = offset > window ? offset - window : 0;
  const std::string near = upper(text.substr(begin, offset - begin + 40));
  const auto say = [&](std::string_view name, int version) {
    error.code = "newer_syntax";
    error.detail =
        fmt::format("{} is syntax of PostgreSQL {}; pgvista reads the grammar of PostgreSQL 15.", name, version);
    error.hint = "Write it with the functions that PostgreSQL 15 has, or put it into a SQL function and call that.";
  };
  if (error.message.find("trailing junk after numeric literal") != std::string::npos)
    return say("A number like 1_000 or 0x1F", 16);
  if (error.message.find("subquery in FROM must have an alias") != std::string::npos)
    return say("A subquery in FROM without an alias", 16);
  for (const Newer& entry : newer_syntax) {
    const std::size_t at = near.find(entry.sign);
    if (at == std::string::npos) continue;
    // A column may be called json_object: only a whole word with a parenthesis behind it is meant.
    const auto word = [](char c) { return (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == '"'; };
    const std::size_t end = at + entry.sign.size();
    const std::size_t next = near.find_first_not_of(" \t\r\n", end);
    const bool call = next != std::string::npos && near[next] == '(';
    const bool phrase = entry.sign.find(' ') != std::string_view::npos;
    if ((at == 0 || !word(near[at - 1])) && (end == near.size() || !word(near[end])) && (call || phrase))
      return say(entry.name, entry.version);
  }
}

// Frees what libpg_query allocated, and reads its JSON into an arena that goes with it.
class Parsed {
 public:
  explicit Parsed(std::string_view text) : result_(pg_query_parse(std::string(text).c_str())) {
    if (result_.error) {
      // cursorpos counts characters from 1.
      const auto position = static_cast<std::size_t>(std::max(result_.error->cursorpos, 1) - 1);
      Error error = error_at("syntax_error", result_.error->message, text, offset_of_character(text, position));
      error.sqlstate = "42601";
      explain_newer_syntax(error, text, offset_of_character(text, position));
      pg_query_free_parse_result(result_);
      throw Failure(std::move(error));
    }
    json::parse_options options;
    options.max_depth = 2000;
    boost::system::error_code failure;
    tree_ = json::parse(result_.parse_tree, failure, &arena_, options);
    if (failure) {
      pg_query_free_parse_result(result_);
      Error error = error_at("too_complex", "the query nests too deeply to be read", text, 0);
      error.hint = "Write long chains as lists or as arrays: x IN (…), x = ANY (ARRAY[…]).";
      throw Failure(std::move(error));
    }
  }
  ~Parsed() { pg_query_free_parse_result(result_); }
  Parsed(const Parsed&) = delete;
  Parsed& operator=(const Parsed&) = delete;

  const json::array& statements() const { return array(tree_.get_object(), "stmts"); }

 private:
  PgQueryParseResult result_;
  json::monotonic_resource arena_;
  json::value tree_;
};

// The first offset from here on that is neither white space nor comment.
std::size_t first_token(std::string_view text, std::size_t offset) {
  while (offset < text.size()) {
    if (std::string_view(" \t\r\n\f").find(text[offset]) != std::string_view::npos) {
      ++offset;
    } else if (text.substr(offset, 2) == "--") {
      offset = std::min(text.find('\n', offset), text.size());
    } else if (text.substr(offset, 2) == "/*") {
      const std::size_t end = text.find("*/", offset + 2);
      offset = end == std::string_view::npos ? text.size() : end + 2;
    } else {
      break;
    }
  }
  return offset;
}

std::string statement_word(std::string_view tag) {
  if (tag == "ViewStmt") return "CREATE VIEW";
  if (tag == "CreateStmt") return "CREATE TABLE";
  if (tag == "CreateEnumStmt" || tag == "CompositeTypeStmt" || tag == "CreateRangeStmt") return "CREATE TYPE";
  if (tag == "CreateTrigStmt") return "CREATE TRIGGER";
  if (tag == "CreateSeqStmt") return "CREATE SEQUENCE";
  if (tag == "DoStmt") return "DO";
  std::string out;
  for (const char c : tag.substr(0, tag.ends_with("Stmt") ? tag.size() - 4 : tag.size())) {
    if (c >= 'A' && c <= 'Z' && !out.empty()) out += ' ';
    out += c;
  }
  return upper(out);
}

template <class Read>
auto guarded(std::string_view text, Read&& read) {
  try {
    return read();
  } catch (const Unsupported& unsupported) {
    const std::size_t offset =
        unsupported.offset < 0 ? first_token(text, 0) : static_cast<std::size_t>(unsupported.offset);
    Error error =
        error_at("unsupported_syntax", unsupported.what + " is not supported in a view's query", text, offset);
    throw Failure(std::move(error));
  }
}

std::string_view without_nul(std::string_view text) {
  if (const std::size_t nul = text.find('\0'); nul != std::string_view::npos) {
    throw Failure(error_at("syntax_error", "the text holds a NUL byte", text, nul));
  }
  return text;
}

}  // namespace

sql::Select parse_select(std::string_view text) {
  const Parsed parsed(without_nul(text));
  const json::array& statements = parsed.statements();
  if (statements.empty()) {
    Error error = error_at("empty_definition", "there is no query here", text, 0);
    error.hint = "Write one SELECT after the header.";
    throw Failure(std::move(error));
  }
  if (statements.size() > 1) {
    const std::size_t offset =
        first_token(text, static_cast<std::size_t>(integer(statements[1].get_object(), "stmt_location")));
    Error error = error_at("several_statements",
                           fmt::format("one SELECT is expected, found {} statements", statements.size()), text, offset);
    error.hint = "One view a file: move the others into files of their own.";
    throw Failure(std::move(error));
  }
  const Tagged statement = tagged(*find(statements[0].get_object(), "stmt"));
  if (statement.tag != "SelectStmt") {
    const std::size_t offset =
        first_token(text, static_cast<std::size_t>(integer(statements[0].get_object(), "stmt_location")));
    Error error =
        error_at("not_a_select",
                 fmt::format("a view's query must be a SELECT, found {}", statement_word(statement.tag)), text, offset);
    if (statement.tag == "ViewStmt" || statement.tag == "CreateTableAsStmt") {
      error.hint = "Leave CREATE … AS out: the file's name is the view's name, and its kind stands in the header.";
    }
    throw Failure(std::move(error));
  }
  return guarded(text, [&] { return Reader(text).select(*statement.fields); });
}

namespace {

constexpr std::string_view index_prefix = "CREATE INDEX ON t (";

const json::object& index_statement(const Parsed& parsed, std::string_view entry) {
  const json::array& statements = parsed.statements();
  const Tagged statement = statements.size() == 1 ? tagged(*find(statements[0].get_object(), "stmt")) : Tagged{};
  if (statement.tag != "IndexStmt")
    throw Failure(error_at("invalid_index", fmt::format("\"{}\" is not one index column", entry), {}, 0));
  return *statement.fields;
}

}  // namespace

sql::IndexColumn parse_index_column(std::string_view text) {
  const std::string statement = std::string(index_prefix) + std::string(without_nul(text)) + "\n)";
  try {
    const Parsed parsed(statement);
    const json::object& index = index_statement(parsed, text);
    const json::array& columns = array(index, "indexParams");
    if (columns.size() != 1 || find(index, "whereClause")) {
      throw Failure(error_at("invalid_index", fmt::format("\"{}\" is not one index column", text), {}, 0));
    }
    return guarded(statement, [&] { return Reader(statement).index_column(*tagged(columns[0]).fields); });
  } catch (const Failure& failure) {
    Error error = failure.error();
    error.code = "invalid_index";
    error.message = fmt::format("index column \"{}\": {}", text, failure.error().message);
    error.line = error.column = 0;
    throw Failure(std::move(error));
  }
}

sql::Expr parse_expression(std::string_view text) {
  const std::string statement = "SELECT 1 WHERE " + std::string(without_nul(text)) + "\n";
  try {
    sql::Select select = parse_select(statement);
    if (!select.where || select.targets.size() != 1 || !select.order_by.empty() || !select.group_by.empty() ||
        select.limit || select.operation != sql::Select::Operation::none) {
      throw Failure(error_at("invalid_expression", "it is not one expression", {}, 0));
    }
    return std::move(*select.where);
  } catch (const Failure& failure) {
    Error error = failure.error();
    error.code = "invalid_expression";
    error.message = fmt::format("expression \"{}\": {}", text, failure.error().message);
    error.line = error.column = 0;
    throw Failure(std::move(error));
  }
}

std::vector<sql::ScriptStatement> parse_script(std::string_view text) {
  const Parsed parsed(without_nul(text));
  std::vector<sql::ScriptStatement> out;
  for (const json::value& element : parsed.statements()) {
    const json::object& entry = element.get_object();
    const auto begin = static_cast<std::size_t>(integer(entry, "stmt_location"));
    const auto length = static_cast<std::size_t>(integer(entry, "stmt_len"));
    const Tagged statement = tagged(*find(entry, "stmt"));
    sql::ScriptStatement one;
    one.begin = first_token(text, begin);
    one.end = length == 0 ? text.size() : begin + length;
    one.word = statement_word(statement.tag);
    try {
      read_statement(Reader(text), statement.tag, *statement.fields, one);
    } catch (const Unsupported& unsupported) {
      throw Failure(error_at("unsupported_syntax", unsupported.what + " is not supported here", text,
                             unsupported.offset < 0 ? one.begin : static_cast<std::size_t>(unsupported.offset)));
    }
    out.push_back(std::move(one));
  }
  return out;
}

sql::TypeName parse_type(std::string_view text) {
  const auto invalid = [&] {
    return Failure(error_at("invalid_type", fmt::format("\"{}\" is not one type", text), {}, 0));
  };
  try {
    const sql::Expr cast = parse_expression("CAST(NULL AS " + std::string(text) + "\n)");
    const auto* node = cast.as<sql::Cast>();
    if (!node) throw invalid();
    return node->type;
  } catch (const Failure&) {
    throw invalid();
  }
}

std::string canonical_type(std::string_view text) { return type_text(parse_type(text)); }

std::string canonical_expression(std::string_view text) { return sql::print(parse_expression(text)); }

std::string print_checked(const sql::Select& query) {
  std::string text = sql::print(query);
  if (!(parse_select(text) == query)) {
    Error error;
    error.code = "printer_mismatch";
    error.message = "the printed query does not mean the query that was read";
    error.detail = text;
    error.hint = "This is an error of pgvista: please report it with the view's definition.";
    throw Failure(std::move(error));
  }
  return text;
}

}  // namespace pgvista::parse
