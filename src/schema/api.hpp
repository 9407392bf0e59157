#pragma once
// What a database offers to be served: relations, functions and types of the served schemas, as values.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "schema/live.hpp"

namespace pgvista::schema {

/// Oids of the roles that a right was given to, the owner among them; 0: everybody.
using Grantees = std::set<Oid>;

struct ApiColumn {
  std::string name;
  std::string type;     // as format_type prints it
  Oid type_oid = 0;     // of a domain: the type below it
  char category = 'S';  // pg_type.typcategory of that
  bool composite = false;
  bool not_null = false;
  std::string default_value;  // an expression, or ""
  bool generated = false;     // the server alone writes it
  std::vector<std::string> choices;
  std::string comment;
  int number = 0;
  Oid source = 0;  // of a view: the table's column that it shows, if it is one as it stands
  int source_column = 0;
  Grantees grantees;  // of some right on it alone
  bool told = true;   // may the one who asks know of it?
};

struct ApiForeignKey {
  std::string name;
  Oid table = 0;
  std::vector<std::string> columns;
  Oid target = 0;
  std::vector<std::string> target_columns;
  char on_delete = 'a';  // pg_constraint.confdeltype
};

struct ApiRelation {
  Oid oid = 0;
  sql::Name name;
  char kind = 'r';
  Oid row_type = 0;
  bool served = false;  // in a served schema; the others are there for what leads through them
  std::vector<ApiColumn> columns;
  std::vector<std::string> key;  // primary key; of a view: the columns that tell its rows apart, where that is known
  std::vector<std::vector<std::string>> unique;
  bool insertable = false;
  bool updatable = false;
  bool deletable = false;
  bool populated = true;
  std::string comment;
  double rows = -1;
  std::string definition;        // of a materialized view of pgvista's: its query
  bool over_maintained = false;  // it is a maintained view, or reads one
  std::string maintenance;       // of a view of pgvista's: "immediate", "on_commit", "manual"; "" for the others
  bool notifies = false;
  bool security_invoker = false;
  Grantees grantees;  // of some right on all of it

  const ApiColumn* column(const std::string& wanted) const {
    for (const ApiColumn& one : columns) {
      if (one.name == wanted) return &one;
    }
    return nullptr;
  }
  bool view() const { return kind == 'v' || kind == 'm'; }
  /// Names that may be told.
  std::vector<std::string> column_names() const;
};

struct ApiParameter {
  std::string name;
  std::string type;
  Oid type_oid = 0;
  bool required = true;
  bool variadic = false;
};

struct ApiFunction {
  Oid oid = 0;
  sql::Name name;
  std::vector<ApiParameter> parameters;
  char volatility = 'v';           // i, s, v
  bool set = false;                // returns several rows
  bool single = false;             // of a set: declared ROWS 1
  Oid relation = 0;                // the rows are this relation's
  std::vector<ApiColumn> columns;  // of RETURNS TABLE, or of OUT parameters
  std::string type;                // of one value
  Oid type_oid = 0;
  bool nothing = false;  // void
  bool composite = false;
  char category = 'S';  // pg_type.typcategory of what it returns
  std::string comment;
  Grantees grantees;
};

/// Whose rights a role has: its own oid and those that it inherits from.
struct ApiRole {
  std::set<Oid> rights_of;
  bool superuser = false;
  bool all_rows = false;  // of every relation, without a grant: pg_read_all_data, pg_write_all_data
};

struct Api {
  std::vector<std::string> schemas;  // served, the first is the default
  std::map<Oid, ApiRelation> relations;
  std::vector<ApiForeignKey> foreign_keys;
  std::vector<ApiFunction> functions;
  std::map<std::string, std::string> types;  // what a cast may name -> the type as SQL
  std::set<std::string> timezones;
  std::map<std::string, Grantees> schema_users;  // served schema -> who may use it
  std::map<std::string, ApiRole> roles;
  std::string fingerprint;
  /// Where the keys of changed rows are told; "": nowhere, or this role may not know.
  std::string listener;
  bool told_later = false;  // by pgvista watch, not at the commit: transactions can be prepared here

  const ApiRelation* find(const std::string& schema, const std::string& name) const;
  const ApiRelation* relation(Oid oid) const {
    const auto found = relations.find(oid);
    return found == relations.end() ? nullptr : &found->second;
  }
};

/// The same, as it is told to a role: relations that it has no right to are not served, columns not told, functions
/// that it may not call are gone. Everything for superusers and for "none", which is the role that connected.
Api told_to(const Api& api, const std::string& role);

}  // namespace pgvista::schema
