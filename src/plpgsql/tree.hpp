#pragma once
// PL/pgSQL as plain values, as far as pgvista writes it. Types of variables and parameters are texts, as format_type
// prints them.

#include <optional>
#include <string>
#include <utility>
#include <variant>
#include <vector>

#include "base/callback.hpp"
#include "sql/identifier.hpp"
#include "sql/statement.hpp"

namespace pgvista::plpgsql {

struct Statement;
using Statements = std::vector<Statement>;

struct Comment {
  std::string text;
};

struct Assign {
  std::string variable;
  sql::Expr value;
};

/// A statement of SQL. A query whose rows nobody takes is PERFORMed; it must be a plain SELECT then.
struct Run {
  sql::Statement statement;
  std::vector<std::string> into = {};
};

/// The same, planned each time for the values of its parameters.
struct Execute {
  sql::Statement statement;
  std::vector<std::string> parameters;  // variables, for $1, $2 …
};

struct Branch {
  sql::Expr condition;
  Statements statements;
};

struct If {
  std::vector<Branch> branches;      // IF, ELSIF …
  std::vector<Statement> otherwise;  // ELSE
  explicit If(std::vector<Branch> branches);
  If(std::vector<Branch> branches, Statements otherwise);
};

struct Loop {
  Statements statements;
};

struct ExitWhen {
  sql::Expr condition;
};

struct Return {
  std::optional<sql::Expr> value = {};
};

/// The error that is being handled, once more.
struct Reraise {};

/// GET DIAGNOSTICS variable = ROW_COUNT.
struct RowCount {
  std::string variable;
};

struct Variable {
  std::string name;
  std::string type;
  std::optional<sql::Expr> initial = {};
};

struct Handler {
  std::vector<std::string> conditions;  // names of conditions, or OTHERS
  Statements statements;
};

struct Block {
  std::vector<Variable> variables = {};
  Statements statements;
  std::vector<Handler> handlers = {};
};

/// Statements that were printed before, by whatever made them.
struct Printed {
  std::string text;
};

struct Statement {
  std::variant<Comment, Assign, Run, Execute, If, Loop, ExitWhen, Return, Reraise, RowCount, Block, Printed> node;

  template <class T>
  const T* as() const {
    return std::get_if<T>(&node);
  }
};

struct Parameter {
  std::string name;
  std::string type;
  std::optional<sql::Expr> otherwise = {};  // DEFAULT
};

struct Function {
  std::string comment = {};  // lines above it
  bool replace = false;
  sql::Name name;
  std::vector<Parameter> parameters = {};
  std::string returns = "void";
  bool stable = false;
  bool security_definer = false;
  std::vector<std::pair<std::string, std::string>> settings = {};  // SET name TO value, both as SQL
  bool columns_first = true;  // a column of a query is meant before a variable of the same name
  Block body;
};

/// Calls `visit` for each statement and for those inside it, in order.
void each_statement(const Statements& statements, Callback<void(const Statement&)> visit);

/// Does a block among them declare variables?
bool declares(const Statements& statements);

}  // namespace pgvista::plpgsql
