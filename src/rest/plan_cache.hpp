#pragma once
// Plans of reads by their shape: requests that differ only in the values that they compare with are planned once.

#include <string>
#include <unordered_map>
#include <vector>

#include "rest/plan.hpp"

namespace pgvista::rest {

class PlanCache {
 public:
  /// As make_plan(), and as it throws. What is kept points into the model: clear() before it goes.
  Plan plan(const Model& model, const Settings& settings, const Request& request,
            const std::vector<std::string>& segments, const PlanOptions& options);
  void clear() { templates_.clear(); }

 private:
  struct Template {
    bool usable = false;
    Plan plan;
    std::vector<int> slots;  // of each parameter: which value of the request it is, or -1: it is as it stands
  };

  static Template learn(const Plan& plan, const Model& model, const Settings& settings, Request request,
                        std::vector<std::string> segments);

  std::unordered_map<std::string, Template> templates_;
};

}  // namespace pgvista::rest
