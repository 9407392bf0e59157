#pragma once
// Definitions that a program brings along: as files of a pgvista project would say them, with the structs behind them.

#include <functional>
#include <map>
#include <pgvista/serve.hpp>
#include <string>
#include <vector>

namespace pgvista {

namespace model {

/// A member of a row struct, for `check`.
struct RowMember {
  std::string member;  // Struct::member
  std::string column;
  std::string type;          // SQL
  unsigned oid = 0;          // of the type; 0: values travel as text
  bool may_be_null = false;  // or the program knows that it is not, or the compiler has checked it
};

/// A view as a file of a pgvista project would say it.
struct ViewFile {
  std::string name;
  std::string text;
  std::vector<model::RowMember> members = {};
};

/// A table that the program wants, as DDL says it: CREATE TABLE, and CREATE INDEX and COMMENT ON for it.
struct TableFile {
  std::string name;
  std::string text;
};

/// A table or view that is in the database already, and the struct that its rows are read into.
struct MappedRelation {
  std::string type;  // the struct
  std::string schema;
  std::string name;
  bool must_exist = false;
  bool table = false;  // its columns can be NOT NULL
  std::vector<model::RowMember> members = {};
};

}  // namespace model

/// What a program does when something has happened; each is called after the fact, in the program's own process.
struct Hooks {
  std::function<void(const std::string& view, const std::string& status)>
      after_sync_view;  // status as in `sync --json`
  std::function<void(bool something_changed)> after_sync;
  std::function<void(const std::string& view, const std::string& mode)> after_refresh;  // mode as in `refresh --json`
};

namespace model {

/// All that a program brings along.
struct Program {
  std::vector<model::ViewFile> views = {};
  std::vector<model::MappedRelation> relations = {};
  Hooks hooks = {};
  std::vector<model::TableFile> tables = {};
  std::map<std::string, std::string> paths = {};  // as [server.paths]
  std::vector<OwnPath> own_paths = {};
  bool empty() const { return views.empty() && relations.empty() && tables.empty(); }
};

}  // namespace model

}  // namespace pgvista
