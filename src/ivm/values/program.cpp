#include "ivm/values/program.hpp"

#include <fmt/format.h>

namespace pgvista::ivm {

std::vector<std::string> timed_fill(const Program& program, const Store& store) {
  const std::string name = sql::quote_literal(store.name.name);
  return {fmt::format("SELECT pgvista.fill_begins({}, {})", sql::quote_literal(program.name), name), store.fill,
          fmt::format("SELECT pgvista.fill_ends({})", name)};
}

std::vector<std::string> finish_statements(const Store& store) {
  std::vector<std::string> out = store.finish;
  for (const StoreIndex& index : store.indexes) out.push_back(index.sql);
  return out;
}

std::vector<std::string> create_statements(const Program& program) {
  std::vector<std::string> out;
  for (const Store& store : program.stores) out.insert(out.end(), store.create.begin(), store.create.end());
  out.insert(out.end(), program.create.begin(), program.create.end());
  return out;
}

std::vector<std::string> fill_statements(const Program& program) {
  std::vector<std::string> out;
  for (const Store& store : program.stores) {
    for (std::string& sql : timed_fill(program, store)) out.push_back(std::move(sql));
    for (std::string& sql : finish_statements(store)) out.push_back(std::move(sql));
  }
  return out;
}

const char* to_string(Event event) {
  constexpr const char* names[] = {"insert", "update", "delete", "truncate"};
  return names[static_cast<int>(event)];
}

std::string MissingIndex::sql() const {
  return fmt::format("CREATE INDEX ON {} ({})", table.sql(), sql::quote_identifier(column));
}

}  // namespace pgvista::ivm
