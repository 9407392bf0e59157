#pragma once
#include <string>

namespace pgvista::ivm {

/// The part of the runtime that knows which tables the running statement changes. Two sequences of pgvista's hold it, by
/// their value in this session: a writer can set any setting, but not these. A session that has been made to
/// forget them is taken to change several tables.
std::string statement_runtime_sql();

}  // namespace pgvista::ivm
