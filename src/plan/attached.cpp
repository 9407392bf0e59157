// Indexes, extended statistics, triggers and rules of an object that takes the place of another.

#include <fmt/format.h>

#include <algorithm>
#include <iterator>

#include "base/text.hpp"
#include "plan/steps.hpp"
#include "sql/index.hpp"

namespace pgvista::plan {

using schema::LiveIndex;
using schema::Relation;

const LiveIndex* match_index(const Context& context, const Subject& subject, std::size_t declared) {
  if (!subject.live || !subject.definition) return nullptr;
  const schema::IndexDefinition& wanted = subject.definition->indexes[declared];
  const auto record = context.input.database.records.find(subject.live->name);
  if (record != context.input.database.records.end() && record->second.oid == subject.live->oid) {
    const auto fingerprint = record->second.indexes.find(schema::index_text(wanted));
    for (const LiveIndex& index : subject.live->indexes) {
      if (fingerprint != record->second.indexes.end() && index.fingerprint == fingerprint->second) return &index;
    }
  }
  const std::string text = declared < subject.meaning->indexes.size() ? subject.meaning->indexes[declared] : "";
  if (text.empty()) return nullptr;
  const LiveIndex* found = nullptr;
  for (const LiveIndex& index : subject.live->indexes) {
    const auto live = context.input.meanings.live_indexes.find(index.oid);
    if (live == context.input.meanings.live_indexes.end() || live->second != text) continue;
    // Of several that are the same, the one of the declared name.
    if (!found || index.name == wanted.name) found = &index;
  }
  return found;
}

std::string passing_index_name(const sql::Name& view, const std::string& name) {
  return "pgvista_new_" + stable_hash_hex(view.sql() + "/" + name, 12);
}

NewIndex new_index_sql(const sql::Name& view, const sql::Name& relation, const std::string& create,
                       const std::string& passing, const std::string& final_name, const LiveIndex* live,
                       const std::optional<std::string>& comment) {
  NewIndex out;
  out.make.push_back(create);
  const std::string path = sql::Name{view.schema, passing}.sql();
  const std::optional<std::string> text = comment ? comment : live ? live->comment : std::nullopt;
  if (text) out.make.push_back(fmt::format("COMMENT ON INDEX {} IS {}", path, sql::quote_literal(*text)));
  if (live) {
    for (const auto& [column, target] : live->statistics_targets)
      out.make.push_back(fmt::format("ALTER INDEX {} ALTER COLUMN {} SET STATISTICS {}", path, column, target));
    for (const std::string& extension : live->extensions)
      out.make.push_back(fmt::format("ALTER INDEX {} DEPENDS ON EXTENSION {}", path, sql::quote_identifier(extension)));
    if (live->clustered)
      out.make.push_back(
          fmt::format("ALTER MATERIALIZED VIEW {} CLUSTER ON {}", relation.sql(), sql::quote_identifier(passing)));
  }
  if (passing != final_name)
    out.settle.push_back(fmt::format("ALTER INDEX {} RENAME TO {}", path, sql::quote_identifier(final_name)));
  return out;
}

namespace {

std::string passing_name(const sql::Name& view, const std::string& name) { return passing_index_name(view, name); }

bool columns_remain(const Subject& subject, const std::vector<std::string>& used) {
  const auto& columns = subject.meaning ? subject.meaning->columns : subject.live->columns;
  return std::all_of(used.begin(), used.end(), [&](const std::string& name) {
    return std::any_of(columns.begin(), columns.end(), [&](const auto& column) { return column.name == name; });
  });
}

class Attacher {
 public:
  Attacher(const Context& context, const Subject& subject, const sql::Name& name)
      : context_(context), subject_(subject), name_(name) {}

  Attached run() {
    if (subject_.materialized()) {
      declared_indexes();
      other_indexes();
      statistics();
      if (with_data(context_, subject_)) out_.make.push_back("ANALYZE " + name_.sql());
    }
    if (subject_.live) {
      triggers_and_rules();
      lost();
    }
    return std::move(out_);
  }

 private:
  void add_index(const std::string& sql, const std::string& passing, const std::string& final_name,
                 const LiveIndex* live, const std::optional<std::string>& comment) {
    NewIndex index = new_index_sql(subject_.name, name_, sql, passing, final_name, live, comment);
    std::move(index.make.begin(), index.make.end(), std::back_inserter(out_.make));
    std::move(index.settle.begin(), index.settle.end(), std::back_inserter(out_.settle));
  }

  void declared_indexes() {
    const bool replaces = subject_.live != nullptr;
    for (std::size_t i = 0; subject_.definition && i < subject_.definition->indexes.size(); ++i) {
      const schema::IndexDefinition& index = subject_.definition->indexes[i];
      const LiveIndex* live = match_index(context_, subject_, i);
      if (live) matched_.push_back(live->oid);
      const std::string final_name = live ? live->name : schema::index_name(*subject_.definition, index);
      names_.push_back(final_name);
      const std::string passing = replaces ? passing_name(subject_.name, final_name) : final_name;
      add_index(sql::create_index(index, passing, name_), passing, final_name, live, index.comment);
    }
  }

