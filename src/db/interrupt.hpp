#pragma once
// Ctrl-C: statements under way are cancelled on the server, everything rolls back, the program leaves with 130.

#include <chrono>
#include <csignal>
#include <functional>
#include <memory>

#include <libpq-fe.h>

namespace pgvista::db {

/// Starts the thread that waits for SIGINT and SIGTERM. Call once, before any other thread exists.
void watch_interrupts();
bool interrupted();
/// Is this thread under an Uninterrupted?
bool uninterrupted();
/// The signal that it was: SIGINT or SIGTERM; 0 before.
int interrupt_signal();
/// Returns at the signal, or after this time.
void wait_for_interrupt(std::chrono::milliseconds longest);
/// From now on the first signal cancels nothing: what is under way is finished.
void finish_when_interrupted();
/// What SIGHUP does from now on, on a thread of its own; without it, it ends the program.
void on_hangup(std::function<void()> handler);
/// Throws Failure (interrupted, exit 130) after a Ctrl-C.
void check_interrupt();

/// While it lives, this thread works on after a Ctrl-C: to clean up what must not be left behind. May stand within
/// another.
class Uninterrupted {
 public:
  Uninterrupted();
  ~Uninterrupted();
  Uninterrupted(const Uninterrupted&) = delete;
  Uninterrupted& operator=(const Uninterrupted&) = delete;
};

/// While it lives, an interrupt cancels what this connection runs.
class Cancellable {
 public:
  explicit Cancellable(PGconn* connection);
  ~Cancellable();
  Cancellable(const Cancellable&) = delete;
  Cancellable& operator=(const Cancellable&) = delete;

 private:
  std::shared_ptr<PGcancel> cancel_;
};

}  // namespace pgvista::db
