#pragma once
// The order of views: each after what it reads.

#include <functional>
#include <map>
#include <string>
#include <vector>

#include "schema/definition.hpp"

namespace pgvista::analyze {

/// For each view the indexes of the views that it reads, found by name: an unqualified name means the first schema of
/// `search_path` that has a view or an entry in `other_relations` of that name. `depends_on` of the header counts too.
struct ViewGraph {
  std::vector<std::vector<std::size_t>> reads;
  std::vector<std::size_t> order;  // all views, each after those it reads; otherwise in their given order
};

/// Is there a relation of this name that is none of the views?
using RelationExists = std::function<bool(const sql::Name&)>;

/// Throws Failure (dependency_cycle) whose message names the path, (unknown_dependency) for a wrong depends_on.
ViewGraph order_views(const std::vector<schema::ViewDefinition>& views, const std::vector<std::string>& search_path,
                      const RelationExists& other_relation = {});

}  // namespace pgvista::analyze
