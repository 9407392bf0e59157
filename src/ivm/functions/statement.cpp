#include "ivm/functions/statement.hpp"

#include "sql/make.hpp"

namespace pgvista::ivm {

namespace make = sql::make;

sql::Expr one_event() {
  const sql::Expr open = make::op(
      "&", make::op(">>", make::call(sql::Name{"pgvista", "open_state"}, {}), make::number(20)), make::number(1023));
  return make::op("=", open, make::number(1));
}

plpgsql::Statement mark_recounted(const Names& names) {
  const sql::Expr mark = make::call(sql::Name{"pgvista", "mark_recounted"}, {make::text(names.base)});
  return {plpgsql::Run{make::select({make::target(mark)})}};
}

sql::Expr not_recounted(const Names& names) {
  return make::negation(make::call(sql::Name{"pgvista", "is_recounted"}, {make::text(names.base)}));
}

}  // namespace pgvista::ivm
