#include "migrate/graph.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "analyze/tables.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"

namespace pgvista::migrate {

namespace {

Error graph_error(std::string code, std::string message, std::string hint, const Migration* migration = nullptr) {
  Error error;
  error.code = std::move(code);
  error.message = std::move(message);
  error.hint = std::move(hint);
  if (migration) locate(error, *migration, 0);
  return error;
}

}  // namespace

Graph::Graph(std::vector<Migration> migrations, const AppliedMap& applied)
    : all_(std::move(migrations)), applied_(applied) {
  choose(applied);
  resolve_dependencies();
  sort();
}

// A squashed migration stands for those that it replaces, unless only some of these are applied.
void Graph::choose(const AppliedMap& applied) {
  const auto whole = [&](const std::string& id) {
    const auto found = applied.find(id);
    return found != applied.end() && found->second.whole();
  };
  std::set<std::string> dropped;
  for (const Migration& one : all_) {
    if (one.replaces.empty()) continue;
    const auto done = std::count_if(one.replaces.begin(), one.replaces.end(),
                                    [&](const std::string& id) { return applied.contains(id); });
    const bool all_done = std::all_of(one.replaces.begin(), one.replaces.end(), whole);
    if (!applied.contains(one.id) && done > 0 && !all_done) {
      for (const std::string& id : one.replaces) {
        const bool there =
            std::any_of(all_.begin(), all_.end(), [&](const Migration& other) { return other.id == id; });
        if (there) continue;
        throw Failure(graph_error(
            "missing_migration",
            fmt::format("this database has had only some of what {} replaces, and {} is not there to run", one.id, id),
            "Put the replaced files back until every database has had all of them.", &one));
      }
      dropped.insert(one.id);
      continue;
    }
    if (all_done && !applied.contains(one.id)) {
      Applied& mark = applied_[one.id];
      mark = applied.at(one.replaces.back());
      mark.checksum = one.checksum;
      implied_.push_back(&one);
    }
    for (const std::string& id : one.replaces) {
      replaced_by_[id] = one.id;
      dropped.insert(id);
    }
  }
  for (const Migration& one : all_) {
    if (!dropped.contains(one.id)) depends_on_[one.id] = {};
  }
}

void Graph::resolve_dependencies() {
  for (auto& [id, dependencies] : depends_on_) {
    std::set<std::string> resolved;
    const Migration& own = *find(id);
    for (const std::string& wanted : own.depends_on) {
      std::string name = wanted;
      while (replaced_by_.contains(name)) name = replaced_by_.at(name);
      const Migration* there = find(name);
      if (!there) {
        std::vector<std::string> names;
        for (const Migration& one : all_) names.push_back(one.id);
        throw Failure(graph_error("missing_migration",
                                  fmt::format("{} depends on \"{}\", which is not there", id, wanted),
                                  did_you_mean(wanted, names), &own));
      }
      if (depends_on_.contains(name)) {
        resolved.insert(name);
      } else {  // a squashed one that gave way to those that it replaces
        resolved.insert(there->replaces.begin(), there->replaces.end());
      }
    }
    resolved.erase(id);
    dependencies.assign(resolved.begin(), resolved.end());
  }
}

void Graph::sort() {
  std::map<std::string, std::size_t> open;
  std::map<std::string, std::vector<std::string>> dependents;
  std::set<std::string> ready;
  for (const auto& [id, dependencies] : depends_on_) {
    open[id] = dependencies.size();
    if (dependencies.empty()) ready.insert(id);
    for (const std::string& one : dependencies) dependents[one].push_back(id);
  }
  while (!ready.empty()) {
    const std::string id = *ready.begin();
    ready.erase(ready.begin());
    order_.push_back(find(id));
    for (const std::string& next : dependents[id]) {
      if (--open[next] == 0) ready.insert(next);
    }
  }
  if (order_.size() == depends_on_.size()) return;
  std::vector<std::string> stuck;
  for (const auto& [id, left] : open) {
    if (left > 0) stuck.push_back(id);
  }
  throw Failure(graph_error("migration_cycle",
                            "these migrations depend on each other in a circle: " + join(stuck, ", "),
                            "Take one dependency out.", find(stuck.front())));
}

const Migration* Graph::find(const std::string& id) const {
  const auto found = std::find_if(all_.begin(), all_.end(), [&](const Migration& one) { return one.id == id; });
  return found == all_.end() ? nullptr : &*found;
}

std::set<std::string> Graph::ancestors(const std::string& id) const {
  std::set<std::string> out;
  std::vector<std::string> open{id};
  while (!open.empty()) {
    const std::string at = open.back();
    open.pop_back();
    if (!out.insert(at).second) continue;
    open.insert(open.end(), depends_on_.at(at).begin(), depends_on_.at(at).end());
  }
  return out;
}

std::set<std::string> Graph::descendants(const std::string& id) const {
  std::set<std::string> out{id};
  for (const Migration* one : order_) {
    const auto& dependencies = depends_on_.at(one->id);
    if (std::any_of(dependencies.begin(), dependencies.end(),
                    [&](const std::string& other) { return out.contains(other); }))
      out.insert(one->id);
  }
  return out;
}

std::vector<std::string> Graph::leaves() const {
  std::set<std::string> inner;
  for (const auto& [id, dependencies] : depends_on_) inner.insert(dependencies.begin(), dependencies.end());
  std::vector<std::string> out;
  for (const Migration* one : order_) {
    if (!inner.contains(one->id)) out.push_back(one->id);
  }
  return out;
}

namespace {

// What the migrations of one branch touch.
struct Reach {
  std::set<std::string> objects;                       // that they change
  std::set<sql::Name> taken;                           // tables that they take something from
  std::set<std::pair<std::string, std::string>> read;  // schema and name, as their views write them
};

void add_reach(const Migration& migration, Reach& out) {
  out.objects.merge(objects_of(migration));
  for (const Operation& operation : migration.operations) {
    if (operation.after)
      analyze::for_each_table(operation.after->tree, [&](const sql::TableRef& ref) {
        out.read.insert({ref.schema, ref.name});
      });
    if (operation.kind != Operation::Kind::change) continue;
    for (const sql::ScriptStatement& statement : operation.up.statements) {
      for (const sql::TableChange& change : statement.changes) {
        const bool takes =
            std::holds_alternative<sql::DropColumn>(change) || std::holds_alternative<sql::DropTable>(change) ||
            std::holds_alternative<sql::RenameColumn>(change) || std::holds_alternative<sql::RenameTable>(change) ||
            std::holds_alternative<sql::AlterType>(change);
        if (takes) out.taken.insert(sql::subject(change));
      }
    }
  }
}

// "table a" and "view a" are one: they cannot both have the name. Indexes are apart.
std::vector<std::string> shared_objects(const Reach& a, const Reach& b) {
  const auto key = [](const std::string& object) {
    return object.starts_with("index ") ? object : object.substr(object.find(' '));
  };
  std::vector<std::string> out;
  std::copy_if(a.objects.begin(), a.objects.end(), std::back_inserter(out), [&](const std::string& one) {
    return std::any_of(b.objects.begin(), b.objects.end(),
                       [&](const std::string& other) { return key(one) == key(other); });
  });
  return out;
}

std::string meeting(const std::string& first, const Reach& a, const std::string& second, const Reach& b) {
  for (const sql::Name& table : a.taken) {
    for (const auto& [schema, name] : b.read) {
      if (name == table.name && (schema.empty() || table.schema.empty() || schema == table.schema))
        return fmt::format("{} takes something from the table {}, which a view of {} reads", first, table.display(),
                           second);
    }
  }
  return {};
}

}  // namespace

std::vector<Conflict> Graph::conflicts() const {
  std::vector<Conflict> out;
  const std::vector<std::string> ends = leaves();
  if (ends.size() < 2) return out;
  const auto beyond = [&](const std::set<std::string>& own, const std::set<std::string>& other) {
    Reach reach;
    for (const std::string& id : own) {
      if (!other.contains(id)) add_reach(*find(id), reach);
    }
    return reach;
  };
  for (std::size_t i = 0; i < ends.size(); ++i) {
    for (std::size_t k = i + 1; k < ends.size(); ++k) {
      const std::set<std::string> left = ancestors(ends[i]);
      const std::set<std::string> right = ancestors(ends[k]);
      const Reach one = beyond(left, right);
      const Reach other = beyond(right, left);
      Conflict conflict{ends[i], ends[k], shared_objects(one, other), {}};
      conflict.meeting = meeting(ends[i], one, ends[k], other);
      if (conflict.meeting.empty()) conflict.meeting = meeting(ends[k], other, ends[i], one);
      if (!conflict.objects.empty() || !conflict.meeting.empty()) out.push_back(std::move(conflict));
    }
  }
  return out;
}

bool Graph::applied(const std::string& id) const {
  const auto found = applied_.find(id);
  return found != applied_.end() && found->second.whole();
}

int Graph::steps_done(const std::string& id) const {
  const auto found = applied_.find(id);
  return found == applied_.end() || found->second.whole() ? 0 : found->second.steps_done;
}

State Graph::state(const std::string& default_schema) const {
  State out(default_schema);
  for (const Migration* one : order_) advance(out, *one);
  return out;
}

std::set<std::string> objects_of(const Migration& migration) {
  std::set<std::string> out;
  for (const Operation& operation : migration.operations) {
    for (const Definition& view : {operation.before, operation.after}) {
      if (view) out.insert("view " + view->name.display());
    }
    for (const sql::ScriptStatement& statement :
         operation.kind == Operation::Kind::change ? operation.up.statements : std::vector<sql::ScriptStatement>{}) {
      for (const sql::TableChange& change : statement.changes) {
        // An index's own name says no table; its table's other changes do.
        if (std::holds_alternative<sql::DropIndex>(change) || std::holds_alternative<sql::RenameIndex>(change)) {
          out.insert("index " + sql::subject(change).display());
        } else {
          out.insert("table " + sql::subject(change).display());
        }
        if (const auto* renamed = std::get_if<sql::RenameTable>(&change)) out.insert("table " + renamed->to.display());
      }
    }
  }
  return out;
}

Error conflict_error(const Conflict& conflict) {
  const std::string what = conflict.objects.empty() ? conflict.meeting
                                                    : fmt::format("{} and {} both change {}", conflict.left,
                                                                  conflict.right, join(conflict.objects, ", "));
  return graph_error("conflicting_migrations", what + ", and neither follows the other",
                     "Bring the definitions together, then: pgvista makemigrations --merge");
}

const Migration& named(const Graph& graph, const std::string& id) {
  std::vector<std::string> names;
  std::vector<const Migration*> beginning;
  for (const Migration* one : graph.order()) {
    if (one->id == id) return *one;
    if (one->id.starts_with(id)) beginning.push_back(one);
    names.push_back(one->id);
  }
  if (beginning.size() == 1) return *beginning.front();
  if (beginning.size() > 1) {
    std::vector<std::string> found;
    for (const Migration* one : beginning) found.push_back(one->id);
    throw Failure(usage_error("ambiguous_migration", fmt::format("\"{}\" is the beginning of several migrations", id),
                              "Which of them: " + join(found, ", ") + "?"));
  }
  throw Failure(
      usage_error("unknown_migration", fmt::format("there is no migration \"{}\"", id),
                  did_you_mean(id, names).empty() ? "pgvista showmigrations lists them." : did_you_mean(id, names)));
}

namespace {

std::vector<PathStep> forwards(const Graph& graph, const std::function<bool(const std::string&)>& wanted) {
  std::vector<PathStep> out;
  for (const Migration* one : graph.order()) {
    if (wanted(one->id) && !graph.applied(one->id)) out.push_back({one, true});
  }
  return out;
}

std::vector<PathStep> backwards(const Graph& graph, const std::function<bool(const std::string&)>& wanted) {
  std::vector<PathStep> out;
  for (const Migration* one : graph.order()) {
    if (wanted(one->id) && (graph.applied(one->id) || graph.steps_done(one->id) > 0))
      out.insert(out.begin(), {one, false});
  }
  for (const PathStep& step : out) {
    const int done = graph.applied(step.migration->id) ? static_cast<int>(step.migration->operations.size())
                                                       : std::min(graph.steps_done(step.migration->id),
                                                                  static_cast<int>(step.migration->operations.size()));
    const Operation* operation = step.migration->irreversible(done);
    if (!operation) continue;
    Error error = graph_error(
        "irreversible",
        fmt::format("{} cannot be taken back: \"{}\" has no reverse", step.migration->id, operation->title),
        "Write a section \"-- pgvista: reverse\" behind it, even an empty one; or stop at a later migration.");
    locate(error, *step.migration, operation->up.offset);
    throw Failure(std::move(error));
  }
  return out;
}

}  // namespace

std::vector<PathStep> path_to(const Graph& graph, const std::string& target) {
  if (target.empty()) {
    const std::vector<Conflict> conflicts = graph.conflicts();
    if (!conflicts.empty()) throw Failure(conflict_error(conflicts.front()));
    return forwards(graph, [](const std::string&) { return true; });
  }
  if (target == "zero") return backwards(graph, [](const std::string&) { return true; });
  const Migration& to = named(graph, target);
  if (!graph.applied(to.id)) {
    const std::set<std::string> ancestors = graph.ancestors(to.id);
    return forwards(graph, [&](const std::string& id) { return ancestors.contains(id); });
  }
  std::set<std::string> later = graph.descendants(to.id);
  later.erase(to.id);
  return backwards(graph, [&](const std::string& id) { return later.contains(id); });
}

}  // namespace pgvista::migrate
