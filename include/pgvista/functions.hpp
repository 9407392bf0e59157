#pragma once
// Functions and aggregates of SQL, with the types that they have there.

#include <pgvista/operators.hpp>

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
  static_assert(E::level < Level::aggregate, "pgvista: an aggregate stands in another aggregate");
  return Aggregate<NullIfAny<R, std::conditional_t<Counts, int, typename E::type>>, Counts, typename E::Owned>{
      {call_node(name, {argument.node})}};
}

}  // namespace model

inline auto count() {
  return model::Aggregate<std::int64_t, true, model::Owners<>>{
      {model::call_node("count", {model::raw_node("*", {}, true)})}};
}

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
  static_assert(!std::is_same_v<model::Bare<T>, bool>,
                "pgvista: min() and max() are not for conditions: use bool_and() and bool_or()");
  return model::aggregate_of<model::Bare<T>, false>("min", argument);
}
template <class T, model::Level L, class O>
auto max(const Expression<T, L, O>& argument) {
  static_assert(!std::is_same_v<model::Bare<T>, bool>,
                "pgvista: min() and max() are not for conditions: use bool_and() and bool_or()");
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
  return model::Aggregate<T, false, O>{
      {model::call_node("string_agg", {argument.node, model::parameter_node(parameter(std::move(separator)))})}};
}
/// NULLs are elements, too.
template <class T, model::Level L, class O>
auto array_agg(const Expression<T, L, O>& argument) {
  return model::Aggregate<std::vector<T>, false, O>{{model::call_node("array_agg", {argument.node})}};
}
template <class T, model::Level L, class O>
auto jsonb_agg(const Expression<T, L, O>& argument) {
  return model::Aggregate<Json, false, O>{{model::call_node("jsonb_agg", {argument.node})}};
}

/// Any function by its name.
template <class R, class... Es>
auto call(std::string name, const Es&... arguments) {
  return Expression<R, model::highest({Es::level...}), typename model::AllOwners<Es...>::type>{
      model::call_node(std::move(name), {arguments.node...})};
}

namespace model {
template <class T>
constexpr void require_text() {
  static_assert(std::is_same_v<Bare<T>, std::string>, "pgvista: this function is for texts");
}
}  // namespace model

template <class T, model::Level L, class O>
auto lower(const Expression<T, L, O>& text) {
  model::require_text<T>();
  return Expression<T, L, O>{model::call_node("lower", {text.node})};
}
template <class T, model::Level L, class O>
auto upper(const Expression<T, L, O>& text) {
  model::require_text<T>();
  return Expression<T, L, O>{model::call_node("upper", {text.node})};
}
template <class T, model::Level L, class O>
auto length(const Expression<T, L, O>& text) {
  model::require_text<T>();
  return Expression<model::NullIfAny<std::int32_t, T>, L, O>{model::call_node("length", {text.node})};
}
/// The first that is not NULL: of an expression and a value, or of two expressions.
template <class T, model::Level L, class O, class V>
auto coalesce(const Expression<T, L, O>& first, const V& otherwise) {
  if constexpr (model::is_expression<V>) {
    static_assert(std::is_same_v<model::Bare<T>, model::Bare<typename V::type>>,
                  "pgvista: coalesce() takes two of one type");
    using Owned = typename model::JoinOwners<O, typename V::Owned>::type;
    using R = std::conditional_t<model::is_optional<typename V::type>, T, model::Bare<T>>;
    return Expression<R, model::higher(L, V::level), Owned>{model::call_node("coalesce", {first.node, otherwise.node})};
  } else {
    return model::Sure<model::Bare<T>, L, O>{
        {model::call_node("coalesce", {first.node, model::exact_operand<T>(otherwise)})}};
  }
}

enum class DatePart { year, quarter, month, week, day, hour, minute, second };
const char* to_string(DatePart part);

