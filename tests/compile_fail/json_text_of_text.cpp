// expect: pgvista: json_text() looks into a Json column
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(json_text(col(&Post::title), "key"));
