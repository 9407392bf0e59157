#pragma once
// Operators between expressions, and between an expression and a value of C++: comparison, arithmetic, logic.

#include <pgvista/expression.hpp>

namespace pgvista {

namespace model {

/// Throws Failure (out_of_range) where the value does not fit.
[[noreturn]] void out_of_range();
template <class T, class V>
T checked_integer(V given) {
  if (!std::in_range<T>(given)) out_of_range();
  return static_cast<T>(given);
}

/// The same, and of T's own SQL type whatever the value's is.
template <class T, class V>
NodePtr exact_operand(const V& given);

/// A C++ value beside an expression of type T becomes a parameter of T's type where that loses nothing.
template <class T, class V>
NodePtr operand(const V& given) {
  using B = Bare<T>;
  using G = Bare<V>;
  static_assert(!std::is_same_v<V, std::nullopt_t>, "pgvista: nothing equals NULL: use is_null() or is_not_null()");
  if constexpr (std::is_same_v<V, std::nullopt_t>) {
    return {};
  } else if constexpr (std::is_same_v<B, std::string>) {
    static_assert(std::is_convertible_v<const V&, std::string_view> || std::is_same_v<G, std::string>,
                  "pgvista: a text is compared with a text");
    return parameter_node(parameter(std::string(std::string_view(given))));
  } else if constexpr (std::is_same_v<B, G>) {
    return parameter_node(parameter(given));
  } else if constexpr (std::is_same_v<B, bool> || std::is_same_v<G, bool>) {
    static_assert(std::is_same_v<B, G>, "pgvista: a bool is compared with a bool");
    return {};
  } else if constexpr (std::is_integral_v<B> && std::is_integral_v<G>) {
    return parameter_node(parameter(checked_integer<std::int64_t>(given)));
  } else if constexpr (std::is_integral_v<B> && std::is_floating_point_v<G>) {
    static_assert(!std::is_floating_point_v<G>,
                  "pgvista: a fraction beside whole numbers: cast<double>(…) the expression first");
    return {};
  } else if constexpr (std::is_same_v<B, Decimal> && std::is_integral_v<G>) {
    return parameter_node(parameter(Decimal(static_cast<long long>(given))));
  } else if constexpr (std::is_floating_point_v<B> && std::is_arithmetic_v<G>) {
    return parameter_node(parameter(static_cast<double>(given)));
  } else {
    static_assert(std::is_convertible_v<const V&, B>, "pgvista: these two types are not compared with each other");
    return parameter_node(parameter(static_cast<B>(given)));
  }
}

template <class T, class V>
NodePtr exact_operand(const V& given) {
  if constexpr (is_number<Bare<T>>) {
    return cast_node(operand<T>(given), Type<Bare<T>>::name);
  } else {
    return operand<T>(given);
  }
}

template <class L, class R>
struct Pair {
  // Exactly one or both are expressions.
  static auto left_type() {
    if constexpr (is_expression<L>) {
      return std::type_identity<typename L::type>{};
    } else {
      return std::type_identity<typename R::type>{};
    }
  }
  static auto right_type() {
    if constexpr (is_expression<R>) {
      return std::type_identity<typename R::type>{};
    } else {
      return std::type_identity<typename L::type>{};
    }
  }
  using LeftType = typename decltype(left_type())::type;
  using RightType = typename decltype(right_type())::type;
  static constexpr Level level = [] {
    if constexpr (is_expression<L> && is_expression<R>) {
      return higher(L::level, R::level);
    } else if constexpr (is_expression<L>) {
      return L::level;
    } else {
      return R::level;
    }
  }();
  static auto owners() {
    if constexpr (is_expression<L> && is_expression<R>) {
      return typename JoinOwners<typename L::Owned, typename R::Owned>::type{};
    } else if constexpr (is_expression<L>) {
      return typename L::Owned{};
    } else {
      return typename R::Owned{};
    }
  }
  using Owned = decltype(owners());

