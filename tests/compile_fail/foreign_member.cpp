// expect: pgvista: this member belongs to another model
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().with(&Author::posts);
