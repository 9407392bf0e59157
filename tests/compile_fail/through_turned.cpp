// expect: pgvista: many_to_many() takes the through model's two foreign keys: to this model, then to the other
#include "support/blog.hpp"
using namespace blog;
struct Odd {
  std::int64_t id{};
  Many<Author> authors;
  static void define(Table<Odd>& t) { t.many_to_many(&Odd::authors, &Follow::follower, &Follow::followed); }
};
BOOST_DESCRIBE_STRUCT(Odd, (), (id, authors))
const auto& info = model::info<Odd>();
