#include "db/interrupt.hpp"

#include <pthread.h>
#include <signal.h>
#include <unistd.h>

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include <pgvista/error.hpp>

namespace pgvista::db {

namespace {

std::atomic<bool> interrupt_flag = false;
std::atomic<int> which_signal = 0;
thread_local int cleaning_up = 0;  // how many Uninterrupted there are, one within another
std::mutex registry_mutex;
std::vector<std::shared_ptr<PGcancel>> registry;

std::atomic<bool> gentle = false;
std::mutex waiting_mutex;
std::condition_variable came;
std::mutex hangup_mutex;
std::function<void()> hangup_handler;

void hang_up() {
  std::function<void()> handler;
  {
    const std::lock_guard lock(hangup_mutex);
    handler = hangup_handler;
  }
  if (handler) return handler();
  // As it would have without us.
  sigset_t only;
  sigemptyset(&only);
  sigaddset(&only, SIGHUP);
  signal(SIGHUP, SIG_DFL);
  raise(SIGHUP);
  pthread_sigmask(SIG_UNBLOCK, &only, nullptr);
}

void cancel_all() {
  const std::lock_guard lock(registry_mutex);
  for (const std::shared_ptr<PGcancel>& cancel : registry) {
    // On a thread of its own: a server that answers nobody would hold it.
    std::thread([cancel] {
      char message[256];
      PQcancel(cancel.get(), message, sizeof message);
    }).detach();
  }
}

}  // namespace

void watch_interrupts() {
  static bool watching = false;
  if (std::exchange(watching, true)) return;
  sigset_t signals;
  sigemptyset(&signals);
  sigaddset(&signals, SIGINT);
  sigaddset(&signals, SIGTERM);
  sigaddset(&signals, SIGHUP);
  pthread_sigmask(SIG_BLOCK, &signals, nullptr);
  signal(SIGPIPE, SIG_IGN);
  std::thread([signals] {
    for (;;) {
      int signal_number = 0;
      sigwait(&signals, &signal_number);
      if (signal_number == SIGHUP) {
        hang_up();
        continue;
      }
      which_signal = signal_number;
      // The second one means: now.
      if (interrupt_flag.exchange(true)) _exit(static_cast<int>(ExitCode::interrupted));
      {
        const std::lock_guard lock(waiting_mutex);
        came.notify_all();
      }
      if (!gentle) cancel_all();
    }
  }).detach();
}

void wait_for_interrupt(std::chrono::milliseconds longest) {
  std::unique_lock lock(waiting_mutex);
  came.wait_for(lock, longest, [] { return interrupt_flag.load(); });
}

void finish_when_interrupted() { gentle = true; }

void on_hangup(std::function<void()> handler) {
  const std::lock_guard lock(hangup_mutex);
  hangup_handler = std::move(handler);
}

int interrupt_signal() { return which_signal; }

bool interrupted() { return interrupt_flag && cleaning_up == 0; }

bool uninterrupted() { return cleaning_up > 0; }

Uninterrupted::Uninterrupted() { ++cleaning_up; }
Uninterrupted::~Uninterrupted() { --cleaning_up; }

void check_interrupt() {
  if (!interrupted()) return;
  Error error;
  error.code = "interrupted";
  error.message = "interrupted; nothing that was not finished has been kept";
  error.exit = ExitCode::interrupted;
  throw Failure(std::move(error));
}

Cancellable::Cancellable(PGconn* connection) : cancel_(PQgetCancel(connection), PQfreeCancel) {
  const std::lock_guard lock(registry_mutex);
  registry.push_back(cancel_);
}

Cancellable::~Cancellable() {
  const std::lock_guard lock(registry_mutex);
  registry.erase(std::find(registry.begin(), registry.end(), cancel_));
}

}  // namespace pgvista::db
