#pragma once
// Queries over models: from<Order>().where(…).fetch(db). A query is a value: every function returns another one.

#include <tuple>

#include <pgvista/database.hpp>
#include <pgvista/functions.hpp>

namespace pgvista {

namespace model {

SpecPtr from_model(InfoOf info);
SpecPtr add_where(const SpecPtr& query, NodePtr condition, bool negated);
SpecPtr add_having(const SpecPtr& query, NodePtr condition);
SpecPtr add_group(const SpecPtr& query, std::vector<NodePtr> keys);
SpecPtr add_order(const SpecPtr& query, std::vector<OrderNode> keys);
SpecPtr set_limit(const SpecPtr& query, std::int64_t rows);
SpecPtr set_offset(const SpecPtr& query, std::int64_t rows);
SpecPtr set_distinct(const SpecPtr& query);
SpecPtr add_load(const SpecPtr& query, std::string_view member);
SpecPtr add_join(const SpecPtr& query, InfoOf model, NodePtr condition, bool left);
SpecPtr combine(const SpecPtr& left, const char* operation, const SpecPtr& right);
struct Named {
  std::string_view name;
  NodePtr value;
};
SpecPtr set_select(const SpecPtr& query, std::vector<Named> outputs);

Statement select_statement(const QuerySpec& query);
Statement count_statement(const QuerySpec& query);
Statement exists_statement(const QuerySpec& query);
Statement update_statement(const QuerySpec& query, const std::vector<Named>& assignments);
Statement delete_statement(const QuerySpec& query);

/// Reads one row of a result into an object of the query's model, and what it loads beside.
class RowReader {
 public:
  explicit RowReader(const QuerySpec& query);
  void read(const Result& rows, int row, void* object) const;

 private:
  struct Load {
    const FieldInfo* relation;
    const ModelInfo* target;
    int first;
  };
  const ModelInfo& info_;
  std::vector<Load> loads_;
};

[[noreturn]] void no_row(const QuerySpec& query);
[[noreturn]] void several_rows(const QuerySpec& query);

template <class Sources, class O>
struct Covers;
template <class... Ss, class... Os>
struct Covers<Owners<Ss...>, Owners<Os...>> {
  template <class O>
  static constexpr bool one = (std::is_base_of_v<O, Ss> || ...);
  static constexpr bool value = (one<Os> && ...);
};
template <class Sources, class E>
inline constexpr bool covers = Covers<Sources, typename E::Owned>::value;

template <class T>
T decode_value(const Result& rows, int row, int column) {
  if constexpr (is_optional<T>) {
    if (rows.null(row, column)) return std::nullopt;
    return Type<Bare<T>>::decode(rows.bytes(row, column));
  } else {
    if (rows.null(row, column)) wire::unexpected_null("column " + std::to_string(column + 1) + " of the result");
    return Type<T>::decode(rows.bytes(row, column));
  }
}

template <class Row>
struct RowOf;
template <class... Ts>
struct RowOf<std::tuple<Ts...>> {
  static std::tuple<Ts...> read(const Result& rows, int row) { return read(rows, row, std::index_sequence_for<Ts...>{}); }
  template <std::size_t... Is>
  static std::tuple<Ts...> read(const Result& rows, int row, std::index_sequence<Is...>) {
    return {decode_value<Ts>(rows, row, static_cast<int>(Is))...};
  }
};

}  // namespace model

/// One column of a row struct and the expression that fills it.
template <class V, class O, model::Level L>
struct Filled {
  using Owned = O;
  static constexpr model::Level level = L;
  std::string_view member;
  model::NodePtr node;
};

template <class V, class T, class E>
auto field(T V::*member, const E& expression) {
  using P = model::Plain<T>;
  using From = typename E::type;
  static_assert(std::is_same_v<typename P::type, model::Bare<From>>, "pgvista: the member has another type than the expression that fills it");
  static_assert(P::nullable || !model::is_optional<From>, "pgvista: the expression may be NULL and the member cannot: make it a std::optional");
  return Filled<V, typename E::Owned, E::level>{model::member_name(member), expression.node};
}

/// Rows of a tuple or of a struct, from some query.
template <class Row>
class Selection {
 public:
  using RowType = Row;
  explicit Selection(model::SpecPtr spec) : spec_(std::move(spec)) {}

