// expect: pgvista: a view gives rows of a struct: use into() with a field() for each member, in place of select()
#include "support/blog.hpp"
using namespace blog;
struct Other {
  std::int64_t id{};
  static void define(View<Other>& v) { v.as(from<Post>().select(col(&Post::id))); }
};
BOOST_DESCRIBE_STRUCT(Other, (), (id))
auto info = model::info<Other>();
