// expect: pgvista: at_time_zone() takes a timestamptz
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(at_time_zone(col(&Post::title), "UTC"));
