// expect: pgvista: when() takes a condition
#include "support/blog.hpp"
using namespace blog;
auto result = when(col(&Post::rating), "yes").otherwise("no");
