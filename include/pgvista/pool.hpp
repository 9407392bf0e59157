#pragma once
// Connections for several threads.

#include <chrono>

#include <pgvista/database.hpp>

namespace pgvista {

class Pooled;

/// At most `size` connections to one database, made when they are needed. Safe for several threads; outlives what it
/// lends.
class Pool {
 public:
  explicit Pool(std::string url = {}, std::size_t size = 8);
  ~Pool();
  Pool(const Pool&) = delete;
  Pool& operator=(const Pool&) = delete;

  /// A connection of one's own until it goes out of scope; then an open transaction is rolled back, and the connection
  /// serves others. Settings made by SET stay with it. Throws Failure: pool_exhausted (exit 4) when none is free for so
  /// long, connection_failed.
  Pooled acquire(std::chrono::milliseconds at_most = std::chrono::seconds(30));

  /// Connections that are open now, lent or not.
  std::size_t open() const;

 private:
  friend class Pooled;
  void put_back(Database database);
  struct Inside;
  std::unique_ptr<Inside> inside_;
};

/// A Database that goes back to its pool.
class Pooled : public Database {
 public:
  Pooled(Pooled&& other) noexcept : Database(std::move(other)), pool_(std::exchange(other.pool_, nullptr)) {}
  Pooled& operator=(Pooled&&) = delete;
  Pooled(const Pooled&) = delete;
  ~Pooled() {
    if (pool_) pool_->put_back(std::move(*this));
  }

 private:
  friend class Pool;
  Pooled(Database database, Pool& pool) : Database(std::move(database)), pool_(&pool) {}
  Pool* pool_;
};

}  // namespace pgvista
