// expect: pgvista: this column belongs to a model that the relation does not lead to
#include "support/blog.hpp"
using namespace blog;
auto condition = any(&Post::tags, col(&Author::name) == "x");
