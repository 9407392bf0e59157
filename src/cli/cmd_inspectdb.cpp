#include <fmt/format.h>

#include <algorithm>
#include <set>
#include <filesystem>
#include <fstream>

#include "analyze/nullability.hpp"
#include "base/suggest.hpp"
#include "base/text.hpp"
#include "catalog/read.hpp"
#include "catalog/table_text.hpp"
#include "cli/session.hpp"
#include "inspect/inspect.hpp"
#include "inspect/naming.hpp"
#include "parse/parse.hpp"

namespace pgvista::cli {

namespace fs = std::filesystem;
using inspect::Inspected;

namespace {

// pg_class, in the order of the catalogue's names: all tables too, when asked for.
std::vector<std::string> all_names(db::Connection& connection) {
  const db::Rows rows = connection.query(
      "SELECT DISTINCT relname FROM pg_catalog.pg_class c JOIN pg_catalog.pg_namespace n ON n.oid = c.relnamespace "
      "WHERE relkind IN ('r', 'p', 'v', 'm', 'f') "
      "AND nspname NOT IN ('pg_catalog', 'information_schema', 'pgvista') AND nspname NOT LIKE 'pg\\_t%' ORDER BY 1");
  std::vector<std::string> out;
  for (int row = 0; row < rows.size(); ++row) out.push_back(rows.text(row, 0));
  return out;
}

bool is_view(const schema::Relation& relation) { return relation.view() || relation.materialized(); }
bool is_table(const schema::Relation& relation) {
  return relation.kind == 'r' || relation.kind == 'p' || relation.kind == 'f';
}

class Inspector {
 public:
  explicit Inspector(Session& session) : session_(session), format_(session.arguments().value("--format", "sql")) {
    const std::vector<std::string> formats = {"sql", "tables", "cpp", "django"};
    if (std::find(formats.begin(), formats.end(), format_) == formats.end()) {
      throw Failure(usage_error("usage",
                                fmt::format("--format takes sql, tables, cpp or django, found \"{}\"", format_),
                                did_you_mean(format_, formats)));
    }
  }

  ExitCode run() {
    const std::vector<std::string> names = all_names(session_.connection());
    database_ = catalog::read_database(session_.connection(), names);
    const std::vector<const schema::Relation*> chosen = choose();
    std::vector<schema::Oid> views;
    for (const schema::Relation* relation : chosen) {
      if (relation->view() || relation->materialized()) views.push_back(relation->oid);
    }
    catalog::read_definitions(session_.connection(), database_, views);
    catalog::read_index_definitions(session_.connection(), database_, views);
    catalog::read_details(session_.connection(), database_, views);
    read_keys();
    write(chosen);
    return ExitCode::done;
  }

 private:
  struct Text {
    sql::Name name;
    std::string text;
  };

  std::set<sql::Name> asked_for(const std::vector<std::string>& words) {
    std::vector<const sql::Name*> candidates;
    for (const auto& [name, oid] : database_.by_name) {
      if (is_view(database_.relations.at(oid)) || is_table(database_.relations.at(oid))) candidates.push_back(&name);
    }
    std::set<sql::Name> out;
    for (const std::string& word : words) {
      out.insert(session_.meant(word, candidates, {"unknown_relation", "ambiguous_relation", "relation", "database"}));
    }
    return out;
  }

  // Views when nothing is named; for the typed formats their tables too.
  std::vector<const schema::Relation*> choose() {
    std::vector<const schema::Relation*> out;
    const auto& words = session_.arguments().positionals;
    const std::set<sql::Name> asked = asked_for(words);
    for (const auto& entry : database_.by_name) {
      const sql::Name& name = entry.first;
      const schema::Relation& relation = database_.relations.at(entry.second);
      const bool view = is_view(relation);
      const bool table = is_table(relation);
      const bool named = asked.contains(name);
      if (relation.extension_member && !named) continue;
      const bool wanted = format_ == "tables" ? table && relation.kind != 'f' : view || (table && format_ != "sql");
      if (words.empty() ? wanted : named && (view || table)) out.push_back(&relation);
      if (named && table && format_ == "sql") {
        throw Failure(usage_error("not_a_view",
                                  fmt::format("\"{}\" is a table: there is no view file for it", name.display()),
                                  "Use --format tables, --format cpp or --format django."));
      }
      if (named && !wanted && format_ == "tables")
        throw Failure(usage_error("not_a_table", fmt::format("\"{}\" is no table of this database", name.display()),
                                  "Use --format sql for views."));
    }
    return out;
  }

  void read_keys() {
    const db::Rows keys = session_.connection().query(
        "SELECT c.conrelid, c.contype, a.attname, coalesce(r.relname, '') FROM pg_catalog.pg_constraint c CROSS JOIN "
        "LATERAL pg_catalog.unnest(c.conkey) WITH ORDINALITY k (num, pos) "
        "JOIN pg_catalog.pg_attribute a ON a.attrelid = c.conrelid AND a.attnum = k.num LEFT JOIN pg_catalog.pg_class "
        "r ON r.oid = c.confrelid "
        "WHERE c.contype = 'p' OR (c.contype = 'f' AND pg_catalog.cardinality(c.conkey) = 1) ORDER BY c.conrelid, "
        "k.pos");
    for (int row = 0; row < keys.size(); ++row) {
      const auto oid = static_cast<schema::Oid>(keys.integer(row, 0));
      if (keys.at(row, 1) == "p") {
        primary_[oid].push_back(keys.text(row, 2));
      } else {
        references_[{oid, keys.text(row, 2)}] = keys.text(row, 3);
      }
    }
  }

