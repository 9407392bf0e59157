// expect: pgvista: round() to digits is for Decimal: cast<Decimal>(…) first
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().select(round(col(&Post::rating), 2));
