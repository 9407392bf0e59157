// expect: pgvista: trunc() is for timestamps: cast<Timestamp>(…) a date first
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(trunc(DatePart::month, col(&Post::title)));
