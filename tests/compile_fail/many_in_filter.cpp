// expect: pgvista: a filter through a Many member would give rows twice: use any(), or join() along it
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().where(col(&Post::tags, &Tag::name) == "sql");
