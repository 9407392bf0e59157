// expect: pgvista: with() takes a foreign key (pgvista::Ref)
#include "support/shop.hpp"
using namespace shop;
auto query = from<Purchase>().with(&Purchase::status);
