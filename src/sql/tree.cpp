// The special members of the tree, compiled once: they are long, and every unit that touches a tree would have them
// otherwise.

#include "sql/statement.hpp"

namespace pgvista::sql {

template <class T>
Box<T>::Box() noexcept = default;
template <class T>
Box<T>::Box(T value) : value_(std::make_unique<T>(std::move(value))) {}
template <class T>
Box<T>::Box(const Box& other) : value_(other.value_ ? std::make_unique<T>(*other.value_) : nullptr) {}
template <class T>
Box<T>::Box(Box&& other) noexcept = default;
template <class T>
Box<T>& Box<T>::operator=(const Box& other) {
  Box copy(other);
  value_ = std::move(copy.value_);
  return *this;
}
template <class T>
Box<T>& Box<T>::operator=(Box&& other) noexcept = default;
template <class T>
Box<T>::~Box() = default;
template <class T>
bool Box<T>::equals(const Box& other) const {
  if (!value_ || !other.value_) return !value_ && !other.value_;
  return *value_ == *other.value_;
}

Expr::Expr() = default;
Expr::Expr(const Expr&) = default;
Expr::Expr(Expr&&) noexcept = default;
Expr& Expr::operator=(const Expr&) = default;
Expr& Expr::operator=(Expr&&) noexcept = default;
Expr::~Expr() = default;
bool Expr::operator==(const Expr& other) const { return node == other.node; }

FromItem::FromItem() = default;
FromItem::FromItem(const FromItem&) = default;
FromItem::FromItem(FromItem&&) noexcept = default;
FromItem& FromItem::operator=(const FromItem&) = default;
FromItem& FromItem::operator=(FromItem&&) noexcept = default;
FromItem::~FromItem() = default;
bool FromItem::operator==(const FromItem& other) const { return node == other.node; }

Select::Select() = default;
Select::Select(const Select&) = default;
Select::Select(Select&&) noexcept = default;
Select& Select::operator=(const Select&) = default;
Select& Select::operator=(Select&&) noexcept = default;
Select::~Select() = default;
bool Select::operator==(const Select&) const = default;

Statement::Statement() = default;
Statement::Statement(const Statement&) = default;
Statement::Statement(Statement&&) noexcept = default;
Statement& Statement::operator=(const Statement&) = default;
Statement& Statement::operator=(Statement&&) noexcept = default;
Statement::~Statement() = default;
bool Statement::operator==(const Statement& other) const { return node == other.node; }

template class Box<Expr>;
template class Box<FromItem>;
template class Box<Select>;
template class Box<TypeName>;
template class Box<Window>;
template class Box<SearchClause>;
template class Box<CycleClause>;
template class Box<Statement>;
template class Box<Conflict>;

}  // namespace pgvista::sql
