// expect: pgvista: the member has another type than the expression that fills it
#include "support/shop.hpp"
using namespace shop;
auto query =
    from<Purchase>().into(field(&Common::name, col(&Purchase::amount)), field(&Common::note, col(&Purchase::status)));
