#pragma once
// What a Database holds, for the files that make it up.

#include <map>
#include <pgvista/database.hpp>
#include <utility>

#include "db/connection.hpp"

namespace pgvista {

struct Result::Rows {
  explicit Rows(PGresult* given) : result(given, PQclear) {}
  std::unique_ptr<PGresult, decltype(&PQclear)> result;
};

/// Runs `work`; an error that leaves it names the query and the place.
template <class F>
auto told(const std::string& sql, model::Place place, F&& work) {
  try {
    return work();
  } catch (const Failure& failure) {
    std::vector<Error> errors = failure.errors();
    errors.front().query = sql;
    errors.front().file = place.file;
    errors.front().line = place.line;
    throw Failure(std::move(errors));
  }
}

/// Runs `work`; an error of our own that leaves it names the place.
template <class F>
auto located(model::Place place, F&& work) {
  try {
    return work();
  } catch (const Failure& failure) {
    if (!failure.error().file.empty()) throw;
    std::vector<Error> errors = failure.errors();
    errors.front().file = place.file;
    errors.front().line = place.line;
    throw Failure(std::move(errors));
  }
}

/// What libpq takes of parameters; valid as long as they are.
struct Arguments {
  std::vector<Oid> types;
  std::vector<const char*> values;
  std::vector<int> lengths;
  std::vector<int> formats;
  explicit Arguments(const std::vector<Parameter>& parameters) {
    types.reserve(parameters.size());
    values.reserve(parameters.size());
    lengths.reserve(parameters.size());
    formats.reserve(parameters.size());
    for (const Parameter& one : parameters) {
      types.push_back(one.oid);
      values.push_back(one.bytes ? one.bytes->c_str() : nullptr);
      lengths.push_back(one.bytes ? static_cast<int>(one.bytes->size()) : 0);
      formats.push_back(one.binary ? 1 : 0);
    }
  }
  int count() const { return static_cast<int>(values.size()); }
};

struct Database::Inside {
  explicit Inside(const std::string& url) : connection(url) {}
  db::Connection connection;
  std::map<std::string, std::string, std::less<>> prepared;  // SQL and types -> name; "" where it was seen once
  int savepoints = 0;                                        // made so far, for their names
  bool streaming = false;
  std::map<std::string, bool> copied;  // tables -> can their columns be written in binary?

  Result run(const Statement& statement);
  PGresult* execute(const Statement& statement, const Arguments& arguments, const std::string& name);
  void forget(const Statement& statement, const Arguments& arguments);

  // Throws Failure (busy): one statement at a time.
  void require_free() const {
    if (streaming)
      throw Failure(usage_error("busy",
                                "a statement is run while the rows of another come one by one over the same connection",
                                "Use another connection for it, or fetch() the rows first."));
  }

  // The same text with other types is another statement.
  static std::string key_of(const Statement& statement, const Arguments& arguments) {
    std::string out = statement.sql;
    out.push_back('\0');
    for (const Oid one : arguments.types) out += std::to_string(one) + ",";
    return out;
  }

  // The prepared statement's name; "" the first time that a text comes.
  std::string name_of(const Statement& statement, const Arguments& arguments) {
    if (statement.id > 0) return kept(statement, arguments);
    constexpr std::size_t most = 500;
    const std::string key = key_of(statement, arguments);
    const auto known = prepared.find(key);
    if (known == prepared.end()) {
      if (prepared.size() < most) prepared.emplace(key, "");
      return {};
    }
    if (!known->second.empty()) return known->second;
    known->second = prepare(statement, arguments);
    return known->second;
  }

  // Of a statement that the program prepared.
  const std::string& kept(const Statement& statement, const Arguments& arguments) {
    if (by_id.size() <= statement.id) by_id.resize(statement.id + 1);
    std::string& name = by_id[statement.id];
    if (name.empty()) name = prepare(statement, arguments);
    return name;
  }

  std::string prepare(const Statement& statement, const Arguments& arguments) {
    std::string name = "pgvista_" + std::to_string(++names);
    PQclear(connection.check(
        PQprepare(connection.raw(), name.c_str(), statement.sql.c_str(), arguments.count(), arguments.types.data()),
        statement.sql));
    return name;
  }

  int names = 0;
  std::vector<std::string> by_id;
};

}  // namespace pgvista
