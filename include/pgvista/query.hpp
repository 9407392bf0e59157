#pragma once
// Queries over models: from<Order>().where(…).fetch(db). A query is a value: every function returns another one.

#include <pgvista/selection.hpp>

namespace pgvista {

namespace model {

SpecPtr from_model(InfoOf info);
SpecPtr from_query(InfoOf row, SpecPtr query);
SpecPtr from_cte(InfoOf row, CtePtr cte);
SpecPtr add_load(const SpecPtr& query, std::vector<std::string_view> path);
/// Of exactly one: a model, a query, a common table expression, or a member that leads there.
struct JoinTo {
  InfoOf model = nullptr;
  SpecPtr query = {};
  CtePtr cte = {};
  InfoOf owner = nullptr;  // of the member
  std::string_view member = {};
};
SpecPtr add_join(const SpecPtr& query, JoinTo to, NodePtr condition, bool left);
/// Its rows, for aggregates over all of them: from a subquery where they are limited.
SpecPtr aggregated(const SpecPtr& query);
SpecPtr set_lock(const SpecPtr& query, const char* words);

Statement count_statement(const QuerySpec& query);
Statement exists_statement(const QuerySpec& query);
Statement update_statement(const QuerySpec& query, const std::vector<Named>& assignments, bool returning = false);
Statement delete_statement(const QuerySpec& query, bool returning = false);

/// Where fetched objects are put.
struct Store {
  void* all;
  void (*resize)(void* all, std::size_t count);
  void* (*at)(void* all, std::size_t i);
};
template <class M>
void size_rows(void* all, std::size_t count) {
  std::vector<M>(count).swap(*static_cast<std::vector<M>*>(all));
}
template <class M>
void* row_at(void* all, std::size_t i) {
  return static_cast<std::vector<M>*>(all)->data() + i;
}
template <class M>
Store store(std::vector<M>& rows) {
  return {&rows, &size_rows<M>, &row_at<M>};
}

/// A query of objects and of what they load beside: one statement for the rows, and one more for each Many member that
/// is loaded. Run each statement that next() gives, and give() its rows back, until there is none.
struct ReadPlan;
std::shared_ptr<const ReadPlan> read_plan(const QuerySpec& query);
class Fetch {
 public:
  Fetch(const QuerySpec& query, const Store& store);
  Fetch(Statement statement, std::shared_ptr<const ReadPlan> plan, const Store& store);
  ~Fetch();
  Fetch(const Fetch&) = delete;
  Fetch& operator=(const Fetch&) = delete;
  std::optional<Statement> next();
  void give(const Result& rows);
  void run(const At& at);

