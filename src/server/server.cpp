#include "server/server.hpp"

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/steady_timer.hpp>
#include <fmt/format.h>

#include <condition_variable>
#include <thread>

#include "catalog/api.hpp"
#include "server/port.hpp"

namespace pgvista::server {

using Clock = std::chrono::steady_clock;
using asio::ip::tcp;

namespace {

constexpr std::chrono::seconds between_checks{10};

HttpLimits limits_of(const project::ServerSettings& settings) {
  HttpLimits out;
  out.url_bytes = static_cast<std::size_t>(settings.max_url);
  out.header_bytes = static_cast<std::size_t>(settings.max_url) + 24'576;
  out.body_bytes = static_cast<std::uint64_t>(settings.max_body);
  out.header_timeout = std::chrono::milliseconds(settings.header_timeout);
  out.body_timeout = std::chrono::milliseconds(settings.body_timeout);
  out.idle_timeout = std::chrono::milliseconds(settings.idle_timeout);
  out.connections = settings.max_connections;
  return out;
}

rest::Settings rest_settings(const project::ServerSettings& settings) {
  rest::Settings out;
  out.max_rows = settings.max_rows;
  out.aggregates = settings.aggregates;
  out.transaction_end = settings.transaction_end;
  out.grammar.depth = settings.embed_depth;
  out.json_depth = settings.json_depth;
  return out;
}

struct Worker {
  Worker(Shared& shared, const HttpLimits& limits, std::atomic<int>& connections)
      : service(loop, shared), http(std::make_shared<HttpLoop>(loop, service, limits, connections)) {}
  asio::io_context loop{1};
  asio::executor_work_guard<asio::io_context::executor_type> busy{loop.get_executor()};
  Service service;
  std::shared_ptr<HttpLoop> http;  // its connections hold it too
  std::vector<std::unique_ptr<RouteHandler>> handlers;
  std::thread thread;
  std::atomic<bool> ready = false;
};

}  // namespace

struct Server::Inside {
  ServerOptions options;
  HttpLimits limits;
  Shared shared;
  std::atomic<int> connections{0};
  std::unique_ptr<asio::ssl::context> tls;
  std::vector<std::unique_ptr<Worker>> workers;
  std::unique_ptr<Health> health;
  std::shared_ptr<HttpLoop> health_http;
  std::unique_ptr<tcp::acceptor> acceptor;
  std::unique_ptr<tcp::acceptor> health_acceptor;
  std::unique_ptr<asio::steady_timer> accept_pause;
  std::unique_ptr<asio::steady_timer> health_pause;
  std::size_t turn = 0;
  std::atomic<bool> ending = false;

  // --- the reader of the catalogue ---
  std::thread reader;
  std::mutex mutex;
  std::condition_variable wake;
  bool asked = true;
  bool said_changed = false;
  bool stop = false;
  bool said_unreachable = false;

  explicit Inside(ServerOptions given)
      : options(std::move(given)),
        limits(limits_of(options.settings)),
        shared(options.settings, rest_settings(options.settings), options.url) {
    if (!options.settings.tls_certificate.empty()) make_tls();
    const int count = options.settings.workers > 0 ? options.settings.workers
                                                   : std::max(1, static_cast<int>(std::thread::hardware_concurrency()));
    for (int i = 0; i < count; ++i) workers.push_back(std::make_unique<Worker>(shared, limits, connections));
    for (const auto& worker : workers) {
      if (options.handlers) worker->handlers = options.handlers(worker->loop, shared);
      for (const auto& handler : worker->handlers) worker->service.add(*handler);
    }
    acceptor = std::make_unique<tcp::acceptor>(bound(workers[0]->loop, options.settings.host, options.settings.port));
    accept_pause = std::make_unique<asio::steady_timer>(workers[0]->loop);
    health_pause = std::make_unique<asio::steady_timer>(workers[0]->loop);
    health = std::make_unique<Health>([this] { return shared.metrics.text(); }, [this] { return is_ready(); },
                                      "the database or its catalogue is out of reach");
    health_http = std::make_shared<HttpLoop>(workers[0]->loop, *health, limits, connections);
    if (options.settings.metrics_port > 0)
      health_acceptor = std::make_unique<tcp::acceptor>(
          bound(workers[0]->loop, options.settings.host, options.settings.metrics_port));
    shared.reload = [this](bool told) {
      const std::lock_guard lock(mutex);
      asked = true;
      said_changed |= told;
      wake.notify_all();
    };
  }

