// expect: pgvista: with() takes a foreign key (pgvista::Ref), a One or a Many member
#include "support/shop.hpp"
using namespace shop;
auto query = from<Purchase>().with(&Purchase::status);
