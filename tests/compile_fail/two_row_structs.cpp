// expect: pgvista: all fields belong to one row struct
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().into(field(&Thread::id, col(&Post::id)), field(&PostCount::posts, count()));
