// expect: pgvista: reverse() declares a One or Many member
#include "support/blog.hpp"
using namespace blog;
struct Odd {
  std::int64_t id{};
  Ref<Post> post;
  static void define(Table<Odd>& t) { t.reverse(&Odd::post, &Post::author); }
};
BOOST_DESCRIBE_STRUCT(Odd, (), (id, post))
const auto& info = model::info<Odd>();
