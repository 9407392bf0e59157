#include <pgvista/pool.hpp>

#include <condition_variable>
#include <mutex>

#include "client/inside.hpp"

namespace pgvista {

struct Pool::Inside {
  std::string url;
  std::size_t size;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<Database> idle;
  std::size_t open = 0;

  // Idle connections that the server has closed meanwhile.
  void drop_lost() {
    open -= std::erase_if(idle, [](Database& one) { return !one.alive(); });
  }

  void closed() {
    const std::lock_guard guard(mutex);
    --open;
    changed.notify_one();
  }
};

Pool::Pool(std::string url, std::size_t size) : inside_(std::make_unique<Inside>()) {
  inside_->url = std::move(url);
  inside_->size = std::max<std::size_t>(1, size);
}
Pool::~Pool() = default;

std::size_t Pool::open() const {
  const std::lock_guard guard(inside_->mutex);
  return inside_->open;
}

Pooled Pool::acquire(std::chrono::milliseconds at_most) {
  {
    std::unique_lock lock(inside_->mutex);
    inside_->drop_lost();
    const auto available = [&] { return !inside_->idle.empty() || inside_->open < inside_->size; };
    if (!inside_->changed.wait_for(lock, at_most, available)) {
      throw Failure(Error{"pool_exhausted",
                          "all " + std::to_string(inside_->size) + " connections of the pool are in use",
                          {},
                          "Give them back sooner, or make the pool larger.",
                          {},
                          {},
                          0,
                          0,
                          ExitCode::locked});
    }
    if (!inside_->idle.empty()) {
      Database database = std::move(inside_->idle.back());
      inside_->idle.pop_back();
      return Pooled(std::move(database), *this);
    }
    ++inside_->open;
  }
  try {
    return Pooled(Database(inside_->url), *this);
  } catch (...) {
    inside_->closed();
    throw;
  }
}

void Pool::put_back(Database database) {
  if (!database.make_clean()) {
    inside_->closed();
    return;
  }
  const std::lock_guard guard(inside_->mutex);
  inside_->idle.push_back(std::move(database));
  inside_->changed.notify_one();
}

}  // namespace pgvista