 private:
  struct Inside;
  std::unique_ptr<Inside> inside_;
};
/// Rows of the model's columns in their order; and of any columns, found by their names.
void read_rows(const Result& rows, const ModelInfo& info, const Store& store);
void read_named(const Result& rows, const ModelInfo& info, const Store& store);
/// One object after the other through `object`, which `handle` looks at. Throws Failure (not_streamed) for Many
/// members.
void stream_objects(const At& at, const QuerySpec& query, const std::function<void*()>& object,
                    const std::function<void()>& handle);

/// The rows that a member of the row around leads to, as far as they are like that.
SpecPtr related(InfoOf owner, std::string_view member, InfoOf target, NodePtr condition);

template <class P>
constexpr void check_steps() {}
template <class P, class Next, class... Rest>
constexpr void check_steps() {
  using To = typename Leads<typename Member<P>::type>::Model;
  static_assert(std::is_base_of_v<typename Member<Next>::Owner, To> &&
                    !std::is_void_v<typename Leads<typename Member<Next>::type>::Model>,
                "pgvista: each member of with() leads to the model of the next");
  check_steps<Next, Rest...>();
}

[[noreturn]] void no_row(const QuerySpec& query, Place place);
[[noreturn]] void several_rows(const QuerySpec& query, Place place);

/// A value for a member of type T, without losing any of it. Throws Failure (out_of_range).
template <class T, class V>
Parameter assigned(const V& given) {
  using P = typename Plain<T>::type;
  constexpr bool same = std::is_same_v<V, T>;
  if constexpr (!same && std::is_same_v<P, bool>) {
    static_assert(std::is_same_v<V, bool>, "pgvista: the member has another type than what it is set to");
    return parameter(static_cast<bool>(given));
  } else if constexpr (!same && std::is_integral_v<P>) {
    static_assert(std::is_integral_v<V> && !std::is_same_v<V, bool>,
                  "pgvista: the member has another type than what it is set to");
    return parameter(checked_integer<P>(given));
  } else {
    static_assert(std::is_constructible_v<T, const V&>, "pgvista: the member has another type than what it is set to");
    return encode_member(T(given));
  }
}

/// An assignment: set(&Order::status, "paid"), or to an expression.
template <class M, class Owners_>
struct Assignment {
  using Model = M;
  using Owned = Owners_;
  model::Named named;
};

}  // namespace model
template <class M, class T, class V>
auto set(T M::*member, const V& given) {
  using P = model::Plain<T>;
  static_assert(model::Leads<T>::column, "pgvista: a One or Many member is no column");
  if constexpr (model::is_expression<V>) {
    static_assert(model::comparable<typename P::type, model::Bare<typename V::type>>,
                  "pgvista: the member has another type than what it is set to");
    static_assert(P::nullable || !model::is_optional<typename V::type>,
                  "pgvista: the expression may be NULL and the member cannot: use coalesce()");
    return model::Assignment<M, typename V::Owned>{{model::member_name(member), given.node}};
  } else if constexpr (std::is_same_v<V, std::nullopt_t>) {
    static_assert(P::nullable, "pgvista: the member cannot be NULL");
    return model::Assignment<M, model::Owners<>>{
        {model::member_name(member),
         model::parameter_node(
             Parameter{Type<typename P::type>::oid, Type<typename P::type>::oid != 0, std::nullopt, 0})}};
  } else {
    return model::Assignment<M, model::Owners<>>{
        {model::member_name(member), model::parameter_node(model::assigned<T>(given))}};
  }
}

/// The rows of model M. `Joined`: further models that joins have brought in, as Left<…> where they may be missing.
template <class M, class... Joined>
class Query {
 public:
  using Sources = model::Owners<M, Joined...>;
  explicit Query(model::SpecPtr spec) : spec_(std::move(spec)) {}

  const model::SpecPtr& spec() const { return spec_; }
  /// The SQL and its parameters, for whoever wants to look at it or to run it himself.
  Statement statement() const { return model::select_statement(*spec_); }

  template <class T, model::Level L, class O>
  Query where(const Expression<T, L, O>& condition) const {
    check<T, L, O>();
    return Query(model::add_where(spec_, condition.node, false));
  }
  /// The rows that where() would not give, those of an unknown condition included.
  template <class T, model::Level L, class O>
  Query exclude(const Expression<T, L, O>& condition) const {
    check<T, L, O>();
    return Query(model::add_where(spec_, condition.node, true));
  }
  template <class... Ks>
  Query order_by(const Ks&... keys) const {
    model::require_sort_keys<Ks...>();
    static_assert((model::covers<Sources, Ks> && ...),
                  "pgvista: this column belongs to a model that the query does not read");
    return Query(model::add_order(spec_, {model::sort_key(keys)...}));
  }
  Query limit(std::int64_t rows) const { return Query(model::set_limit(spec_, rows)); }
  Query offset(std::int64_t rows) const { return Query(model::set_offset(spec_, rows)); }
  Query distinct() const { return Query(model::set_distinct(spec_)); }

  /// Loads related rows: those of foreign keys and One members in the same query, those of a Many member in one more.
  /// Further members lead on: with(&Order::customer, &Customer::country).
  template <class C, class R, class... Rest>
  Query with(R C::*relation, Rest... rest) const {
    static_assert(!std::is_void_v<typename model::Leads<R>::Model>,
                  "pgvista: with() takes a foreign key (pgvista::Ref), a One or a Many member");
    static_assert(std::is_base_of_v<C, M>, "pgvista: this member belongs to another model");
    model::check_steps<R C::*, Rest...>();
    return Query(model::add_load(spec_, {model::member_name(relation), model::member_name(rest)...}));
  }

