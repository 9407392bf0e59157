#pragma once
// What queries give: rows of tuples or of structs, from groups, set operations and subqueries.

#include <tuple>

#include <pgvista/database.hpp>
#include <pgvista/functions.hpp>

namespace pgvista {

namespace model {

struct CteSpec;
using CtePtr = std::shared_ptr<const CteSpec>;

SpecPtr add_where(const SpecPtr& query, NodePtr condition, bool negated);
SpecPtr add_having(const SpecPtr& query, NodePtr condition);
SpecPtr add_group(const SpecPtr& query, std::vector<NodePtr> keys);
SpecPtr add_order(const SpecPtr& query, std::vector<OrderNode> keys);
SpecPtr set_limit(const SpecPtr& query, std::int64_t rows);
SpecPtr set_offset(const SpecPtr& query, std::int64_t rows);
SpecPtr set_distinct(const SpecPtr& query);
SpecPtr combine(const SpecPtr& left, const char* operation, const SpecPtr& right);
struct Named {
  std::string_view name;
  NodePtr value;
  MemberRef member = {};     // of a row struct, in place of a name
  const char* read_as = "";  // the type that it is cast to where the program reads it
  bool of_row = false;       // is it a value of single rows, which a grouped query has by its groups alone?
};

template <class T>
constexpr const char* read_as() {
  if constexpr (Described<T>) {
    return "";
  } else {
    return !wire::read_as_text<Bare<T>> ? "" : wire::is_array<Bare<T>> ? "text[]" : "text";
  }
}
/// `row`: the struct whose members the outputs name; null of a tuple.
SpecPtr set_select(const SpecPtr& query, std::vector<Named> outputs, InfoOf row = nullptr);

Statement select_statement(const QuerySpec& query);

/// A common table expression; of a recursive one the step comes later, as it names it.
/// An empty name: that of the row struct.
std::shared_ptr<CteSpec> cte_spec(std::string name, InfoOf row, SpecPtr first);
void set_step(CteSpec& cte, const SpecPtr& step, bool all);

/// Are the sources all that the expression names? Strictly: what a left join may not find must be named by maybe().
template <class M>
struct Left {};
template <class S>
struct SourceOf {
  using type = S;
  static constexpr bool left = false;
};
template <class S>
struct SourceOf<Left<S>> {
  using type = S;
  static constexpr bool left = true;
};
template <class O>
struct Named_ {
  using type = O;
  static constexpr bool maybe = false;
};
template <class O>
struct Named_<Maybe<O>> {
  using type = O;
  static constexpr bool maybe = true;
};

template <class Sources, class O>
struct Covers;
template <class... Ss, class... Os>
struct Covers<Owners<Ss...>, Owners<Os...>> {
  template <class O>
  static constexpr bool one = (std::is_base_of_v<typename Named_<O>::type, typename SourceOf<Ss>::type> || ...);
  template <class O>
  static constexpr bool sure = Named_<O>::maybe ||
                               ((std::is_base_of_v<O, typename SourceOf<Ss>::type> && !SourceOf<Ss>::left) || ...);
  static constexpr bool value = (one<Os> && ...);
  static constexpr bool strict = !value || (sure<Os> && ...);
};
template <class Sources, class E>
inline constexpr bool covers = Covers<Sources, typename E::Owned>::value;
template <class Sources, class E>
inline constexpr bool covers_strictly = Covers<Sources, typename E::Owned>::strict;

/// A column beside an aggregate, and no groups that would say which row it is of.
template <class... Es>
inline constexpr bool mixed = ((Es::level == Level::aggregate) || ...) &&
                              ((Es::level < Level::aggregate && !std::is_same_v<typename Es::Owned, Owners<>>) || ...);

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

/// Reads a struct from columns in the order of its description, from `column` on.
void decode_object(const ModelInfo& info, const Result& rows, int row, int column, void* object);

/// One element of a row: a value from one column, or an object from several.
template <class T>
T decode_next(const Result& rows, int row, int& column) {
  if constexpr (Described<T>) {
    T out;
    decode_object(info<T>(), rows, row, column, &out);
    column += static_cast<int>(info<T>().fields.size());
    return out;
  } else {
    return decode_value<T>(rows, row, column++);
  }
}

/// Throws Failure (column_type) unless the result's columns can be read as these types (oids; 0: anything).
void check_types(const Result& rows, const std::vector<unsigned>& types);

template <class T>
void add_types(std::vector<unsigned>& out) {
  if constexpr (Described<T>) {
    for (const FieldInfo& field : info<T>().fields) out.push_back(field.as_text ? 0 : field.oid);
  } else {
    out.push_back(Type<Bare<T>>::oid);
  }
}

template <class Row>
struct RowOf {
  static std::vector<unsigned> types() {
    std::vector<unsigned> out;
    add_types<Row>(out);
    return out;
  }
  static Row read(const Result& rows, int row) {
    int column = 0;
    return decode_next<Row>(rows, row, column);
  }
};
template <class... Ts>
struct RowOf<std::tuple<Ts...>> {
  static std::vector<unsigned> types() {
    std::vector<unsigned> out;
    (add_types<Ts>(out), ...);
    return out;
  }
  static std::tuple<Ts...> read(const Result& rows, int row) {
    int column = 0;
    return std::tuple<Ts...>{decode_next<Ts>(rows, row, column)...};  // braces: from left to right
  }
};

/// One column of a row struct and the expression that fills it.
/// `sure`: it may be filled by an aggregate over no rows.
template <class V, class O, model::Level L, bool Sure_>
struct Filled {
  using Owned = O;
  static constexpr model::Level level = L;
  static constexpr bool sure = Sure_;
  model::MemberRef member;
  model::NodePtr node;
};

}  // namespace model

template <class V, class T, class E>
auto field(T V::*member, const E& expression) {
  using P = model::Plain<T>;
  using From = typename E::type;
  static_assert(std::is_same_v<typename P::type, model::Bare<From>>,
                "pgvista: the member has another type than the expression that fills it");
  static_assert(P::nullable || !model::is_optional<From>,
                "pgvista: the expression may be NULL and the member cannot: make it a std::optional");
  return model::Filled < V, typename E::Owned, E::level,
         P::nullable || E::counts || E::level != model::Level::aggregate > {model::member_of(member), expression.node};
}

/// Rows of a tuple or of a struct, from some query.
template <class Row>
class Selection {
 public:
  using RowType = Row;
  explicit Selection(model::SpecPtr spec) : spec_(std::move(spec)) {}

