#pragma once
// What a struct holds of other rows: a foreign key, the one row or the many rows that refer to it.

#include <concepts>
#include <cstdint>
#include <memory>
#include <utility>
#include <vector>

namespace pgvista {

namespace model {

struct ModelInfo;
/// Lazily, as two models may name each other.
using InfoOf = const ModelInfo& (*)();

template <class M>
const ModelInfo& info();

[[noreturn]] void not_loaded(InfoOf target);

}  // namespace model

/// A foreign key: the value of the other row's primary key, and that row where it was loaded.
template <class M, class Key = std::int64_t>
class Ref {
 public:
  using Model = M;
  using KeyType = Key;

  Ref() = default;
  template <class K>
  requires std::convertible_to<K, Key> Ref(K key)
      : key(std::move(key)) {}  // NOLINT(google-explicit-constructor): a reference is its key

  Key key{};

  bool loaded() const { return row_ != nullptr; }
  /// Requires that the row was loaded, by with(&…); throws Failure (not_loaded) otherwise.
  const M& operator*() const { return *get(); }
  const M* operator->() const { return get(); }
  void load(std::shared_ptr<const M> row) { row_ = std::move(row); }

  friend bool operator==(const Ref& a, const Ref& b) { return a.key == b.key; }

 private:
  const M* get() const {
    if (!row_) model::not_loaded(&model::info<M>);
    return row_.get();
  }
  std::shared_ptr<const M> row_;
};

/// The one row, if any, whose unique foreign key refers to this one. No column; loaded by with(&…).
template <class M>
class One {
 public:
  using Model = M;

  bool loaded() const { return loaded_; }
  /// Is there such a row? This and the following throw Failure (not_loaded) where nobody asked for it.
  explicit operator bool() const { return get() != nullptr; }
  const M& operator*() const { return *get(); }
  const M* operator->() const { return get(); }
  void load(std::shared_ptr<const M> row) {
    row_ = std::move(row);
    loaded_ = true;
  }

 private:
  const M* get() const {
    if (!loaded_) model::not_loaded(&model::info<M>);
    return row_.get();
  }
  std::shared_ptr<const M> row_;
  bool loaded_ = false;
};

/// The rows that refer to this one, or that a table of pairs joins to it. No column; loaded by with(&…), which takes
/// one more query for all rows together.
template <class M>
class Many {
 public:
  using Model = M;

  bool loaded() const { return rows_ != nullptr; }
  /// Requires that the rows were loaded; throws Failure (not_loaded) otherwise.
  const std::vector<M>& rows() const {
    if (!rows_) model::not_loaded(&model::info<M>);
    return *rows_;
  }
  auto begin() const { return rows().begin(); }
  auto end() const { return rows().end(); }
  auto size() const { return rows().size(); }
  bool empty() const { return rows().empty(); }
  const M& operator[](std::size_t i) const { return rows()[i]; }

  /// Where the loaded rows are put.
  std::vector<M>& storage() {
    if (!rows_) rows_ = std::make_shared<std::vector<M>>();
    return *rows_;
  }

 private:
  std::shared_ptr<std::vector<M>> rows_;
};

}  // namespace pgvista
