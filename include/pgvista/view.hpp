#pragma once
// Views of structs: raw SQL, a query, or a view that exists already.

#include <pgvista/query.hpp>

namespace pgvista {

enum class Maintenance { manual,
                         immediate,
                         on_commit };

/// What a model says of its view; what Table says of columns and indexes holds for it, too.
template <class V>
class View : public Table<V> {
 public:
  explicit View(model::ModelInfo& info) : Table<V>(info) { info.kind = model::Kind::view; }

  View& name(std::string view, std::string schema = {}) {
    Table<V>::name(std::move(view), std::move(schema));
    return *this;
  }
  View& materialized(Maintenance maintenance = Maintenance::manual) {
    static constexpr const char* names[] = {"manual", "immediate", "on_commit"};
    this->info_.kind = model::Kind::materialized;
    this->info_.maintenance = names[static_cast<int>(maintenance)];
    return *this;
  }
  /// Raw SQL: its columns are the struct's members, by name.
  View& sql(std::string text) {
    this->info_.sql = std::move(text);
    return *this;
  }
  /// A query: one field() for each member.
  View& as(const Selection<V>& query) {
    this->info_.query = query.spec();
    return *this;
  }
};

/// The definition as text, for whoever wants to run it himself.
struct ViewSql {
  std::string create;
  std::string drop;
  std::string refresh;  // "" of a plain view
};
namespace model {
ViewSql view_sql(const ModelInfo& info);
}
template <class V>
ViewSql view_sql() {
  return model::view_sql(model::info<V>());
}

}  // namespace pgvista
