// expect: pgvista: bool_and() is for conditions
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(bool_and(col(&Post::rating)));