/// date_trunc: the moment at which its year, month, … began.
template <class T, model::Level L, class O>
auto trunc(DatePart part, const Expression<T, L, O>& moment) {
  static_assert(std::is_same_v<model::Bare<T>, Timestamp> || std::is_same_v<model::Bare<T>, TimestampTz>,
                "pgvista: trunc() is for timestamps: cast<Timestamp>(…) a date first");
  return Expression<T, L, O>{model::call_node(
      "date_trunc", {model::raw_node(std::string("'") + to_string(part) + "'", {}, true), moment.node})};
}
template <class T, model::Level L, class O>
auto extract(DatePart part, const Expression<T, L, O>& moment) {
  return Expression<model::NullIfAny<Decimal, T>, L, O>{
      model::raw_node(std::string("extract(") + to_string(part) + " FROM ?)", {moment.node}, true)};
}
template <class R, class T, model::Level L, class O>
auto cast(const Expression<T, L, O>& value) {
  return Expression<model::NullIfAny<R, T>, L, O>{model::cast_node(value.node, std::string(Type<R>::name))};
}
/// timestamptz to the wall clock of a zone.
template <class T, model::Level L, class O>
auto at_time_zone(const Expression<T, L, O>& moment, std::string zone) {
  static_assert(std::is_same_v<model::Bare<T>, TimestampTz>, "pgvista: at_time_zone() takes a timestamptz");
  return Expression<model::NullIfAny<Timestamp, T>, L, O>{
      model::binary_node("AT TIME ZONE", moment.node, model::parameter_node(parameter(std::move(zone))))};
}
/// jsonb ->> key
template <class T, model::Level L, class O>
auto json_text(const Expression<T, L, O>& json, std::string key) {
  static_assert(std::is_same_v<model::Bare<T>, Json>, "pgvista: json_text() looks into a Json column");
  return Expression<std::optional<std::string>, L, O>{
      model::binary_node("->>", json.node, model::parameter_node(parameter(std::move(key))))};
}
namespace model {

/// What a full-text search compares: to_tsvector(config, text) and websearch_to_tsquery(config, words).
inline std::pair<NodePtr, NodePtr> search_sides(const NodePtr& text, std::string words,
                                                const std::string& configuration) {
  const auto config = [&] { return cast_node(parameter_node(parameter(configuration)), "regconfig"); };
  return {call_node("to_tsvector", {config(), text}),
          call_node("websearch_to_tsquery", {config(), parameter_node(parameter(std::move(words)))})};
}

}  // namespace model

/// Full-text search: to_tsvector(config, text) @@ websearch_to_tsquery(config, words)
template <class T, model::Level L, class O>
auto matches(const Expression<T, L, O>& text, std::string words, const std::string& configuration = "simple") {
  const auto [document, query] = model::search_sides(text.node, std::move(words), configuration);
  return Expression<model::NullIfAny<bool, T>, L, O>{model::binary_node("@@", document, query)};
}
/// ts_rank of what matches() finds.
template <class T, model::Level L, class O>
auto search_rank(const Expression<T, L, O>& text, std::string words, const std::string& configuration = "simple") {
  const auto [document, query] = model::search_sides(text.node, std::move(words), configuration);
  return Expression<model::NullIfAny<float, T>, L, O>{model::call_node("ts_rank", {document, query})};
}

namespace model {

/// The result of a branch, and what it brings with it.
template <class T, class V>
struct Branch {
  using type = NullIfAny<T, V>;
  using Owned = Owners<>;
  static constexpr Level level = Level::row;
  static NodePtr node(const V& value) { return exact_operand<T>(value); }
};
template <class T, class V>
requires is_expression<V>
struct Branch<T, V> {
  static_assert(std::is_same_v<Bare<T>, Bare<typename V::type>>, "pgvista: all results of a CASE are of one type");
  using type = NullIfAny<T, typename V::type>;
  using Owned = typename V::Owned;
  static constexpr Level level = V::level;
  static NodePtr node(const V& value) { return value.node; }
};

/// CASE: when(condition, value).when(…).otherwise(value)
template <class T, model::Level L, class Owners_>
struct When {
  std::vector<std::pair<model::NodePtr, model::NodePtr>> branches;

  template <class C, model::Level L2, class O, class V>
  auto when(const Expression<C, L2, O>& condition, const V& result) const {
    static_assert(std::is_same_v<model::Bare<C>, bool>, "pgvista: when() takes a condition");
    using B = model::Branch<T, V>;
    auto all = branches;
    all.emplace_back(condition.node, B::node(result));
    return model::When<
        typename B::type, model::highest({L, L2, B::level}),
        typename model::JoinOwners<typename model::JoinOwners<Owners_, O>::type, typename B::Owned>::type>{
        std::move(all)};
  }
  template <class V>
  auto otherwise(const V& result) const {
    using B = model::Branch<T, V>;
    return Expression<typename B::type, model::higher(L, B::level),
                      typename model::JoinOwners<Owners_, typename B::Owned>::type>{
        model::case_node(branches, B::node(result))};
  }
  auto end() const { return Expression<model::Nullable<T>, L, Owners_>{model::case_node(branches, nullptr)}; }
};

}  // namespace model

