#pragma once
// What a database holds: the live half. Read by `catalog` without a lock on any of it; planned against by `plan`.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sql/identifier.hpp"

namespace pgvista::schema {

using Oid = std::uint32_t;

struct LiveColumn {
  std::string name;
  std::string type;       // as format_type prints it, with its modifier
  std::string collation;  // "" for the type's own
  bool not_null = false;
  int number = 0;

  bool operator==(const LiveColumn& other) const {
    return name == other.name && type == other.type && collation == other.collation;
  }
};

struct LiveIndex {
  Oid oid = 0;
  std::string name;
  std::string fingerprint;  // of everything that makes its definition, names left out
  bool valid = true;
  bool unique = false;
  bool partial = false;
  bool on_expressions = false;
  bool clustered = false;
  std::vector<std::string> columns;       // key columns; "" for an expression
  std::vector<std::string> used_columns;  // of the relation, anywhere in the index
  std::optional<std::string> comment;
  std::string definition;  // CREATE INDEX …, with the live names; filled in when it is needed
  std::string tablespace;
  std::map<int, int> statistics_targets;  // index column number -> target
  std::vector<std::string> extensions;    // that it goes with (DEPENDS ON EXTENSION); filled in with the details
};

struct Grant {
  std::string grantor;
  std::string grantee;  // "" is PUBLIC
  std::string privilege;
  bool grantable = false;
  std::string column;  // "" : the whole relation
};

struct ColumnDetail {
  std::string name;
  std::optional<std::string> comment;
  int statistics_target = -1;
  std::vector<std::string> options;  // n_distinct=…
  std::string storage;               // "" where it is the type's own
  std::string compression;
  std::string default_value;
};

struct ExtendedStatistics {
  sql::Name name;
  std::vector<std::string> kinds;
  std::vector<std::string> expressions;  // columns and expressions, as SQL
  std::vector<std::string> columns;
  std::vector<std::string> used_columns;  // also inside the expressions
  int target = -1;
  std::string owner;
  std::optional<std::string> comment;
};

/// The trigger that refuses writes of a maintained view; made by what makes the view.
inline constexpr const char* read_only_trigger = "pgvista_read_only";

/// All that a new object must be given to be as the old one was.
struct Details {
  std::vector<Grant> grants;
  bool default_acl = true;  // nothing was ever granted or revoked
  std::vector<ColumnDetail> columns;
  std::vector<ExtendedStatistics> statistics;
  std::vector<std::string> triggers;  // definitions, but for the one above
  std::vector<std::string> rules;
  std::vector<std::string> extensions;  // that it goes with (DEPENDS ON EXTENSION)
};

struct Relation {
  Oid oid = 0;
  sql::Name name;
  char kind = 'r';  // pg_class.relkind
  std::string owner;
  bool populated = true;
  bool extension_member = false;
  bool taken = false;  // dropped by this run for a change below it, to be made again with all that it had
  double rows = 0;
  std::int64_t pages = 0;
  std::vector<std::string> options;  // "security_barrier=true"
  std::string tablespace;
  std::string access_method;
  std::optional<std::string> comment;
  std::string rule_fingerprint;    // of the stored query; "" for a table
  std::string column_fingerprint;  // of names and types of its columns
  std::string ddl_fingerprint;     // of everything that only DDL changes
  std::string row_version;         // pg_class.xmin: changes with every refresh and with DDL
  std::string file_node;
  std::vector<LiveColumn> columns;
  std::vector<LiveIndex> indexes;
  std::vector<Oid> reads;                                      // relations that its stored query names, for views
  std::map<std::string, std::vector<std::string>> privileges;  // role -> lower-case privileges on the relation
  std::string definition;                                      // pg_get_viewdef, filled in when it is needed
  std::optional<Details> details;

  /// The unique index that lets REFRESH … CONCURRENTLY tell rows apart, and so the rows' key; null where there is none.
  const LiveIndex* key_index() const;

  bool view() const { return kind == 'v'; }
  bool materialized() const { return kind == 'm'; }
};

/// Something other than a view that depends on a view: a function, a policy, a column of its row type …
struct OtherDependent {
  Oid on = 0;
  std::string description;
};

/// What pgvista wrote down about a view when it last touched it.
struct Record {
  sql::Name name;
  Oid oid = 0;
  std::string kind;
  std::string query;        // the source text it was made from
  std::string canonical;    // what that meant
  std::string fingerprint;  // of everything the meaning depends on
  std::string rule_fingerprint;
  int server_major = 0;
  std::map<std::string, std::string> indexes;  // declared text -> live fingerprint
  std::vector<std::string> made_indexes;       // names of those pgvista made
  std::vector<LiveColumn> columns;
  bool refresh_due = false;
  bool adopted = false;  // the object was there before pgvista
};

/// An object made beside a view by a run that may have died.
struct Leftover {
  Oid oid = 0;
  sql::Name name;
  char kind = 'm';
};

struct Database {
  int server_version = 0;                // 150004
  std::vector<std::string> search_path;  // existing schemas, in order
  std::string user;
  bool superuser = false;
  bool can_create_temporary = true;
  bool read_only = false;
  bool ledger = false;  // the schema pgvista exists
  std::string
      global_fingerprint;  // functions, operators, types, casts, collations and settings that queries resolve by
  std::map<Oid, Relation> relations;
  std::map<sql::Name, Oid> by_name;
  std::vector<OtherDependent> other_dependents;
  std::map<sql::Name, Record> records;
  std::map<sql::Name, std::string> foreign;  // views of other projects, and whose they are
  std::vector<Leftover> leftovers;
  std::vector<std::string> schemas;
  std::map<sql::Name, sql::Name> renames;          // new name -> the live view's, for definitions with renamed_from
  std::vector<std::string> member_of;              // roles that the session's may act as
  std::map<std::string, bool> default_privileges;  // owner -> has ALTER DEFAULT PRIVILEGES for tables

  const Relation* find(const sql::Name& name) const;
  /// Resolves a name as the server would: the search path for an unqualified one.
  const Relation* resolve(const std::string& schema, const std::string& name) const;
  /// Views and materialized views that read this relation directly.
  std::vector<Oid> readers(Oid oid) const;
};

}  // namespace pgvista::schema
