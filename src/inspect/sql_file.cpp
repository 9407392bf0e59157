#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/text.hpp"
#include "base/toml.hpp"
#include "inspect/inspect.hpp"

namespace pgvista::inspect {

namespace {

std::vector<std::string> split_top(const std::string& list) {
  std::vector<std::string> out;
  int depth = 0;
  char quote = 0;
  std::string item;
  for (const char c : list) {
    if (quote) {
      if (c == quote) quote = 0;
    } else if (c == '\'' || c == '"') {
      quote = c;
    } else if (c == '(' || c == '[') {
      ++depth;
    } else if (c == ')' || c == ']') {
      --depth;
    } else if (c == ',' && depth == 0) {
      out.emplace_back(trim(item));
      item.clear();
      continue;
    }
    item += c;
  }
  if (!trim(item).empty()) out.emplace_back(trim(item));
  return out;
}

std::string unquoted(const std::string& name) {
  if (name.size() < 2 || name.front() != '"') return name;
  return replace_all(name.substr(1, name.size() - 2), "\"\"", "\"");
}

// … USING method (columns) INCLUDE (…) NULLS NOT DISTINCT WITH (…) WHERE (…), as pg_get_indexdef prints it.
std::string toml_index(const schema::LiveIndex& index) {
  std::string rest = index.definition.substr(index.definition.find(" USING ") + 7);
  const std::size_t open = rest.find('(');
  const std::string method = std::string(trim(rest.substr(0, open)));
  const std::size_t close = sql::closing_parenthesis(rest, open);
  std::string out = fmt::format("{{ name = {}, columns = {}", toml_text(index.name),
                                toml_list(split_top(rest.substr(open + 1, close - open - 1))));
  rest = rest.substr(close + 1);
  const auto clause = [&](const std::string& word) -> std::optional<std::string> {
    const std::size_t at = rest.find(word + " (");
    if (at != 0) return std::nullopt;
    const std::size_t end = sql::closing_parenthesis(rest, at);
    std::string inside = rest.substr(at + word.size() + 2, end - at - word.size() - 2);
    rest = rest.substr(end + 1);
    return inside;
  };
  if (index.unique) out += ", unique = true";
  if (method != "btree") out += ", using = " + toml_text(method);
  if (const auto include = clause(" INCLUDE")) {
    std::vector<std::string> names;
    for (const std::string& name : split_top(*include)) names.push_back(unquoted(name));
    out += ", include = " + toml_list(names);
  }
  if (rest.starts_with(" NULLS NOT DISTINCT")) {
    out += ", nulls_not_distinct = true";
    rest = rest.substr(std::string(" NULLS NOT DISTINCT").size());
  }
  if (const auto storage = clause(" WITH")) {
    std::vector<std::string> options;
    for (const std::string& option : split_top(*storage)) {
      const std::size_t equals = option.find('=');
      options.push_back(toml_key(option.substr(0, equals)) + " = " +
                        toml_text(std::string(trim(replace_all(option.substr(equals + 1), "'", "")))));
    }
    out += ", storage = { " + join(options, ", ") + " }";
  }
  if (rest.starts_with(" WHERE ")) out += ", where = " + toml_text(rest.substr(7));
  if (!index.tablespace.empty()) out += ", tablespace = " + toml_text(index.tablespace);
  if (index.comment) out += ", comment = " + toml_text(*index.comment);
  return out + " }";
}

void add_options(const schema::Relation& relation, std::vector<std::string>& lines) {
  std::vector<std::string> storage;
  for (const std::string& entry : relation.options) {
    const std::size_t equals = entry.find('=');
    const std::string name = entry.substr(0, equals);
    const std::string value = equals == std::string::npos ? "true" : entry.substr(equals + 1);
    if (relation.materialized()) {
      storage.push_back((name.find('.') == std::string::npos ? toml_key(name) : toml_text(name)) + " = " +
                        toml_text(value));
    } else if (name == "check_option") {
      lines.push_back("check_option = " + toml_text(value));
    } else {
      const bool on = value == "true" || value == "on" || value == "1" || value == "yes";
      lines.push_back(name + " = " + (on ? "true" : "false"));
    }
  }
  if (!storage.empty()) lines.push_back("storage = { " + join(storage, ", ") + " }");
}

// Grants on the whole relation to others than its owner; those on columns have no place in a header.
void add_rights(const Inspected& view, std::vector<std::string>& lines) {
  const schema::Relation& relation = *view.relation;
  if (!view.user.empty() && relation.owner != view.user) lines.push_back("owner = " + toml_text(relation.owner));
  std::map<std::string, std::vector<std::string>> grants;
  for (const schema::Grant& grant : relation.details ? relation.details->grants : std::vector<schema::Grant>{}) {
    if (grant.column.empty() && grant.grantee != relation.owner)
      grants[grant.grantee.empty() ? "public" : grant.grantee].push_back(lower(grant.privilege));
  }
  if (grants.empty()) return;
  std::vector<std::string> roles;
  for (auto& [role, privileges] : grants) {
    std::sort(privileges.begin(), privileges.end());
    privileges.erase(std::unique(privileges.begin(), privileges.end()), privileges.end());
    roles.push_back(toml_key(role) + " = " + toml_list(privileges));
  }
  lines.push_back("grants = { " + join(roles, ", ") + " }");
}

}  // namespace

std::string sql_file(const Inspected& view) {
  const schema::Relation& relation = *view.relation;
  std::vector<std::string> lines;
  if (relation.materialized()) lines.emplace_back("kind = \"materialized\"");
  if (relation.name.schema != "public") lines.push_back("schema = " + toml_text(relation.name.schema));
  lines.push_back("name = " + toml_text(relation.name.name));
  if (relation.comment) lines.push_back("comment = " + toml_text(*relation.comment));
  if (relation.details) {
    std::vector<std::string> comments;
    for (const schema::ColumnDetail& column : relation.details->columns) {
      if (column.comment) comments.push_back(toml_key(column.name) + " = " + toml_text(*column.comment));
    }
    if (!comments.empty()) lines.push_back("column_comments = { " + join(comments, ", ") + " }");
  }
  add_rights(view, lines);
  if (relation.materialized() && !relation.populated) lines.emplace_back("with_data = false");
  if (!relation.tablespace.empty()) lines.push_back("tablespace = " + toml_text(relation.tablespace));
  add_options(relation, lines);
  if (!relation.indexes.empty()) {
    std::vector<std::string> indexes;
    for (const schema::LiveIndex& index : relation.indexes) indexes.push_back("  " + toml_index(index));
    lines.push_back("indexes = [\n" + join(indexes, ",\n") + "\n]");
  }
  return "/* pgvista\n" + join(lines, "\n") + "\n*/\n" + relation.definition + "\n";
}

}  // namespace pgvista::inspect