  /// Joins another model or view; its columns can be named from here on.
  template <class Other, class T, model::Level L, class O>
  auto join(const Expression<T, L, O>& on) const {
    return joined<Other, Other>({&model::info<Other>}, on, false);
  }
  /// What has no partner stays, its columns NULL: they are named by maybe().
  template <class Other, class T, model::Level L, class O>
  auto left_join(const Expression<T, L, O>& on) const {
    return joined<Other, model::Left<Other>>({&model::info<Other>}, on, true);
  }
  /// Joins a subquery, or a common table expression, whose rows are a struct.
  template <class Other, class T, model::Level L, class O>
  auto join(const Selection<Other>& query, const Expression<T, L, O>& on) const {
    return joined<Other, Other>({&model::info<Other>, query.spec()}, on, false);
  }
  template <class Other, class T, model::Level L, class O>
  auto left_join(const Selection<Other>& query, const Expression<T, L, O>& on) const {
    return joined<Other, model::Left<Other>>({&model::info<Other>, query.spec()}, on, true);
  }
  template <class Other, class T, model::Level L, class O>
  auto join(const Cte<Other>& cte, const Expression<T, L, O>& on) const {
    return joined<Other, Other>({&model::info<Other>, {}, cte.spec()}, on, false);
  }
  template <class Other, class T, model::Level L, class O>
  auto left_join(const Cte<Other>& cte, const Expression<T, L, O>& on) const {
    return joined<Other, model::Left<Other>>({&model::info<Other>, {}, cte.spec()}, on, true);
  }
  /// Joins along a foreign key, a One or a Many member of a model that the query reads.
  template <class C, class R>
  auto join(R C::*relation) const {
    using Other = typename model::Leads<R>::Model;
    check_relation<C, R>();
    return Query<M, Joined..., Other>(model::add_join(
        spec_, {&model::info<Other>, {}, {}, &model::info<C>, model::member_name(relation)}, nullptr, false));
  }
  template <class C, class R>
  auto left_join(R C::*relation) const {
    using Other = typename model::Leads<R>::Model;
    check_relation<C, R>();
    return Query<M, Joined..., model::Left<Other>>(model::add_join(
        spec_, {&model::info<Other>, {}, {}, &model::info<C>, model::member_name(relation)}, nullptr, true));
  }

  /// Locks the rows until the transaction ends; `skip_locked` passes over those that others hold.
  Query for_update(bool skip_locked = false) const {
    return Query(model::set_lock(spec_, skip_locked ? "FOR UPDATE SKIP LOCKED" : "FOR UPDATE"));
  }

  /// Each object with what is computed of it: tuple<M, …>. Aggregates are per object.
  template <class... Es>
  auto annotate(const Es&... outputs) const {
    if constexpr (((Es::level == model::Level::aggregate) || ...)) {
      return group_by(row<M>()).select(row<M>(), outputs...);
    } else {
      return select(row<M>(), outputs...);
    }
  }

  template <class... Es>
  auto group_by(const Es&... keys) const {
    static_assert((model::covers<Sources, Es> && ...),
                  "pgvista: this column belongs to a model that the query does not read");
    return model::Grouped<Sources>(model::add_group(spec_, {keys.node...}));
  }
  /// Without groups an aggregate is over all rows, and may be NULL.
  template <class... Es>
  auto select(const Es&... outputs) const {
    static_assert(!model::mixed<Es...>, "pgvista: a column stands beside an aggregate: group_by() it first");
    using Row = std::tuple<std::conditional_t<Es::level == model::Level::aggregate && !Es::counts,
                                              model::Nullable<typename Es::type>, typename Es::type>...>;
    return Selection<Row>(model::Grouped<Sources>(spec_).select(outputs...).spec());
  }
  template <class... Fs>
  auto into(const Fs&... fields) const {
    static_assert(!model::mixed<Fs...>, "pgvista: a column stands beside an aggregate: group_by() it first");
    static_assert((Fs::sure && ...),
                  "pgvista: over no rows an aggregate is NULL: make the member a std::optional, use coalesce(), or "
                  "group_by() first");
    return model::Grouped<Sources>(spec_).into(fields...);
  }

