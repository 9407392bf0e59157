// expect: pgvista: an update computes with columns of its own model; of others by scalar()
#include "support/blog.hpp"
using namespace blog;
void change(Database& db) { from<Post>().update(db, set(&Post::title, col(&Author::name))); }
