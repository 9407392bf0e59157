#include "catalog/refusals.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <optional>

#include "base/text.hpp"
#include "sql/visit.hpp"

namespace pgvista::catalog {

using schema::ViewDefinition;

namespace {

// The node of that name in the query as it was written: a call, a column, a relation, a part of WITH.
std::optional<std::size_t> place_of_node(const ViewDefinition& view, const std::string& word) {
  int out = -1;
  const auto note = [&](bool same, const sql::Location& at) {
    if (same && at.offset >= 0 && (out < 0 || at.offset < out)) out = at.offset;
  };
  sql::walk(view.tree, [&](sql::ConstNode node) {
    if (const auto* call = node.as<sql::FunctionCall>())
      note(!call->name.empty() && call->name.back() == word, call->at);
    if (const auto* column = node.as<sql::ColumnRef>())
      note(!column->star && !column->parts.empty() && column->parts.back() == word, column->at);
    if (const auto* table = node.as<sql::TableRef>()) note(table->name == word, table->at);
    if (const auto* part = node.as<sql::CommonTable>()) note(part->name == word, part->at);
  });
  return out < 0 ? std::nullopt : std::optional(static_cast<std::size_t>(out));
}

// The query is compiled from its canonical text; in the file the same name, call or word is looked for.
std::size_t place_of_blocker(const ViewDefinition& view, const ivm::Blocker& blocker) {
  std::string word = blocker.word;
  if (const auto node = word.empty() ? std::nullopt : place_of_node(view, word)) return *node;
  if (const std::size_t open = blocker.text.find('"'); word.empty() && open != std::string::npos) {
    word = blocker.text.substr(open + 1, blocker.text.find('"', open + 1) - open - 1);
    if (const std::size_t dot = word.rfind('.'); dot != std::string::npos) word = word.substr(dot + 1);
  }
  const std::size_t found = word.empty() ? std::string::npos : lower(view.query).find(lower(word));
  return found == std::string::npos ? 0 : found;
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

Error not_maintainable(const ViewDefinition& view, const ivm::Program& program) {
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
  schema::locate(error, view, place_of_blocker(view, program.blockers.front()));
  return error;
}

}  // namespace pgvista::catalog
