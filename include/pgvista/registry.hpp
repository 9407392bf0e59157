#pragma once
// The models of a program, by an explicit call.

#include <pgvista/view.hpp>

namespace pgvista {

/// A member of a view's row struct, for `check`.
struct RowMember {
  std::string member;  // Struct::member
  std::string column;
  std::string type;  // SQL
  bool may_be_null = false;
};

/// A view as a file of a pgvista project would say it.
struct ViewFile {
  std::string name;
  std::string text;
  std::vector<RowMember> members;
};

/// What a program does when something has happened; each is called after the fact, in the program's own process.
struct Hooks {
  std::function<void(const std::string& view, const std::string& status)> after_sync_view;  // status as in `sync --json`
  std::function<void(bool something_changed)> after_sync;
  std::function<void(const std::string& view, const std::string& mode)> after_refresh;  // mode as in `refresh --json`
};

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
  /// The views that pgvista is to make. Throws Failure (no_query).
  std::vector<ViewFile> view_files() const;

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

 private:
  std::string tables_between() const;
  std::vector<model::InfoOf> of_;
  Hooks hooks_;
  std::vector<const model::ModelInfo*> models_;
};

}  // namespace pgvista