  void make_tls() {
    tls = std::make_unique<asio::ssl::context>(asio::ssl::context::tls_server);
    try {
      tls->set_options(asio::ssl::context::default_workarounds | asio::ssl::context::no_tlsv1 |
                       asio::ssl::context::no_tlsv1_1);
      // Of TLS 1.2 what encrypts and signs at once, with keys of the connection's own.
      SSL_CTX_set_cipher_list(tls->native_handle(), "ECDHE+AESGCM:ECDHE+CHACHA20");
      tls->use_certificate_chain(asio::buffer(options.settings.tls_certificate));
      tls->use_private_key(asio::buffer(options.settings.tls_key), asio::ssl::context::pem);
    } catch (const boost::system::system_error& error) {
      throw Failure(usage_error("invalid_settings",
                                std::string("the certificate or its key cannot be used: ") + error.code().message(),
                                "Both in PEM form, the certificate before those that vouch for it."));
    }
  }

  bool is_ready() const {
    return std::all_of(workers.begin(), workers.end(), [](const auto& worker) { return worker->ready.load(); });
  }

  // --- sockets ---
  void accept() {
    Worker& next = *workers[turn++ % workers.size()];
    acceptor->async_accept(next.loop, [this, &next](const boost::system::error_code& error, tcp::socket socket) {
      if (ending) return;
      if (error) {
        // Out of file descriptors, mostly: a little later there may be some.
        accept_pause->expires_after(std::chrono::milliseconds(50));
        accept_pause->async_wait([this](const boost::system::error_code& cancelled) {
          if (!cancelled) accept();
        });
        return;
      }
      if (connections >= limits.connections) {
        shared.metrics.refused.fetch_add(1, std::memory_order_relaxed);
      } else {
        shared.metrics.connections = ++connections;
        auto held = std::make_shared<tcp::socket>(std::move(socket));
        asio::post(next.loop, [this, &next, held] { next.http->take(std::move(*held), tls.get()); });
      }
      accept();
    });
  }

  void accept_health() {
    health_acceptor->async_accept(workers[0]->loop, [this](const boost::system::error_code& error, tcp::socket socket) {
      if (ending) return;
      if (error) {
        health_pause->expires_after(std::chrono::milliseconds(50));
        health_pause->async_wait([this](const boost::system::error_code& cancelled) {
          if (!cancelled) accept_health();
        });
        return;
      }
      ++connections;
      health_http->take(std::move(socket), nullptr);
      accept_health();
    });
  }

  // --- the catalogue ---
  void read_catalogue() {
    std::unique_ptr<db::Connection> connection;
    int failures = 0;
    for (;;) {
      bool told = false;
      {
        std::unique_lock lock(mutex);
        wake.wait_for(lock,
                      failures > 0 ? std::chrono::milliseconds(std::min(5000, 100 << std::min(failures, 6)))
                                   : std::chrono::milliseconds(between_checks),
                      [this] { return asked || stop; });
        if (stop) return;
        told = std::exchange(said_changed, false);
        asked = false;
      }
      try {
        if (!connection || connection->lost())
          connection = std::make_unique<db::Connection>(options.url, "pgvista runserver");
        read_once(*connection, told);
        failures = 0;
        said_unreachable = false;
      } catch (const Failure& failure) {
        connection.reset();
        ++failures;
        if (!std::exchange(said_unreachable, true))
          options.say(failure.error().message + (failure.error().detail.empty() ? "" : ": " + failure.error().detail) +
                      "; trying again");
        hand_out(shared.served());  // whoever waits goes on with what is known
      }
    }
  }

  // A file that is being written, or is wrong, changes nothing: check is for that.
  void read_staleness() {
    try {
      shared.allow_staleness(options.max_staleness());
    } catch (const Failure&) {
      return;
    }
  }

  // `told`: somebody says that it is another one.
  void read_once(db::Connection& connection, bool told) {
    read_staleness();
    const auto now = shared.served();
    if (now && !told && catalog::api_fingerprint(connection) == now->model.api.fingerprint) return hand_out(now);
    auto fresh = std::make_shared<Served>(catalog::read_api(connection, options.schemas));
    std::tie(fresh->reads_request, fresh->sets_settings) = catalog::uses_settings(connection);
    shared.metrics.reloads.fetch_add(1, std::memory_order_relaxed);
    shared.serve(fresh);
    hand_out(fresh);
  }

