#pragma once
// The same queries without waiting, on Boost.Asio: C++20 coroutines, or any other completion token.
//
//   asio::awaitable<void> report() {
//     auto db = co_await AsyncDatabase::connect(url);
//     for (const Order& one : co_await db.fetch(from<Order>().with(&Order::customer))) …
//   }

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <exception>
#include <utility>

#include <pgvista/prepared.hpp>
#include <pgvista/query.hpp>

namespace pgvista {

namespace asio = boost::asio;

/// A connection whose waiting is Asio's. One statement at a time: the next is sent when the former's result is here.
/// It lives on one strand or thread.
class AsyncDatabase {
 public:
  AsyncDatabase() = default;
  AsyncDatabase(AsyncDatabase&&) noexcept;
  AsyncDatabase& operator=(AsyncDatabase&&) noexcept;
  ~AsyncDatabase();

  /// Requires that it is connected, for all but start_connect.
  /// Calls the handler with an error, or with none. Errors are Failures, as those of Database.
  using Done = std::function<void(std::exception_ptr)>;
  using Answered = std::function<void(std::exception_ptr, Result)>;
  void start_connect(const asio::any_io_executor& executor, const std::string& url, Done done);
  void start(Statement statement, model::Place place, Answered answered);

#ifdef BOOST_ASIO_HAS_CO_AWAIT
  static asio::awaitable<AsyncDatabase> connect(std::string url = {}) {
    AsyncDatabase out;
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
        [&](auto handler) { out.start_connect(executor, url, once<std::exception_ptr>(std::move(handler))); }, asio::use_awaitable);
    co_return out;
  }

  asio::awaitable<Result> run(Statement statement, model::Place place = model::Place::here()) {
    if (!inside_) throw Failure(usage_error("not_connected", "a statement is sent before the connection is made", "co_await AsyncDatabase::connect(url) first."));
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, Result)>(
        [this, place](auto handler, Statement sent) { start(std::move(sent), place, once<std::exception_ptr, Result>(std::move(handler))); }, asio::use_awaitable, std::move(statement));
  }
  asio::awaitable<Result> run(std::string sql, model::Place place = model::Place::here()) { return run(Statement{std::move(sql), {}}, place); }

  template <class M, class... Joined>
  asio::awaitable<std::vector<M>> fetch(Query<M, Joined...> query, model::Place place = model::Place::here()) {
    std::vector<M> out;
    model::Fetch fetch(*query.spec(), model::store(out));
    while (auto statement = fetch.next()) fetch.give(co_await run(std::move(*statement), place));
    co_return out;
  }
  template <class Row>
  asio::awaitable<std::vector<Row>> fetch(Selection<Row> query, model::Place place = model::Place::here()) {
    const Result rows = co_await run(query.statement(), place);
    model::check_types(rows, model::RowOf<Row>::types());
    std::vector<Row> out;
    for (int row = 0; row < rows.size(); ++row) out.push_back(model::RowOf<Row>::read(rows, row));
    co_return out;
  }
  template <class Row, class... Args>
  asio::awaitable<std::vector<Row>> fetch(const Prepared<Row, Args...>& query, std::type_identity_t<Args>... args) {
    return fetch_prepared<Row>(query.statement(args...), query.plan(), model::Place::here());
  }
  template <class M, class... Joined>
  asio::awaitable<std::optional<M>> first(Query<M, Joined...> query, model::Place place = model::Place::here()) {
    std::vector<M> rows = co_await fetch(query.limit(1), place);
    co_return rows.empty() ? std::nullopt : std::optional<M>(std::move(rows.front()));
  }
  template <class M, class... Joined>
  asio::awaitable<std::int64_t> count(Query<M, Joined...> query, model::Place place = model::Place::here()) {
    co_return model::decode_value<std::int64_t>(co_await run(model::count_statement(*query.spec()), place), 0, 0);
  }

  /// As Database::insert: what the server made is read back.
  template <class M>
  asio::awaitable<void> insert(M& row, model::Place place = model::Place::here()) {
    model::validate(model::info<M>(), &row);
    const Result made = co_await run(model::insert_row_statement(model::info<M>(), &row), place);
    model::read_made(model::info<M>(), made, &row);
  }
  /// The row with this primary key. Throws Failure (no_row) when there is none to change.
  template <class M>
  asio::awaitable<void> update(const M& row, model::Place place = model::Place::here()) {
    model::validate(model::info<M>(), &row);
    const std::int64_t changed = co_await change(model::update_row_statement(model::info<M>(), &row), place);
    if (changed == 0) model::no_such_row(model::info<M>(), place);
  }
  template <class M>
  asio::awaitable<void> remove(const M& row, model::Place place = model::Place::here()) {
    co_await run(model::delete_row_statement(model::info<M>(), &row), place);
  }
  /// UPDATE … and DELETE …: query.update_statement(set(…)), query.remove_statement(). The number of rows.
  asio::awaitable<std::int64_t> change(Statement statement, model::Place place = model::Place::here()) { co_return (co_await run(std::move(statement), place)).affected(); }

  /// `work` in a transaction: committed when it is done, rolled back when it throws.
  asio::awaitable<void> transaction(std::function<asio::awaitable<void>()> work, Isolation isolation = Isolation::read_committed, model::Place place = model::Place::here()) {
    static constexpr const char* levels[] = {"READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"};
    co_await run(std::string("BEGIN ISOLATION LEVEL ") + levels[static_cast<int>(isolation)], place);
    std::exception_ptr failed;
    try {
      co_await work();
    } catch (...) {
      failed = std::current_exception();
    }
    if (!failed) {
      require_committed(co_await run(std::string("COMMIT"), place), place);
      co_return;
    }
    try {
      co_await run(std::string("ROLLBACK"), place);
    } catch (const Failure&) {
      // The connection is gone, and the transaction with it: the first error is the one to tell.
    }
    std::rethrow_exception(failed);
  }
#endif

 private:
#ifdef BOOST_ASIO_HAS_CO_AWAIT
  template <class Row>
  asio::awaitable<std::vector<Row>> fetch_prepared(Statement statement, std::shared_ptr<const model::ReadPlan> plan, model::Place place) {
    std::vector<Row> out;
    if (plan) {
      if constexpr (model::Described<Row>) {
        model::Fetch fetch(std::move(statement), std::move(plan), model::store(out));
        while (auto next = fetch.next()) fetch.give(co_await run(std::move(*next), place));
      }
      co_return out;
    }
    const Result rows = co_await run(std::move(statement), place);
    model::check_types(rows, model::RowOf<Row>::types());
    for (int row = 0; row < rows.size(); ++row) out.push_back(model::RowOf<Row>::read(rows, row));
    co_return out;
  }
#endif
  // Asio's handlers can only be moved, std::function wants copies.
  template <class... Args, class Handler>
  static std::function<void(Args...)> once(Handler handler) {
    auto kept = std::make_shared<Handler>(std::move(handler));
    return [kept](Args... args) { std::move (*kept)(std::move(args)...); };
  }
  struct Inside;
  std::shared_ptr<Inside> inside_;
};

}  // namespace pgvista
