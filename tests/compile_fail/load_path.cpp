// expect: pgvista: each member of with() leads to the model of the next
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().with(&Post::author, &Tag::posts);
