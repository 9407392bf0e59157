#include "catalog/declared.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <regex>

#include "base/suggest.hpp"
#include "base/text.hpp"

namespace pgvista::catalog {

using schema::ViewDefinition;

namespace {

// A column by its name alone, with what may stand behind it: "a", "a DESC NULLS LAST". "" for an expression.
std::string plain_column(const std::string& entry) {
  static const std::regex pattern(R"re(\s*([a-z_][a-z0-9_$]*|"(?:[^"]|"")+")(\s+[a-z_. ]+)?\s*)re", std::regex::icase);
  std::smatch found;
  if (!std::regex_match(entry, found, pattern)) return {};
  const std::string name = found[1];
  return name.starts_with('"') ? replace_all(name.substr(1, name.size() - 2), "\"\"", "\"") : lower(name);
}

class DeclarationChecker {
 public:
  DeclarationChecker(db::Connection& connection, std::vector<Error>& out) : connection_(connection), out_(out) {}

  void view(const ViewDefinition& view, const Meaning& meaning) {
    names_.clear();
    for (const auto& column : meaning.columns) names_.push_back(column.name);
    for (const std::string& column : view.key) known(view, column, "key");
    for (const auto& [column, comment] : view.column_comments) known(view, column, "column_comments");
    for (const auto& [column, type] : view.column_types) {
      if (known(view, column, "column_types")) check_type(view, meaning, column, type);
    }
    // A materialized view's own indexes are tried as a whole. A maintained one's store does not exist yet.
    if (!schema::maintained(view)) return;
    for (const schema::IndexDefinition& index : view.indexes) check_index(view, meaning, index);
  }

  void roles(const ViewDefinition& view) {
    if (view.owner) role(view, *view.owner, "owner");
    for (const auto& [name, privileges] : view.grants) {
      if (lower(name) != "public") role(view, name, "grants");
    }
  }

 private:
  Error& add(const ViewDefinition& view, std::string code, std::string message, std::string hint,
             const std::string& key) {
    Error error;
    error.code = std::move(code);
    error.message = std::move(message);
    error.hint = std::move(hint);
    schema::locate_key(error, view, key);
    out_.push_back(std::move(error));
    return out_.back();
  }

  bool is_column(const std::string& name) const {
    return std::find(names_.begin(), names_.end(), name) != names_.end();
  }

  bool known(const ViewDefinition& view, const std::string& name, const std::string& key) {
    if (is_column(name)) return true;
    add(view, "unknown_column",
        fmt::format("{} names \"{}\", which is no column of {}", key, name, view.name.display()),
        did_you_mean(name, names_), key);
    return false;
  }

  void check_type(const ViewDefinition& view, const Meaning& meaning, const std::string& column,
                  const std::string& type) {
    const auto real = std::find_if(meaning.columns.begin(), meaning.columns.end(),
                                   [&](const auto& candidate) { return candidate.name == column; });
    if (same_type(type, real->type)) return;
    add(view, "column_type", fmt::format("{} is declared {}, but the query gives {}", column, type, real->type),
        fmt::format("Cast it in the query, or declare {}.", real->type), "column_types");
  }

  bool same_type(const std::string& declared, const std::string& real) {
    if (lower(declared) == lower(real)) return true;
    try {
      // regtype knows the aliases (int8, timestamptz) but drops modifiers: without one in the declaration, any will do.
      const std::string name = connection_.query("SELECT $1::pg_catalog.regtype::text", {declared}).text(0, 0);
      const std::string bare = real.substr(0, real.find('('));
      const bool has_modifier = declared.find('(') != std::string::npos;
      if (!has_modifier)
        return name == real ||
               (real.find('(') != std::string::npos &&
                name == bare + (real.find(')') == std::string::npos ? "" : real.substr(real.find(')') + 1)));
      return name == bare && declared.substr(declared.find('(')) == real.substr(real.find('('));
    } catch (const db::QueryFailure&) {
      return false;
    }
  }

  void check_index(const ViewDefinition& view, const Meaning& meaning, const schema::IndexDefinition& index) {
    const auto name = [&](const std::string& column) {
      if (is_column(column)) return;
      Error& error = add(view, "unknown_column",
                         fmt::format("index {}: \"{}\" is no column of {}", schema::index_name(view, index), column,
                                     view.name.display()),
                         did_you_mean(column, names_), "indexes");
      if (index.line > 0) error.line = index.line;
    };
    for (const std::string& entry : index.columns) {
      const std::string column = plain_column(entry);
      column.empty() ? check_expression(view, meaning, index, "ORDER BY " + entry) : name(column);
    }
    for (const std::string& column : index.include) name(column);
    if (!index.where.empty()) check_expression(view, meaning, index, "WHERE " + index.where);
  }

  void check_expression(const ViewDefinition& view, const Meaning& meaning, const schema::IndexDefinition& index,
                        const std::string& clause) {
    std::vector<std::string> columns;
    for (const auto& column : meaning.columns)
      columns.push_back(fmt::format("NULL::{} AS {}", column.type, sql::quote_identifier(column.name)));
    try {
      connection_.describe(fmt::format("SELECT FROM (SELECT {}) AS v {}", join(columns, ", "), clause));
    } catch (const db::QueryFailure& failure) {
      if (connection_.lost()) throw;
      Error& error = add(view, failure.error().code,
                         fmt::format("index {}: {}", schema::index_name(view, index), failure.error().message),
                         did_you_mean_quoted(failure.error().message), "indexes");
      error.sqlstate = failure.error().sqlstate;
      if (index.line > 0) error.line = index.line;
    }
  }

  std::string did_you_mean_quoted(const std::string& message) const {
    const std::size_t open = message.find('"');
    const std::size_t close = open == std::string::npos ? open : message.find('"', open + 1);
    return close == std::string::npos ? std::string{}
                                      : did_you_mean(message.substr(open + 1, close - open - 1), names_);
  }

  void role(const ViewDefinition& view, const std::string& name, const std::string& key) {
    if (roles_.empty()) {
      const db::Rows rows = connection_.query("SELECT rolname FROM pg_catalog.pg_roles");
      for (int row = 0; row < rows.size(); ++row) roles_.push_back(rows.text(row, 0));
    }
    if (std::find(roles_.begin(), roles_.end(), name) == roles_.end())
      add(view, "unknown_role", fmt::format("there is no role \"{}\"", name), did_you_mean(name, roles_), key);
  }

  db::Connection& connection_;
  std::vector<Error>& out_;
  std::vector<std::string> names_;
  std::vector<std::string> roles_;
};

}  // namespace

std::vector<Error> check_declared(db::Connection& connection, const std::vector<ViewDefinition>& views,
                                  Meanings& meanings) {
  std::vector<Error> out;
  DeclarationChecker checking(connection, out);
  for (std::size_t i = 0; i < views.size(); ++i) {
    const std::size_t before = out.size();
    if (meanings.views[i].known) checking.view(views[i], meanings.views[i]);
    checking.roles(views[i]);
    if (out.size() > before) meanings.views[i].known = false;
  }
  return out;
}

}  // namespace pgvista::catalog
