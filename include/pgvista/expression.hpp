#pragma once
// Expressions: what C++ says of columns and values, with the type that PostgreSQL gives them. An expression is a small
// handle; it can be stored, passed on and put together at run time.

#include <concepts>
#include <initializer_list>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <pgvista/model.hpp>

namespace pgvista {

namespace model {

struct Node;
using NodePtr = std::shared_ptr<const Node>;
struct QuerySpec;
using SpecPtr = std::shared_ptr<const QuerySpec>;

NodePtr column_node(InfoOf owner, std::vector<MemberRef> path, bool outer);
NodePtr parameter_node(Parameter value);
/// SQL with ? for the parts, ?? for a question mark; one that is no part of something larger is `atomic`.
/// Throws Failure (wrong_parts).
NodePtr raw_node(std::string sql, std::vector<NodePtr> parts, bool atomic = false);
NodePtr unary_node(const char* name, NodePtr operand);
NodePtr postfix_node(const char* text, NodePtr operand);
NodePtr binary_node(const char* name, NodePtr left, NodePtr right);
NodePtr call_node(std::string name, std::vector<NodePtr> arguments);
NodePtr cast_node(NodePtr value, std::string type);
NodePtr in_node(NodePtr value, std::vector<NodePtr> list, bool negated);
NodePtr in_query_node(NodePtr value, SpecPtr query, bool negated);
NodePtr exists_node(SpecPtr query);
NodePtr subquery_node(SpecPtr query);
NodePtr object_node(InfoOf owner);
NodePtr output_node(int number);
NodePtr case_node(std::vector<std::pair<NodePtr, NodePtr>> branches, NodePtr otherwise);

struct OrderNode {
  NodePtr value;
  bool descending = false;
  int nulls = 0;  // −1 first, 1 last
};

// An aggregate with what it may be given.
NodePtr with_filter(const NodePtr& call, NodePtr condition);
NodePtr with_distinct(const NodePtr& call);
NodePtr with_order(const NodePtr& call, std::vector<OrderNode> order);
NodePtr with_window(const NodePtr& call, std::vector<NodePtr> partition, std::vector<OrderNode> order,
                    std::string frame = {});

/// The models that an expression names.
template <class... Ms>
struct Owners {};
/// Of a model that a left join may not find, named by maybe().
template <class M>
struct Maybe {};

template <class A, class B>
struct JoinOwners;
template <class... As>
struct JoinOwners<Owners<As...>, Owners<>> {
  using type = Owners<As...>;
};
template <class... As, class B, class... Bs>
struct JoinOwners<Owners<As...>, Owners<B, Bs...>> {
  using type = typename JoinOwners<std::conditional_t<(std::is_same_v<As, B> || ...), Owners<As...>, Owners<As..., B>>,
                                   Owners<Bs...>>::type;
};

/// The models that any of these expressions names.
template <class... Es>
struct AllOwners {
  using type = Owners<>;
};
template <class E, class... Es>
struct AllOwners<E, Es...> {
  using type = typename JoinOwners<typename E::Owned, typename AllOwners<Es...>::type>::type;
};

/// `many`: of rows that a Many member leads to, several for one of the query's own.
enum class Level { row, many, aggregate, window };
constexpr Level higher(Level a, Level b) { return a > b ? a : b; }
constexpr Level highest(std::initializer_list<Level> all) {
  Level out = Level::row;
  for (const Level one : all) out = higher(out, one);
  return out;
}

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;

template <class T>
inline constexpr bool is_expression = requires(const T& t) {
  typename T::Owned;
  T::level;
  t.node;
};

template <class T>
using Bare = typename Plain<T>::type;
template <class T>
using Nullable = std::conditional_t<is_optional<T>, T, std::optional<T>>;
/// T, nullable if any of the others is.
template <class T, class... Others>
using NullIfAny = std::conditional_t<(is_optional<Others> || ...), Nullable<T>, T>;

template <class T>
inline constexpr bool is_number = (std::is_arithmetic_v<T> && !std::is_same_v<T, bool>) || std::is_same_v<T, Decimal>;
template <class A, class B>
inline constexpr bool comparable = std::is_same_v<A, B> || (is_number<A> && is_number<B>);

/// A sort key: col(&M::x).desc().nulls_last()
template <class Owners_>
struct Order {
  using Owned = Owners_;
  model::OrderNode node;
  Order nulls_first() const { return {{node.value, node.descending, -1}}; }
  Order nulls_last() const { return {{node.value, node.descending, 1}}; }
};

template <class K>
inline constexpr bool is_sort_key = requires(const K& key) {
  key.asc();
};
template <class O>
inline constexpr bool is_sort_key<Order<O>> = true;
template <class... Ks>
constexpr void require_sort_keys() {
  static_assert((is_sort_key<Ks> && ...),
                "pgvista: order_by() takes columns and expressions: col(&M::x), col(&M::x).desc()");
}

template <class E, class V>
auto distinctness(const char* op, const E& left, const V& right);
}  // namespace model

/// An expression of type T over the rows of the models in Owners.
template <class T, model::Level L, class Owners_>
struct Expression {
  using type = T;
  using Owned = Owners_;
  static constexpr model::Level level = L;
  static constexpr bool counts = false;  // is an aggregate of it never NULL, even over no rows?