  /// Aggregates over all rows; of no rows they are NULL, except counts.
  template <class... As>
  auto aggregate(At at, const As&... aggregates) const {
    static_assert((model::covers<Sources, As> && ...),
                  "pgvista: this column belongs to a model that the query does not read");
    using Row = std::tuple<std::conditional_t<As::counts, typename As::type, model::Nullable<typename As::type>>...>;
    return Selection<Row>(model::set_select(model::aggregated(spec_),
                                            {{{}, aggregates.node, {}, model::read_as<typename As::type>()}...}))
        .fetch(at)
        .front();
  }

  std::vector<M> fetch(At at) const {
    std::vector<M> out;
    model::Fetch(*spec_, model::store(out)).run(at);
    return out;
  }
  /// Each row as it comes, in bounded memory.
  template <class F>
  void each(At at, F&& handle) const {
    M one;
    model::stream_objects(
        at, *spec_,
        [&]() -> void* {
          one = M();
          return &one;
        },
        [&] { handle(one); });
  }
  std::optional<M> first(At at) const {
    std::vector<M> rows = limit(1).fetch(at);
    return rows.empty() ? std::nullopt : std::optional<M>(std::move(rows.front()));
  }
  /// The one row. Throws Failure: no_row, several_rows.
  M get(At at) const {
    std::vector<M> rows = limit(2).fetch(at);
    if (rows.empty()) model::no_row(*spec_, at.place);
    if (rows.size() > 1) model::several_rows(*spec_, at.place);
    return std::move(rows.front());
  }
  std::int64_t count(At at) const {
    return model::decode_value<std::int64_t>(at.run(model::count_statement(*spec_)), 0, 0);
  }
  bool exists(At at) const { return model::decode_value<bool>(at.run(model::exists_statement(*spec_)), 0, 0); }

  /// The statements that update() and remove() run.
  template <class... As>
  Statement update_statement(const As&... assignments) const {
    check_assignments<As...>();
    return model::update_statement(*spec_, {assignments.named...});
  }
  Statement remove_statement() const { return model::delete_statement(*spec_); }

  /// Changes all rows of the query; the number of them.
  template <class... As>
  std::int64_t update(At at, const As&... assignments) const {
    return at.run(update_statement(assignments...)).affected();
  }
  /// The same, and the rows as they are now.
  template <class... As>
  std::vector<M> update_returning(At at, const As&... assignments) const {
    check_assignments<As...>();
    std::vector<M> out;
    model::read_rows(at.run(model::update_statement(*spec_, {assignments.named...}, true)), model::info<M>(),
                     model::store(out));
    return out;
  }
  std::int64_t remove(At at) const { return at.run(remove_statement()).affected(); }
  /// The same, and the rows as they were.
  std::vector<M> remove_returning(At at) const {
    std::vector<M> out;
    model::read_rows(at.run(model::delete_statement(*spec_, true)), model::info<M>(), model::store(out));
    return out;
  }

 private:
  template <class T, model::Level L, class O>
  static constexpr void check() {
    static_assert(std::is_same_v<model::Bare<T>, bool>, "pgvista: a filter is a condition");
    static_assert(L != model::Level::many,
                  "pgvista: a filter through a Many member would give rows twice: use any(), or join() along it");
    static_assert(L <= model::Level::many,
                  "pgvista: an aggregate or window function stands in a filter: group first, then having()");
    static_assert(model::Covers<Sources, O>::value,
                  "pgvista: this column belongs to a model that the query does not read");
  }
  template <class Other, class Source, class T, model::Level L, class O>
  auto joined(model::JoinTo to, const Expression<T, L, O>& on, bool left) const {
    static_assert(std::is_same_v<model::Bare<T>, bool>, "pgvista: a join takes a condition");
    static_assert(model::Covers<model::Owners<M, Joined..., Other>, O>::value,
                  "pgvista: this column belongs to a model that the query does not read");
    return Query<M, Joined..., Source>(model::add_join(spec_, std::move(to), on.node, left));
  }
  template <class C, class R>
  static constexpr void check_relation() {
    static_assert(!std::is_void_v<typename model::Leads<R>::Model>,
                  "pgvista: a join follows a foreign key (pgvista::Ref), a One or a Many member");
    static_assert(model::Covers<Sources, model::Owners<C>>::value,
                  "pgvista: this member belongs to a model that the query does not read");
  }
  template <class... As>
  static constexpr void check_assignments() {
    static_assert((std::is_base_of_v<typename As::Model, M> && ...), "pgvista: this member belongs to another model");
    static_assert((model::Covers<model::Owners<M>, typename As::Owned>::value && ...),
                  "pgvista: an update computes with columns of its own model; of others by scalar()");
  }

