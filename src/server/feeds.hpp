#pragma once
// Those who follow views: Accept: text/event-stream.
//
//   event: ready     the changes from here on will be told; whoever wants the rows as well reads them now
//   event: change    data: {"key": [...], "row": {...}}: this row is so now
//   event: delete    data: {"key": [...]}: this row is no longer among those asked for
//   event: reset     more has changed than is worth telling: read anew

#include <deque>
#include <functional>
#include <map>
#include <set>

#include "server/exchange.hpp"
#include "server/transaction_settings.hpp"

namespace pgvista::server {

/// What some of a view's followers ask for, and they: all who ask the same, as the same role with the same claims, are
/// told by one question.
struct Feed {
  ExchangePtr exchange;  // of who came first
  std::string view;
  std::string question;  // what the answers depend on beside the rows
  std::vector<std::shared_ptr<EventSink>> sinks;
  std::uint64_t number = 0;
  std::deque<std::string> untold;  // keys of changes, in their order; "": more than is worth telling
  bool telling = true;             // also before the first is ready
  bool closed = false;
  // Rows that are asked for by a filter: which are known to be among them. Of others nothing is told, not that they are
  // gone.
  bool filtered = false;
  bool tracked = false;
  std::set<std::string> among;

  /// To all who follow.
  void send(const std::string& text) const;
};
using FeedPtr = std::shared_ptr<Feed>;

/// The feeds of one loop.
class Feeds {
 public:
  /// `submit` runs a job at some time; `settings` is the loop's.
  Feeds(Shared& shared, TransactionSettings& settings, std::function<void(std::unique_ptr<Job>)> submit)
      : shared_(shared), settings_(settings), submit_(std::move(submit)) {}

  /// From here on feeds ask for what this says. Null: of nothing.
  void serve(std::shared_ptr<const Served> served) { served_ = std::move(served); }
  /// Answers an exchange whose plan is for events, when its first question is answered. Requires that the connection
  /// which listens is up. Throws rest::Refusal.
  void open(const ExchangePtr& exchange, std::function<void(Response)> finish);
  /// `payload`: {"view": "public.v", "keys": [[1], [2]]}; no keys: more than are worth telling.
  void rows_changed(const std::string& payload);
  /// They come again, and read anew.
  void end_all();

 private:
  /// The keys of the rows that a filter chooses, as far as they are worth remembering.
  void remember(Feed& feed, const PGresult* rows, int key_column) const;
  void attach(FeedPtr feed, const std::shared_ptr<EventSink>& sink);
  void detach(const FeedPtr& feed, const EventSink* sink);
  void drop(const FeedPtr& feed);
  void end(const FeedPtr& feed);
  std::unique_ptr<Job> job_for(const Feed& feed, const std::string& keys);
  void tell_next(const FeedPtr& feed);
  void reset(const FeedPtr& feed);
  void tell(const FeedPtr& feed, const std::string& keys);

  Shared& shared_;
  TransactionSettings& settings_;
  std::function<void(std::unique_ptr<Job>)> submit_;
  std::shared_ptr<const Served> served_;
  std::map<std::string, std::vector<FeedPtr>> feeds_;  // by view
};

}  // namespace pgvista::server
