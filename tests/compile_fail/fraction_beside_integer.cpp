// expect: pgvista: a fraction beside whole numbers: cast<double>(…) the expression first
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().where(col(&Post::rating) > 2.5);
