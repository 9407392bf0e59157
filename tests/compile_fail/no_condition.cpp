// expect: pgvista: a filter is a condition
#include "support/shop.hpp"
using namespace shop;
auto query = from<Purchase>().where(col(&Purchase::amount));