  model::NodePtr node;

  model::Order<Owners_> asc() const { return {{node, false, 0}}; }
  model::Order<Owners_> desc() const { return {{node, true, 0}}; }

  Expression<bool, L, Owners_> is_null() const { return {model::postfix_node("IS NULL", node)}; }
  Expression<bool, L, Owners_> is_not_null() const { return {model::postfix_node("IS NOT NULL", node)}; }

  /// One of these values. Of none, nothing is.
  auto in(const std::vector<model::Bare<T>>& values) const { return listed(values, false); }
  auto not_in(const std::vector<model::Bare<T>>& values) const { return listed(values, true); }

  template <class A, class B>
  auto between(const A& least, const B& most) const {
    return *this >= least && *this <= most;
  }
  /// As = and <>, but NULL is a value like others.
  template <class V>
  auto is_distinct_from(const V& given) const {
    return model::distinctness("IS DISTINCT FROM", *this, given);
  }
  template <class V>
  auto is_not_distinct_from(const V& given) const {
    return model::distinctness("IS NOT DISTINCT FROM", *this, given);
  }

  auto starts_with(std::string prefix) const requires std::is_same_v<model::Bare<T>, std::string> {
    return Expression<model::NullIfAny<bool, T>, L, Owners_>{
        model::call_node("starts_with", {node, model::parameter_node(parameter(std::move(prefix)))})};
  }
  auto like(std::string pattern) const requires std::is_same_v<model::Bare<T>, std::string> {
    return Expression<model::NullIfAny<bool, T>, L, Owners_>{
        model::binary_node("LIKE", node, model::parameter_node(parameter(std::move(pattern))))};
  }
  auto ilike(std::string pattern) const requires std::is_same_v<model::Bare<T>, std::string> {
    return Expression<model::NullIfAny<bool, T>, L, Owners_>{
        model::binary_node("ILIKE", node, model::parameter_node(parameter(std::move(pattern))))};
  }

