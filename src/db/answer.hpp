#pragma once
// Waiting for what a server answers, with an end: a peer may stop answering and never close.

#include <libpq-fe.h>

#include <chrono>
#include <string>

namespace pgvista::db {

/// How long a server may be silent.
struct Patience {
  std::chrono::milliseconds longest{0};  // zero: as long as it answers new sessions
  std::string url = {};                  // by which it is asked whether it does
};

/// Waits until the next PQgetResult() does not block. Throws QueryFailure (connection_lost) when patience is at its
/// end, or some seconds after an interrupt that has cancelled nothing; the connection is shut then.
void await_answer(PGconn* connection, const Patience& patience);

}  // namespace pgvista::db
