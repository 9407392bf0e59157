// expect: pgvista: this member's type has no PostgreSQL type: specialise pgvista::Type for it
#include "support/shop.hpp"
struct Odd {
  std::int64_t id{};
  std::pair<int, int> both;
};
BOOST_DESCRIBE_STRUCT(Odd, (), (id, both))
const auto& info = pgvista::model::info<Odd>();
