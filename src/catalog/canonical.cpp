#include <algorithm>
#include <regex>

#include "analyze/tables.hpp"
#include "base/text.hpp"
#include "catalog/meaning.hpp"
#include "parse/parse.hpp"
#include "sql/print.hpp"
#include "sql/visit.hpp"

namespace pgvista::catalog {

namespace {

// pg_temp_3 and the like; the number is the session's. A temporary view is seen without a schema, whatever the search
// path: in a text that was printed under an empty one, a bare name is a temporary one.
std::string plain_schema(const std::string& schema) {
  return schema.empty() || schema.starts_with("pg_temp_") ? "pg_temp" : schema;
}

void rename_qualifier(sql::Select& query, const std::string& from, const std::string& to) {
  sql::each<sql::ColumnRef>(query, [&](sql::ColumnRef& column) {
    const std::size_t qualifiers = column.star ? 1 : 2;
    if (column.parts.size() == qualifiers && column.parts.front() == from) column.parts.front() = to;
  });
}

bool is_type(const sql::TypeName& type, const sql::Path& name, std::size_t dimensions) {
  return type.name == name && type.modifiers.empty() && type.array_bounds.size() == dimensions;
}

const sql::Cast* varchar_constant(const sql::Expr& expr) {
  const auto* cast = expr.as<sql::Cast>();
  return cast && is_type(cast->type, {"pg_catalog", "varchar"}, 0) && cast->operand->as<sql::Constant>() ? cast
                                                                                                         : nullptr;
}

sql::Expr as_text(const sql::Cast& constant) {
  return {sql::Cast{constant.operand, {{"text"}, {}, {}, false, {}}, {}}};
}

void simplify_below(sql::Node node);

// ('x'::varchar)::text is 'x'::text, and so for arrays of them: that is how IN and = ANY over a varchar come to differ.
void simplify_varchar(sql::Expr& expr) {
  sql::for_each_child(expr, [](sql::Node node) { simplify_below(node); });
  const auto* cast = expr.as<sql::Cast>();
  if (!cast) return;
  if (const sql::Cast* inner = varchar_constant(*cast->operand); inner && is_type(cast->type, {"text"}, 0)) {
    sql::Expr plain = as_text(*inner);
    expr = std::move(plain);
    return;
  }
  const auto* array = cast->operand->as<sql::ArrayLiteral>();
  if (!array || array->elements.empty() || !is_type(cast->type, {"text"}, 1)) return;
  sql::ArrayLiteral texts;
  for (const sql::Expr& element : array->elements) {
    const sql::Cast* inner = varchar_constant(element);
    if (!inner) return;
    texts.elements.push_back(as_text(*inner));
  }
  expr = sql::Expr{std::move(texts)};
}

void simplify_below(sql::Node node) {
  sql::for_each_child(node, [](sql::Node child) {
    if (auto* expression = child.as<sql::Expr>()) {
      simplify_varchar(*expression);
    } else {
      simplify_below(child);
    }
  });
}

// The expressions of one query, without the queries inside them.
void for_each_own_column(sql::Node node, Callback<void(sql::ColumnRef&)> f) {
  sql::for_each_child(node, [&](sql::Node child) {
    if (auto* column = child.as<sql::ColumnRef>()) {
      f(*column);
    } else if (!child.is<sql::Select, sql::FromItem>()) {
      for_each_own_column(child, f);
    }
  });
}

std::string only_source(const sql::Select& query) {
  if (query.from.size() != 1) return {};
  if (const auto* table = query.from.front().as<sql::TableRef>())
    return table->alias.name.empty() ? table->name : table->alias.name;
  if (const auto* sub = query.from.front().as<sql::SubqueryRef>()) return sub->alias.name;
  if (const auto* function = query.from.front().as<sql::FunctionRef>()) return function->alias.name;
  return {};
}

// Up to 15 the server qualifies every column, later ones not where there is one table only: evened out, so that a text
// recorded before an upgrade can be compared after it.
void unqualify(sql::Select& query) {
  for (sql::CommonTable& cte : query.with) unqualify(*cte.query);
  if (query.operation != sql::Select::Operation::none) {
    unqualify(*query.left);
    unqualify(*query.right);
    return;
  }
  for (sql::FromItem& item : query.from) {
    if (auto* sub = item.as<sql::SubqueryRef>(); sub && !sub->lateral) unqualify(*sub->query);
  }
  const std::string source = only_source(query);
  if (source.empty()) return;
  for_each_own_column(query, [&](sql::ColumnRef& ref) {
    if (!ref.star && ref.parts.size() == 2 && ref.parts.front() == source) ref.parts.erase(ref.parts.begin());
  });
}

// WITH (b='2', a='1'): the order in which storage parameters were given means nothing.
std::string sorted_storage(const std::string& text) {
  const std::string word = " WITH (";
  const std::size_t start = text.find(word);
  const std::size_t end = start == std::string::npos ? start : text.find(')', start);
  if (end == std::string::npos) return text;
  std::vector<std::string> options;
  std::string inside = text.substr(start + word.size(), end - start - word.size()) + ", ";
  for (std::size_t comma = inside.find(", "); comma != std::string::npos; comma = inside.find(", ")) {
    options.push_back(inside.substr(0, comma));
    inside = inside.substr(comma + 2);
  }
  std::sort(options.begin(), options.end());
  return text.substr(0, start + word.size()) + join(options, ", ") + text.substr(end);
}

}  // namespace

std::string clean_viewdef(const std::string& viewdef) {
  std::string text(trim(viewdef));
  while (!text.empty() && (text.back() == ';' || text.back() == '\n')) text.pop_back();
  // PostgreSQL prints CYCLE … TO 'Y'::text DEFAULT 'N'::text, which its own grammar does not take.
  static const std::regex cycle(R"( TO ('(?:[^']|'')*')::[a-z ]+ DEFAULT ('(?:[^']|'')*')::[a-z ]+ USING )");
  // From 16 on it writes out a default that older grammars do not know.
  text = replace_all(std::move(text), " NO INDENT)", ")");
  if (text.find(" CYCLE ") != std::string::npos) text = std::regex_replace(text, cycle, " TO $1 DEFAULT $2 USING ");
  return text;
}

std::string canonical_text(const std::string& viewdef, const std::map<sql::Name, sql::Name>& names) {
  try {
    sql::Select query = parse::parse_select(viewdef);
    std::vector<std::pair<std::string, std::string>> qualifiers;
    analyze::for_each_table(query, [&](sql::TableRef& ref) {
      const auto renamed = names.find({plain_schema(ref.schema), ref.name});
      if (renamed != names.end()) {
        if (ref.alias.name.empty()) qualifiers.emplace_back(ref.name, renamed->second.name);
        ref.schema = renamed->second.schema;
        ref.name = renamed->second.name;
      }
      // "FROM t AS t" and "FROM t" are one.
      if (ref.alias.name == ref.name && ref.alias.columns.empty()) ref.alias = {};
    });
    for (const auto& [from, to] : qualifiers) rename_qualifier(query, from, to);
    simplify_below(query);
    unqualify(query);
    return sql::print(query);
  } catch (const Failure&) {
    // A newer server writes what our grammar does not know: its own text serves, as both sides come from it.
    std::string text = viewdef;
    for (const auto& [from, to] : names) text = replace_all(std::move(text), from.name, to.name);
    return text;
  }
}

std::string index_body(const std::string& indexdef) {
  const std::size_t at = indexdef.find(" USING ");
  return at == std::string::npos ? indexdef : indexdef.substr(at);
}

std::string canonical_index(const std::string& indexdef, const std::string& tablespace) {
  std::string out = indexdef.starts_with("CREATE UNIQUE") ? "UNIQUE" : "";
  out += sorted_storage(index_body(indexdef));
  if (!tablespace.empty()) out += " TABLESPACE " + tablespace;
  return out;
}

}  // namespace pgvista::catalog
