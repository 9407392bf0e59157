// expect: pgvista: ! negates a condition
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().where(!col(&Post::rating));
