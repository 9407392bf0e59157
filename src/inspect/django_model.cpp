#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "inspect/inspect.hpp"
#include "inspect/naming.hpp"
#include "sql/known_types.hpp"

namespace pgvista::inspect {

namespace {

std::string modifier(const std::string& type) {
  const std::size_t open = type.find('(');
  return open == std::string::npos ? "" : type.substr(open + 1, type.find(')') - open - 1);
}

struct Field {
  std::string type;
  std::string arguments;
};

Field django_field(const std::string& type) {
  if (type.ends_with("[]")) {
    const Field element = django_field(type.substr(0, type.size() - 2));
    return {"ArrayField", fmt::format("models.{}({})", element.type, element.arguments)};
  }
  if (type.starts_with("character varying") || type.starts_with("character(")) {
    const std::string length = modifier(type);
    return length.empty() ? Field{"TextField", ""} : Field{"CharField", "max_length=" + length};
  }
  if (type.starts_with("numeric")) {
    const std::string digits = modifier(type);
    const std::size_t comma = digits.find(',');
    if (digits.empty()) return {"DecimalField", "max_digits=1000, decimal_places=500"};
    return {"DecimalField", fmt::format("max_digits={}, decimal_places={}", digits.substr(0, comma),
                                        comma == std::string::npos ? "0" : digits.substr(comma + 1))};
  }
  const sql::KnownType* known = sql::known_type(sql::without_modifier(type));
  return {known && !known->django.empty() ? std::string(known->django) : "TextField", ""};
}

std::string qualified(const Field& field) {
  if (field.type == "ArrayField") return "ArrayField";
  if (field.type == "SearchVectorField") return "SearchVectorField";
  return "models." + field.type;
}

std::string python_text(const std::string& text) { return "'" + escaped(text, '\'') + "'"; }

}  // namespace

std::string django_prelude() {
  return "# Made by pgvista inspectdb.\nfrom django.contrib.postgres.fields import ArrayField  # noqa: F401\n"
         "from django.contrib.postgres.search import SearchVectorField  # noqa: F401\nfrom django.db import models\n";
}

std::string django_model(const Inspected& relation) {
  const schema::Relation& live = *relation.relation;
  std::string out = fmt::format("\n\nclass {}(models.Model):\n", type_name(live.name.name));
  const bool single_key = relation.key.size() == 1;
  Members members(python_keywords());
  for (const InspectedColumn& column : relation.columns) {
    const bool key = single_key && relation.key.front() == column.name;
    const bool reference = !column.references.empty() && !key && column.name.ends_with("_id") && column.name.size() > 3;
    const std::string member = members.add(reference ? column.name.substr(0, column.name.size() - 3) : column.name);
    const Field field = django_field(column.type);
    std::vector<std::string> arguments;
    if (reference) {
      // Rows of a view are not Django's to delete.
      arguments = {python_text(type_name(column.references)), "models.DO_NOTHING"};
    } else if (!field.arguments.empty()) {
      arguments.push_back(field.arguments);
    }
    if (member + (reference ? "_id" : "") != column.name) arguments.push_back("db_column=" + python_text(column.name));
    if (key) {
      arguments.emplace_back("primary_key=True");
    } else if (column.nullable) {
      arguments.emplace_back("blank=True");
      arguments.emplace_back("null=True");
    }
    out += fmt::format("    {} = {}({})\n", member, reference ? "models.ForeignKey" : qualified(field),
                       join(arguments, ", "));
  }
  out += "\n    class Meta:\n";
  if (live.view() || live.materialized()) {
    out += fmt::format("        managed = False  # Created from a {}view. Don't remove.\n",
                       live.materialized() ? "materialized " : "");
  } else {
    out += "        managed = False\n";
  }
  const std::string table = live.name.schema == "public" ? python_text(live.name.name)
                                                         : python_text(live.name.schema + "\".\"" + live.name.name);
  out += fmt::format("        db_table = {}\n", table);
  if (!single_key && !relation.key.empty()) {
    std::vector<std::string> names;
    for (const std::string& column : relation.key) names.push_back(python_text(column));
    out += fmt::format("        unique_together = (({}{}),)\n", join(names, ", "), names.size() == 1 ? "," : "");
  }
  return out;
}

}  // namespace pgvista::inspect