  static NodePtr left(const L& value) {
    if constexpr (is_expression<L>) {
      return value.node;
    } else {
      return operand<RightType>(value);
    }
  }
  static NodePtr right(const R& value) {
    if constexpr (is_expression<R>) {
      return value.node;
    } else {
      return operand<LeftType>(value);
    }
  }
};

template <class L, class R>
concept OneExpression = is_expression<L> || is_expression<R>;

template <class L, class R>
auto compared(const char* op, const L& left, const R& right) {
  using P = Pair<L, R>;
  static_assert(
      !is_expression<L> || !is_expression<R> || comparable<Bare<typename P::LeftType>, Bare<typename P::RightType>>,
      "pgvista: these two types are not compared with each other");
  return Expression<NullIfAny<bool, typename P::LeftType, typename P::RightType, L, R>, P::level, typename P::Owned>{
      binary_node(op, P::left(left), P::right(right))};
}

template <class E, class V>
auto distinctness(const char* op, const E& left, const V& right) {
  const auto compares = compared(op, left, right);
  return Expression<bool, decltype(compares)::level, typename decltype(compares)::Owned>{compares.node};
}

/// What PostgreSQL makes of arithmetic between two numbers.
template <class A, class B>
struct Arithmetic {
  using type = std::conditional_t<
      std::is_same_v<A, B>, A,
      std::conditional_t<std::is_floating_point_v<A> || std::is_floating_point_v<B>, double,
                         std::conditional_t<std::is_same_v<A, Decimal> || std::is_same_v<B, Decimal>, Decimal,
                                            std::conditional_t<(sizeof(A) > sizeof(B)), A, B>>>>;
};

template <class L, class R>
auto computed(const char* op, const L& left, const R& right) {
  using P = Pair<L, R>;
  using A = Bare<typename P::LeftType>;
  using B = Bare<typename P::RightType>;
  static_assert(is_number<A> && is_number<B>, "pgvista: arithmetic is for numbers");
  if constexpr (is_expression<L> && is_expression<R>) {
    return Expression<NullIfAny<typename Arithmetic<A, B>::type, typename P::LeftType, typename P::RightType>, P::level,
                      typename P::Owned>{binary_node(op, left.node, right.node)};
  } else {
    // The value takes the expression's type, so that the result does, too.
    // A larger integer than the expression's makes the result larger, too.
    using V = std::conditional_t<is_expression<L>, R, L>;
    constexpr bool larger = std::is_same_v<A, std::int32_t> && std::is_integral_v<V> && sizeof(V) > sizeof(A);
    using Common = std::conditional_t<larger, std::int64_t, A>;
    using Result = NullIfAny<Common, typename P::LeftType>;
    if constexpr (is_expression<L>) {
      return Expression<Result, P::level, typename P::Owned>{binary_node(op, left.node, exact_operand<Common>(right))};
    } else {
      return Expression<Result, P::level, typename P::Owned>{binary_node(op, exact_operand<Common>(left), right.node)};
    }
  }
}

template <class L, class R>
auto logical(const char* op, const L& left, const R& right) {
  static_assert(std::is_same_v<Bare<typename L::type>, bool> && std::is_same_v<Bare<typename R::type>, bool>,
                "pgvista: && and || stand between conditions");
  return Expression<NullIfAny<bool, typename L::type, typename R::type>, higher(L::level, R::level),
                    typename JoinOwners<typename L::Owned, typename R::Owned>::type>{
      binary_node(op, left.node, right.node)};
}

}  // namespace model

template <class L, class R>
requires model::OneExpression<L, R>
auto operator==(const L& left, const R& right) { return model::compared("=", left, right); }
template <class L, class R>
requires model::OneExpression<L, R>
auto operator!=(const L& left, const R& right) { return model::compared("<>", left, right); }
template <class L, class R>
requires model::OneExpression<L, R>
auto operator<(const L& left, const R& right) { return model::compared("<", left, right); }
template <class L, class R>
requires model::OneExpression<L, R>
auto operator<=(const L& left, const R& right) { return model::compared("<=", left, right); }
template <class L, class R>
requires model::OneExpression<L, R>
auto operator>(const L& left, const R& right) { return model::compared(">", left, right); }
template <class L, class R>
requires model::OneExpression<L, R>
auto operator>=(const L& left, const R& right) { return model::compared(">=", left, right); }
template <class L, class R>
requires model::OneExpression<L, R>
auto operator+(const L& left, const R& right) { return model::computed("+", left, right); }
template <class L, class R>
requires model::OneExpression<L, R>
auto operator-(const L& left, const R& right) { return model::computed("-", left, right); }
template <class L, class R>
requires model::OneExpression<L, R>
auto operator*(const L& left, const R& right) { return model::computed("*", left, right); }
template <class L, class R>
requires model::OneExpression<L, R>
auto operator/(const L& left, const R& right) { return model::computed("/", left, right); }
template <class L, class R>
requires(model::is_expression<L>&& model::is_expression<R>) auto operator&&(const L& left, const R& right) {
  return model::logical("AND", left, right);
}
template <class L, class R>
requires(model::is_expression<L>&& model::is_expression<R>) auto operator||(const L& left, const R& right) {
  return model::logical("OR", left, right);
}
template <class T, model::Level L, class O>
auto operator!(const Expression<T, L, O>& condition) {
  static_assert(std::is_same_v<model::Bare<T>, bool>, "pgvista: ! negates a condition");
  return Expression<T, L, O>{model::unary_node("NOT", condition.node)};
}

}  // namespace pgvista
