#include "server/pool.hpp"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <utility>

namespace pgvista::server {

using Clock = std::chrono::steady_clock;

Pool::Pool(asio::io_context& loop, PoolSettings settings) : loop_(loop), settings_(std::move(settings)), expiry_(loop) {
  for (int i = 0; i < settings_.shared; ++i)
    lanes_.push_back(std::make_shared<Lane>(loop, settings_.shared_lane, *this, true));
  for (int i = 0; i < settings_.exclusive; ++i)
    lanes_.push_back(std::make_shared<Lane>(loop, settings_.lane, *this, false));
}

void Pool::start() {
  for (const auto& lane : lanes_) lane->connect();
  expire();
}

bool Pool::reachable() const {
  return std::any_of(lanes_.begin(), lanes_.end(), [](const auto& lane) { return lane->connected(); });
}

std::size_t Pool::connected() const {
  return static_cast<std::size_t>(
      std::count_if(lanes_.begin(), lanes_.end(), [](const auto& lane) { return lane->connected(); }));
}

bool Pool::refuse(Job& job, const std::deque<std::unique_ptr<Job>>& queue) {
  Outcome outcome;
  if (ever_ && !reachable()) {
    outcome.unavailable = why_;
  } else if (queue.size() >= settings_.most_waiting) {
    outcome.too_busy = true;
  } else {
    return false;
  }
  job.done(std::move(outcome));
  return true;
}

void Pool::submit_shared(std::unique_ptr<Job> job) {
  if (refuse(*job, shared_)) return;
  job->queued = Clock::now();
  shared_.push_back(std::move(job));
  if (std::exchange(feeding_, true)) return;
  // After everything else that this turn of the loop has read: together they are one flush.
  asio::post(loop_, [this] {
    feeding_ = false;
    for (const auto& lane : lanes_) {
      if (lane->shared() && lane->idle()) feed(*lane);
    }
  });
}

void Pool::submit_exclusive(std::unique_ptr<Job> job) {
  if (refuse(*job, exclusive_)) return;
  job->queued = Clock::now();
  exclusive_.push_back(std::move(job));
  for (const auto& lane : lanes_) {
    if (!lane->shared() && lane->idle()) return feed(*lane);
  }
}

void Pool::feed(Lane& lane) {
  auto& queue = lane.shared() ? shared_ : exclusive_;
  if (queue.empty()) return;
  std::vector<std::unique_ptr<Job>> jobs;
  const std::size_t most = !lane.shared() ? 1 : batch_ > 0 ? batch_ : settings_.batch;
  while (!queue.empty() && jobs.size() < most) {
    jobs.push_back(std::move(queue.front()));
    queue.pop_front();
  }
  lane.run(std::move(jobs));
}

void Pool::lane_ready(Lane& lane) {
  ever_ = true;
  feed(lane);
}

void Pool::lane_lost(Lane&, const std::string& why) {
  why_ = why;
  ever_ = true;
  if (reachable() || closing_) return;
  auto shared = std::move(shared_);
  auto exclusive = std::move(exclusive_);
  shared_.clear();
  exclusive_.clear();
  for (auto* queue : {&shared, &exclusive}) {
    for (const auto& job : *queue) {
      Outcome outcome;
      outcome.unavailable = why;
      job->done(std::move(outcome));
    }
  }
}

void Pool::lane_returned(Lane&, std::vector<std::unique_ptr<Job>> jobs) {
  for (auto job = jobs.rbegin(); job != jobs.rend(); ++job) shared_.push_front(std::move(*job));
}

// Whoever waits too long is told so.
void Pool::expire() {
  expiry_.expires_after(std::chrono::milliseconds(200));
  expiry_.async_wait([this](const boost::system::error_code& error) {
    if (error) return;
    const auto oldest = Clock::now() - settings_.longest_wait;
    for (auto* queue : {&shared_, &exclusive_}) {
      while (!queue->empty() && queue->front()->queued < oldest) {
        const std::unique_ptr<Job> job = std::move(queue->front());
        queue->pop_front();
        Outcome outcome;
        outcome.too_busy = true;
        job->done(std::move(outcome));
      }
    }
    expire();
  });
}

void Pool::forget_statements() {
  for (const auto& lane : lanes_) lane->forget_statements();
}

void Pool::close() {
  closing_ = true;
  expiry_.cancel();
  for (const auto& lane : lanes_) lane->close();
}

}  // namespace pgvista::server
