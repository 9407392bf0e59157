#pragma once
// The lanes of one loop and what waits for them.

#include "server/lane.hpp"

namespace pgvista::server {

struct PoolSettings {
  LaneSettings lane;
  LaneSettings shared_lane;
  int shared = 1;
  int exclusive = 4;
  std::size_t batch = 16;
  std::size_t most_waiting = 2000;
  std::chrono::milliseconds longest_wait{10'000};
};

class Pool : public Lane::Owner {
 public:
  Pool(asio::io_context& loop, PoolSettings settings);
  void start();
  /// Quick reads; their order is kept.
  void submit_shared(std::unique_ptr<Job> job);
  /// Whatever else.
  void submit_exclusive(std::unique_ptr<Job> job);
  void forget_statements();
  /// How many quick reads may share a transaction; 0: as many as the settings say.
  void set_batch(std::size_t batch) { batch_ = batch; }
  void close();
  bool reachable() const;
  const std::string& why_unreachable() const { return why_; }
  std::size_t waiting() const { return shared_.size() + exclusive_.size(); }
  std::size_t connected() const;

 private:
  void lane_ready(Lane& lane) override;
  void lane_lost(Lane& lane, const std::string& why) override;
  void lane_returned(Lane& lane, std::vector<std::unique_ptr<Job>> jobs) override;
  void lane_heard(const std::string&, const std::string&) override {}
  bool refuse(Job& job, const std::deque<std::unique_ptr<Job>>& queue);
  void feed(Lane& lane);
  void expire();

  asio::io_context& loop_;
  PoolSettings settings_;
  std::vector<std::shared_ptr<Lane>> lanes_;
  std::deque<std::unique_ptr<Job>> shared_;
  std::deque<std::unique_ptr<Job>> exclusive_;
  asio::steady_timer expiry_;
  std::string why_ = "the connection is being made";
  std::size_t batch_ = 0;
  bool feeding_ = false;  // the lanes of the quick will be fed soon
  bool ever_ = false;
  bool closing_ = false;
};

}  // namespace pgvista::server
