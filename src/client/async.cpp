#include <pgvista/async.hpp>

#include <boost/asio/post.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>

#include "client/inside.hpp"
#include "model/write.hpp"

namespace pgvista {

namespace {

// The socket is libpq's: Asio only watches it.
class Watched {
 public:
  Watched(const asio::any_io_executor& executor, int socket) : descriptor_(executor, socket) {}
  Watched(const Watched&) = delete;
  Watched& operator=(const Watched&) = delete;
  ~Watched() { descriptor_.release(); }
  void wait(asio::posix::stream_descriptor::wait_type what, const std::function<void()>& then) {
    descriptor_.async_wait(what, [then](const boost::system::error_code& error) {
      if (error != asio::error::operation_aborted) then();
    });
  }

 private:
  asio::posix::stream_descriptor descriptor_;
};

}  // namespace

struct AsyncDatabase::Inside : std::enable_shared_from_this<AsyncDatabase::Inside> {
  using Wait = asio::posix::stream_descriptor;

  asio::any_io_executor executor;
  std::string url;
  std::unique_ptr<PGconn, decltype(&PQfinish)> connection{nullptr, PQfinish};
  std::unique_ptr<Watched> watched;
  bool busy = false;
  std::size_t names = 0;
  std::vector<std::string> by_id;  // prepared statements of the program

  // --- connecting ---------------------------------------------------------------------------------------------------
  void poll_connect(const Done& done) {
    const auto again = [this, keep = shared_from_this(), done] { poll_connect(done); };
    const PostgresPollingStatusType status = PQconnectPoll(connection.get());
    if (status == PGRES_POLLING_OK) {
      PQsetnonblocking(connection.get(), 1);
      watch();
      return done(nullptr);
    }
    if (status == PGRES_POLLING_FAILED) {
      return done(std::make_exception_ptr(Failure(db::connection_failure(connection.get(), url))));
    }
    watch();  // the socket may be another one while several addresses are tried
    watched->wait(status == PGRES_POLLING_READING ? Wait::wait_read : Wait::wait_write, again);
  }
  void watch() {
    watched.reset();
    watched = std::make_unique<Watched>(executor, PQsocket(connection.get()));
  }

  // --- statements ---------------------------------------------------------------------------------------------------
  struct Running {
    Statement statement;
    model::Place place;
    Answered answered;
    std::function<void(const Result&)> each = {};
    bool preparing = false;
    std::shared_ptr<Result::Rows> rows;
    std::exception_ptr failed;
  };

  void begin(const std::shared_ptr<Running>& running) {
    const Arguments arguments(running->statement.parameters);
    if (by_id.size() <= running->statement.id) by_id.resize(running->statement.id + 1);
    std::string& name = by_id[running->statement.id];
    running->preparing = running->statement.id > 0 && name.empty();
    const char* sql = running->statement.sql.c_str();
    int sent = 0;
    if (running->preparing) {
      const std::string fresh = "pgvista_async_" + std::to_string(++names);
      sent = PQsendPrepare(connection.get(), fresh.c_str(), sql, arguments.count(), arguments.types.data());
      name = fresh;
    } else if (running->statement.id > 0) {
      sent = PQsendQueryPrepared(connection.get(), name.c_str(), arguments.count(), arguments.values.data(),
                                 arguments.lengths.data(), arguments.formats.data(), 1);
    } else {
      sent = PQsendQueryParams(connection.get(), sql, arguments.count(), arguments.types.data(),
                               arguments.values.data(), arguments.lengths.data(), arguments.formats.data(), 1);
    }
    if (sent == 0) return finish(running, std::make_exception_ptr(Failure(db::lost_connection(connection.get()))));
    if (running->each && !running->preparing) PQsetSingleRowMode(connection.get());
    flush(running);
  }

  void flush(const std::shared_ptr<Running>& running) {
    const int left = PQflush(connection.get());
    if (left < 0) return finish(running, std::make_exception_ptr(Failure(db::lost_connection(connection.get()))));
    if (left == 0) return read(running);
    watched->wait(Wait::wait_write, [this, keep = shared_from_this(), running] { flush(running); });
  }

