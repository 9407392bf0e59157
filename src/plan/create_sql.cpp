#include <fmt/format.h>

#include "analyze/tables.hpp"
#include "parse/parse.hpp"
#include "plan/steps.hpp"
#include "sql/index.hpp"
#include "sql/print.hpp"

namespace pgvista::plan {

namespace {

// "a=b" entries of pg_class.reloptions.
schema::Options live_options(const schema::Relation& live) {
  schema::Options out;
  for (const std::string& entry : live.options) {
    const std::size_t equals = entry.find('=');
    out[entry.substr(0, equals)] = equals == std::string::npos ? "true" : entry.substr(equals + 1);
  }
  return out;
}

void declared_view_options(const schema::ViewDefinition& view, schema::Options& out) {
  if (view.security_invoker) out["security_invoker"] = *view.security_invoker ? "true" : "false";
  if (view.security_barrier) out["security_barrier"] = *view.security_barrier ? "true" : "false";
  if (view.check_option) out["check_option"] = *view.check_option;
}

// What the object is to have: what it has, and over that what is declared. Options of the other kind mean nothing.
schema::Options options_of(const Subject& subject) {
  schema::Options out;
  if (subject.live && subject.live->materialized() == subject.materialized()) out = live_options(*subject.live);
  if (!subject.definition) return out;
  if (subject.materialized()) {
    for (const auto& [name, value] : subject.definition->storage) out[name] = value;
  } else {
    declared_view_options(*subject.definition, out);
  }
  return out;
}

std::string tablespace_of(const Subject& subject) {
  if (subject.definition && subject.definition->tablespace) return *subject.definition->tablespace;
  return subject.live ? subject.live->tablespace : std::string{};
}

}  // namespace

std::string query_text(const Context& context, const Subject& subject, bool beside) {
  sql::Select tree;
  sql::Select storage;
  if (const sql::Select* visible = visible_query(context.input, subject, storage))
    return parse::print_checked(*visible);
  if (subject.definition) {
    tree = subject.definition->tree;
  } else {
    try {
      tree = parse::parse_select(subject.live->definition);
    } catch (const Failure&) {
      return subject.live->definition;  // newer than our grammar; the server wrote it
    }
  }
  if (beside) {
    analyze::for_each_table(tree, [&](sql::TableRef& ref) {
      for (const auto& [name, built] : context.beside) {
        const bool named =
            ref.name == name.name &&
            (ref.schema == name.schema || (ref.schema.empty() && context.input.database.resolve("", name.name) ==
                                                                     context.input.database.find(name)));
        if (!named) continue;
        if (ref.alias.name.empty()) ref.alias.name = ref.name;
        ref.schema = built.schema;
        ref.name = built.name;
        break;
      }
    });
  }
  return parse::print_checked(tree);
}

bool with_data(const Context& context, const Subject& subject) {
  if (!subject.materialized()) return true;
  const bool wanted = subject.definition ? subject.definition->with_data ||
                                               (subject.live && subject.live->materialized() && subject.live->populated)
                                         : subject.live->populated;
  if (!wanted) return false;
  // Nothing can be read from a materialized view that was never filled.
  if (subject.definition) {
    const auto index = static_cast<std::size_t>(subject.definition - context.input.views.data());
    for (const std::size_t read : context.input.graph.reads[index]) {
      const schema::ViewDefinition& below = context.input.views[read];
      const schema::Relation* live = context.input.database.find(below.name);
      if (schema::object_kind(below) == schema::Kind::materialized && !below.with_data && !(live && live->populated))
        return false;
    }
  }
  return true;
}

std::string create_sql(const Context& context, const Subject& subject, const sql::Name& as, bool or_replace,
                       bool beside) {
  std::string out = fmt::format("CREATE {}{} {}", or_replace ? "OR REPLACE " : "", object_word(subject.kind), as.sql());
  if (subject.materialized() && subject.live && subject.live->materialized() && !subject.live->access_method.empty() &&
      subject.live->access_method != "heap") {
    out += " USING " + sql::quote_identifier(subject.live->access_method);
  }
  out += sql::with_clause(options_of(subject));
  if (subject.materialized() && !tablespace_of(subject).empty())
    out += " TABLESPACE " + sql::quote_identifier(tablespace_of(subject));
  out += " AS\n" + query_text(context, subject, beside);
  if (subject.materialized()) out += with_data(context, subject) ? "\nWITH DATA" : "\nWITH NO DATA";
  return out;
}

}  // namespace pgvista::plan
