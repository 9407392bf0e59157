#pragma once

#include <memory>
#include <utility>

namespace pgvista::sql {

/// A value on the heap that may be absent: copies deeply, compares deeply. Lets a tree contain itself. What needs the
/// whole `T` is compiled once, in tree.cpp.
template <class T>
class Box {
 public:
  Box() noexcept;
  Box(T value);  // NOLINT(google-explicit-constructor): a box is its value
  Box(const Box& other);
  Box(Box&& other) noexcept;
  Box& operator=(const Box& other);
  Box& operator=(Box&& other) noexcept;
  ~Box();

  explicit operator bool() const { return value_ != nullptr; }
  T& operator*() { return *value_; }
  const T& operator*() const { return *value_; }
  T* operator->() { return value_.get(); }
  const T* operator->() const { return value_.get(); }

  bool equals(const Box& other) const;
  friend bool operator==(const Box& a, const Box& b) { return a.equals(b); }

 private:
  std::unique_ptr<T> value_;
};

}  // namespace pgvista::sql
