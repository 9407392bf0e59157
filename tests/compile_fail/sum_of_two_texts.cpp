// expect: pgvista: arithmetic is for numbers
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(col(&Post::title) + col(&Post::title));
