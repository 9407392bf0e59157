#include "server/cache.hpp"

namespace pgvista::server {

namespace {

// What a role may see is decided by GRANT and REVOKE, which tell nobody: after this long it is asked again.
constexpr std::chrono::seconds longest_life{1};

}  // namespace

void AnswerCache::drop(Entries::iterator entry) {
  bytes_ -= entry->bytes;
  by_key_.erase(entry->key);
  entries_.erase(entry);
}

const Response* AnswerCache::find(const std::string& key) {
  const auto found = by_key_.find(key);
  if (found == by_key_.end()) return nullptr;
  if (std::chrono::steady_clock::now() - found->second->stored > longest_life) {
    drop(found->second);
    return nullptr;
  }
  entries_.splice(entries_.begin(), entries_, found->second);
  return &found->second->response;
}

std::uint64_t AnswerCache::version(const std::string& view) const {
  const auto found = versions_.find(view);
  return epoch_ + (found == versions_.end() ? 0 : found->second);
}

void AnswerCache::store(const std::string& key, const std::string& view, std::uint64_t before,
                        const Response& response) {
  if (!on() || version(view) != before) return;
  if (const auto known = by_key_.find(key); known != by_key_.end()) drop(known->second);
  const std::size_t bytes = key.size() + response.body.size() + 512;
  if (bytes > most_bytes_ / 8) return;
  while (bytes_ + bytes > most_bytes_ && !entries_.empty()) drop(std::prev(entries_.end()));
  entries_.push_front({key, view, response, bytes, std::chrono::steady_clock::now()});
  by_key_[key] = entries_.begin();
  bytes_ += bytes;
}

void AnswerCache::changed(const std::string& view) {
  ++versions_[view];
  metrics_.cache_invalidations.fetch_add(1, std::memory_order_relaxed);
  for (auto entry = entries_.begin(); entry != entries_.end();) {
    const auto here = entry++;
    if (here->view == view) drop(here);
  }
}

void AnswerCache::clear() {
  epoch_ += 1'000'000'000;
  entries_.clear();
  by_key_.clear();
  bytes_ = 0;
}

}  // namespace pgvista::server