  const model::SpecPtr& spec() const { return spec_; }
  Statement statement() const { return model::select_statement(*spec_); }

  template <class... Os>
  Selection order_by(const Order<Os>&... keys) const {
    return Selection(model::add_order(spec_, {keys.node...}));
  }
  Selection limit(std::int64_t rows) const { return Selection(model::set_limit(spec_, rows)); }
  Selection offset(std::int64_t rows) const { return Selection(model::set_offset(spec_, rows)); }
  Selection distinct() const { return Selection(model::set_distinct(spec_)); }
  Selection union_all(const Selection& other) const { return Selection(model::combine(spec_, "UNION ALL", other.spec_)); }
  Selection union_(const Selection& other) const { return Selection(model::combine(spec_, "UNION", other.spec_)); }
  Selection except(const Selection& other) const { return Selection(model::combine(spec_, "EXCEPT", other.spec_)); }
  Selection intersect(const Selection& other) const { return Selection(model::combine(spec_, "INTERSECT", other.spec_)); }

  std::vector<Row> fetch(Database& db) const {
    const Result rows = db.run(statement());
    std::vector<Row> out;
    out.reserve(static_cast<std::size_t>(rows.size()));
    if constexpr (model::Described<Row>) {
      const model::ModelInfo& info = model::info<Row>();
      for (int row = 0; row < rows.size(); ++row) {
        Row& one = out.emplace_back();
        for (std::size_t i = 0; i < info.fields.size(); ++i) info.fields[i].decode(&one, rows.data(row, static_cast<int>(i)), rows.length(row, static_cast<int>(i)));
      }
    } else {
      for (int row = 0; row < rows.size(); ++row) out.push_back(model::RowOf<Row>::read(rows, row));
    }
    return out;
  }

  std::optional<Row> first(Database& db) const {
    std::vector<Row> rows = limit(1).fetch(db);
    return rows.empty() ? std::nullopt : std::optional<Row>(std::move(rows.front()));
  }

 private:
  model::SpecPtr spec_;
};

namespace model {

template <class V, class... Fs>
constexpr void check_filled() {
  static_assert(boost::mp11::mp_size<Members<V>>::value == sizeof...(Fs), "pgvista: each member of the row struct is filled by one field(): one is missing, or there is one too many");
}

template <class F>
struct FilledRow;
template <class V, class O, Level L>
struct FilledRow<Filled<V, O, L>> {
  using type = V;
};

// Outputs in the order of the struct's members.
template <class V>
std::vector<Named> in_order(std::vector<Named> given) {
  std::vector<Named> out;
  for (const FieldInfo& one : info<V>().fields) {
    for (const Named& name : given) {
      if (name.name == one.member) out.push_back({one.column, name.value});
    }
  }
  return out;
}

}  // namespace model

/// Groups: select() gives one row each; having() leaves some out.
template <class Sources>
class Grouped {
 public:
  explicit Grouped(model::SpecPtr spec) : spec_(std::move(spec)) {}

  template <class T, model::Level L, class O>
  Grouped having(const Expression<T, L, O>& condition) const {
    static_assert(std::is_same_v<model::Bare<T>, bool>, "pgvista: having() takes a condition");
    static_assert(model::Covers<Sources, O>::value, "pgvista: this column belongs to a model that the query does not read");
    return Grouped(model::add_having(spec_, condition.node));
  }

  template <class... Es>
  auto select(const Es&... outputs) const {
    static_assert((model::covers<Sources, Es> && ...), "pgvista: this column belongs to a model that the query does not read");
    return Selection<std::tuple<typename Es::type...>>(model::set_select(spec_, {{{}, outputs.node}...}));
  }

