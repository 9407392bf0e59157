#pragma once
// Looks, twice a minute, whether what keeps the maintained views of one database still stands, and brings back those
// that were put aside.

#include <chrono>
#include <map>
#include <string>

#include "catalog/maintenance.hpp"
#include "watch/keeper.hpp"

namespace pgvista::watch {

class Guard {
 public:
  explicit Guard(Shared& shared) : shared_(shared) {}
  /// Until the keeper is stopped.
  void run();
  /// One look. false: a view that was put aside could not be brought back.
  bool once(db::Connection& connection) {
    look(connection);
    return attempts_.empty();
  }

 private:
  using Clock = std::chrono::steady_clock;
  struct Attempt {
    int failures = 0;
    Clock::time_point again{};
  };

  void look(db::Connection& connection);
  void tell(const catalog::InstalledProgram& program, const std::vector<std::string>& health);
  void bring_back(const std::vector<catalog::InstalledProgram>& installed, const catalog::InstalledProgram& program);

  Shared& shared_;
  std::map<std::string, std::string> told_;  // program -> what is wrong with it
  std::map<std::string, Attempt> attempts_;
};

}  // namespace pgvista::watch
