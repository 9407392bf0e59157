// expect: pgvista: the expression may be NULL and the member cannot: make it a std::optional
#include "support/shop.hpp"
using namespace shop;
auto query =
    from<Customer>().into(field(&Common::name, col(&Customer::note)), field(&Common::note, col(&Customer::note)));
