// expect: pgvista: a join takes a condition
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().join<Author>(col(&Author::id));