  Inspected inspected(const schema::Relation& relation) const {
    Inspected out;
    out.relation = &relation;
    out.user = database_.user;
    std::vector<analyze::NullableColumn> outputs;
    if (!relation.definition.empty()) {
      try {
        outputs = analyze::output_nullability(
            parse::parse_select(relation.definition),
            [&](const std::string& schema, const std::string& name) { return columns_of(schema, name); });
      } catch (const Failure&) {
        outputs.clear();  // a newer server's syntax: nothing is known, all may be NULL
      }
    }
    for (std::size_t i = 0; i < relation.columns.size(); ++i) {
      const schema::LiveColumn& column = relation.columns[i];
      inspect::InspectedColumn item{column.name, column.type, !column.not_null, {}};
      if (outputs.size() == relation.columns.size()) item.nullable = outputs[i].nullable;
      if (const auto reference = references_.find({relation.oid, column.name}); reference != references_.end())
        item.references = reference->second;
      out.columns.push_back(std::move(item));
    }
    if (const auto primary = primary_.find(relation.oid); primary != primary_.end()) out.key = primary->second;
    const schema::LiveIndex* index = relation.key_index();
    if (out.key.empty() && index) out.key = index->columns;
    return out;
  }

  std::optional<std::vector<analyze::NullableColumn>> columns_of(const std::string& schema,
                                                                 const std::string& name) const {
    const schema::Relation* relation = database_.resolve(schema, name);
    if (!relation) return std::nullopt;
    std::vector<analyze::NullableColumn> out;
    for (const schema::LiveColumn& column : relation->columns) out.push_back({column.name, !column.not_null});
    return out;
  }

  // What a file of tables/ cannot say is left out and told.
  std::string table_text(const schema::Relation& relation) const {
    const catalog::LiveTable live =
        catalog::read_table(session_.connection(), relation.name, session_.default_schema());
    const std::string name = relation.name.display();
    if (!live.unsupported.empty()) {
      session_.say(fmt::format("\"{}\" is left out: no file of tables/ can say {}; views can read it all the same",
                               name, live.unsupported));
      return {};
    }
    if (!live.beside.empty())
      session_.say(fmt::format(
          "\"{}\" needs what no table file says, and a migration written by hand can (makemigrations --empty): {}",
          name, join(live.beside, ", ")));
    return inspect::table_file(live.table);
  }

  std::string text_of(const schema::Relation& relation) const {
    if (format_ == "tables") return table_text(relation);
    const Inspected item = inspected(relation);
    return format_ == "cpp"      ? inspect::cpp_struct(item, printed_)
           : format_ == "django" ? inspect::django_model(item)
                                 : inspect::sql_file(item);
  }

  std::string prelude() const {
    return format_ == "cpp" ? inspect::cpp_prelude() : format_ == "django" ? inspect::django_prelude() : "";
  }

  void write(const std::vector<const schema::Relation*>& relations) {
    for (const schema::Relation* relation : relations) printed_.insert(relation->name.name);
    std::vector<Text> texts;
    for (const schema::Relation* relation : relations) {
      if (std::string text = text_of(*relation); !text.empty()) texts.push_back({relation->name, std::move(text)});
    }
    const std::string folder = session_.arguments().value("--output");
    if (!folder.empty()) return write_files(texts, folder);
    if (session_.json()) {
      boost::json::array list;
      for (const Text& one : texts)
        list.push_back(boost::json::object{{"name", one.name.name}, {"schema", one.name.schema}, {"text", one.text}});
      return session_.print_json(list);
    }
    std::string out = prelude();
    for (const Text& one : texts) {
      if (format_ == "sql" || format_ == "tables")
        out += (out.empty() ? "" : "\n") + std::string("-- ") + one.name.display() + "\n";
      out += one.text;
    }
    session_.print(out);
  }

  void write_files(const std::vector<Text>& texts, const fs::path& folder) {
    std::error_code failure;
    fs::create_directories(folder, failure);
    const char* const suffix = format_ == "cpp" ? ".hpp" : format_ == "django" ? ".py" : ".sql";
    for (const Text& one : texts) {
      std::string stem = one.name.schema == "public" ? one.name.name : one.name.schema + "." + one.name.name;
      std::replace(stem.begin(), stem.end(), '/', '_');
      if (stem.starts_with('.')) stem = "_" + stem;  // a hidden file would not be read back; the header has the name
      const fs::path path = folder / (stem + suffix);
      if (fs::exists(path, failure)) {
        throw Failure(Error{"exists",
                            fmt::format("{} is there already", path.string()),
                            {},
                            "Name an empty folder, or remove the file.",
                            {},
                            {},
                            0,
                            0,
                            ExitCode::failed});
      }
      std::ofstream file(path);
      file << prelude() << one.text;
      file.close();
      if (!file)
        throw Failure(Error{"unwritable",
                            fmt::format("cannot write {}", path.string()),
                            {},
                            "Check the folder's permissions and its disk.",
                            {},
                            {},
                            0,
                            0,
                            ExitCode::failed});
      session_.say("wrote " + path.string());
    }
  }

  Session& session_;
  std::string format_;
  schema::Database database_;
  std::set<std::string> printed_;  // tables and views whose definitions are written
  std::map<schema::Oid, std::vector<std::string>> primary_;
  std::map<std::pair<schema::Oid, std::string>, std::string> references_;
};

}  // namespace

Command inspectdb_command() {
  return {"inspectdb",
          "Print definitions of what a database holds",
          "[RELATION…]",
          {{"--format", "FORMAT", "sql (default), tables, cpp or django"},
           {"--output", "DIR", "write files, one a relation"}},
          [](Session& session) { return Inspector(session).run(); }};
}

}  // namespace pgvista::cli
