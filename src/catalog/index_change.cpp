#include "catalog/index_change.hpp"

#include <algorithm>

#include "ivm/compile.hpp"
#include "ivm/strategy/declared.hpp"

namespace pgvista::catalog {

namespace {

std::string content_but_for_indexes(ivm::Program program) {
  program.stores.back().indexes.clear();
  // A unique index may tell rows apart.
  program.row_key.clear();
  return ivm::content_hash(program);
}

bool among(const std::vector<ivm::StoreIndex>& all, const std::string& name) {
  return std::any_of(all.begin(), all.end(), [&](const ivm::StoreIndex& one) { return one.name == name; });
}

}  // namespace

std::optional<IndexChange> index_change(const ivm::Program& before, const ivm::Program& wanted,
                                        const std::vector<sql::IndexDefinition>& declared) {
  if (before.stores.empty() || wanted.stores.empty() ||
      content_but_for_indexes(before) != content_but_for_indexes(wanted))
    return std::nullopt;
  IndexChange out{wanted.store, {}, {}};
  const std::vector<ivm::StoreIndex>& old = before.stores.back().indexes;
  const std::vector<ivm::StoreIndex>& now = wanted.stores.back().indexes;
  for (const sql::IndexDefinition& index : declared) {
    const std::string name = ivm::store_index_name(wanted.name, index);
    if (among(old, name)) continue;
    out.made.push_back(
        {name, sql::create_index(index, name, wanted.store), sql::create_index(index, name, wanted.store, true)});
  }
  for (const ivm::StoreIndex& one : old) {
    if (!among(now, one.name)) out.gone.push_back({wanted.store.schema, one.name});
  }
  return out;
}

}  // namespace pgvista::catalog
