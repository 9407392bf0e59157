#pragma once
// Answers that are still true. One loop's own; which are no longer true, the maintenance of their view says.

#include <chrono>
#include <cstdint>
#include <list>
#include <string>
#include <unordered_map>

#include "server/metrics.hpp"
#include "server/response.hpp"

namespace pgvista::server {

class AnswerCache {
 public:
  AnswerCache(std::size_t most_bytes, Metrics& metrics) : most_bytes_(most_bytes), metrics_(metrics) {}

  bool on() const { return most_bytes_ > 0; }
  /// Valid until the next call of anything else.
  const Response* find(const std::string& key);
  /// How often this view has changed so far: taken before its rows are read, and given to store().
  std::uint64_t version(const std::string& view) const;
  /// Keeps the answer, unless the view has changed since.
  void store(const std::string& key, const std::string& view, std::uint64_t version, const Response& response);
  void changed(const std::string& view);
  void clear();

 private:
  struct Entry {
    std::string key;
    std::string view;
    Response response;
    std::size_t bytes;
    std::chrono::steady_clock::time_point stored;
  };
  using Entries = std::list<Entry>;  // the last used first
  void drop(Entries::iterator entry);

  std::size_t most_bytes_;
  Metrics& metrics_;
  Entries entries_;
  std::unordered_map<std::string, Entries::iterator> by_key_;
  std::unordered_map<std::string, std::uint64_t> versions_;
  std::uint64_t epoch_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace pgvista::server
