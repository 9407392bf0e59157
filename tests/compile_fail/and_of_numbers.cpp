// expect: pgvista: && and || stand between conditions
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().where(col(&Post::rating) && col(&Post::rating));
