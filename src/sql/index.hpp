#pragma once
// An index as it is declared, of views and of tables, and its CREATE INDEX.

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "sql/identifier.hpp"

namespace pgvista::sql {

/// Storage parameters and the like: name -> value as text.
using Options = std::map<std::string, std::string>;

struct IndexDefinition {
  std::string name;                  // "" : derived from the relation and the columns
  std::vector<std::string> columns;  // each as CREATE INDEX takes it
  std::vector<std::string> include;
  std::string method;  // "" : btree
  std::string where;
  bool unique = false;
  bool nulls_not_distinct = false;
  Options storage;
  std::string tablespace;
  std::optional<std::string> comment;
  int line = 0;  // in the definition's file

  bool operator==(const IndexDefinition&) const = default;
};

/// CREATE INDEX for a declared index under this name on this relation.
std::string create_index(const IndexDefinition& index, const std::string& name, const Name& relation,
                         bool concurrently = false);

/// An index's name where none is declared, as PostgreSQL would build it, shortened to 63 bytes.
std::string index_name(const std::string& relation, const IndexDefinition& index);

/// The index as one line of text that tells whether its declaration changed; name, comment and place left out.
std::string index_text(const IndexDefinition& index);

/// A storage parameter's name, quoted: the part before a dot ("toast.") is a word of its own.
std::string option_name(const std::string& name);

/// "(a = '1', b = 'x')".
std::string option_list(const Options& options);
/// " WITH (a = '1', b = 'x')", or nothing.
std::string with_clause(const Options& options);

}  // namespace pgvista::sql
