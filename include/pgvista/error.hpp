#pragma once
// Errors as data: what happened, where, and what to do about it.

#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

namespace pgvista {

/// What the process answers to its caller; the numbers are a contract with scripts.
enum class ExitCode {
  done = 0,
  failed = 1,
  usage = 2,
  pending = 3,  // drift, something to do, or a mismatch
  locked = 4,   // a lock was not obtained
  unreachable = 5,
  interrupted = 130,
};

/// One error or warning. `code` is stable and machine-readable; the rest is for the reader.
/// `line` and `column` count from 1, columns in characters; 0 means unknown.
struct Error {
  std::string code;
  std::string message;
  std::string detail;
  std::string hint;
  std::string sqlstate;
  std::string file;
  int line = 0;
  int column = 0;
  ExitCode exit = ExitCode::failed;
  std::string query = {};  // the statement that failed, without its values

  bool operator==(const Error&) const = default;
};

/// Thrown wherever work cannot go on. Carries at least one error.
class Failure : public std::runtime_error {
 public:
  explicit Failure(Error error) : Failure(std::vector<Error>{std::move(error)}) {}
  explicit Failure(std::vector<Error> all) : std::runtime_error(all.front().message), errors_(std::move(all)) {}

  const Error& error() const { return errors_.front(); }
  const std::vector<Error>& errors() const { return errors_; }

 private:
  std::vector<Error> errors_;
};

/// A mistake in how the program was called or configured (exit 2).
inline Error usage_error(std::string code, std::string message, std::string hint = {}) {
  Error e{std::move(code), std::move(message), {}, std::move(hint), {}, {}, 0, 0, ExitCode::usage};
  return e;
}

/// `FILE:LINE:COLUMN: error: message`, then detail and hint on lines of their own, as compilers print.
std::string format_error(const Error& error, const char* severity = "error");

}  // namespace pgvista
