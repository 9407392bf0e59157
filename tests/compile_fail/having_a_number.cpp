// expect: pgvista: having() takes a condition
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().group_by(col(&Post::title)).having(count());
