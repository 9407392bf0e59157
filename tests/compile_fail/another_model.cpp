// expect: pgvista: this column belongs to a model that the query does not read
#include "support/shop.hpp"
using namespace shop;
auto query = from<Purchase>().where(col(&Country::name) == "Norway");
