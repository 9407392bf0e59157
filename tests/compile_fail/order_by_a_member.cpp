// expect: pgvista: order_by() takes columns and expressions: col(&M::x), col(&M::x).desc()
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().order_by(&Post::title);