 private:
  Expression<model::NullIfAny<bool, T>, L, Owners_> listed(const std::vector<model::Bare<T>>& values,
                                                           bool negated) const {
    // A long list goes as one array.
    constexpr std::size_t many = 64;
    if constexpr (Type<std::vector<model::Bare<T>>>::oid != 0 && !std::is_same_v<model::Bare<T>, bool>) {
      if (values.size() > many)
        return {model::raw_node(negated ? "? <> ALL (?)" : "? = ANY (?)",
                                {node, model::parameter_node(parameter(values))})};
    }
    std::vector<model::NodePtr> list;
    for (const auto& value : values) list.push_back(model::parameter_node(parameter(value)));
    return {model::in_node(node, std::move(list), negated)};
  }
};

namespace model {

/// A sort key as order_by() takes it: an expression stands for its ascending order.
template <class K>
OrderNode sort_key(const K& key) {
  if constexpr (requires { key.asc(); }) {
    return key.asc().node;
  } else {
    return key.node;
  }
}

template <class K>
auto as_order(const K& key) {
  return Order<typename K::Owned>{sort_key(key)};
}

template <class T, class Owners_, class... Ps, class... Os>
auto windowed(const NodePtr& call, const std::tuple<Ps...>& partition, const std::tuple<Os...>& order,
              std::string frame) {
  auto nodes = std::apply([](const auto&... one) { return std::vector<NodePtr>{one.node...}; }, partition);
  auto keys = std::apply([](const auto&... one) { return std::vector<OrderNode>{one.node...}; }, order);
  return Expression<T, Level::window, typename JoinOwners<Owners_, typename AllOwners<Ps..., Os...>::type>::type>{
      with_window(call, std::move(nodes), std::move(keys), std::move(frame))};
}

/// An aggregate. `Counts`: a number also over no rows, where others are NULL.
template <class T, bool Counts, class Owners_>
struct Aggregate : Expression<T, model::Level::aggregate, Owners_> {
  static constexpr bool counts = Counts;
  using Filtered = std::conditional_t<Counts, T, model::Nullable<T>>;

