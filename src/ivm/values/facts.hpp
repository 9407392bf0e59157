#pragma once
// What the compiler must know of a database, as plain values.

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "schema/definition.hpp"
#include "sql/identifier.hpp"
#include "sql/tree.hpp"

namespace pgvista::ivm {

using schema::Maintenance;  // manual is no program's

/// What a type is beside its name, as the server knows it.
struct TypeFact {
  std::string base;        // without its modifier; of a domain, what it is made of
  bool comparable = true;  // has an equality that "=" means under every search path
  bool hashable = true;    // as a field of a record; equal values have equal hashes
  bool forms = false;      // equal values may look different (1 and 1.00)
  bool array = false;      // an array, or a domain over one: no array can hold it
  bool composite = false;  // unnest() takes its values apart
};

struct ColumnFact {
  std::string name;
  std::string type;  // as format_type prints it, with its schema (but for pg_catalog) and its modifier
  bool not_null = false;
  TypeFact kind = {};
  bool bounded = true;            // no value is longer than an index entry may be
  bool at_read = false;           // generated when it is read: no trigger sees its value
  bool nondeterministic = false;  // its collation takes values for equal that are stored otherwise
  double distinct = 0;            // how many values there are; 0: nobody has counted
};

/// A table that another inherits from: what changes through it reaches that one's rows, but shows its own columns.
struct Parent {
  sql::Name name;
  std::vector<std::string> columns;
};

struct TableFact {
  sql::Name name;
  char kind = 'r';  // pg_class.relkind
  std::vector<ColumnFact> columns;
  std::vector<std::vector<std::string>> unique_keys;  // of unique indexes over all rows, the primary key first
  std::vector<std::string> indexed;                   // first columns of its indexes
  std::vector<sql::Name> ancestors;                   // the partitioned tables that it is a part of
  std::vector<Parent> parents;                        // what it inherits from, directly or not
  std::vector<sql::Name> descendants;  // partitions and inheritance children: they need triggers of their own
  std::string obstacle;                // why no trigger can watch it, for people; "" where one can
  bool part = false;                   // a part of the query that is being compiled, kept by itself
  bool one_row = false;                // such a part that has one row, always
  bool clock = false;                  // … and that row is the present time
  double rows = -1;                    // by the last ANALYZE; -1: nobody has counted

  const ColumnFact* column(const std::string& name) const;
  bool unique(const std::string& column) const;
  /// It, and the tables by whose names its rows are changed, too.
  std::vector<sql::Name> family() const;
};

/// Settings that values and their texts depend on, with what they are set to wherever a view is computed.
using Settings = std::vector<std::pair<std::string, std::string>>;

/// " SET name TO 'value' …", for CREATE FUNCTION.
std::string set_clauses(const Settings& settings);

/// What keeps a query from being maintained.
struct Blocker {
  std::string text;
  std::string word = {};      // the name, or the word, at its place in the query as it was written
  std::string hint = {};      // what would help, where that is more than another query
  bool undetermined = false;  // the query may come to other rows each time
};

/// A function, an operator's or a conversion's, of which the server says that it may give another result another time.
struct UnstableCall {
  enum class Kind {
    refused,   // by chance, time, session, or what it reads
    settings,  // by settings alone, which are the same in all of a program
    trusted    // the user says that it does not
  };
  Kind kind = Kind::refused;
  std::string name;  // of the function, without its schema
  std::string text;  // what it depends on, for people
  std::string hint = {};
  bool operator==(const UnstableCall&) const = default;
};

/// What the compiler must know of a query, and only a server can tell: PostgreSQL's rules of types are its own.
struct Question {
  enum class Kind {
    columns,  // the names and types of its output columns
    unstable  // its functions, operators and conversions that PostgreSQL does not call immutable
  };
  Kind kind = Kind::columns;
  sql::Select query;  // over relations that exist
};

/// What a server said, by the printed query. `ask` answers what is not there yet; without it, the question is handed
/// back to whoever compiles.
struct Answers {
  std::map<std::string, std::vector<ColumnFact>> columns;
  std::map<std::string, std::vector<UnstableCall>> unstable;
  std::function<void(const Question&, Answers&)> ask = {};
};

/// A function in SQL, by its name and how many arguments it takes.
struct FunctionKey {
  sql::Name name;
  std::size_t arguments = 0;
  auto operator<=>(const FunctionKey&) const = default;
};

/// What it stands for: a query whose columns args.NAME are its arguments.
struct SqlFunction {
  std::string args;                                               // what the body calls its arguments by
  std::vector<std::pair<std::string, sql::TypeName>> parameters;  // names and types
  sql::Select body;                                               // canonical
  bool set = false;                                               // it gives rows: of these columns
  std::vector<std::string> columns;
  sql::TypeName result;  // of a value
  bool strict = false;   // NULL where an argument is
};

struct Facts {
  int server_major = 15;
  std::map<sql::Name, TableFact> tables;
  std::map<sql::Name, sql::Select> views;  // plain views and visible sides of maintained ones: their canonical queries
  std::vector<std::string> search_path;
  std::set<std::string> aggregates;              // names of aggregate functions, without schema
  std::set<std::string> set_returning;           // names of set-returning functions
  Settings settings;                             // the database's defaults
  std::map<FunctionKey, SqlFunction> functions;  // that are not declared immutable, and can be looked into

  std::map<sql::Name, sql::Select>
      originals;                    // store -> the query that it holds the rows of, for stores that need not exist yet
  std::map<sql::Name, int> levels;  // store -> Program::level of what keeps it

  std::shared_ptr<Answers> answers = std::make_shared<Answers>();  // grows as somebody asks

  const TableFact* table(const std::string& schema, const std::string& name) const;
  const sql::Select* view(const std::string& schema, const std::string& name) const;
};

/// The query with the stores that need not exist yet put in as the queries that they hold the rows of.
/// `but`: not this one.
sql::Select describable(sql::Select query, const Facts& facts, const sql::Name& but = {});

/// The facts that a query depends on: of the relations that it reads, through views.
Facts concerning(const sql::Select& query, const Facts& facts);

/// Thrown inside the compiler where an answer is missing; ivm::compile hands the question on.
struct Unanswered {
  Question question;
};
/// The answer to a question about `query`, with describable() put in. Throws Unanswered where nobody may be asked.
const std::vector<ColumnFact>& output_columns(const sql::Select& query, const Facts& facts);
const std::vector<UnstableCall>& unstable_calls(const sql::Select& query, const Facts& facts);
/// Is there a call of that kind in the query?
bool calls_of_kind(const sql::Select& query, UnstableCall::Kind kind, const Facts& facts);

}  // namespace pgvista::ivm
