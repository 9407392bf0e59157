// expect: is not a member of OR no member named 'statis'
#include "support/shop.hpp"
using namespace shop;
auto query = from<Purchase>().where(col(&Purchase::statis) == "paid");
