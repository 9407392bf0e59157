#pragma once
// Makes the database match: surveys it, and runs the plan so that a failure leaves the database as it was.

#include <functional>
#include <string>

#include "apply/survey.hpp"
#include "db/advisory_lock.hpp"

namespace pgvista::apply {

/// What a person may want to see meanwhile.
struct Watcher {
  std::function<void(const std::string&)> message = [](const std::string&) {};
  /// Before a materialized view is filled; `expected_ms` is the median of former runs, an estimate. And after it.
  std::function<void(const sql::Name&, std::optional<double> expected_ms)> filling = [](const sql::Name&,
                                                                                        std::optional<double>) {};
  std::function<void(const sql::Name&)> filled = [](const sql::Name&) {};
  /// How long the exchanging message took: the locks were held for less.
  std::function<void(double milliseconds)> exchanged = [](double) {};
  std::function<void(const plan::Step&, double milliseconds)> finished = [](const plan::Step&, double) {};
};

/// Does it. Throws Failure when something refused or failed; then nothing is changed.
/// The returned survey is the one that was applied; its plan's `errors` is not empty when it was refused.
Survey sync(db::Connection& connection, const Project& project, const plan::Options& options, const Limits& limits,
            const Watcher& watcher);

/// The same inside the transaction that is open: all in it, nothing side by side.
Survey sync_within(db::Connection& connection, const Project& project, const plan::Options& options,
                   const Limits& limits, const Watcher& watcher);

/// As a part of something larger: its caller holds the lock, and `record` runs in the transaction that ends the work.
Survey sync_as_part(db::Connection& connection, const Project& project, const plan::Options& options,
                    const Limits& limits, const Watcher& watcher, const std::function<void()>& record);

/// Drops what a run that was broken off left beside the views. The caller holds the lock.
void clean_leftovers(db::Connection& connection, const Limits& limits, const Watcher& watcher);

/// The name of the lock that one sync, or one migration, holds at a time.
inline constexpr const char* sync_lock = "pgvista sync";
/// For whoever waits for it.
db::Wait wait_for_sync(const Limits& limits, const Watcher& watcher);

}  // namespace pgvista::apply
