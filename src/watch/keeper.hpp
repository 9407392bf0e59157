#pragma once
// Keeps the views of one database: deferred ones by their queues, others by refreshes, as long as it holds the lease.

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "catalog/maintenance.hpp"
#include "project/settings.hpp"
#include "refresh/refresh.hpp"
#include "schema/definition.hpp"
#include "watch/journal.hpp"
#include "watch/lease.hpp"

namespace pgvista::watch {

struct KeeperOptions {
  std::string database;  // for people and metrics
  std::function<std::unique_ptr<db::Connection>()> connect;
  /// Reads the project's definitions; called on any thread. Throws Failure.
  std::function<std::vector<schema::ViewDefinition>()> views;
  project::WatchSettings settings;
  project::Timeouts refresh;
  int refresh_jobs = 1;
  std::function<void(const refresh::Result&)> refreshed;  // hooks
  /// Computes a view that was put aside anew, and keeps it again. Throws Failure.
  std::function<void(const std::vector<catalog::InstalledProgram>&, const sql::Name&)> bring_back;
};

/// What the threads of one keeper share.
struct Shared {
  explicit Shared(KeeperOptions given, Journal& journal) : options(std::move(given)), journal(journal) {}
  const KeeperOptions options;
  Journal& journal;
  std::atomic<bool> stopping = false;
  /// Does this process hold the lease, as far as it can know?
  bool active() const { return std::chrono::steady_clock::now().time_since_epoch().count() < active_until; }
  std::atomic<std::chrono::steady_clock::rep> active_until = 0;
  std::atomic<int> generation = 0;  // goes up when the definitions are to be read again

  /// Waits so long, or until somebody wakes everybody.
  void rest(std::chrono::milliseconds time);
  void wake();
  /// A descriptor that becomes readable at wake(), for those that wait for a socket too.
  int wakes_fd() const { return fd_; }
  Shared(const Shared&) = delete;
  Shared& operator=(const Shared&) = delete;
  ~Shared();
  void open();

 private:
  std::mutex mutex_;
  std::condition_variable changed_;
  unsigned wakes_ = 0;
  int fd_ = -1;
};

class Keeper {
 public:
  Keeper(KeeperOptions options, Journal& journal);
  ~Keeper();
  Keeper(const Keeper&) = delete;
  Keeper& operator=(const Keeper&) = delete;

  /// Starts its threads; they try again whatever happens to the database.
  void start();
  /// The definitions are to be read again.
  void reload();
  /// Ends after what is under way.
  void stop();

  /// Everything that waits or is due, once. Returns whether all went well; throws Failure where the database cannot be
  /// reached. Where another process holds the lease there is nothing to do.
  bool once();

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

/// One connection, the failures of making it said once, with pauses that grow.
class Reconnection {
 public:
  /// `longest`: silent for longer, the server is taken to be gone; zero: as db::Connection::answer_within() has it.
  Reconnection(Shared& shared, std::chrono::milliseconds longest) : shared_(shared), longest_(longest) {}
  /// The connection, made anew where it was lost; null: not now, and a pause was made.
  db::Connection* get();
  void drop() { connection_.reset(); }
  /// Something failed that may be the connection's fault, or not.
  void failed(const std::exception& failure);
  /// It went well: the next failure is told again, and its pause is short.
  void well() { failures_ = 0; }

 private:
  Shared& shared_;
  std::chrono::milliseconds longest_;
  std::unique_ptr<db::Connection> connection_;
  int failures_ = 0;
};

}  // namespace pgvista::watch
