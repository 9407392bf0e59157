// expect: pgvista: one_to_one() takes a foreign key (pgvista::Ref)
#include "support/blog.hpp"
using namespace blog;
struct Odd {
  std::int64_t id{};
  static void define(Table<Odd>& t) { t.one_to_one(&Odd::id); }
};
BOOST_DESCRIBE_STRUCT(Odd, (), (id))
const auto& info = model::info<Odd>();
