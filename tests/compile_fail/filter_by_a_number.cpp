// expect: pgvista: filter() takes a condition
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(count().filter(col(&Post::rating)));
