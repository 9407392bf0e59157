#include "project/definitions.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/duration.hpp"
#include "base/text.hpp"
#include "parse/parse.hpp"
#include "schema/schedule.hpp"
#include "project/files.hpp"
#include "project/header.hpp"
#include "project/settings.hpp"
#include "project/toml_reader.hpp"

namespace pgvista::project {

namespace fs = std::filesystem;
using schema::ViewDefinition;

namespace {

void read_index(TomlTable& table, ViewDefinition& view) {
  schema::IndexDefinition index;
  index.line = table.line();
  index.name = table.text("name").value_or("");
  index.columns = table.texts("columns");
  index.include = table.texts("include");
  index.method = table.text("using").value_or("");
  index.where = table.text("where").value_or("");
  index.unique = table.boolean("unique").value_or(false);
  index.nulls_not_distinct = table.boolean("nulls_not_distinct").value_or(false);
  index.storage = table.scalars("storage");
  index.tablespace = table.text("tablespace").value_or("");
  index.comment = table.text("comment");
  if (index.columns.empty()) table.fail("columns", "invalid_index", "an index needs \"columns\"");
  if (index.method == "btree") index.method.clear();
  if (index.name.size() > sql::max_identifier_bytes) {
    table.fail("name", "name_too_long", fmt::format("the index name \"{}\" is longer than 63 bytes", index.name));
  }
  for (const std::string& column : index.columns) {
    try {
      parse::parse_index_column(column);
    } catch (const Failure& failure) {
      table.fail("columns", failure.error().code, failure.error().message, failure.error().hint);
    }
  }
  if (!index.where.empty()) {
    try {
      parse::parse_expression(index.where);
    } catch (const Failure& failure) {
      table.fail("where", failure.error().code, failure.error().message, failure.error().hint);
    }
  }
  view.indexes.push_back(std::move(index));
}

void read_storage(TomlTable& table, ViewDefinition& view) {
  view.storage = table.scalars("storage");
  view.tablespace = table.text("tablespace");
  view.security_invoker = table.boolean("security_invoker");
  view.security_barrier = table.boolean("security_barrier");
  view.check_option = table.choice("check_option", {"local", "cascaded"});
}

// Some keys mean nothing for the kind: better said than ignored.
void check_kind(TomlTable& table, const ViewDefinition& view) {
  const auto refuse = [&](const char* key, const char* only) {
    if (table.has(key)) table.fail(key, "invalid_value", fmt::format("\"{}\" is only for a {}", key, only));
  };
  if (view.kind == schema::Kind::view) {
    for (const char* key :
         {"indexes", "with_data", "storage", "tablespace", "maintenance", "statement_timeout", "schedule",
          "refresh_on_change", "notify", "on_error", "stale_reads", "trust", "timezone", "settings", "clock"}) {
      refuse(key, "materialized view");
    }
  } else {
    for (const char* key : {"on_error", "stale_reads", "trust", "timezone", "settings", "clock"}) {
      if (table.has(key) && !schema::maintained(view))
        table.fail(key, "invalid_value", fmt::format("\"{}\" is for a view that is kept: this one is refreshed", key),
                   "Set maintenance = \"immediate\", \"on_commit\" or \"deferred\" too.");
    }
    for (const char* key : {"security_invoker", "security_barrier", "check_option"}) refuse(key, "plain view");
    for (const char* key : {"schedule", "refresh_on_change"}) {
      if (table.has(key) && schema::maintained(view))
        table.fail(key, "invalid_value",
                   fmt::format("\"{}\" is for a view that is refreshed; this one is kept {}", key,
                               schema::to_string(view.maintenance)),
                   fmt::format("Take {} out, or maintenance.", key));
    }
  }
}

void read_indexes(TomlTable& table, ViewDefinition& view) {
  table.tables("indexes", [&](TomlTable& index) { read_index(index, view); });
  for (std::size_t i = 0; i < view.indexes.size(); ++i) {
    for (std::size_t k = 0; k < i; ++k) {
      if (schema::index_text(view.indexes[i]) == schema::index_text(view.indexes[k])) {
        table.fail("indexes", "duplicate_index",
                   fmt::format("the index on ({}) is declared twice", join(view.indexes[i].columns, ", ")),
                   "Take one of the two out.");
        continue;
      }
      if (schema::index_name(view, view.indexes[i]) != schema::index_name(view, view.indexes[k])) continue;
      table.fail("indexes", "duplicate_index",
                 fmt::format("two indexes would be named \"{}\"", schema::index_name(view, view.indexes[i])),
                 "Take one out, or give it another name.");
    }
  }
}

void check_grants(TomlTable& table, const ViewDefinition& view) {
  static const std::vector<std::string> privileges = {"select",   "insert",     "update",  "delete",
                                                      "truncate", "references", "trigger", "all"};
  for (const auto& [role, list] : view.grants) {
    for (const std::string& privilege : list) {
      if (std::find(privileges.begin(), privileges.end(), lower(privilege)) == privileges.end()) {
        table.fail("grants", "invalid_value", fmt::format("\"{}\" is no privilege of a view", privilege),
                   "It is one of " + join(privileges, ", ") + ".");
      }
    }
  }
}

// What a maintained view is computed under.
void read_settings(TomlTable& table, ViewDefinition& view) {
  const std::vector<std::string> names(schema::kept_settings.begin(), schema::kept_settings.end());
  for (const auto& [given, value] : table.scalars("settings")) {
    const std::string wanted = lower(given);
    const auto known =
        std::find_if(names.begin(), names.end(), [&](const std::string& one) { return lower(one) == wanted; });
    if (known == names.end()) {
      table.fail("settings", "invalid_value", fmt::format("\"{}\" is no setting that a view is computed under", given),
                 "It is one of " + join(names, ", ") + ".");
    } else {
      view.settings[*known] = value;
    }
  }
  const auto zone = table.text("timezone");
  if (!zone) return;
  if (!view.settings.emplace("TimeZone", *zone).second)
    table.fail("timezone", "invalid_value", "the time zone is given twice, as timezone and in settings",
               "Take one of the two out.");
}

void read_header(TomlTable& table, ViewDefinition& view) {
  const auto kind = table.choice("kind", {"view", "materialized"});
  view.kind = kind == "materialized" ? schema::Kind::materialized : schema::Kind::view;
  const std::vector<std::string> words(maintenance_names.begin(), maintenance_names.end());
  if (const auto word = table.choice("maintenance", words)) view.maintenance = *maintenance_named(*word);
  if (const auto name = table.text("name")) view.name.name = *name;
  if (const auto schema = table.text("schema")) view.name.schema = *schema;
  view.key = table.texts("key");
  view.comment = table.text("comment");
  view.column_comments = table.scalars("column_comments");
  view.column_types = table.scalars("column_types");
  view.renamed_from = table.text("renamed_from").value_or("");
  view.depends_on = table.texts("depends_on");
  view.with_data = table.boolean("with_data").value_or(true);
  view.notify = table.boolean("notify").value_or(false);
  view.owner = table.text("owner");
  view.grants = table.text_lists("grants");
  read_storage(table, view);
  view.statement_timeout = table.duration("statement_timeout");
  view.schedule = table.text("schedule").value_or("");
  try {
    if (table.has("schedule")) schema::parse_schedule(view.schedule);
  } catch (const Failure& failure) {
    table.fail("schedule", "invalid_value", failure.error().message, failure.error().hint);
  }
  view.refresh_on_change = table.duration("refresh_on_change").value_or("");
  if (!view.refresh_on_change.empty() && duration_ms(view.refresh_on_change).value_or(0) < 1)
    table.fail("refresh_on_change", "invalid_value", "\"refresh_on_change\" must be 1ms or more");
  view.strategy = table.choice("strategy", {"recompute"}).value_or("");
  view.on_error = table.choice("on_error", {"stale", "fail"}).value_or("");
  view.stale_reads = table.choice("stale_reads", {"query", "refuse", "allow"}).value_or("");
  view.max_staleness = table.duration("max_staleness").value_or("");
  view.trust = read_trust(table);
  view.clock = table.text("clock").value_or("");
  if (table.has("clock") && !interval_ms(view.clock))
    table.fail("clock", "invalid_value", fmt::format("\"{}\" is no length of time", view.clock),
               "As in clock = \"1 minute\": how old the present time of the view's rows may get.");
  read_settings(table, view);
  read_indexes(table, view);
  check_kind(table, view);
  view.places = table.places();
  check_grants(table, view);
  table.finish();
}

void check_name(const ViewDefinition& view, std::vector<Error>& errors) {
  const std::string& file = view.source.file;
  for (const std::string& part : {view.name.schema, view.name.name}) {
    if (part.size() > sql::max_identifier_bytes) {
      errors.push_back(file_error(
          file, "name_too_long", fmt::format("the name \"{}\" is longer than 63 bytes", part),
          "PostgreSQL would cut it silently. Give the view a shorter name with name = \"…\" in the header."));
    }
    if (part.find('\0') != std::string::npos || part.empty())
      errors.push_back(file_error(file, "invalid_name", "the view's name is empty or holds a NUL byte"));
  }
  if (view.name.schema == "pgvista" || view.name.schema.starts_with("pg_")) {
    errors.push_back(
        file_error(file, "invalid_name", fmt::format("views cannot be put into the schema \"{}\"", view.name.schema)));
  }
}

}  // namespace

Keys header_keys() {
  Keys out;
  Origin origin;
  origin.keys = &out;
  std::vector<Error> errors;
  ViewDefinition view;
  // What stands in tables is asked for where there is one.
  const auto parsed = parse_toml("grants = {}\nindexes = [ { columns = [] } ]", origin, errors);
  TomlTable table(*parsed, origin, "", errors);
  read_header(table, view);
  return out;
}

std::optional<ViewDefinition> read_definition(const std::string& shown_file, const std::string& stem,
                                              const std::string& text, const std::string& default_schema,
                                              std::vector<Error>& errors) {
  const std::size_t before = errors.size();
  if (const std::size_t bad = invalid_utf8(text); bad != std::string_view::npos) {
    Error error = file_error(shown_file, "invalid_encoding", "the file is not UTF-8", "Save it as UTF-8.");
    const LineColumn at = line_column(text, bad);
    error.line = at.line;
    error.column = at.column;
    errors.push_back(std::move(error));
    return std::nullopt;
  }
  ViewDefinition view;
  view.name = {default_schema, stem};
  view.source = {shown_file, text, byte_order_mark(text)};
  if (const auto header = find_header(text, "pgvista")) {
    if (header->query_offset == std::string_view::npos) {
      errors.push_back(
          file_error(shown_file, "invalid_header", "the header's comment is never closed", "Add */ after the header."));
      return std::nullopt;
    }
    view.source.query_offset = header->query_offset;
    const LineColumn at = line_column(text, header->toml_offset);
    const Origin origin{shown_file, at.line, at.column, ExitCode::failed};
    if (const auto parsed = parse_toml(header->toml, origin, errors)) {
      TomlTable table(*parsed, origin, "", errors);
      read_header(table, view);
    }
  }
  if (const auto stray = misplaced_header(text, "pgvista", view.source.query_offset)) {
    const LineColumn at = line_column(text, *stray);
    Error error = file_error(
        shown_file, "invalid_header", "this comment looks like a header and is none",
        "A header begins with /* pgvista, stands above the query, and there is one. Comments may stand above it.");
    error.line = at.line;
    error.column = at.column;
    errors.push_back(std::move(error));
    return std::nullopt;
  }
  view.query = text.substr(view.source.query_offset);
  check_name(view, errors);
  try {
    view.tree = parse::parse_select(view.query);
  } catch (const Failure& failure) {
    Error error = failure.error();
    const LineColumn base = line_column(text, view.source.query_offset);
    error.file = shown_file;
    error.column = error.line == 1 ? base.column + error.column - 1 : error.column;
    error.line += base.line - 1;
    errors.push_back(std::move(error));
  }
  if (errors.size() > before) return std::nullopt;
  return view;
}

Definitions read_definitions(const fs::path& root, const std::string& default_schema,
                             const std::vector<model::ViewFile>& texts) {
  Definitions out;
  std::map<sql::Name, std::string> seen;
  const auto add = [&](std::optional<schema::ViewDefinition> view) {
    if (!view) return;
    const auto [first, inserted] = seen.try_emplace(view->name, view->source.file);
    if (!inserted) {
      out.errors.push_back(
          file_error(view->source.file, "duplicate_view",
                     fmt::format("the view \"{}\" is also defined in {}", view->name.display(), first->second),
                     "Remove one of the two, or give it another name or schema in its header."));
      return;
    }
    out.views.push_back(std::move(*view));
  };
  for (const fs::path& path : sql_files(root / "views", out.errors)) {
    if (const auto text = read_file(path, out.errors))
      add(read_definition(shown_path(path), path.stem().string(), *text, default_schema, out.errors));
  }
  for (const model::ViewFile& one : texts) {
    auto view = read_definition(one.name, one.name, one.text, default_schema, out.errors);
    if (view) view->row_members = one.members;
    add(std::move(view));
  }
  return out;
}

}  // namespace pgvista::project
