// expect: pgvista: string_agg() is for texts
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(string_agg(col(&Post::rating), ", "));
