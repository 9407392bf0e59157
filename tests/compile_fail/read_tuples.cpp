// expect: pgvista: a query is read from when its rows are a struct: use into()
#include "support/blog.hpp"
using namespace blog;
auto query = from(from<Post>().select(col(&Post::id)));