template <class C, model::Level L, class O, class V>
auto when(const Expression<C, L, O>& condition, const V& result) {
  static_assert(std::is_same_v<model::Bare<C>, bool>, "pgvista: when() takes a condition");
  if constexpr (model::is_expression<V>) {
    return model::When<typename V::type, model::higher(L, V::level),
                       typename model::JoinOwners<O, typename V::Owned>::type>{{{condition.node, result.node}}};
  } else {
    const auto typed = value(result);
    return model::When<typename decltype(typed)::type, L, O>{
        {{condition.node, model::cast_node(typed.node, std::string(Type<typename decltype(typed)::type>::name))}}};
  }
}

/// What over() takes: row_number().over(by(…), ordered(….desc())).
template <class... Es>
auto by(const Es&... partition) {
  return std::tuple<Es...>(partition...);
}
template <class... Ks>
auto ordered(const Ks&... keys) {
  return std::tuple(model::as_order(keys)...);
}

namespace model {

template <class T, class Owners_ = model::Owners<>>
struct WindowFunction {
  model::NodePtr node;
  template <class... Ps, class... Os>
  auto over(std::tuple<Ps...> partition, std::tuple<Os...> order, std::string frame = {}) const {
    return model::windowed<T, Owners_>(node, partition, order, std::move(frame));
  }
};

}  // namespace model
inline auto row_number() { return model::WindowFunction<std::int64_t>{model::call_node("row_number", {})}; }
inline auto rank() { return model::WindowFunction<std::int64_t>{model::call_node("rank", {})}; }
inline auto dense_rank() { return model::WindowFunction<std::int64_t>{model::call_node("dense_rank", {})}; }
inline auto percent_rank() { return model::WindowFunction<double>{model::call_node("percent_rank", {})}; }
inline auto ntile(std::int32_t parts) {
  return model::WindowFunction<std::int32_t>{model::call_node("ntile", {model::parameter_node(parameter(parts))})};
}
/// NULL where there is no such row.
template <class T, model::Level L, class O>
auto lag(const Expression<T, L, O>& value, std::int32_t rows = 1) {
  return model::WindowFunction<model::Nullable<T>, O>{
      model::call_node("lag", {value.node, model::parameter_node(parameter(rows))})};
}
template <class T, model::Level L, class O>
auto lead(const Expression<T, L, O>& value, std::int32_t rows = 1) {
  return model::WindowFunction<model::Nullable<T>, O>{
      model::call_node("lead", {value.node, model::parameter_node(parameter(rows))})};
}
template <class T, model::Level L, class O>
auto first_value(const Expression<T, L, O>& value) {
  return model::WindowFunction<model::Nullable<T>, O>{model::call_node("first_value", {value.node})};
}
template <class T, model::Level L, class O>
auto last_value(const Expression<T, L, O>& value) {
  return model::WindowFunction<model::Nullable<T>, O>{model::call_node("last_value", {value.node})};
}

/// An aggregate of one's own (CREATE AGGREGATE), or one that has no function here: aggregate<double>("median", col(…)).
/// Say std::optional where it may be NULL over rows.
template <class R, class... Es>
auto aggregate(std::string name, const Es&... arguments) {
  static_assert(((Es::level < model::Level::aggregate) && ...), "pgvista: an aggregate stands in another aggregate");
  return model::Aggregate<R, false, typename model::AllOwners<Es...>::type>{
      {model::call_node(std::move(name), {arguments.node...})}};
}

