// In which order what is replaced can go.

#include <algorithm>
#include <functional>
#include <set>

#include "plan/plan.hpp"

namespace pgvista::plan {

namespace {

using catalog::InstalledProgram;
using schema::Oid;

void add_readers(const schema::Database& database, Oid oid, std::set<Oid>& out) {
  for (const Oid reader : database.readers(oid)) {
    if (out.insert(reader).second) add_readers(database, reader, out);
  }
}

// Does what keeps one listen to the store of the other?
bool listens(const Step& one, const Step& other) {
  const auto hears = [&](const InstalledProgram& program) {
    return std::any_of(other.removes.begin(), other.removes.end(), [&](const InstalledProgram& below) {
      if (below.store.name.empty()) return false;
      return std::any_of(program.captures.begin(), program.captures.end(),
                         [&](const auto& capture) { return capture.capture.table == below.store; });
    });
  };
  return std::any_of(one.removes.begin(), one.removes.end(), hears);
}

}  // namespace

std::vector<std::size_t> closing_order(const std::vector<Step>& steps, const schema::Database& database) {
  std::vector<std::set<Oid>> readers(steps.size());
  for (std::size_t i = 0; i < steps.size(); ++i) {
    if (steps[i].live != 0) add_readers(database, steps[i].live, readers[i]);
  }
  std::vector<bool> seen(steps.size());
  std::vector<std::size_t> out;
  const std::function<void(std::size_t)> visit = [&](std::size_t at) {
    if (seen[at]) return;
    seen[at] = true;
    for (std::size_t other = steps.size(); other-- > 0;) {
      const bool first =
          (steps[other].live != 0 && readers[at].contains(steps[other].live)) || listens(steps[other], steps[at]);
      if (other != at && first) visit(other);
    }
    out.push_back(at);
  };
  for (std::size_t i = steps.size(); i-- > 0;) visit(i);
  return out;
}

}  // namespace pgvista::plan