  void hand_out(const std::shared_ptr<const Served>& served) {
    for (const auto& worker : workers) {
      asio::post(worker->loop, [&worker = *worker, served] { worker.service.serve(served); });
    }
  }

  // What gets out of a handler is an error of ours: it may cost that request, and not the others.
  static void run_whatever_happens(asio::io_context& loop) {
    for (;;) {
      try {
        loop.run();
        return;
      } catch (const std::exception& bug) {
        fmt::print(stderr, "error in a handler: {}: please report it\n", bug.what());
      }
    }
  }

  // --- the life of it all ---
  void start() {
    for (const auto& worker : workers) {
      asio::post(worker->loop, [&service = worker->service] { service.start(); });
      worker->thread = std::thread([&loop = worker->loop] { run_whatever_happens(loop); });
    }
    reader = std::thread([this] { read_catalogue(); });
    asio::post(workers[0]->loop, [this] {
      accept();
      if (health_acceptor) accept_health();
    });
  }

  void watch() {
    std::int64_t connected = 0;
    for (const auto& worker : workers) {
      asio::post(worker->loop, [this, &worker = *worker] {
        worker.ready = worker.service.ready();
        database[&worker] = static_cast<std::int64_t>(worker.service.database_connections());
      });
    }
    {
      const std::lock_guard lock(database.mutex);
      for (const auto& [worker, count] : database.counts) connected += count;
    }
    shared.metrics.database_connections = connected;
    shared.metrics.connections = connections.load();
    shared.log.flush();
  }

  struct Database {
    struct Slot {
      Database& all;
      const Worker* worker;
      void operator=(std::int64_t count) const {
        const std::lock_guard lock(all.mutex);
        all.counts[worker] = count;
      }
    };
    Slot operator[](const Worker* worker) { return {*this, worker}; }
    std::mutex mutex;
    std::map<const Worker*, std::int64_t> counts;
  } database;

  template <class Work>
  void on_each(Work work) {
    std::atomic<std::size_t> left = workers.size();
    for (const auto& worker : workers) {
      asio::post(worker->loop, [&worker = *worker, &left, &work] {
        work(worker);
        --left;
      });
    }
    while (left > 0) std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }

  void end() {
    ending = true;
    on_each([this](Worker& worker) {
      if (&worker == workers[0].get()) {
        boost::system::error_code ignored;
        acceptor->close(ignored);
        if (health_acceptor) health_acceptor->close(ignored);
        accept_pause->cancel();
        health_pause->cancel();
        health_http->drain();
      }
      worker.http->drain();
    });
    const auto until = Clock::now() + std::chrono::milliseconds(options.settings.drain_timeout);
    for (;;) {
      std::atomic<bool> empty = true;
      on_each([&](Worker& worker) {
        if (worker.service.under_way() > 0) empty = false;
      });
      if (empty || Clock::now() > until) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(10));
    }
    {
      const std::lock_guard lock(mutex);
      stop = true;
      wake.notify_all();
    }
    reader.join();
    on_each([this](Worker& worker) {
      worker.service.close();
      worker.http->abort();
      if (&worker == workers[0].get()) health_http->abort();
    });
    // What was aborted still has to hear of it.
    const auto last = Clock::now() + std::chrono::seconds(1);
    while (connections > 0 && Clock::now() < last) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    for (const auto& worker : workers) {
      worker->busy.reset();
      worker->loop.stop();
      worker->thread.join();
    }
    shared.log.flush();
  }
};

Server::Server(ServerOptions options) : inside_(std::make_unique<Inside>(std::move(options))) {}
Server::~Server() = default;

int Server::port() const { return inside_->acceptor->local_endpoint().port(); }
int Server::metrics_port() const {
  return inside_->health_acceptor ? inside_->health_acceptor->local_endpoint().port() : 0;
}
bool Server::tls() const { return inside_->tls != nullptr; }

void Server::run(const std::function<bool()>& ended) {
  inside_->start();
  while (!ended()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(50));
    inside_->watch();
  }
  inside_->end();
}

}  // namespace pgvista::server
