// expect: pgvista: coalesce() takes two of one type
#include "support/blog.hpp"
using namespace blog;
auto result = coalesce(maybe(&Post::rating), col(&Post::title));