  const model::SpecPtr& spec() const { return spec_; }
  /// The SQL and its parameters, for whoever wants to look at it or to run it himself.
  Statement statement() const { return model::select_statement(*spec_); }

  template <class... Ks>
  Selection order_by(const Ks&... keys) const {
    model::require_sort_keys<Ks...>();
    return Selection(model::add_order(spec_, {model::sort_key(keys)...}));
  }
  Selection limit(std::int64_t rows) const { return Selection(model::set_limit(spec_, rows)); }
  Selection offset(std::int64_t rows) const { return Selection(model::set_offset(spec_, rows)); }
  Selection distinct() const { return Selection(model::set_distinct(spec_)); }
  Selection union_all(const Selection& other) const {
    return Selection(model::combine(spec_, "UNION ALL", other.spec_));
  }
  Selection union_(const Selection& other) const { return Selection(model::combine(spec_, "UNION", other.spec_)); }
  Selection except(const Selection& other) const { return Selection(model::combine(spec_, "EXCEPT", other.spec_)); }
  Selection intersect(const Selection& other) const {
    return Selection(model::combine(spec_, "INTERSECT", other.spec_));
  }

  std::vector<Row> fetch(At at) const {
    const Result rows = at.run(statement());
    model::check_types(rows, model::RowOf<Row>::types());
    std::vector<Row> out;
    out.reserve(static_cast<std::size_t>(rows.size()));
    for (int row = 0; row < rows.size(); ++row) out.push_back(model::RowOf<Row>::read(rows, row));
    return out;
  }
  /// Each row as it comes, in bounded memory.
  template <class F>
  void each(At at, F&& handle) const {
    at.stream(statement(), [&](const Result& rows) {
      for (int row = 0; row < rows.size(); ++row) handle(model::RowOf<Row>::read(rows, row));
    });
  }
  std::optional<Row> first(At at) const {
    std::vector<Row> rows = limit(1).fetch(at);
    return rows.empty() ? std::nullopt : std::optional<Row>(std::move(rows.front()));
  }