  // Indexes that nobody declared stay, as long as their columns do.
  void other_indexes() {
    if (!subject_.live) return;
    for (const LiveIndex& index : subject_.live->indexes) {
      const bool done = std::find(matched_.begin(), matched_.end(), index.oid) != matched_.end() ||
                        std::find(names_.begin(), names_.end(), index.name) != names_.end();
      if (done || index.definition.empty() || !columns_remain(subject_, index.used_columns)) continue;
      names_.push_back(index.name);
      const std::string passing = passing_name(subject_.name, index.name);
      const std::string sql =
          fmt::format("CREATE {}INDEX {} ON {}{}", index.unique ? "UNIQUE " : "", sql::quote_identifier(passing),
                      name_.sql(), catalog::index_body(index.definition));
      add_index(sql, passing, index.name, &index, std::nullopt);
      // pg_get_indexdef does not print it.
      if (!index.tablespace.empty())
        out_.make.push_back(fmt::format("ALTER INDEX {} SET TABLESPACE {}",
                                        sql::Name{subject_.name.schema, passing}.sql(),
                                        sql::quote_identifier(index.tablespace)));
    }
  }

  void statistics() {
    if (!subject_.live || !subject_.live->details) return;
    for (const schema::ExtendedStatistics& item : subject_.live->details->statistics) {
      if (!columns_remain(subject_, item.columns) || !columns_remain(subject_, item.used_columns)) continue;
      statistics_.push_back(item.name);
      std::vector<std::string> on;
      for (const std::string& column : item.columns) on.push_back(sql::quote_identifier(column));
      for (const std::string& expression : item.expressions) on.push_back("(" + expression + ")");
      const sql::Name passing{item.name.schema, passing_name(subject_.name, "statistics " + item.name.name)};
      const std::string kinds = item.kinds.empty() ? "" : " (" + join(item.kinds, ", ") + ")";
      out_.make.push_back(
          fmt::format("CREATE STATISTICS {}{} ON {} FROM {}", passing.sql(), kinds, join(on, ", "), name_.sql()));
      if (item.target >= 0)
        out_.make.push_back(fmt::format("ALTER STATISTICS {} SET STATISTICS {}", passing.sql(), item.target));
      if (item.comment)
        out_.make.push_back(
            fmt::format("COMMENT ON STATISTICS {} IS {}", passing.sql(), sql::quote_literal(*item.comment)));
      if (item.owner != context_.input.database.user)
        out_.settle.push_back(
            fmt::format("ALTER STATISTICS {} OWNER TO {}", passing.sql(), sql::quote_identifier(item.owner)));
      out_.settle.push_back(
          fmt::format("ALTER STATISTICS {} RENAME TO {}", passing.sql(), sql::quote_identifier(item.name.name)));
    }
  }

  // Their definitions name the view: they come when it has its name.
  void triggers_and_rules() {
    if (!subject_.live->details || subject_.materialized()) return;
    for (const std::string& trigger : subject_.live->details->triggers) out_.settle.push_back(trigger);
    for (const std::string& rule : subject_.live->details->rules) out_.settle.push_back(rule);
  }

  // What was declared goes as its declaration does. The rest is somebody's work, and is not to go without a word.
  void lost() {
    const auto record = context_.input.database.records.find(subject_.live->name);
    const auto declared = [&](const LiveIndex& index) {
      return record != context_.input.database.records.end() &&
             std::any_of(record->second.indexes.begin(), record->second.indexes.end(),
                         [&](const auto& one) { return one.second == index.fingerprint; });
    };
    for (const LiveIndex& index : subject_.live->indexes) {
      const bool stays = std::find(matched_.begin(), matched_.end(), index.oid) != matched_.end() ||
                         std::find(names_.begin(), names_.end(), index.name) != names_.end();
      if (!stays && !declared(index)) out_.lost.push_back("index " + index.name);
    }
    if (!subject_.live->details) return;
    for (const schema::ExtendedStatistics& item : subject_.live->details->statistics) {
      if (std::find(statistics_.begin(), statistics_.end(), item.name) == statistics_.end())
        out_.lost.push_back("statistics " + item.name.display());
    }
    if (subject_.materialized() && !subject_.live->details->triggers.empty()) out_.lost.emplace_back("triggers");
    if (subject_.materialized() && !subject_.live->details->rules.empty()) out_.lost.emplace_back("rules");
  }

  const Context& context_;
  const Subject& subject_;
  const sql::Name& name_;
  std::vector<schema::Oid> matched_;
  std::vector<std::string> names_;          // of the indexes that are made
  std::vector<sql::Name> statistics_ = {};  // that are made
  Attached out_;
};

}  // namespace

Attached attached_sql(const Context& context, const Subject& subject, const sql::Name& name) {
  return Attacher(context, subject, name).run();
}

}  // namespace pgvista::plan