  /// Into a row struct: one field() for each of its members.
  template <class First, class... Fs>
  auto into(const First& first, const Fs&... others) const {
    using V = typename model::FilledRow<First>::type;
    static_assert((std::is_same_v<V, typename model::FilledRow<Fs>::type> && ...), "pgvista: all fields belong to one row struct");
    static_assert((model::covers<Sources, First> && ... && model::covers<Sources, Fs>), "pgvista: this column belongs to a model that the query does not read");
    model::check_filled<V, First, Fs...>();
    return Selection<V>(model::set_select(spec_, {{first.member, first.node}, {others.member, others.node}...}));
  }

 private:
  model::SpecPtr spec_;
};

/// An assignment: set(&Order::status, "paid"), or to an expression.
template <class M>
struct Assignment {
  model::Named named;
};
template <class M, class T, class V>
Assignment<M> set(T M::*member, const V& given) {
  using P = model::Plain<T>;
  if constexpr (model::is_expression<V>) {
    static_assert(model::comparable<typename P::type, model::Bare<typename V::type>>, "pgvista: the member has another type than what it is set to");
    return {{model::member_name(member), given.node}};
  } else if constexpr (std::is_same_v<V, std::nullopt_t>) {
    static_assert(P::nullable, "pgvista: the member cannot be NULL");
    return {{model::member_name(member), model::parameter_node(Parameter{Type<typename P::type>::oid, Type<typename P::type>::oid != 0, std::nullopt})}};
  } else {
    return {{model::member_name(member), model::parameter_node(model::encode_member(T(given)))}};
  }
}

/// The rows of model M. `Joined`: further models that joins have brought in.
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
  template <class... Os>
  Query order_by(const Order<Os>&... keys) const {
    static_assert((model::Covers<Sources, Os>::value && ...), "pgvista: this column belongs to a model that the query does not read");
    return Query(model::add_order(spec_, {keys.node...}));
  }
  Query limit(std::int64_t rows) const { return Query(model::set_limit(spec_, rows)); }
  Query offset(std::int64_t rows) const { return Query(model::set_offset(spec_, rows)); }
  Query distinct() const { return Query(model::set_distinct(spec_)); }

  /// Loads the row that a foreign key refers to, in the same query.
  template <class C, class R>
  Query with(R C::*relation) const {
    static_assert(!std::is_void_v<typename model::Plain<R>::Model>, "pgvista: with() takes a foreign key (pgvista::Ref)");
    static_assert(std::is_base_of_v<C, M>, "pgvista: this member belongs to another model");
    return Query(model::add_load(spec_, model::member_name(relation)));
  }

  /// Joins another model or view; its columns can be named from here on.
  template <class Other, class T, model::Level L, class O>
  auto join(const Expression<T, L, O>& on) const {
    return joined<Other>(on, false);
  }
  template <class Other, class T, model::Level L, class O>
  auto left_join(const Expression<T, L, O>& on) const {
    return joined<Other>(on, true);
  }

  template <class... Es>
  auto group_by(const Es&... keys) const {
    static_assert((model::covers<Sources, Es> && ...), "pgvista: this column belongs to a model that the query does not read");
    return Grouped<Sources>(model::add_group(spec_, {keys.node...}));
  }
  template <class... Es>
  auto select(const Es&... outputs) const {
    return Grouped<Sources>(spec_).select(outputs...);
  }
  template <class... Fs>
  auto into(const Fs&... fields) const {
    return Grouped<Sources>(spec_).into(fields...);
  }

  /// Aggregates over all rows; of no rows they are NULL, except counts.
  template <class... As>
  auto aggregate(Database& db, const As&... aggregates) const {
    static_assert((model::covers<Sources, As> && ...), "pgvista: this column belongs to a model that the query does not read");
    using Row = std::tuple<std::conditional_t<As::counts, typename As::type, model::Nullable<typename As::type>>...>;
    return Selection<Row>(model::set_select(spec_, {{{}, aggregates.node}...})).fetch(db).front();
  }

