// expect: pgvista: this member belongs to a model that the query does not read
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().join(&Author::profile);