/// Texts one after the other: a || b. NULL where one of them is.
template <class A, class B>
requires model::OneExpression<A, B>
auto concat(const A& first, const B& second) {
  using P = model::Pair<A, B>;
  static_assert(std::is_same_v<model::Bare<typename P::LeftType>, std::string> &&
                    std::is_same_v<model::Bare<typename P::RightType>, std::string>,
                "pgvista: concat() is for texts");
  return Expression<model::NullIfAny<std::string, typename P::LeftType, typename P::RightType>, P::level,
                    typename P::Owned>{model::binary_node("||", P::left(first), P::right(second))};
}
template <class A, class B, class... Others>
auto concat(const A& first, const B& second, const Others&... others) {
  return concat(concat(first, second), others...);
}
inline Expression<TimestampTz, model::Level::row, model::Owners<>> now() { return {model::call_node("now", {})}; }
template <class T, model::Level L, class O>
auto trim(const Expression<T, L, O>& text) {
  model::require_text<T>();
  return Expression<T, L, O>{model::call_node("btrim", {text.node})};
}
/// `length` characters from `start`, which counts from 1.
template <class T, model::Level L, class O>
auto substring(const Expression<T, L, O>& text, std::int32_t start, std::int32_t length) {
  model::require_text<T>();
  return Expression<T, L, O>{model::call_node(
      "substr", {text.node, model::parameter_node(parameter(start)), model::parameter_node(parameter(length))})};
}
template <class T, model::Level L, class O>
auto replace(const Expression<T, L, O>& text, std::string what, std::string with) {
  model::require_text<T>();
  return Expression<T, L, O>{model::call_node("replace", {text.node, model::parameter_node(parameter(std::move(what))),
                                                          model::parameter_node(parameter(std::move(with)))})};
}
template <class T, model::Level L, class O>
auto abs(const Expression<T, L, O>& number) {
  return Expression<T, L, O>{model::call_node("abs", {number.node})};
}
template <model::Level L, class O, class T>
auto round(const Expression<T, L, O>& number, std::int32_t digits) {
  static_assert(std::is_same_v<model::Bare<T>, Decimal>,
                "pgvista: round() to digits is for Decimal: cast<Decimal>(…) first");
  return Expression<T, L, O>{model::call_node("round", {number.node, model::parameter_node(parameter(digits))})};
}
/// Of a date it is a timestamp.
template <class T, model::Level L, class O>
auto plus_interval(const Expression<T, L, O>& moment, const Interval& interval) {
  using R = std::conditional_t<std::is_same_v<model::Bare<T>, Date>, Timestamp, model::Bare<T>>;
  return Expression<model::NullIfAny<R, T>, L, O>{
      model::binary_node("+", moment.node, model::parameter_node(parameter(interval)))};
}
/// jsonb #> path
template <class T, model::Level L, class O>
auto json_path(const Expression<T, L, O>& json, std::vector<std::string> path) {
  static_assert(std::is_same_v<model::Bare<T>, Json>, "pgvista: json_path() looks into a Json column");
  return Expression<std::optional<Json>, L, O>{
      model::binary_node("#>", json.node, model::parameter_node(parameter(path)))};
}
/// jsonb @> part
template <class T, model::Level L, class O>
auto json_contains(const Expression<T, L, O>& json, const Json& part) {
  static_assert(std::is_same_v<model::Bare<T>, Json>, "pgvista: json_contains() looks into a Json column");
  return Expression<model::NullIfAny<bool, T>, L, O>{
      model::binary_node("@>", json.node, model::parameter_node(parameter(part)))};
}
/// range @> value
template <class T, model::Level L, class O, class V>
auto range_contains(const Expression<T, L, O>& range, const V& value) {
  using Bound = typename decltype(model::Bare<T>{}.lower)::value_type;
  return Expression<model::NullIfAny<bool, T>, L, O>{model::binary_node(
      "@>", range.node, model::cast_node(model::operand<Bound>(value), std::string(Type<Bound>::name)))};
}
/// range && range
template <class T, model::Level L, class O>
auto overlaps(const Expression<T, L, O>& range, const model::Bare<T>& other) {
  return Expression<model::NullIfAny<bool, T>, L, O>{
      model::binary_node("&&", range.node, model::parameter_node(parameter(other)))};
}
/// Is the value an element of the array?
template <class T, model::Level L, class O, class V>
auto has_element(const Expression<T, L, O>& array, const V& value) {
  using Element = typename model::Bare<T>::value_type;
  return Expression<model::NullIfAny<bool, T>, L, O>{
      model::raw_node("? = ANY (?)", {model::exact_operand<Element>(value), array.node})};
}
}  // namespace pgvista
