#include <algorithm>
#include <map>
#include <set>

#include "refresh/refresh.hpp"

namespace pgvista::refresh {

using schema::Database;
using schema::Oid;
using schema::ViewDefinition;

namespace {

// Materialized views that one reads directly or through plain views.
std::set<Oid> stored_below(const Database& database, Oid view) {
  std::set<Oid> out;
  std::set<Oid> seen{view};
  std::vector<Oid> open{view};
  while (!open.empty()) {
    const Oid at = open.back();
    open.pop_back();
    const auto relation = database.relations.find(at);
    if (relation == database.relations.end()) continue;
    if (at != view && relation->second.materialized()) {
      out.insert(at);
      continue;
    }
    for (const Oid read : relation->second.reads) {
      if (seen.insert(read).second) open.push_back(read);
    }
  }
  return out;
}

class OrderFinder {
 public:
  OrderFinder(const std::vector<ViewDefinition>& views, const Database& database) {
    for (const ViewDefinition& view : views) {
      if (schema::object_kind(view) != schema::Kind::materialized) continue;
      all_.push_back(&view);
      const schema::Relation* live = database.find(view.name);
      if (!live || !live->materialized()) continue;
      by_oid_[live->oid] = &view;
    }
    for (const auto& [oid, view] : by_oid_) {
      for (const Oid parent : stored_below(database, oid)) {
        if (by_oid_.contains(parent)) parents_[view].push_back(by_oid_.at(parent));
      }
    }
  }

  Order run(const Request& request) {
    std::set<const ViewDefinition*> chosen;
    for (const ViewDefinition* view : all_) {
      const bool named = std::find(request.views.begin(), request.views.end(), view->name) != request.views.end();
      if (request.views.empty() || (named && !request.only)) with_parents(view, chosen);
      if (named && request.only) chosen.insert(view);
      if (named && request.with_dependents) with_children(view, chosen);
    }
    for (const ViewDefinition* view : all_) {
      if (chosen.contains(view)) place(view, chosen);
    }
    for (const ViewDefinition* view : order_.views) {
      std::vector<std::size_t> positions;
      for (const ViewDefinition* parent : parents_[view]) {
        if (!chosen.contains(parent)) continue;
        positions.push_back(static_cast<std::size_t>(std::find(order_.views.begin(), order_.views.end(), parent) -
                                                     order_.views.begin()));
      }
      order_.parents.push_back(std::move(positions));
    }
    return std::move(order_);
  }

 private:
  void with_parents(const ViewDefinition* view, std::set<const ViewDefinition*>& chosen) {
    if (!chosen.insert(view).second) return;
    for (const ViewDefinition* parent : parents_[view]) with_parents(parent, chosen);
  }

  void with_children(const ViewDefinition* view, std::set<const ViewDefinition*>& chosen) {
    for (const ViewDefinition* other : all_) {
      const auto& parents = parents_[other];
      if (std::find(parents.begin(), parents.end(), view) == parents.end()) continue;
      with_parents(other, chosen);
      with_children(other, chosen);
    }
  }

  void place(const ViewDefinition* view, const std::set<const ViewDefinition*>& chosen) {
    if (!chosen.contains(view) || std::find(order_.views.begin(), order_.views.end(), view) != order_.views.end())
      return;
    for (const ViewDefinition* parent : parents_[view]) place(parent, chosen);
    order_.views.push_back(view);
  }

  std::vector<const ViewDefinition*> all_;
  std::map<Oid, const ViewDefinition*> by_oid_;
  std::map<const ViewDefinition*, std::vector<const ViewDefinition*>> parents_;
  Order order_;
};

}  // namespace

Order refresh_order(const std::vector<ViewDefinition>& views, const Database& database, const Request& request) {
  return OrderFinder(views, database).run(request);
}

}  // namespace pgvista::refresh
