#pragma once
// Who may do what with the objects in the schema pgvista, said in one place.

#include <string>

namespace pgvista::ivm {

/// The function pgvista.set_rights(): gives every object of the schema exactly the rights that it should have, whatever
/// default privileges had given it. Can be run again; writes nothing where all is as it should be.
std::string rights_runtime_sql();

}  // namespace pgvista::ivm
