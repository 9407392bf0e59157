#include "migrate/squash.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "migrate/detect.hpp"

namespace pgvista::migrate {

namespace {

Error cannot(std::string message, std::string hint) {
  return usage_error("cannot_squash", std::move(message), std::move(hint));
}

// What cannot be found again from two states: what the state does not hold, and the way that rows take. A table that
// was there before may have rows; one that is made among the squashed has none yet.
bool stays(const Operation& operation, const State& before) {
  if (operation.kind == Operation::Kind::view) return false;
  if (operation.kind != Operation::Kind::change || operation.outside_transaction || !operation.down) return true;
  return std::any_of(
      operation.up.statements.begin(), operation.up.statements.end(), [&](const sql::ScriptStatement& one) {
        return !one.complete ||
               std::any_of(one.changes.begin(), one.changes.end(),
                           [&](const sql::TableChange& change) { return before.tables.table_of(change) != nullptr; });
      });
}

class Squasher {
 public:
  Squasher(const std::string& default_schema, bool whole_names)
      : whole_names_(whole_names), start_(default_schema), now_(default_schema) {}

  void before(const Migration& migration) {
    advance(start_, migration);
    now_ = start_;
  }

  void add(const Migration& migration) {
    for (const Operation& operation : migration.operations) {
      const bool kept = stays(operation, start_);
      if (kept) {
        flush();
        out_.push_back({operation.kind, operation.title, operation.outside_transaction, operation.up.text,
                        operation.down ? std::optional(operation.down->text) : std::nullopt});
      }
      note(operation);
      advance(now_, migration, operation);
      if (kept) begin();
    }
  }

  std::vector<Draft> take() {
    flush();
    return std::move(out_);
  }

 private:
  void begin() {
    start_ = now_;
    tables_.clear();
    columns_.clear();
    views_.clear();
    defaults_.clear();
  }

  template <class Key>
  static void follow(std::map<Key, Key>& renames, const Key& from, const Key& to) {
    for (auto& [origin, current] : renames) {
      if (current == from) {
        current = to;
        return;
      }
    }
    renames[from] = to;
  }

  // How names went, for the questions that two states leave open.
  void note(const Operation& operation) {
    if (operation.kind == Operation::Kind::view) {
      if (operation.before && operation.after && operation.before->name != operation.after->name)
        follow(views_, operation.before->name, operation.after->name);
      return;
    }
    for (const sql::ScriptStatement& statement : operation.up.statements) {
      for (const sql::TableChange& change : statement.changes) note(change);
    }
  }

  void note(const sql::TableChange& change) {
    const sql::Name table = now_.tables.whole(sql::subject(change));
    if (const auto* one = std::get_if<sql::RenameTable>(&change)) {
      const sql::Name to{one->to.schema.empty() ? table.schema : one->to.schema, one->to.name};
      follow(tables_, table, to);
      if (auto columns = columns_.extract(table)) {
        columns.key() = to;
        columns_.insert(std::move(columns));
      }
    }
    if (const auto* one = std::get_if<sql::RenameColumn>(&change)) follow(columns_[table], one->column, one->to);
    if (const auto* one = std::get_if<sql::AddColumn>(&change)) {
      if (!one->column.default_value.empty())
        defaults_[table.display() + "." + one->column.name] = one->column.default_value;
    }
  }

  std::optional<Answer> answer(const Question& question) const {
    if (question.kind == Question::Kind::value) {
      const auto found = defaults_.find(question.object);
      return found == defaults_.end() ? Answer{} : Answer{false, found->second};
    }
    for (const auto& [from, to] : tables_) {
      if (from.display() == question.object && to.display() == question.to) return Answer{true, {}};
    }
    for (const auto& [table, columns] : columns_) {
      for (const auto& [from, to] : columns) {
        if (table.display() + "." + from == question.object && to == question.to) return Answer{true, {}};
      }
    }
    return Answer{};
  }

  void flush() {
    std::vector<schema::ViewDefinition> views;
    for (const auto& [name, definition] : now_.views) {
      views.push_back(*definition);
      for (const auto& [from, to] : views_) {
        if (to == name) views.back().renamed_from = from.schema + "." + from.name;
      }
    }
    Detected found = detect(start_, now_.tables, views, [this](const Question& question) { return answer(question); },
                            {false, whole_names_, {}});
    std::move(found.operations.begin(), found.operations.end(), std::back_inserter(out_));
    begin();
  }

  bool whole_names_;
  State start_;
  State now_;
  std::map<sql::Name, sql::Name> tables_;
  std::map<sql::Name, std::map<std::string, std::string>> columns_;
  std::map<sql::Name, sql::Name> views_;
  std::map<std::string, std::string> defaults_;
  std::vector<Draft> out_;
};

}  // namespace

DraftMigration squash(const Graph& graph, const std::string& from, const std::string& to,
                      const std::string& default_schema, bool whole_names) {
  const Migration& last = named(graph, to);
  std::set<std::string> wanted = graph.ancestors(last.id);
  if (!from.empty()) {
    const Migration& first = named(graph, from);
    if (!wanted.contains(first.id))
      throw Failure(cannot(fmt::format("{} does not come before {}", first.id, last.id), {}));
    const std::set<std::string> later = graph.descendants(first.id);
    std::erase_if(wanted, [&](const std::string& id) { return !later.contains(id); });
  }
  if (wanted.size() < 2) throw Failure(cannot("there is nothing to squash: that is one migration", {}));
  DraftMigration out;
  std::set<std::string> outside;
  Squasher squashing(default_schema, whole_names);
  std::string first_id;
  for (const Migration* one : graph.order()) {
    if (!wanted.contains(one->id)) {
      const std::set<std::string> later = graph.descendants(one->id);
      const bool between = !first_id.empty() && std::any_of(wanted.begin(), wanted.end(),
                                                            [&](const std::string& id) { return later.contains(id); });
      if (between)
        throw Failure(cannot(fmt::format("{} comes between them", one->id),
                             "Begin further back, so that it is among those to be squashed."));
      if (first_id.empty()) squashing.before(*one);
      continue;
    }
    if (first_id.empty()) first_id = one->id;
    for (const std::string& id : graph.depends_on(one->id)) {
      if (!wanted.contains(id)) outside.insert(id);
    }
    if (one->replaces.empty()) {
      out.replaces.push_back(one->id);
    } else {
      throw Failure(cannot(fmt::format("{} is itself squashed", one->id),
                           "Once every database has it, delete the files that it replaces and its key \"replaces\"; "
                           "then it can be squashed again."));
    }
    squashing.add(*one);
  }
  out.depends_on.assign(outside.begin(), outside.end());
  out.operations = squashing.take();
  out.id = first_id.substr(0, first_id.find('_')) + "_squashed_" + last.id;
  return out;
}

}  // namespace pgvista::migrate
