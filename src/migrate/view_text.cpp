#include <fmt/format.h>

#include "base/text.hpp"
#include "base/toml.hpp"
#include "migrate/migration.hpp"
#include "sql/print.hpp"

namespace pgvista::migrate {

namespace {

using schema::ViewDefinition;

class HeaderWriter {
 public:
  void line(const std::string& key, const std::string& value) { out_ += key + " = " + value + "\n"; }
  void text(const std::string& key, const std::string& value) {
    if (!value.empty()) line(key, toml_text(value));
  }
  void text(const std::string& key, const std::optional<std::string>& value) {
    if (value) line(key, toml_text(*value));
  }
  void flag(const std::string& key, const std::optional<bool>& value) {
    if (value) line(key, *value ? "true" : "false");
  }
  void list(const std::string& key, const std::vector<std::string>& values) {
    if (!values.empty()) line(key, toml_list(values));
  }
  void map(const std::string& key, const std::map<std::string, std::string>& values) {
    for (const auto& [name, value] : values) line(key + "." + toml_key(name), toml_text(value));
  }
  void raw(const std::string& text) { out_ += text; }
  std::string take() { return std::move(out_); }

 private:
  std::string out_;
};

void write_index(HeaderWriter& out, const schema::IndexDefinition& index) {
  out.raw("[[indexes]]\n");
  out.text("name", index.name);
  out.list("columns", index.columns);
  out.list("include", index.include);
  out.text("using", index.method);
  out.text("where", index.where);
  if (index.unique) out.flag("unique", true);
  if (index.nulls_not_distinct) out.flag("nulls_not_distinct", true);
  out.map("storage", index.storage);
  out.text("tablespace", index.tablespace);
  out.text("comment", index.comment);
}

// Everything but the name and the query, always in the same order.
std::string settings(const ViewDefinition& view) {
  HeaderWriter out;
  if (view.kind == schema::Kind::materialized) out.text("kind", std::string("materialized"));
  if (view.maintenance != schema::Maintenance::manual)
    out.text("maintenance", std::string(schema::to_string(view.maintenance)));
  out.text("strategy", view.strategy);
  out.text("on_error", view.on_error);
  out.text("stale_reads", view.stale_reads);
  out.text("clock", view.clock);
  out.list("trust", view.trust);
  out.map("settings", view.settings);
  out.list("key", view.key);
  out.text("comment", view.comment);
  out.map("column_comments", view.column_comments);
  out.map("column_types", view.column_types);
  out.text("owner", view.owner);
  for (const auto& [role, privileges] : view.grants) out.list("grants." + toml_key(role), privileges);
  out.list("depends_on", view.depends_on);
  if (!view.with_data) out.flag("with_data", false);
  if (view.notify) out.flag("notify", true);
  out.map("storage", view.storage);
  out.text("tablespace", view.tablespace);
  out.flag("security_invoker", view.security_invoker);
  out.flag("security_barrier", view.security_barrier);
  out.text("check_option", view.check_option);
  out.text("statement_timeout", view.statement_timeout);
  out.text("schedule", view.schedule);
  out.text("refresh_on_change", view.refresh_on_change);
  out.text("max_staleness", view.max_staleness);
  for (const schema::IndexDefinition& index : view.indexes) write_index(out, index);
  return out.take();
}

}  // namespace

std::string view_text(const ViewDefinition& view, const std::string& default_schema, bool whole_names) {
  HeaderWriter name;
  name.text("name", view.name.name);
  if (whole_names || view.name.schema != default_schema) name.text("schema", view.name.schema);
  std::string query(trim(view.query));
  // A line that looks like the beginning of the next section would end this one. Of a comment it goes away.
  const auto broken = [&] { return ("\n" + query).find("\n-- pgvista:") != std::string::npos; };
  if (broken()) query = sql::print(view.tree);
  if (broken()) {
    Error error;
    error.code = "unwritable_query";
    error.message =
        fmt::format("a text in the query of \"{}\" has a line that begins with \"-- pgvista:\"", view.name.display());
    error.hint =
        "That begins a section of a migration. Write the text otherwise: with E'\\n' in place of the line's end.";
    schema::locate(error, view, 0);
    throw Failure(std::move(error));
  }
  return "/* pgvista\n" + name.take() + settings(view) + "*/\n" + replace_all(query, "\r\n", "\n");
}

std::string canonical_view(const ViewDefinition& view) { return settings(view) + sql::print(view.tree); }

}  // namespace pgvista::migrate
