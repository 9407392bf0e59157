#pragma once
// The models of a program, by an explicit call.

#include <pgvista/view.hpp>

namespace pgvista {

class Registry {
 public:
  template <class... Ms>
  Registry& add() {
    (models_.push_back(&model::info<Ms>()), ...);
    return *this;
  }
  const std::vector<const model::ModelInfo*>& models() const { return models_; }

  /// CREATE TABLE for each managed table, in an order in which foreign keys find their tables.
  /// Throws Failure (model_cycle) where there is none.
  std::string create_tables() const;
  /// The views as files of a pgvista project would say them: name and text.
  std::vector<std::pair<std::string, std::string>> view_files() const;

 private:
  std::vector<const model::ModelInfo*> models_;
};

}  // namespace pgvista
