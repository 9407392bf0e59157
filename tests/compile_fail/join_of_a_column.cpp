// expect: pgvista: a join follows a foreign key (pgvista::Ref), a One or a Many member
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().join(&Post::title);
