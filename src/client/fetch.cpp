#include <pgvista/query.hpp>

#include "client/inside.hpp"

namespace pgvista::model {

void Fetch::run(const At& at) {
  located(at.place, [&] {
    while (const auto statement = next()) give(at.run(*statement));
  });
}

}  // namespace pgvista::model
