// expect: pgvista: these two types are not compared with each other
#include "support/shop.hpp"
using namespace shop;
auto query = from<Purchase>().where(col(&Purchase::status) == col(&Purchase::amount));
