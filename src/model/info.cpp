#include <pgvista/error.hpp>
#include <pgvista/model.hpp>

#include <algorithm>
#include <cctype>

#include "sql/identifier.hpp"

namespace pgvista::model {

namespace {

Failure failure(const char* code, const std::string& message, const std::string& hint) { return Failure(Error{code, message, {}, hint, {}, {}, 0, 0, ExitCode::usage}); }

// CustomerOrder -> customer_order
std::string snake_case(const std::string& name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool before_lower = i + 1 < name.size() && std::islower(static_cast<unsigned char>(name[i + 1])) != 0;
    const bool after_lower = i > 0 && std::isupper(static_cast<unsigned char>(name[i - 1])) == 0;
    if (std::isupper(c) != 0 && i > 0 && (after_lower || before_lower)) out.push_back('_');
    out.push_back(static_cast<char>(std::tolower(c)));
  }
  return out;
}

}  // namespace

const FieldInfo* ModelInfo::field(std::string_view member) const {
  const auto found = std::find_if(fields.begin(), fields.end(), [&](const FieldInfo& one) { return one.member == member; });
  return found == fields.end() ? nullptr : &*found;
}

const FieldInfo& ModelInfo::at(std::string_view member) const {
  if (const FieldInfo* found = field(member)) return *found;
  throw failure("unknown_member", "the model " + type + " has no column for a member \"" + std::string(member) + "\"", "Name the member in the model's BOOST_DESCRIBE_STRUCT line.");
}

void require_member(std::string_view name, const char* type) {
  if (name.empty()) throw failure("unknown_member", std::string("a member of ") + type + " is used that its BOOST_DESCRIBE_STRUCT line does not name", "Name every member that is a column there.");
}

void not_loaded(const char* what) { throw failure("not_loaded", std::string("the ") + what + " behind a foreign key is used but was not loaded", "Load it with the query: with(&…)."); }

void complete(ModelInfo& info) {
  if (info.table.empty()) info.table = snake_case(info.type);
  if (info.kind != Kind::table) return;
  if (info.primary_key.empty() && info.field("id")) info.primary_key = {info.at("id").column};
  for (FieldInfo& field : info.fields) {
    const bool whole_key = info.primary_key.size() == 1 && info.primary_key.front() == field.column;
    const bool counts = field.type == "bigint" || field.type == "integer" || field.type == "smallint";
    if (whole_key && counts && !field.target && field.default_sql.empty()) field.identity = true;
  }
}

}  // namespace pgvista::model

namespace pgvista {

ColumnOption max_length(int characters) {
  return {[=](model::FieldInfo& field) { field.max_length = characters; }};
}
ColumnOption choices(std::vector<std::string> values) {
  return {[values = std::move(values)](model::FieldInfo& field) { field.choices = values; }};
}
ColumnOption default_to(const std::string& text) { return default_sql(sql::quote_literal(text)); }
ColumnOption default_to(long long number) { return default_sql(std::to_string(number)); }
ColumnOption default_sql(std::string expression) {
  return {[expression = std::move(expression)](model::FieldInfo& field) { field.default_sql = expression; }};
}
ColumnOption column_name(std::string name) {
  return {[name = std::move(name)](model::FieldInfo& field) { field.column = name; }};
}
ColumnOption unique() {
  return {[](model::FieldInfo& field) { field.unique = true; }};
}
ColumnOption comment(std::string text) {
  return {[text = std::move(text)](model::FieldInfo& field) { field.comment = text; }};
}
ColumnOption identity() {
  return {[](model::FieldInfo& field) { field.identity = true; }};
}
ColumnOption on_delete(OnDelete action) {
  static constexpr const char* names[] = {"NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"};
  return {[=](model::FieldInfo& field) { field.on_delete = names[static_cast<int>(action)]; }};
}

}  // namespace pgvista
