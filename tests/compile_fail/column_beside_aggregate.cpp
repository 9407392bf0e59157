// expect: pgvista: a column stands beside an aggregate: group_by() it first
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(col(&Post::title), count());
