// expect: pgvista: a text is compared with a text
#include "support/shop.hpp"
using namespace shop;
auto query = from<Purchase>().where(col(&Purchase::status) == 3);