  std::vector<M> fetch(Database& db) const {
    const Result rows = db.run(statement());
    const model::RowReader reader(*spec_);
    std::vector<M> out(static_cast<std::size_t>(rows.size()));
    for (int row = 0; row < rows.size(); ++row) reader.read(rows, row, &out[static_cast<std::size_t>(row)]);
    return out;
  }
  /// Each row as it comes, in bounded memory.
  template <class F>
  void each(Database& db, F&& handle) const {
    const model::RowReader reader(*spec_);
    db.stream(statement(), [&](const Result& rows) {
      for (int row = 0; row < rows.size(); ++row) {
        M one;
        reader.read(rows, row, &one);
        handle(one);
      }
    });
  }
  std::optional<M> first(Database& db) const {
    std::vector<M> rows = limit(1).fetch(db);
    return rows.empty() ? std::nullopt : std::optional<M>(std::move(rows.front()));
  }
  /// The one row. Throws Failure: no_row, several_rows.
  M get(Database& db) const {
    std::vector<M> rows = limit(2).fetch(db);
    if (rows.empty()) model::no_row(*spec_);
    if (rows.size() > 1) model::several_rows(*spec_);
    return std::move(rows.front());
  }
  std::int64_t count(Database& db) const { return model::decode_value<std::int64_t>(db.run(model::count_statement(*spec_)), 0, 0); }
  bool exists(Database& db) const { return model::decode_value<bool>(db.run(model::exists_statement(*spec_)), 0, 0); }

  /// Changes all rows of the query; the number of them.
  template <class... Cs>
  std::int64_t update(Database& db, const Assignment<Cs>&... assignments) const {
    static_assert((std::is_base_of_v<Cs, M> && ...), "pgvista: this member belongs to another model");
    return db.run(model::update_statement(*spec_, {assignments.named...})).affected();
  }
  std::int64_t remove(Database& db) const { return db.run(model::delete_statement(*spec_)).affected(); }

 private:
  template <class T, model::Level L, class O>
  static constexpr void check() {
    static_assert(std::is_same_v<model::Bare<T>, bool>, "pgvista: a filter is a condition");
    static_assert(L == model::Level::row, "pgvista: an aggregate or window function stands in a filter: group first, then having()");
    static_assert(model::Covers<Sources, O>::value, "pgvista: this column belongs to a model that the query does not read");
  }
  template <class Other, class T, model::Level L, class O>
  auto joined(const Expression<T, L, O>& on, bool left) const {
    static_assert(std::is_same_v<model::Bare<T>, bool>, "pgvista: a join takes a condition");
    static_assert(model::Covers<model::Owners<M, Joined..., Other>, O>::value, "pgvista: this column belongs to a model that the query does not read");
    return Query<M, Joined..., Other>(model::add_join(spec_, &model::info<Other>, on.node, left));
  }

  model::SpecPtr spec_;
};

template <class M>
Query<M> from() {
  return Query<M>(model::from_model(&model::info<M>));
}

template <class M, class... Js>
auto exists(const Query<M, Js...>& query) {
  return Expression<bool, model::Level::row, model::Owners<>>{model::exists_node(query.spec())};
}
template <class T, model::Level L, class O, class U>
auto in(const Expression<T, L, O>& value, const Selection<std::tuple<U>>& query) {
  static_assert(model::comparable<model::Bare<T>, model::Bare<U>>, "pgvista: these two types are not compared with each other");
  return Expression<model::NullIfAny<bool, T, U>, L, O>{model::in_query_node(value.node, query.spec(), false)};
}
template <class T, model::Level L, class O, class U>
auto not_in(const Expression<T, L, O>& value, const Selection<std::tuple<U>>& query) {
  return Expression<model::NullIfAny<bool, T, U>, L, O>{model::in_query_node(value.node, query.spec(), true)};
}
/// A subquery of one column as a value; NULL where it has no row.
template <class U>
auto scalar(const Selection<std::tuple<U>>& query) {
  return Expression<model::Nullable<U>, model::Level::row, model::Owners<>>{model::subquery_node(query.spec())};
}

}  // namespace pgvista