  model::SpecPtr spec_;
};

template <class M>
Query<M> from() {
  return Query<M>(model::from_model(&model::info<M>));
}
/// The rows of a subquery, named by their struct.
template <class V>
Query<V> from(const Selection<V>& query) {
  static_assert(model::Described<V>, "pgvista: a query is read from when its rows are a struct: use into()");
  return Query<V>(model::from_query(&model::info<V>, query.spec()));
}
template <class V>
Query<V> from(const Cte<V>& cte) {
  return Query<V>(model::from_cte(&model::info<V>, cte.spec()));
}

/// Is there a related row like that? any(&Post::tags, col(&Tag::name) == "new"), as EXISTS: no row comes twice.
template <class C, class R, class T, model::Level L, class O>
auto any(R C::*relation, const Expression<T, L, O>& condition) {
  using Other = typename model::Leads<R>::Model;
  static_assert(!std::is_void_v<Other>, "pgvista: any() follows a foreign key (pgvista::Ref), a One or a Many member");
  static_assert(std::is_same_v<model::Bare<T>, bool>, "pgvista: a filter is a condition");
  static_assert(model::Covers<model::Owners<Other>, O>::value,
                "pgvista: this column belongs to a model that the relation does not lead to");
  return Expression<bool, model::Level::row, model::Owners<C>>{model::exists_node(
      model::related(&model::info<C>, model::member_name(relation), &model::info<Other>, condition.node))};
}
template <class C, class R>
auto any(R C::*relation) {
  static_assert(!std::is_void_v<typename model::Leads<R>::Model>,
                "pgvista: any() follows a foreign key (pgvista::Ref), a One or a Many member");
  return Expression<bool, model::Level::row, model::Owners<C>>{model::exists_node(model::related(
      &model::info<C>, model::member_name(relation), &model::info<typename model::Leads<R>::Model>, nullptr))};
}

template <class M, class... Js>
auto exists(const Query<M, Js...>& query) {
  return Expression<bool, model::Level::row, model::Owners<>>{model::exists_node(query.spec())};
}
template <class T, model::Level L, class O, class U>
auto in(const Expression<T, L, O>& value, const Selection<std::tuple<U>>& query) {
  static_assert(model::comparable<model::Bare<T>, model::Bare<U>>,
                "pgvista: these two types are not compared with each other");
  return Expression<model::NullIfAny<bool, T, U>, L, O>{model::in_query_node(value.node, query.spec(), false)};
}
template <class T, model::Level L, class O, class U>
auto not_in(const Expression<T, L, O>& value, const Selection<std::tuple<U>>& query) {
  static_assert(model::comparable<model::Bare<T>, model::Bare<U>>,
                "pgvista: these two types are not compared with each other");
  return Expression<model::NullIfAny<bool, T, U>, L, O>{model::in_query_node(value.node, query.spec(), true)};
}
/// A subquery of one column as a value; NULL where it has no row.
template <class U>
auto scalar(const Selection<std::tuple<U>>& query) {
  return Expression<model::Nullable<U>, model::Level::row, model::Owners<>>{model::subquery_node(query.spec())};
}

/// Raw SQL with $1, $2 … for the values; its columns go to the members of their names.
template <class V, class... Values>
std::vector<V> fetch_sql(At at, std::string sql, const Values&... values) {
  std::vector<V> out;
  model::read_named(at.run(Statement{std::move(sql), {model::plain_parameter(values)...}}), model::info<V>(),
                    model::store(out));
  return out;
}

}  // namespace pgvista