  template <class C, model::Level L, class O>
  auto filter(const Expression<C, L, O>& condition) const {
    static_assert(std::is_same_v<model::Bare<C>, bool> && L < Level::aggregate, "pgvista: filter() takes a condition");
    return model::Aggregate<Filtered, Counts, typename model::JoinOwners<Owners_, O>::type>{
        {model::with_filter(this->node, condition.node)}};
  }
  Aggregate distinct() const { return {{model::with_distinct(this->node)}}; }
  template <class... Os>
  Aggregate order_by(const Os&... keys) const {
    return {{model::with_order(this->node, {sort_key(keys)...})}};
  }
  /// As a window function over these expressions.
  template <class... Es>
  requires(model::is_expression<Es>&&...) auto over(const Es&... partition) const {
    return Expression<T, model::Level::window,
                      typename model::JoinOwners<Owners_, typename model::AllOwners<Es...>::type>::type>{
        model::with_window(this->node, {partition.node...}, {})};
  }
  template <class... Ps, class... Os>
  auto over(std::tuple<Ps...> partition, std::tuple<Os...> order) const {
    return model::windowed<T, Owners_>(this->node, partition, order, {});
  }
  /// With a frame in SQL's words: over(by(…), ordered(….asc()), "ROWS 2 PRECEDING"). A frame may hold no row.
  template <class... Ps, class... Os>
  auto over(std::tuple<Ps...> partition, std::tuple<Os...> order, std::string frame) const {
    return model::windowed<Filtered, Owners_>(this->node, partition, order, std::move(frame));
  }
};

/// What a path of members comes to: each leads to the model of the next.
template <class P, class... Next>
struct Path {
  using Owner = typename Member<P>::Owner;
  using To = typename Leads<typename Member<P>::type>::Model;
  static_assert(!std::is_void_v<To>,
                "pgvista: a path leads through foreign keys (pgvista::Ref), One and Many members only");
  using Rest = Path<Next...>;
  static_assert(std::is_void_v<To> || std::is_base_of_v<typename Rest::Owner, To>,
                "pgvista: the path's column belongs to another model than the foreign key leads to");
  using type = typename Rest::type;
  static constexpr bool nullable = Leads<typename Member<P>::type>::maybe_none || Rest::nullable;
  static constexpr Level level = Leads<typename Member<P>::type>::many ? Level::many : Rest::level;
};
template <class P>
struct Path<P> {
  using Owner = typename Member<P>::Owner;
  static_assert(Leads<typename Member<P>::type>::column,
                "pgvista: a One or Many member is no column: name one of the other model's");
  using type = typename Plain<typename Member<P>::type>::type;
  static constexpr bool nullable = Plain<typename Member<P>::type>::nullable;
  static constexpr Level level = Level::row;
};
template <class... Ps>
using PathType =
    std::conditional_t<Path<Ps...>::nullable, std::optional<typename Path<Ps...>::type>, typename Path<Ps...>::type>;

}  // namespace model

/// A column: col(&Order::status); a column of a row that it refers to: col(&Order::customer, &Customer::country). The
/// join follows the path; through a nullable foreign key, and through One and Many members, the value is optional. A
/// path through a Many member is for aggregates; a filter over such rows is any().
template <class P, class... Ps>
auto col(P member, Ps... next) {
  using M = typename model::Path<P, Ps...>::Owner;
  return Expression<model::PathType<P, Ps...>, model::Path<P, Ps...>::level, model::Owners<M>>{
      model::column_node(&model::info<M>, {PGVISTA_MEMBER(P, member), PGVISTA_MEMBER(Ps, next)...}, false)};
}
/// The same of model M, where the member is of a struct that several models share.
template <class M, class P, class... Ps>
auto col_of(P member, Ps... next) {
  static_assert(std::is_base_of_v<typename model::Path<P, Ps...>::Owner, M>,
                "pgvista: this member belongs to another model");
  return Expression<model::PathType<P, Ps...>, model::Path<P, Ps...>::level, model::Owners<M>>{
      model::column_node(&model::info<M>, {PGVISTA_MEMBER(P, member), PGVISTA_MEMBER(Ps, next)...}, false)};
}
/// A column of a model that a left join may not find: always optional.
template <class P, class... Ps>
auto maybe(P member, Ps... next) {
  using M = typename model::Path<P, Ps...>::Owner;
  return Expression<model::Nullable<model::PathType<P, Ps...>>, model::Path<P, Ps...>::level,
                    model::Owners<model::Maybe<M>>>{
      model::column_node(&model::info<M>, {PGVISTA_MEMBER(P, member), PGVISTA_MEMBER(Ps, next)...}, false)};
}

namespace model {

/// An expression that is never NULL, whatever is in it: coalesce(…, value).
template <class T, model::Level L, class Owners_>
struct Sure : Expression<T, L, Owners_> {
  static constexpr bool counts = true;
};

/// All columns of a model as one object, for select() and group_by().
template <class M>
struct Row {
  using type = M;
  using Owned = model::Owners<M>;
  static constexpr model::Level level = model::Level::row;
  static constexpr bool counts = true;
  model::NodePtr node;
};

}  // namespace model
template <class M>
model::Row<M> row() {
  return {model::object_node(&model::info<M>)};
}

namespace model {

/// The n-th output, counted from 1, for order_by(): output(2).desc()
struct Output {
  using Owned = Owners<>;
  int number;
  model::Order<model::Owners<>> asc() const { return {{model::output_node(number), false, 0}}; }
  model::Order<model::Owners<>> desc() const { return {{model::output_node(number), true, 0}}; }
};

}  // namespace model
inline model::Output output(int number) { return {number}; }

/// A column of the query around this one, for exists(), in() and scalar().
template <class P, class... Ps>
auto outer(P member, Ps... next) {
  using M = typename model::Path<P, Ps...>::Owner;
  return Expression<model::PathType<P, Ps...>, model::Level::row, model::Owners<>>{
      model::column_node(&model::info<M>, {PGVISTA_MEMBER(P, member), PGVISTA_MEMBER(Ps, next)...}, true)};
}

namespace model {

/// Texts of all kinds are one type.
template <class T>
using ValueType = std::conditional_t<std::is_convertible_v<const T&, std::string_view>, std::string, T>;

template <class T>
Parameter plain_parameter(const T& given) {
  return parameter(ValueType<T>(given));
}

}  // namespace model

/// A value, as a parameter.
template <class T>
auto value(const T& given) {
  return Expression<model::ValueType<T>, model::Level::row, model::Owners<>>{
      model::parameter_node(model::plain_parameter(given))};
}

/// SQL as it is, with ? where the parts stand; the type is yours to say.
template <class T, class... Es>
auto raw(std::string sql, const Es&... parts) {
  return Expression<T, model::highest({Es::level...}), typename model::AllOwners<Es...>::type>{
      model::raw_node(std::move(sql), {parts.node...})};
}

}  // namespace pgvista
