// expect: pgvista: a model needs a BOOST_DESCRIBE_STRUCT line that names its members
#include "support/blog.hpp"
using namespace blog;
struct Bare {
  std::int64_t id{};
};
const auto& info = model::info<Bare>();
