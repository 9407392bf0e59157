#pragma once
#include "plan/step_common.hpp"

namespace pgvista::plan {

/// The statements that put a new object into the place of the live one: built beside it when the subject says so,
/// otherwise inside the transaction.
void add_new_object(Step& step, const Context& context, const Subject& subject);

}  // namespace pgvista::plan
