#pragma once
// What a piece of work fails with.

#include <functional>
#include <pgvista/error.hpp>
#include <string>

namespace pgvista::test {

/// The code of the Failure that `work` throws; "" when it throws none.
inline std::string failure_code(const std::function<void()>& work) {
  try {
    work();
  } catch (const Failure& failure) {
    return failure.error().code;
  }
  return {};
}

}  // namespace pgvista::test
