#include "schema/definition.hpp"

#include <fmt/format.h>

#include "base/text.hpp"

namespace pgvista::schema {

const char* to_string(Kind kind) { return kind == Kind::view ? "view" : "materialized"; }

const char* to_string(Maintenance maintenance) {
  return maintenance_names[static_cast<std::size_t>(maintenance)].data();  // they are literals
}

bool refreshed_on_change(const ViewDefinition& view) {
  return view.kind == Kind::materialized && view.maintenance == Maintenance::manual && !view.refresh_on_change.empty();
}

bool kept_by_watch(const ViewDefinition& view) {
  return view.maintenance == Maintenance::deferred || !view.schedule.empty() || refreshed_on_change(view);
}

bool maintained(const ViewDefinition& view) {
  return view.kind == Kind::materialized && view.maintenance != Maintenance::manual;
}

Kind object_kind(const ViewDefinition& view) { return maintained(view) ? Kind::view : view.kind; }

void locate_key(Error& error, const ViewDefinition& view, const std::string& key) {
  const auto found = view.places.find(key);
  error.file = view.source.file;
  error.line = found == view.places.end() ? 1 : found->second.first;
  error.column = found == view.places.end() ? 1 : found->second.second;
}

void locate(Error& error, const ViewDefinition& view, std::size_t query_offset) {
  const LineColumn at = line_column(view.source.text, view.source.query_offset + query_offset);
  error.file = view.source.file;
  error.line = at.line;
  error.column = at.column;
}

std::string index_name(const ViewDefinition& view, const IndexDefinition& index) {
  return sql::index_name(view.name.name, index);
}

}  // namespace pgvista::schema
