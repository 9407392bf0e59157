// expect: pgvista: a left join may leave this column NULL: name it by maybe()
#include "support/blog.hpp"
using namespace blog;
auto query = from<Post>().left_join(&Post::comments).select(col(&Comment::content));
