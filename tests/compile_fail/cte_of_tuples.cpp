// expect: pgvista: a common table expression gives rows of a struct: use into()
#include "support/blog.hpp"
using namespace blog;
auto query = cte(from<Post>().select(col(&Post::id)));