  void read(const std::shared_ptr<Running>& running) {
    while (PQisBusy(connection.get()) == 0) {
      PGresult* result = PQgetResult(connection.get());
      if (!result) return complete(running);
      take(running, result);
    }
    watched->wait(Wait::wait_read, [this, keep = shared_from_this(), running] {
      if (PQconsumeInput(connection.get()) == 0)
        return finish(running, std::make_exception_ptr(Failure(db::lost_connection(connection.get()))));
      read(running);
    });
  }

  void take(const std::shared_ptr<Running>& running, PGresult* result) const {
    try {
      told(running->statement.sql, running->place, [&] {
        running->rows =
            std::make_shared<Result::Rows>(db::checked_result(connection.get(), result, running->statement.sql));
      });
      if (running->each && !running->preparing && !running->failed) running->each(Result(running->rows));
    } catch (...) {
      // What comes after it is of no use any more.
      if (running->each && !running->failed) cancel();
      if (!running->failed) running->failed = std::current_exception();
    }
  }

  // Another connection to the server asks it; that takes no longer than a connection does.
  void cancel() const {
    const std::unique_ptr<PGcancel, decltype(&PQfreeCancel)> request(PQgetCancel(connection.get()), PQfreeCancel);
    char unused[256];
    if (request) PQcancel(request.get(), unused, sizeof unused);
  }

  void complete(const std::shared_ptr<Running>& running) {
    if (running->failed && running->preparing) by_id[running->statement.id].clear();
    if (running->failed || !running->preparing) return finish(running, running->failed);
    running->preparing = false;
    begin(running);
  }

  void finish(const std::shared_ptr<Running>& running, const std::exception_ptr& failed) {
    busy = false;
    running->answered(failed, failed ? Result() : Result(running->rows));
  }
};

AsyncDatabase::AsyncDatabase(AsyncDatabase&&) noexcept = default;
AsyncDatabase& AsyncDatabase::operator=(AsyncDatabase&&) noexcept = default;
AsyncDatabase::~AsyncDatabase() = default;

void AsyncDatabase::start_connect(const asio::any_io_executor& executor, const std::string& url, Done done) {
  inside_ = std::make_shared<Inside>();
  inside_->executor = executor;
  inside_->url = url;
  db::check_scheme(url);
  const db::ConnectWords words(url.c_str(), "pgvista");
  inside_->connection.reset(PQconnectStartParams(words.keywords.data(), words.values.data(), 1));
  // Never from inside this call: the caller may not be ready yet.
  asio::post(executor, [inside = inside_, done = std::move(done)] {
    if (PQstatus(inside->connection.get()) == CONNECTION_BAD) {
      return done(std::make_exception_ptr(Failure(db::connection_failure(inside->connection.get(), inside->url))));
    }
    inside->watch();
    inside->watched->wait(Inside::Wait::wait_write, [inside, done] { inside->poll_connect(done); });
  });
}

void AsyncDatabase::cancel() {
  if (inside_ && inside_->busy) inside_->cancel();
}

bool AsyncDatabase::idle() const {
  return inside_ && !inside_->busy && PQstatus(inside_->connection.get()) == CONNECTION_OK &&
         PQtransactionStatus(inside_->connection.get()) == PQTRANS_IDLE;
}

void AsyncDatabase::start(Statement statement, model::Place place, Answered answered,
                          std::function<void(const Result&)> each) {
  auto running = std::make_shared<Inside::Running>();
  running->statement = std::move(statement);
  running->place = place;
  running->answered = std::move(answered);
  running->each = std::move(each);
  if (!inside_)
    throw Failure(usage_error("not_connected", "a statement is sent before the connection is made",
                              "co_await AsyncDatabase::connect(url) first."));
  asio::post(inside_->executor, [inside = inside_, running] {
    if (std::exchange(inside->busy, true)) {
      const Error error =
          usage_error("busy", "a statement is sent while another one is under way on the same connection",
                      "Await the former first, or use a connection for each.");
      return running->answered(std::make_exception_ptr(Failure(error)), Result());
    }
    inside->begin(running);
  });
}

}  // namespace pgvista
