#include "ivm/program.hpp"

namespace pgvista::ivm {

std::vector<std::string> create_statements(const Program& program) {
  std::vector<std::string> out;
  for (const Store& store : program.stores) out.insert(out.end(), store.create.begin(), store.create.end());
  out.insert(out.end(), program.create.begin(), program.create.end());
  return out;
}

std::vector<std::string> fill_statements(const Program& program) {
  std::vector<std::string> out;
  for (const Store& store : program.stores) {
    out.push_back(store.fill);
    out.insert(out.end(), store.finish.begin(), store.finish.end());
  }
  return out;
}

}  // namespace pgvista::ivm
