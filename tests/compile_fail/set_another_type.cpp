// expect: pgvista: the member has another type than what it is set to
#include "support/blog.hpp"
using namespace blog;
auto change = set(&Post::rating, std::string("many"));
