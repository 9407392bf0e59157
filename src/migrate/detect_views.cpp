// Views: whole definitions, old and new.

#include <algorithm>
#include <set>
#include <tuple>

#include "base/text.hpp"
#include "analyze/dependencies.hpp"
#include "analyze/tables.hpp"
#include "migrate/detector.hpp"
#include "sql/print.hpp"
#include "sql/visit.hpp"

namespace pgvista::migrate {

using schema::ViewDefinition;
using sql::Name;

namespace {

Name source_name(const ViewDefinition& view) {
  const std::size_t dot = view.renamed_from.find('.');
  return dot == std::string::npos ? Name{view.name.schema, view.renamed_from}
                                  : Name{view.renamed_from.substr(0, dot), view.renamed_from.substr(dot + 1)};
}

// The keys of the header that differ, for people.
// As far as the query tells: none where it says *.
std::vector<std::string> output_names(const sql::Select& query) {
  if (query.operation != sql::Select::Operation::none && query.left) return output_names(*query.left);
  std::vector<std::string> out;
  for (const sql::Target& target : query.targets) {
    const auto* ref = target.value->as<sql::ColumnRef>();
    if (ref && ref->star) return {};
    out.push_back(analyze::output_name(target));
  }
  return out;
}

// "query (columns + total, - old)"
std::string query_change(const ViewDefinition& before, const ViewDefinition& after) {
  const std::vector<std::string> old = output_names(before.tree);
  const std::vector<std::string> now = output_names(after.tree);
  std::vector<std::string> out;
  const auto only_in = [&](const std::vector<std::string>& these, const std::vector<std::string>& those,
                           const char* sign) {
    for (const std::string& name : these) {
      if (std::find(those.begin(), those.end(), name) == those.end()) out.push_back(sign + name);
    }
  };
  if (old.empty() || now.empty()) return "query";
  only_in(now, old, "+ ");
  only_in(old, now, "- ");
  if (out.empty() && old != now) return "query (columns in another order)";
  return out.empty() ? "query" : "query (columns " + join(out, ", ") + ")";
}

std::string changes(const ViewDefinition& before, const ViewDefinition& after) {
  std::vector<std::string> out;
  const auto note = [&](const char* what, bool differs) {
    if (differs) out.emplace_back(what);
  };
  if (sql::print(before.tree) != sql::print(after.tree)) out.push_back(query_change(before, after));
  note("kind", before.kind != after.kind);
  note("maintenance", before.maintenance != after.maintenance || before.strategy != after.strategy ||
                          before.on_error != after.on_error || before.stale_reads != after.stale_reads ||
                          before.trust != after.trust || before.settings != after.settings);
  note("key", before.key != after.key);
  note("columns", before.column_types != after.column_types);
  const auto texts = [](const ViewDefinition& view) {
    std::vector<std::string> all;
    for (const auto& index : view.indexes)
      all.push_back(index.name + " " + sql::index_text(index) + " " + index.comment.value_or(""));
    return all;
  };
  note("indexes", texts(before) != texts(after));
  note("comment", before.comment != after.comment || before.column_comments != after.column_comments);
  note("owner", before.owner != after.owner);
  note("grants", before.grants != after.grants);
  const auto options = [](const ViewDefinition& view) {
    return std::tie(view.storage, view.tablespace, view.security_invoker, view.security_barrier, view.check_option,
                    view.with_data, view.notify, view.statement_timeout);
  };
  note("options", options(before) != options(after));
  if (out.empty()) out.emplace_back("options");
  return join(out, ", ");
}

}  // namespace

std::map<Name, Name> Detector::view_renames() {
  std::map<Name, Name> out;  // new -> old
  std::set<Name> taken;
  const auto defined = [&](const Name& name) {
    return std::any_of(views_.begin(), views_.end(), [&](const ViewDefinition& view) { return view.name == name; });
  };
  for (const ViewDefinition& view : views_) {
    if (from_.views.contains(view.name) || view.renamed_from.empty()) continue;
    const Name from = source_name(view);
    if (from_.views.contains(from) && !defined(from) && taken.insert(from).second) out[view.name] = from;
  }
  for (const ViewDefinition& view : views_) {
    if (from_.views.contains(view.name) || out.contains(view.name)) continue;
    for (const auto& [from, before] : from_.views) {
      if (taken.contains(from) || defined(from)) continue;
      const auto answer =
          ask({Question::Kind::rename, from.display(), view.name.display(),
               fmt::format("is the view \"{}\" now called \"{}\"?", from.display(), view.name.display()),
               fmt::format("--rename {}={} if it is (or renamed_from in its header); --drop {} if it is dropped and "
                           "the other one new.",
                           from.display(), view.name.display(), from.display()),
               before->tree == view.tree});
      if (!answer || !answer->renamed) continue;
      out[view.name] = from;
      taken.insert(from);
      break;
    }
  }
  return out;
}

void Detector::note_readers(const Name& table, const std::string& column) {
  std::vector<std::string> readers;
  for (const ViewDefinition& view : views_) {
    std::set<std::string> aliases;  // that the table goes by
    bool elsewhere = false;         // may the column be another relation's?
    analyze::for_each_table(view.tree, [&](const sql::TableRef& ref) {
      const bool same =
          ref.name == table.name && (ref.schema.empty() ? desired_.default_schema() : ref.schema) == table.schema;
      if (same) aliases.insert(ref.alias.name.empty() ? ref.name : ref.alias.name);
      const sql::Table* other = same ? nullptr : desired_.find({ref.schema, ref.name});
      elsewhere = elsewhere || (!same && (!other || other->column(column)));
    });
    bool reads = !aliases.empty() && column.empty();
    sql::each<const sql::ColumnRef>(view.tree, [&](const sql::ColumnRef& ref) {
      if (aliases.empty() || ref.star || ref.parts.empty() || ref.parts.back() != column) return;
      reads = reads || (ref.parts.size() == 1 ? !elsewhere : aliases.contains(ref.parts[ref.parts.size() - 2]));
    });
    if (reads) readers.push_back(view.name.display());
  }
  if (!readers.empty())
    out_.notes.push_back(fmt::format("{} goes, and views still read it: {}. PostgreSQL will refuse that.",
                                     column.empty() ? "the table " + table.display() : table.display() + "." + column,
                                     join(readers, ", ")));
}

void Detector::change_view(const ViewDefinition* before, const ViewDefinition* after) {
  std::string title;
  if (!before) {
    title = fmt::format("create view {}", after->name.display());
  } else if (!after) {
    title = fmt::format("drop view {}", before->name.display());
  } else if (before->name != after->name) {
    title = fmt::format("rename view {} to {}", before->name.display(), after->name.display());
  } else {
    title = fmt::format("change view {}: {}", after->name.display(), changes(*before, *after));
  }
  const auto text = [&](const ViewDefinition* view) {
    return view ? view_text(*view, desired_.default_schema(), options_.whole_names) : std::string{};
  };
  out_.operations.push_back({Operation::Kind::view, std::move(title), false, text(after), text(before)});
}

void Detector::change_views() {
  const std::map<Name, Name> renames = view_renames();
  std::map<Name, const ViewDefinition*> wanted_views;
  for (const ViewDefinition& view : views_) wanted_views[view.name] = &view;
  std::set<Name> moved;
  for (const auto& [name, view] : wanted_views) {
    const auto renamed = renames.find(name);
    const auto before = from_.views.find(renamed == renames.end() ? name : renamed->second);
    if (renamed != renames.end()) moved.insert(renamed->second);
    const ViewDefinition* now = before == from_.views.end() ? nullptr : before->second.get();
    if (now && now->name == name && canonical_view(*now) == canonical_view(*view)) continue;
    change_view(now, view);
  }
  for (const auto& [name, view] : from_.views) {
    if (!wanted_views.contains(name) && !moved.contains(name)) change_view(view.get(), nullptr);
  }
}

}  // namespace pgvista::migrate
