// expect: pgvista: an aggregate stands in another aggregate
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(sum(count(col(&Post::id))));
