// expect: pgvista: a One or Many member is no column
#include "support/blog.hpp"
using namespace blog;
auto change = set(&Post::tags, Many<Tag>());
