// expect: pgvista: the query gives rows of another struct than the view's
#include "support/blog.hpp"
using namespace blog;
struct Other {
  std::int64_t posts{};
  static void define(View<Other>& v) {
    v.as(from<Post>().into(field(&Thread::id, col(&Post::id)), field(&Thread::depth, col(&Post::rating))));
  }
};
BOOST_DESCRIBE_STRUCT(Other, (), (posts))
const auto& info = model::info<Other>();
