// expect: pgvista: reverse() takes a member of the other model that refers to this one
#include "support/blog.hpp"
using namespace blog;
struct Odd {
  std::int64_t id{};
  Many<Post> posts;
  static void define(Table<Odd>& t) { t.reverse(&Odd::posts, &Post::author); }
};
BOOST_DESCRIBE_STRUCT(Odd, (), (id, posts))
const auto& info = model::info<Odd>();
