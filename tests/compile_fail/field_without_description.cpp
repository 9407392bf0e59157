// expect: pgvista: this struct has no BOOST_DESCRIBE_STRUCT line
#include "support/blog.hpp"
using namespace blog;
struct Bare {
  std::int64_t id{};
};
auto filled = field(&Bare::id, count());
