// expect: pgvista: any() follows a foreign key (pgvista::Ref), a One or a Many member
#include "support/blog.hpp"
using namespace blog;
auto condition = any(&Post::title, col(&Tag::name) == "x");
