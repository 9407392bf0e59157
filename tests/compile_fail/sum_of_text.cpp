// expect: pgvista: sum() is for numbers
#include "support/shop.hpp"
using namespace shop;
auto query = from<Purchase>().select(sum(col(&Purchase::status)));
