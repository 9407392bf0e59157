#include "catalog/refusals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "analyze/tables.hpp"
#include "base/text.hpp"
#include "sql/visit.hpp"

namespace pgvista::catalog {

using schema::ViewDefinition;

namespace {

// The node of that name in a query: a call, a column, a relation, a part of WITH.
std::optional<std::size_t> place_of_node(const sql::Select& query, const std::string& word) {
  int out = -1;
  const auto note = [&](bool same, const sql::Location& at) {
    if (same && at.offset >= 0 && (out < 0 || at.offset < out)) out = at.offset;
  };
  sql::walk(query, [&](sql::ConstNode node) {
    if (const auto* call = node.as<sql::FunctionCall>())
      note(!call->name.empty() && call->name.back() == word, call->at);
    if (const auto* column = node.as<sql::ColumnRef>())
      note(!column->star && !column->parts.empty() && column->parts.back() == word, column->at);
    if (const auto* table = node.as<sql::TableRef>()) note(table->name == word, table->at);
    if (const auto* part = node.as<sql::CommonTable>()) note(part->name == word, part->at);
  });
  return out < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(out));
}

// What is looked for: the name that the blocker has, or the first that it speaks of.
std::string word_of(const ivm::Blocker& blocker) {
  const std::size_t open = blocker.text.find('"');
  if (!blocker.word.empty() || open == std::string::npos) return blocker.word;
  std::string word = blocker.text.substr(open + 1, blocker.text.find('"', open + 1) - open - 1);
  if (const std::size_t dot = word.rfind('.'); dot != std::string::npos) word = word.substr(dot + 1);
  return word;
}

bool leads_to(const sql::Select& query, const std::string& word, const ivm::Facts& facts) {
  bool found = place_of_node(query, word).has_value();
  analyze::for_each_table(query, [&](const sql::TableRef& ref) {
    const sql::Select* const inner = found ? nullptr : facts.view(ref.schema, ref.name);
    if (inner) found = leads_to(*inner, word, facts);
  });
  return found;
}

struct Place {
  std::size_t offset = 0;
  std::string through;  // the view that the query reads, where what blocks it stands in that one
};

// The query is compiled from its canonical text; in the file the same name, call or word is looked for, then in the
// views that it reads.
Place place_of_blocker(const ViewDefinition& view, const ivm::Blocker& blocker, const ivm::Facts& facts) {
  const std::string word = word_of(blocker);
  if (!word.empty()) {
    if (const auto node = place_of_node(view.tree, word)) return {*node, {}};
    if (const std::size_t found = lower(view.query).find(lower(word)); found != std::string::npos) return {found, {}};
    Place through;
    analyze::for_each_table(view.tree, [&](const sql::TableRef& ref) {
      const sql::Select* const inner = through.through.empty() ? facts.view(ref.schema, ref.name) : nullptr;
      if (inner && ref.at.offset >= 0 && leads_to(*inner, word, facts))
        through = {static_cast<std::size_t>(ref.at.offset), ref.name};
    });
    if (!through.through.empty()) return through;
  }
  const std::size_t first = view.query.find_first_not_of(" \t\r\n");
  return {first == std::string::npos ? 0 : first, {}};
}

}  // namespace

Error key_error(const ViewDefinition& view) {
  Error error;
  error.code = "key_not_unique";
  error.message = fmt::format("nothing says that the key ({}) tells the rows of \"{}\" apart", join(view.key, ", "),
                              view.name.display());
  error.hint = "Declare a unique index on these columns, or leave the key out: it is derived where it can be.";
  schema::locate_key(error, view, "key");
  return error;
}

// The compiler asks the server by views that it makes and takes back.
Error cannot_compile(const ViewDefinition& view, bool unsound) {
  Error error;
  error.code = "read_only";
  error.message =
      fmt::format("\"{}\" {}, and what keeps it can only be compiled where views can be made: this session only reads",
                  view.name.display(), unsound ? "was tampered with" : "is not what the last sync made");
  error.hint = "Connect to the primary, as the role that syncs.";
  error.file = view.source.file;
  schema::locate(error, view, 0);
  return error;
}

Error reads_behind(const ViewDefinition& view, const ViewDefinition& behind) {
  Error error;
  error.code = "reads_deferred";
  error.message = fmt::format("\"{}\" is kept {} but reads \"{}\", which is deferred", view.name.display(),
                              schema::to_string(view.maintenance), behind.name.display());
  error.hint = "Make it deferred too, or manual; or keep the other as this one is kept.";
  error.file = view.source.file;
  const std::size_t found = lower(view.query).find(lower(behind.name.name));
  schema::locate(error, view, found == std::string::npos ? 0 : found);
  return error;
}

Error not_maintainable(const ViewDefinition& view, const ivm::Program& program, const ivm::Facts& facts) {
  Error error;
  error.code = "not_maintainable";
  std::vector<std::string> reasons;
  for (const ivm::Blocker& blocker : program.blockers) {
    if (std::find(reasons.begin(), reasons.end(), blocker.text) == reasons.end()) reasons.push_back(blocker.text);
  }
  error.message = fmt::format("\"{}\" cannot be kept incrementally: {}", view.name.display(), reasons.front());
  for (std::size_t i = 1; i < reasons.size(); ++i) error.detail += (i > 1 ? "\n" : "") + reasons[i];
  error.hint = "Change the query there, or use maintenance = \"manual\" and refresh it with pgvista refresh.";
  if (!program.blockers.front().hint.empty()) error.hint = program.blockers.front().hint;
  error.file = view.source.file;
  const Place place = place_of_blocker(view, program.blockers.front(), facts);
  if (!place.through.empty()) error.message += fmt::format(" (in the view \"{}\")", place.through);
  schema::locate(error, view, place.offset);
  return error;
}

}  // namespace pgvista::catalog
