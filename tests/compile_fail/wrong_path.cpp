// expect: pgvista: the path's column belongs to another model than the foreign key leads to
#include "support/shop.hpp"
using namespace shop;
auto query = from<Purchase>().where(col(&Purchase::customer, &Country::code) == "NO");
