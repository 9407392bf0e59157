#pragma once
// Types as the maintenance compiler must know them: by names that mean the same under every search path, and what their
// values can be compared and hashed by.

#include <map>
#include <utility>
#include <vector>

#include "db/connection.hpp"
#include "ivm/values/facts.hpp"
#include "schema/live.hpp"

namespace pgvista::catalog {

/// A type and its modifier, as pg_attribute has them, and the collation of what is of it (0: the type's own).
struct TypeKey {
  schema::Oid type = 0;
  int modifier = -1;
  schema::Oid collation = 0;
  auto operator<=>(const TypeKey&) const = default;
};

struct NamedType {
  std::string name;  // format_type under an empty search path
  ivm::TypeFact kind;
};

/// Asks the server once for each type. The connection must outlive it.
class TypeReader {
 public:
  explicit TypeReader(db::Connection& connection) : connection_(connection) {}
  /// In the order of `wanted`.
  std::vector<NamedType> read(const std::vector<TypeKey>& wanted);

 private:
  void learn(const std::vector<TypeKey>& unknown);
  /// Does this expression over a NULL of the type run? An operator class is looked for before the NULL is seen.
  bool runs(const std::string& expression);

  db::Connection& connection_;
  std::map<TypeKey, NamedType> known_;
};

}  // namespace pgvista::catalog
