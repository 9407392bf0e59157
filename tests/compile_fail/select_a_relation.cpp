// expect: pgvista: a One or Many member is no column: name one of the other model's
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(col(&Post::tags));
