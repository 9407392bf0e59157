// expect: pgvista: over no rows an aggregate is NULL: make the member a std::optional, use coalesce(), or group_by()
// first
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().into(field(&Thread::id, count()), field(&Thread::depth, max(col(&Post::rating))));
