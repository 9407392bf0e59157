// expect: pgvista: each member of the row struct is filled by one field(): one is missing, or there is one too many
#include "support/shop.hpp"
using namespace shop;
auto query = from<Customer>().into(field(&Common::name, col(&Customer::name)));
