// expect: pgvista: this function is for texts
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(lower(col(&Post::rating)));
