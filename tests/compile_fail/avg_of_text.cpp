// expect: pgvista: avg() is for numbers
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(avg(col(&Post::title)));
