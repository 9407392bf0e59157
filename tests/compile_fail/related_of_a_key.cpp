// expect: pgvista: related() takes a One or Many member
#include "support/blog.hpp"
using namespace blog;
auto rows = related(Post(), &Post::author);
