#pragma once
// Functions and aggregates of SQL, with the types that they have there.

#include <pgvista/expression.hpp>

namespace pgvista {

namespace model {

template <class T>
struct SumOf {
  using type = T;
};
template <>
struct SumOf<std::int16_t> {
  using type = std::int64_t;
};
template <>
struct SumOf<std::int32_t> {
  using type = std::int64_t;
};
template <>
struct SumOf<std::int64_t> {
  using type = Decimal;
};
template <class T>
using AverageOf = std::conditional_t<std::is_floating_point_v<T>, double, Decimal>;

template <class R, bool Counts, class E>
auto aggregate_of(const char* name, const E& argument) {
  static_assert(E::level == Level::row, "pgvista: an aggregate stands in another aggregate");
  return Aggregate<NullIfAny<R, std::conditional_t<Counts, int, typename E::type>>, Counts, typename E::Owned>{{call_node(name, {argument.node})}};
}

}  // namespace model

inline auto count() { return Aggregate<std::int64_t, true, model::Owners<>>{{model::call_node("count", {model::raw_node("*", {})})}}; }

template <class T, model::Level L, class O>
auto count(const Expression<T, L, O>& argument) {
  return model::aggregate_of<std::int64_t, true>("count", argument);
}
template <class T, model::Level L, class O>
auto sum(const Expression<T, L, O>& argument) {
  static_assert(model::is_number<model::Bare<T>>, "pgvista: sum() is for numbers");
  return model::aggregate_of<typename model::SumOf<model::Bare<T>>::type, false>("sum", argument);
}
template <class T, model::Level L, class O>
auto avg(const Expression<T, L, O>& argument) {
  static_assert(model::is_number<model::Bare<T>>, "pgvista: avg() is for numbers");
  return model::aggregate_of<model::AverageOf<model::Bare<T>>, false>("avg", argument);
}
template <class T, model::Level L, class O>
auto min(const Expression<T, L, O>& argument) {
  return model::aggregate_of<model::Bare<T>, false>("min", argument);
}
template <class T, model::Level L, class O>
auto max(const Expression<T, L, O>& argument) {
  return model::aggregate_of<model::Bare<T>, false>("max", argument);
}
/// NULL over a single row, so always optional.
template <class T, model::Level L, class O>
auto stddev(const Expression<T, L, O>& argument) {
  return model::aggregate_of<std::optional<model::AverageOf<model::Bare<T>>>, false>("stddev", argument);
}
template <class T, model::Level L, class O>
auto variance(const Expression<T, L, O>& argument) {
  return model::aggregate_of<std::optional<model::AverageOf<model::Bare<T>>>, false>("variance", argument);
}
template <class T, model::Level L, class O>
auto bool_and(const Expression<T, L, O>& argument) {
  static_assert(std::is_same_v<model::Bare<T>, bool>, "pgvista: bool_and() is for conditions");
  return model::aggregate_of<bool, false>("bool_and", argument);
}
template <class T, model::Level L, class O>
auto bool_or(const Expression<T, L, O>& argument) {
  static_assert(std::is_same_v<model::Bare<T>, bool>, "pgvista: bool_or() is for conditions");
  return model::aggregate_of<bool, false>("bool_or", argument);
}
template <class T, model::Level L, class O>
auto string_agg(const Expression<T, L, O>& argument, std::string separator) {
  static_assert(std::is_same_v<model::Bare<T>, std::string>, "pgvista: string_agg() is for texts");
  return Aggregate<T, false, O>{{model::call_node("string_agg", {argument.node, model::parameter_node(parameter(std::move(separator)))})}};
}
/// NULLs are elements, too.
template <class T, model::Level L, class O>
auto array_agg(const Expression<T, L, O>& argument) {
  return Aggregate<std::vector<T>, false, O>{{model::call_node("array_agg", {argument.node})}};
}
template <class T, model::Level L, class O>
auto jsonb_agg(const Expression<T, L, O>& argument) {
  return Aggregate<Json, false, O>{{model::call_node("jsonb_agg", {argument.node})}};
}

/// Any function by its name.
template <class R, class... Es>
auto call(std::string name, const Es&... arguments) {
  return Expression<R, model::highest({Es::level...}), typename model::AllOwners<Es...>::type>{model::call_node(std::move(name), {arguments.node...})};
}

template <class T, model::Level L, class O>
auto lower(const Expression<T, L, O>& text) {
  return Expression<T, L, O>{model::call_node("lower", {text.node})};
}
template <class T, model::Level L, class O>
auto upper(const Expression<T, L, O>& text) {
  return Expression<T, L, O>{model::call_node("upper", {text.node})};
}
template <class T, model::Level L, class O>
auto length(const Expression<T, L, O>& text) {
  return Expression<model::NullIfAny<std::int32_t, T>, L, O>{model::call_node("length", {text.node})};
}
/// The first that is not NULL; the last is a plain value.
template <class T, model::Level L, class O, class V>
auto coalesce(const Expression<T, L, O>& first, const V& otherwise) {
  if constexpr (model::is_expression<V>) {
    using Owned = typename model::JoinOwners<O, typename V::Owned>::type;
    using R = std::conditional_t<model::is_optional<typename V::type>, T, model::Bare<T>>;
    return Expression<R, model::higher(L, V::level), Owned>{model::call_node("coalesce", {first.node, otherwise.node})};
  } else {
    return Expression<model::Bare<T>, L, O>{model::call_node("coalesce", {first.node, model::operand<T>(otherwise)})};
  }
}

enum class Part { year,
                  quarter,
                  month,
                  week,
                  day,
                  hour,
                  minute,
                  second };
const char* to_string(Part part);

/// date_trunc: the moment at which its year, month, … began.
template <class T, model::Level L, class O>
auto trunc(Part part, const Expression<T, L, O>& moment) {
  return Expression<T, L, O>{model::call_node("date_trunc", {model::raw_node(std::string("'") + to_string(part) + "'", {}), moment.node})};
}
template <class T, model::Level L, class O>
auto extract(Part part, const Expression<T, L, O>& moment) {
  return Expression<model::NullIfAny<Decimal, T>, L, O>{model::raw_node(std::string("extract(") + to_string(part) + " FROM ?)", {moment.node})};
}
template <class R, class T, model::Level L, class O>
auto cast(const Expression<T, L, O>& value) {
  return Expression<model::NullIfAny<R, T>, L, O>{model::cast_node(value.node, std::string(Type<R>::name))};
}
/// timestamptz to the wall clock of a zone.
template <model::Level L, class O>
auto at_time_zone(const Expression<TimestampTz, L, O>& moment, std::string zone) {
  return Expression<Timestamp, L, O>{model::binary_node("AT TIME ZONE", moment.node, model::parameter_node(parameter(std::move(zone))))};
}
/// jsonb ->> key
template <class T, model::Level L, class O>
auto json_text(const Expression<T, L, O>& json, std::string key) {
  static_assert(std::is_same_v<model::Bare<T>, Json>, "pgvista: json_text() looks into a Json column");
  return Expression<std::optional<std::string>, L, O>{model::binary_node("->>", json.node, model::parameter_node(parameter(std::move(key))))};
}
/// Full-text search: to_tsvector(config, text) @@ websearch_to_tsquery(config, words)
template <class T, model::Level L, class O>
auto matches(const Expression<T, L, O>& text, std::string words, const std::string& configuration = "simple") {
  const auto config = [&] { return model::cast_node(model::parameter_node(parameter(configuration)), "regconfig"); };
  return Expression<model::NullIfAny<bool, T>, L, O>{
      model::binary_node("@@", model::call_node("to_tsvector", {config(), text.node}), model::call_node("websearch_to_tsquery", {config(), model::parameter_node(parameter(std::move(words)))}))};
}

/// CASE: when(condition, value).when(…).otherwise(value)
template <class T, model::Level L, class Owners_>
struct When {
  std::vector<std::pair<model::NodePtr, model::NodePtr>> branches;

