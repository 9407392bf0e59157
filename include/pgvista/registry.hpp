#pragma once
// The models of a program, by an explicit call.

#include <pgvista/view.hpp>
#include <pgvista/view_file.hpp>

namespace pgvista {

class Registry {
 public:
  template <class... Ms>
  Registry& add() {
    (models_.push_back(&model::info<Ms>()), ...);
    (of_.push_back(&model::info<Ms>), ...);
    return *this;
  }
  const std::vector<const model::ModelInfo*>& models() const { return models_; }

  /// CREATE TABLE for each managed table, in an order in which foreign keys find their tables.
  /// Throws Failure (model_cycle) where there is none.
  std::string create_tables() const;
  /// The same, a table at a time and in no order, for migrations.
  std::vector<model::TableFile> table_files() const;
  /// The views that pgvista is to make. Throws Failure (no_query).
  std::vector<model::ViewFile> view_files() const;
  /// The tables, and the views that exist already.
  std::vector<model::MappedRelation> relations() const;

  /// A path of `runserver` for a table or view: path("/rooms/", "rooms_room?select=*,door:rooms_door(*)") serves
  /// /rooms/ and /rooms/311/, to be read and written.
  Registry& path(const std::string& prefix, const std::string& target) {
    paths_[prefix] = target;
    return *this;
  }
  /// A path that the program answers itself: on("GET", "/reports/{year}/", [](const HttpRequest&, Database&) { … }).
  Registry& on(std::string method, std::string pattern, HttpHandler handler) {
    own_paths_.push_back({std::move(method), std::move(pattern), std::move(handler)});
    return *this;
  }
  const std::map<std::string, std::string>& paths() const { return paths_; }
  const std::vector<OwnPath>& own_paths() const { return own_paths_; }

  /// After `sync` has made or found a view, after it has made all; after `refresh` of a view.
  Registry& after_sync_view(std::function<void(const std::string& view, const std::string& status)> hook) {
    hooks_.after_sync_view = std::move(hook);
    return *this;
  }
  Registry& after_sync(std::function<void(bool something_changed)> hook) {
    hooks_.after_sync = std::move(hook);
    return *this;
  }
  Registry& after_refresh(std::function<void(const std::string& view, const std::string& mode)> hook) {
    hooks_.after_refresh = std::move(hook);
    return *this;
  }
  const Hooks& hooks() const { return hooks_; }

  /// Refreshes a materialized view, and calls the hook.
  template <class V>
  void refresh(Database& db, bool concurrently = false, model::Place place = model::Place::here()) const {
    if (concurrently) {
      db.refresh_concurrently<V>(place);
    } else {
      db.refresh<V>(place);
    }
    if (hooks_.after_refresh) hooks_.after_refresh(model::info<V>().table, concurrently ? "concurrent" : "full");
  }

 private:
  std::vector<model::TableFile> tables_between() const;
  std::vector<model::InfoOf> of_;
  Hooks hooks_;
  std::map<std::string, std::string> paths_;
  std::vector<OwnPath> own_paths_;
  std::vector<const model::ModelInfo*> models_;
};

}  // namespace pgvista
