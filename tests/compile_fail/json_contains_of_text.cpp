// expect: pgvista: json_contains() looks into a Json column
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(json_contains(col(&Post::title), Json{"{}"}));