  template <class C, model::Level L2, class O, class V>
  auto when(const Expression<C, L2, O>& condition, const V& result) const {
    auto all = branches;
    if constexpr (model::is_expression<V>) {
      all.emplace_back(condition.node, result.node);
      return When<T, model::higher(L, L2), typename model::JoinOwners<typename model::JoinOwners<Owners_, O>::type, typename V::Owned>::type>{std::move(all)};
    } else {
      all.emplace_back(condition.node, model::operand<T>(result));
      return When<T, model::higher(L, L2), typename model::JoinOwners<Owners_, O>::type>{std::move(all)};
    }
  }
  template <class V>
  auto otherwise(const V& result) const {
    if constexpr (model::is_expression<V>) {
      return Expression<T, L, typename model::JoinOwners<Owners_, typename V::Owned>::type>{model::case_node(branches, result.node)};
    } else {
      return Expression<T, L, Owners_>{model::case_node(branches, model::operand<T>(result))};
    }
  }
  auto end() const { return Expression<model::Nullable<T>, L, Owners_>{model::case_node(branches, nullptr)}; }
};

template <class C, model::Level L, class O, class V>
auto when(const Expression<C, L, O>& condition, const V& result) {
  if constexpr (model::is_expression<V>) {
    return When<typename V::type, model::higher(L, V::level), typename model::JoinOwners<O, typename V::Owned>::type>{{{condition.node, result.node}}};
  } else {
    const auto typed = value(result);
    return When<typename decltype(typed)::type, L, O>{{{condition.node, model::cast_node(typed.node, std::string(Type<typename decltype(typed)::type>::name))}}};
  }
}

/// Window functions: row_number().over({partition…}, {order…})
template <class T>
struct WindowFunction {
  model::NodePtr node;
  template <class... Ps, class... Os>
  auto over(std::tuple<Ps...> partition, std::tuple<Os...> order) const {
    const auto nodes = std::apply([](const auto&... one) { return std::vector<model::NodePtr>{one.node...}; }, partition);
    const auto keys = std::apply([](const auto&... one) { return std::vector<model::OrderNode>{one.node...}; }, order);
    return Expression<T, model::Level::window, typename model::AllOwners<Ps..., Os...>::type>{model::with_window(node, nodes, keys)};
  }
};
inline auto row_number() { return WindowFunction<std::int64_t>{model::call_node("row_number", {})}; }
inline auto rank() { return WindowFunction<std::int64_t>{model::call_node("rank", {})}; }

}  // namespace pgvista
