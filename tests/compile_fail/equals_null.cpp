// expect: pgvista: nothing equals NULL: use is_null() or is_not_null()
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().where(col(&Post::title) == std::nullopt);
