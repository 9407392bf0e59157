// expect: pgvista: bool_or() is for conditions
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(bool_or(col(&Post::rating)));
