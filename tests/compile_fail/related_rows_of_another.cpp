// expect: pgvista: these rows are of another model than the member leads to
#include "support/blog.hpp"
using namespace blog;
void add(Database& db, const Post& post, const Author& author) { related(post, &Post::tags).add(db, author); }
