#include "base/text.hpp"
#include "base/toml.hpp"
#include "migrate/migration.hpp"

namespace pgvista::migrate {

namespace {

std::string section(const std::string& text) { return text.empty() ? "" : std::string(trim(text)) + "\n"; }

}  // namespace

std::string write_migration(const DraftMigration& draft) {
  std::string out = "/* pgvista migration\ndepends_on = " + toml_list(draft.depends_on) + "\n";
  if (!draft.replaces.empty()) {
    std::vector<std::string> lines;
    for (const std::string& id : draft.replaces) lines.push_back("  " + toml_text(id));
    out += "replaces = [\n" + join(lines, ",\n") + "\n]\n";
  }
  out += "*/\n";
  for (const Draft& one : draft.operations) {
    out += std::string("\n-- pgvista: ") + to_string(one.kind) +
           (one.outside_transaction ? ", outside a transaction" : "") + ": " + one.title + "\n" + section(one.up);
    if (one.kind == Operation::Kind::view) {
      if (!one.down.value_or("").empty()) out += "-- pgvista: before\n" + section(*one.down);
    } else if (one.down) {
      out += "-- pgvista: reverse\n" + section(*one.down);
    }
  }
  return out;
}

}  // namespace pgvista::migrate
