// expect: pgvista: the member cannot be NULL
#include "support/shop.hpp"
using namespace shop;
auto change = set(&Purchase::amount, std::nullopt);
