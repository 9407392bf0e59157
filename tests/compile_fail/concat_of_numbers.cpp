// expect: pgvista: concat() is for texts
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(concat(col(&Post::rating), col(&Post::rating)));
