// expect: pgvista: json_path() looks into a Json column
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(json_path(col(&Post::title), {"key"}));
