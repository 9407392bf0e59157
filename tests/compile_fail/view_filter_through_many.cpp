// expect: pgvista: a filter through a Many member would give rows twice: use any()
#include "support/blog.hpp"
using namespace blog;
struct Other {
  std::int64_t id{};
  static void define(View<Other>& v) { v.source<Post>().where(col(&Post::tags, &Tag::name) == "sql"); }
};
BOOST_DESCRIBE_STRUCT(Other, (), (id))
auto info = model::info<Other>();
