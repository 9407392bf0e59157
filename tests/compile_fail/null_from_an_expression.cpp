// expect: pgvista: the expression may be NULL and the member cannot: use coalesce()
#include "support/blog.hpp"
using namespace blog;
auto change = set(&Post::title, lower(maybe(&Author::name)));
