// Everything that a view carries beside its query: restored on a new object, brought in line with the definition.

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "plan/steps.hpp"
#include "sql/index.hpp"

namespace pgvista::plan {

using schema::Details;
using schema::Grant;
using schema::Relation;

namespace {

std::string role_sql(const std::string& role) { return role.empty() ? "PUBLIC" : sql::quote_identifier(role); }

std::string comment_literal(const std::optional<std::string>& comment) {
  return comment && !comment->empty() ? sql::quote_literal(*comment) : "NULL";
}

bool has_column(const Context&, const Subject& subject, const std::string& column) {
  const auto& columns = subject.meaning ? subject.meaning->columns : subject.live->columns;
  return std::any_of(columns.begin(), columns.end(), [&](const auto& known) { return known.name == column; });
}

std::string grant_sql(const Grant& grant, const sql::Name& name) {
  const std::string privilege = grant.column.empty()
                                    ? grant.privilege
                                    : fmt::format("{} ({})", grant.privilege, sql::quote_identifier(grant.column));
  return fmt::format("GRANT {} ON TABLE {} TO {}{}", privilege, name.sql(), role_sql(grant.grantee),
                     grant.grantable ? " WITH GRANT OPTION" : "");
}

// Owner's grants first, then those that a role with the grant option passed on, each as that role.
void restore_grants(const Context& context, const Subject& subject, const sql::Name& name,
                    std::vector<std::string>& out) {
  const Relation& live = *subject.live;
  const Details& details = *live.details;
  const bool default_privileges = context.input.database.default_privileges.contains(context.input.database.user) ||
                                  context.input.database.default_privileges.contains(live.owner);
  if (default_privileges || !details.default_acl) {
    // What ALTER DEFAULT PRIVILEGES put on the new object was not on the old one, or comes again below.
    out.push_back(fmt::format("REVOKE ALL ON TABLE {} FROM PUBLIC", name.sql()));
    if (default_privileges) {
      const std::string revoke =
          sql::quote_literal(fmt::format("REVOKE ALL ON TABLE {} FROM %I", replace_all(name.sql(), "%", "%%")));
      out.push_back("DO " +
                    sql::quote_literal(fmt::format(
                        "DECLARE role text; BEGIN FOR role IN SELECT DISTINCT r.rolname FROM pg_catalog.pg_default_acl "
                        "d, pg_catalog.aclexplode(d.defaclacl) x "
                        "JOIN pg_catalog.pg_roles r ON r.oid = x.grantee WHERE d.defaclobjtype = 'r' AND r.rolname <> "
                        "{} LOOP EXECUTE pg_catalog.format({}, role); END LOOP; END",
                        sql::quote_literal(live.owner), revoke)));
    }
  }
  if (!details.default_acl)
    out.push_back(fmt::format("REVOKE ALL ON TABLE {} FROM {}", name.sql(), role_sql(live.owner)));
  const auto& own = context.input.database.member_of;
  for (const bool by_owner : {true, false}) {
    for (const Grant& grant : details.grants) {
      if ((grant.grantor == live.owner) != by_owner) continue;
      if (!grant.column.empty() && !has_column(context, subject, grant.column)) continue;
      // One passed on by a role that we may not act as is given by the owner: the reader keeps what he had.
      const bool as_grantor = !by_owner && std::find(own.begin(), own.end(), grant.grantor) != own.end();
      if (as_grantor) out.push_back("SET LOCAL ROLE " + sql::quote_identifier(grant.grantor));
      out.push_back(grant_sql(grant, name));
      if (as_grantor) out.push_back("RESET ROLE");
    }
  }
}

void restore_columns(const Context& context, const Subject& subject, const sql::Name& name,
                     std::vector<std::string>& out) {
  const bool stored = subject.materialized();
  const std::string alter = fmt::format("ALTER {} {} ALTER COLUMN ", object_word(subject.kind), name.sql());
  for (const schema::ColumnDetail& column : subject.live->details->columns) {
    if (!has_column(context, subject, column.name)) continue;
    const std::string quoted = sql::quote_identifier(column.name);
    if (column.comment)
      out.push_back(fmt::format("COMMENT ON COLUMN {}.{} IS {}", name.sql(), quoted, comment_literal(column.comment)));
    if (!stored) {
      if (!column.default_value.empty()) out.push_back(alter + quoted + " SET DEFAULT " + column.default_value);
      continue;
    }
    if (column.statistics_target >= 0)
      out.push_back(alter + quoted + fmt::format(" SET STATISTICS {}", column.statistics_target));
    if (!column.options.empty()) out.push_back(alter + quoted + " SET (" + join(column.options, ", ") + ")");
    if (!column.storage.empty()) out.push_back(alter + quoted + " SET STORAGE " + column.storage);
    if (!column.compression.empty()) out.push_back(alter + quoted + " SET COMPRESSION " + column.compression);
  }
}

}  // namespace

std::vector<std::string> restore_sql(const Context& context, const Subject& subject, const sql::Name& name) {
  std::vector<std::string> out;
  const Relation& live = *subject.live;
  // First the owner: what is granted afterwards is granted by him.
  if (live.owner != context.input.database.user)
    out.push_back(fmt::format("ALTER {} {} OWNER TO {}", object_word(subject.kind), name.sql(),
                              sql::quote_identifier(live.owner)));
  restore_columns(context, subject, name, out);
  if (live.comment)
    out.push_back(
        fmt::format("COMMENT ON {} {} IS {}", object_word(subject.kind), name.sql(), comment_literal(live.comment)));
  restore_grants(context, subject, name, out);
  // A plain view has no such clause.
  for (const std::string& extension : live.details->extensions) {
    if (subject.materialized())
      out.push_back(fmt::format("ALTER MATERIALIZED VIEW {} DEPENDS ON EXTENSION {}", name.sql(),
                                sql::quote_identifier(extension)));
  }
  return out;
}

namespace {

bool option_is(const Relation* live, const std::string& name, const std::string& value) {
  if (!live) return false;
  return std::any_of(live->options.begin(), live->options.end(), [&](const std::string& entry) {
    const std::size_t equals = entry.find('=');
    if (entry.substr(0, equals) != name) return false;
    const std::string has = lower(entry.substr(equals + 1));
    const auto truth = [](const std::string& text) {
      return text == "on" || text == "yes" || text == "1"   ? std::string("true")
             : text == "off" || text == "no" || text == "0" ? std::string("false")
                                                            : text;
    };
    return truth(has) == truth(lower(value));
  });
}

void declare_options(const Subject& subject, const sql::Name& name, const Relation* live,
                     std::vector<std::string>& out) {
  const schema::ViewDefinition& view = *subject.definition;
  std::vector<std::string> set;
  const auto want = [&](const std::string& option, const std::string& value) {
    // Of a view's options, "false" that was never set is the default. Of storage, autovacuum_enabled = false is none.
    const bool set_somehow =
        subject.materialized() ||
        (live && std::any_of(live->options.begin(), live->options.end(),
                             [&](const std::string& entry) { return entry.starts_with(option + "="); }));
    if (option_is(live, option, value) || (!set_somehow && value == "false")) return;
    set.push_back(sql::option_name(option) + " = " + sql::quote_literal(value));
  };
  if (subject.materialized()) {
    for (const auto& [option, value] : view.storage) want(option, value);
  }
  if (view.security_invoker) want("security_invoker", *view.security_invoker ? "true" : "false");
  if (view.security_barrier) want("security_barrier", *view.security_barrier ? "true" : "false");
  if (view.check_option) want("check_option", *view.check_option);
  if (!set.empty())
    out.push_back(fmt::format("ALTER {} {} SET ({})", object_word(subject.kind), name.sql(), join(set, ", ")));
  if (subject.materialized() && view.tablespace && live && *view.tablespace != live->tablespace &&
      !(live->tablespace.empty() && *view.tablespace == "pg_default")) {
    out.push_back(fmt::format("ALTER MATERIALIZED VIEW {} SET TABLESPACE {}", name.sql(),
                              sql::quote_identifier(*view.tablespace)));
  }
}

void declare_comments(const Subject& subject, const sql::Name& name, const Relation* live,
                      std::vector<std::string>& out) {
  const schema::ViewDefinition& view = *subject.definition;
  const std::string has = live && live->comment ? *live->comment : "";
  if (view.comment && *view.comment != has)
    out.push_back(
        fmt::format("COMMENT ON {} {} IS {}", object_word(subject.kind), name.sql(), comment_literal(view.comment)));
  for (const auto& [column, comment] : view.column_comments) {
    std::string before;
    if (live && live->details) {
      for (const schema::ColumnDetail& detail : live->details->columns) {
        if (detail.name == column) before = detail.comment.value_or("");
      }
    }
    if (before != comment)
      out.push_back(fmt::format("COMMENT ON COLUMN {}.{} IS {}", name.sql(), sql::quote_identifier(column),
                                comment_literal(comment)));
  }
}

void declare_grants(const Subject& subject, const sql::Name& name, const Relation* live,
                    std::vector<std::string>& out) {
  static const std::vector<std::string> all = {"select",   "insert",     "update", "delete",
                                               "truncate", "references", "trigger"};
  for (const auto& [role, declared] : subject.definition->grants) {
    const std::string grantee = lower(role) == "public" ? "public" : role;
    std::vector<std::string> missing;
    for (const std::string& privilege : declared) {
      const std::vector<std::string> wanted =
          lower(privilege) == "all" ? all : std::vector<std::string>{lower(privilege)};
      for (const std::string& one : wanted) {
        const auto has =
            live ? live->privileges.find(grantee) : std::map<std::string, std::vector<std::string>>::const_iterator{};
        const bool granted = live && has != live->privileges.end() &&
                             std::find(has->second.begin(), has->second.end(), one) != has->second.end();
        if (!granted) missing.push_back(one);
      }
    }
    if (!missing.empty())
      out.push_back(fmt::format("GRANT {} ON TABLE {} TO {}", join(missing, ", "), name.sql(),
                                grantee == "public" ? "PUBLIC" : sql::quote_identifier(role)));
  }
}

}  // namespace

std::vector<std::string> declare_sql(const Context& context, const Subject& subject, const sql::Name& name,
                                     const Relation* live, bool options) {
  std::vector<std::string> out;
  if (!subject.definition) return out;
  if (live && options) declare_options(subject, name, live, out);
  declare_comments(subject, name, live, out);
  declare_grants(subject, name, live, out);
  const std::string owner = live ? live->owner : context.input.database.user;
  if (subject.definition->owner && *subject.definition->owner != owner) {
    out.push_back(fmt::format("ALTER {} {} OWNER TO {}", object_word(subject.kind), name.sql(),
                              sql::quote_identifier(*subject.definition->owner)));
  }
  return out;
}

}  // namespace pgvista::plan
