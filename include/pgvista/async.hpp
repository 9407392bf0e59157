#pragma once
// The same queries without waiting, on Boost.Asio: C++20 coroutines, or any other completion token.
//
//   asio::awaitable<void> report() {
//     auto db = co_await AsyncDatabase::connect(url);
//     for (const Order& one : co_await db.fetch(from<Order>().with(&Order::customer))) …
//   }

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/associated_cancellation_slot.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/awaitable.hpp>
#include <boost/asio/cancellation_type.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <deque>
#include <exception>
#include <utility>

#include <pgvista/prepared.hpp>
#include <pgvista/query.hpp>

namespace pgvista {

namespace asio = boost::asio;

namespace model {
/// INSERT … ON CONFLICT (these columns; none: the primary key) DO UPDATE, all columns read back; and what it gave.
Statement upsert_row_statement(const ModelInfo& info, const void* row, const std::vector<std::string>& conflict);
void read_upserted(const ModelInfo& info, const Result& made, void* row);
/// INSERTs of all these rows, a thousand in each at most.
std::vector<Statement> insert_rows_statements(const ModelInfo& info, const std::vector<const void*>& rows);
}  // namespace model

/// A connection whose waiting is Asio's. One statement at a time: the next is sent when the former's result is here.
/// It lives on one strand or thread. An operation that Asio cancels (a timeout beside it) cancels its statement: it
/// ends with 57014.
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
  /// `each`: is given the rows one by one, as they come.
  void start(Statement statement, model::Place place, Answered answered, std::function<void(const Result&)> each = {});
  /// Asks the server to end the running statement, which then fails with 57014.
  void cancel();
  /// Connected, and in no transaction and no statement.
  bool idle() const;

#ifdef BOOST_ASIO_HAS_CO_AWAIT
  static asio::awaitable<AsyncDatabase> connect(std::string url = {}) {
    AsyncDatabase out;
    const auto executor = co_await asio::this_coro::executor;
    co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
        [&](auto handler) { out.start_connect(executor, url, once<std::exception_ptr>(std::move(handler))); },
        asio::use_awaitable);
    co_return out;
  }

  asio::awaitable<Result> run(Statement statement, model::Place place = model::Place::here()) {
    if (!inside_)
      throw Failure(usage_error("not_connected", "a statement is sent before the connection is made",
                                "co_await AsyncDatabase::connect(url) first."));
    co_return co_await answer_to(std::move(statement), place, {});
  }
  asio::awaitable<Result> run(std::string sql, model::Place place = model::Place::here()) {
    return run(Statement{std::move(sql), {}}, place);
  }

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
  /// Each row as it comes, in bounded memory. What the handler throws ends the statement.
  template <class Row, class F>
  asio::awaitable<void> each(Selection<Row> query, F handle, model::Place place = model::Place::here()) {
    bool checked = false;
    co_await answer_to(query.statement(), place, [&](const Result& rows) {
      if (!std::exchange(checked, true)) model::check_types(rows, model::RowOf<Row>::types());
      for (int row = 0; row < rows.size(); ++row) handle(model::RowOf<Row>::read(rows, row));
    });
  }
  template <class M, class... Joined, class F>
  asio::awaitable<void> each(Query<M, Joined...> query, F handle, model::Place place = model::Place::here()) {
    return each(
        query.select(row<M>()), [handle](std::tuple<M> one) mutable { handle(std::get<0>(std::move(one))); }, place);
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
  /// As Database::upsert: inserted, or where it is there already changed; then read back.
  template <class M>
  asio::awaitable<void> upsert(M& row, const model::Conflict<M>& conflict = {},
                               model::Place place = model::Place::here()) {
    model::validate(model::info<M>(), &row);
    const Result made = co_await run(model::upsert_row_statement(model::info<M>(), &row, conflict.columns), place);
    model::read_upserted(model::info<M>(), made, &row);
  }
  /// All of them or none; what the server made is not read back.
  template <class M>
  asio::awaitable<void> insert_all(const std::vector<M>& rows, model::Place place = model::Place::here()) {
    std::vector<const void*> all;
    for (const M& one : rows) {
      model::validate(model::info<M>(), &one);
      all.push_back(&one);
    }
    std::vector<Statement> statements = model::insert_rows_statements(model::info<M>(), all);
    if (statements.size() == 1) co_await run(std::move(statements.front()), place);
    if (statements.size() < 2) co_return;
    co_await transaction(
        [&]() -> asio::awaitable<void> {
          for (Statement& one : statements) co_await run(std::move(one), place);
        },
        Isolation::read_committed, place);
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
  asio::awaitable<std::int64_t> change(Statement statement, model::Place place = model::Place::here()) {
    co_return (co_await run(std::move(statement), place)).affected();
  }

  /// `work` in a transaction: committed when it is done, rolled back when it throws.
  asio::awaitable<void> transaction(std::function<asio::awaitable<void>()> work,
                                    Isolation isolation = Isolation::read_committed,
                                    model::Place place = model::Place::here()) {
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
  asio::awaitable<Result> answer_to(Statement statement, model::Place place, std::function<void(const Result&)> each) {
    co_return co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr, Result)>(
        [this, place, each = std::move(each)](auto handler, Statement sent) {
          auto slot = asio::get_associated_cancellation_slot(handler);
          if (slot.is_connected()) slot.assign([this](asio::cancellation_type) { cancel(); });
          start(
              std::move(sent), place,
              [slot, answer = once<std::exception_ptr, Result>(std::move(handler))](std::exception_ptr failed,
                                                                                    Result rows) mutable {
                if (slot.is_connected()) slot.clear();
                answer(std::move(failed), std::move(rows));
              },
              each);
        },
        asio::use_awaitable, std::move(statement));
  }

  template <class Row>
  asio::awaitable<std::vector<Row>> fetch_prepared(Statement statement, std::shared_ptr<const model::ReadPlan> plan,
                                                   model::Place place) {
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

#ifdef BOOST_ASIO_HAS_CO_AWAIT

/// At most `size` connections, made when they are needed; lives on one strand or thread, and outlives what it lends.
class AsyncPool {
 public:
  explicit AsyncPool(std::string url = {}, std::size_t size = 8) : url_(std::move(url)), size_(size) {}
  AsyncPool(const AsyncPool&) = delete;
  AsyncPool& operator=(const AsyncPool&) = delete;

  /// A connection of one's own until it goes out of scope. One that is given back in a transaction, in the middle of a
  /// statement or broken is closed, and the server rolls back.
  class Lent : public AsyncDatabase {
   public:
    Lent(AsyncDatabase database, AsyncPool& pool) : AsyncDatabase(std::move(database)), pool_(&pool) {}
    Lent(Lent&& other) noexcept : AsyncDatabase(std::move(other)), pool_(std::exchange(other.pool_, nullptr)) {}
    Lent(const Lent&) = delete;
    Lent& operator=(Lent&&) = delete;
    ~Lent() {
      if (pool_) pool_->put_back(std::move(*this));
    }

   private:
    AsyncPool* pool_;
  };

  /// Waits until one is free. Throws Failure (connection_failed).
  asio::awaitable<Lent> acquire() {
    while (idle_.empty() && open_ >= size_) {
      const auto executor = co_await asio::this_coro::executor;
      co_await asio::async_initiate<const asio::use_awaitable_t<>, void(std::exception_ptr)>(
          [&](auto handler) {
            auto kept = std::make_shared<decltype(handler)>(std::move(handler));
            waiting_.push_back(
                [kept, executor] { asio::post(executor, [kept] { std::move (*kept)(std::exception_ptr()); }); });
          },
          asio::use_awaitable);
    }
    if (!idle_.empty()) {
      AsyncDatabase out = std::move(idle_.back());
      idle_.pop_back();
      if (out.idle()) co_return Lent(std::move(out), *this);
      --open_;
    }
    ++open_;
    std::exception_ptr failed;
    try {
      co_return Lent(co_await AsyncDatabase::connect(url_), *this);
    } catch (...) {
      failed = std::current_exception();
    }
    --open_;
    wake();
    std::rethrow_exception(failed);
  }

  /// Connections that are open now, lent or not.
  std::size_t open() const { return open_; }

 private:
  void put_back(AsyncDatabase database) {
    database.idle() ? idle_.push_back(std::move(database)) : void(--open_);
    wake();
  }
  void wake() {
    if (waiting_.empty()) return;
    const auto next = std::move(waiting_.front());
    waiting_.pop_front();
    next();
  }

  std::string url_;
  std::size_t size_;
  std::size_t open_ = 0;
  std::vector<AsyncDatabase> idle_;
  std::deque<std::function<void()>> waiting_;
};

#endif

}  // namespace pgvista
