#pragma once
// Queries that are written once and run often: prepare<std::int64_t>(from<Order>().where(col(&Order::id) ==
// param<std::int64_t>(1))).

#include <pgvista/query.hpp>

namespace pgvista {

namespace model {

/// The statement, ready to be filled with arguments of these types (oids). Throws Failure (unknown_argument,
/// argument_type).
Statement prepared_statement(const QuerySpec& query, const std::vector<unsigned>& types);
Statement fill(const Statement& statement, std::vector<Parameter> arguments);

}  // namespace model

/// The n-th argument of a prepared query, counted from 1.
template <class T>
Expression<T, model::Level::row, model::Owners<>> param(int number) {
  Parameter place{Type<model::Bare<T>>::oid, Type<model::Bare<T>>::oid != 0, std::nullopt};
  place.argument = number;
  return {model::parameter_node(std::move(place))};
}

/// A query with places for values. The server parses and plans it once for each connection.
template <class Row, class... Args>
class Prepared {
 public:
  Prepared(const model::SpecPtr& query, bool objects)
      : statement_(model::prepared_statement(*query, {Type<model::Bare<Args>>::oid...})),
        plan_(objects ? model::read_plan(*query) : nullptr) {}

  const std::string& sql() const { return statement_.sql; }
  Statement statement(const Args&... args) const { return model::fill(statement_, {parameter(args)...}); }
  /// Of whole objects: how their rows are read; null of other rows.
  const std::shared_ptr<const model::ReadPlan>& plan() const { return plan_; }

  std::vector<Row> fetch(At at, const Args&... args) const {
    std::vector<Row> out;
    if (plan_) {
      if constexpr (model::Described<Row>) model::Fetch(statement(args...), plan_, model::store(out)).run(at);
      return out;
    }
    const Result rows = at.run(statement(args...));
    out.reserve(static_cast<std::size_t>(rows.size()));
    for (int row = 0; row < rows.size(); ++row) out.push_back(model::RowOf<Row>::read(rows, row));
    return out;
  }
  std::optional<Row> first(At at, const Args&... args) const {
    std::vector<Row> rows = fetch(at, args...);
    return rows.empty() ? std::nullopt : std::optional<Row>(std::move(rows.front()));
  }

 private:
  Statement statement_;
  std::shared_ptr<const model::ReadPlan> plan_;
};

template <class... Args, class M, class... Joined>
Prepared<M, Args...> prepare(const Query<M, Joined...>& query) {
  return Prepared<M, Args...>(query.spec(), true);
}
template <class... Args, class Row>
Prepared<Row, Args...> prepare(const Selection<Row>& query) {
  return Prepared<Row, Args...>(query.spec(), false);
}

}  // namespace pgvista
