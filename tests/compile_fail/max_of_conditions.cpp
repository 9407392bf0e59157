// expect: pgvista: min() and max() are not for conditions: use bool_and() and bool_or()
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(max(col(&Post::rating) > 2));
