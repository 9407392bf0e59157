// expect: pgvista: a bool is compared with a bool
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().where((col(&Post::rating) > 3) == 1);
