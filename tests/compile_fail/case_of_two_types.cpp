// expect: pgvista: all results of a CASE are of one type
#include "support/blog.hpp"
using namespace blog;
auto result = when(col(&Post::rating) > 2, col(&Post::title)).otherwise(col(&Post::rating));
