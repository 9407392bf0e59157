// expect: pgvista: an aggregate or window function stands in a filter: group first, then having()
#include "support/shop.hpp"
using namespace shop;
auto query = from<Purchase>().where(sum(col(&Purchase::amount)) > 3);