 private:
  model::SpecPtr spec_;
};

namespace model {

template <class D>
using IsColumn = std::bool_constant<Leads<typename Member<std::remove_cvref_t<decltype(D::pointer)>>::type>::column>;

/// No constexpr: it is to be instantiated at the end of the unit, as a define() inside its struct stands before the
/// struct's description.
template <class V, class... Fs>
void check_filled() {
  static_assert(
      boost::mp11::mp_count_if<Members<V>, IsColumn>::value == sizeof...(Fs),
      "pgvista: each member of the row struct is filled by one field(): one is missing, or there is one too many");
}

template <class F>
struct FilledRow;
template <class V, class O, Level L, bool Sure_>
struct FilledRow<Filled<V, O, L, Sure_>> {
  using type = V;
};

/// Groups: select() gives one row each; having() leaves some out.
template <class Sources>
class Grouped {
 public:
  explicit Grouped(model::SpecPtr spec) : spec_(std::move(spec)) {}

  template <class T, model::Level L, class O>
  Grouped having(const Expression<T, L, O>& condition) const {
    static_assert(std::is_same_v<model::Bare<T>, bool>, "pgvista: having() takes a condition");
    static_assert(model::Covers<Sources, O>::value,
                  "pgvista: this column belongs to a model that the query does not read");
    return Grouped(model::add_having(spec_, condition.node));
  }

  template <class... Es>
  auto select(const Es&... outputs) const {
    check<Es...>();
    return Selection<std::tuple<typename Es::type...>>(model::set_select(
        spec_,
        {{{}, outputs.node, {}, model::read_as<typename Es::type>(), (Es::level < model::Level::aggregate)}...}));
  }

  /// Into a row struct: one field() for each of its members.
  template <class First, class... Fs>
  auto into(const First& first, const Fs&... others) const {
    using V = typename model::FilledRow<First>::type;
    static_assert((std::is_same_v<V, typename model::FilledRow<Fs>::type> && ...),
                  "pgvista: all fields belong to one row struct");
    check<First, Fs...>();
    model::check_filled<V, First, Fs...>();
    return Selection<V>(
        model::set_select(spec_,
                          {{{}, first.node, first.member, "", (First::level < model::Level::aggregate)},
                           {{}, others.node, others.member, "", (Fs::level < model::Level::aggregate)}...},
                          &model::info<V>));
  }

 private:
  template <class... Es>
  static constexpr void check() {
    static_assert((model::covers<Sources, Es> && ...),
                  "pgvista: this column belongs to a model that the query does not read");
    static_assert((model::covers_strictly<Sources, Es> && ...),
                  "pgvista: a left join may leave this column NULL: name it by maybe()");
  }
  model::SpecPtr spec_;
};

}  // namespace model

/// A common table expression of rows V; read it by from(), join it like a model.
template <class V>
class Cte {
 public:
  using RowType = V;
  explicit Cte(model::CtePtr spec) : spec_(std::move(spec)) {}
  const model::CtePtr& spec() const { return spec_; }

 private:
  model::CtePtr spec_;
};

template <class V>
Cte<V> cte(const Selection<V>& query, std::string name = {}) {
  static_assert(model::Described<V>, "pgvista: a common table expression gives rows of a struct: use into()");
  return Cte<V>(model::cte_spec(std::move(name), &model::info<V>, query.spec()));
}

/// WITH RECURSIVE: `step` is given the expression itself and returns the rows that follow from it; until none are new,
/// or with `all` until there are none (UNION ALL).
template <class V, class Step>
Cte<V> recursive_cte(const Selection<V>& first, Step&& step, bool all = true, std::string name = {}) {
  auto spec = model::cte_spec(std::move(name), &model::info<V>, first.spec());
  // What the step names is not owned by it: it is part of this very expression.
  const Cte<V> itself(model::CtePtr(model::CtePtr(), spec.get()));
  const Selection<V> next = step(itself);
  model::set_step(*spec, next.spec(), all);
  return Cte<V>(std::move(spec));
}

}  // namespace pgvista
