#pragma once
// The SQL of a program, shared by the strategies.

#include "ivm/program.hpp"
#include "ivm/shape.hpp"

namespace pgvista::ivm {

/// What the generated objects of one store are called.
struct Names {
  std::string base;
  std::string top = {};   // the whole program, where this is a part of it
  std::string view = {};  // for people
  sql::Name store() const { return {"pgvista", base}; }
  std::string function(const char* what) const {
    return sql::Name{"pgvista", sql::shorten_identifier(base, std::string("_") + what)}.sql();
  }
  /// A comment inside a statement. The server shows the statements that an error came through: its reader finds here
  /// whose they are, and what to do. `table`: whose change it is about, or "".
  std::string told(const std::string& table = {}) const;
};

/// How the keys that were found are brought up to date, as PL/pgSQL statements over the variables that keys_variable
/// and null_variable name. `everything` is for when all keys are.
struct Apply {
  std::string keys;
  std::string everything;
};

/// The variables and conditions for the key columns.
std::string keys_variable(std::size_t i);
std::string null_variable(std::size_t i);

/// What a statement of the function names them by. `many`: as the parameters of an EXECUTE that `by_number` makes.
sql::Expr keys_value(const std::vector<KeyColumn>& key, std::size_t i, bool many);
sql::Expr null_value(const std::vector<KeyColumn>& key, std::size_t i, bool many);

/// `qualifier.key IN the keys`, exact for keys of several columns. For `many` keys of several columns each column by
/// itself says little, and the planner would take it for much.
std::string key_condition(const std::vector<KeyColumn>& key, const std::string& qualifier, bool many = false);

/// Two rows of one key, NULLs and all; joined by hash where there are NULLs, which IS NOT DISTINCT FROM alone would not
/// be.
std::string same_key(const std::vector<KeyColumn>& key, const std::vector<std::string>& left,
                     const std::vector<std::string>& right);

/// Statements over the key variables: `few` as they are for few keys; `many` beyond that as EXECUTEs with the keys as
/// parameters, planned for their real number.
std::string by_number(const std::vector<std::string>& few, const std::vector<std::string>& many,
                      const std::vector<KeyColumn>& key);

/// Keys beyond this number are planned with their real number in view instead of by the cached plan.
inline constexpr int bulk_keys = 1000;

/// What whoever locks some slots by itself does first, as pgvista.lock_keys does: a lock on the store, which nobody
/// else may lock. It conflicts with that of pgvista.lock_all, and not with itself.
std::string share_view(const Names& names);

/// Parameters of a view's functions, one array for each column of each entry: e1_1 bigint[], e1_2 text[], …
struct Parameters {
  std::vector<std::string> names;
  std::vector<std::string> types;
  std::string declaration() const;
  std::string signature() const;  // types only
};
Parameters parameters(const Shape& shape);

enum class Noting;

/// When and how a view is kept.
struct Style {
  Mode mode = Mode::immediate;
  Noting noting{};
  std::string shortcut;  // what `pending` does before it falls back on `maintain`
  Settings settings;     // under which everything is computed
  bool catches = false;  // an error puts the view aside instead of failing the writer
};

/// What every generated function begins with: a column of the user's may be named as a variable is, and then it is
/// meant. Variables of ours begin with pgv_, which no column of a maintained view's tables may.
inline constexpr const char* body_begin = "#variable_conflict use_column\n";

/// What a function runs under that computes anything, whoever calls it.
std::string function_settings(const Settings& settings);

/// Functions `maintain`, and for on_commit `pending`; appended to the program with their drops. Whoever calls them has
/// the rights: the dispatching triggers, pgvista.flush, a repair.
void add_functions(Program& program, const Names& names, const Shape& shape, const Apply& apply, const Style& style,
                   const std::string& title);

/// One capture for each event of each base table and its family, which hands the changed rows to `maintain` or notes
/// them. `body_for` may put another body in the place of the usual one.
struct UsualBody {
  std::string text;
  std::string locks;  // the same way, up to the locks and no further
};
struct OwnBody {
  std::string text;
  bool counted = false;  // it asks whether the statement changes this table alone
};
using BodyFor = std::function<std::optional<OwnBody>(const TableFact& table, Event event, const UsualBody& usual)>;
void add_captures(Program& program, const Names& names, const Shape& shape, const Style& style,
                  const BodyFor& body_for);

/// A capture for a table and for what is a part of it, or what it is a part of.
void add_for_family(Program& program, const TableFact& table, Capture capture);

/// The name of the array of an entry's column (both count from 0) among the parameters.
std::string parameter_name(std::size_t entry, std::size_t column);

/// A SELECT of the columns that an entry's paths read, of the rows whose relevant columns changed, old and new; rows
/// that only moved about are left out.
std::string changed_rows(const Entry& entry, Event event);

/// Parallel arrays as rows: a FROM item under this alias, with a column of each name. `kinds` are the types of their
/// elements.
std::string unnested(const std::vector<std::string>& arrays, const std::vector<TypeFact>& kinds,
                     const std::string& alias, const std::vector<std::string>& columns);

/// The text of a column by which all values are told apart that look different.
std::string image_text(const std::string& quoted_name);

/// The name, type and equality of a column for EXCEPT: types without equality as text.
std::string comparable_column(const ColumnFact& fact);

/// The same, and beside a column whose equal values may look different its text.
std::vector<std::string> image_columns(const std::vector<ColumnFact>& facts);

std::string comment_block(const std::string& text);

}  // namespace pgvista::ivm
