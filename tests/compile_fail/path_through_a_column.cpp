// expect: pgvista: a path leads through foreign keys (pgvista::Ref), One and Many members only
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(col(&Post::title, &Author::name));
