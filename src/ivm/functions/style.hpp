#pragma once
// When and how a view is kept, as the writers of its functions must know it.

#include "ivm/functions/names.hpp"

namespace pgvista::ivm {

/// How the keys that were found are brought up to date, as statements over the variables of
/// ivm/functions/key_condition. `everything` is for when all keys are.
struct Apply {
  plpgsql::Statements keys;
  plpgsql::Statements everything;
};

/// Which rows wait. Keys: those that the paths to the key need, without duplicates. Signed: all that matter at all,
/// with pgv_sign +1 for a new row and −1 for an old one.
enum class Noting { keys, with_sign };

/// When and how a view is kept.
struct Style {
  bool locks = true;  // others may write at the same time (ivm/change_log)
  Noting noting{};
  plpgsql::Statements shortcut;  // what `pending` does before it falls back on `maintain`
  Settings settings;             // under which everything is computed
  bool catches = false;          // an error puts the view aside instead of failing the writer
};

}  // namespace pgvista::ivm
