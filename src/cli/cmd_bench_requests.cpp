// Requests to random rows of two endpoints, in pairs, on one connection each: a table and a plot of the times.

#include <boost/asio/connect.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http.hpp>
#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cmath>
#include <fstream>
#include <random>

#include "base/text.hpp"
#include "cli/session.hpp"
#include "db/interrupt.hpp"
#include "rest/request.hpp"

namespace pgvista::cli {

namespace asio = boost::asio;
namespace beast = boost::beast;
namespace http = beast::http;
namespace json = boost::json;

namespace {

using Clock = std::chrono::steady_clock;

struct Address {
  std::string host;
  std::string port;
};

Address address_of(const std::string& base) {
  constexpr std::string_view scheme = "http://";
  if (!base.starts_with(scheme))
    throw Failure(
        usage_error("usage", fmt::format("\"{}\" is no address of a server", base), "As in http://127.0.0.1:8000"));
  const std::string rest = base.substr(scheme.size(), base.find('/', scheme.size()) - scheme.size());
  const std::size_t colon = rest.rfind(':');
  return colon == std::string::npos ? Address{rest, "80"} : Address{rest.substr(0, colon), rest.substr(colon + 1)};
}

// One connection that is kept.
class Client {
 public:
  explicit Client(const Address& address) : address_(address), stream_(context_) {
    try {
      asio::ip::tcp::resolver resolver(context_);
      stream_.connect(resolver.resolve(address.host, address.port));
      stream_.socket().set_option(asio::ip::tcp::no_delay(true));
    } catch (const boost::system::system_error& error) {
      Error failure{"unreachable",
                    fmt::format("nobody answers at {}:{}: {}", address.host, address.port, error.code().message()),
                    {},
                    "Start it with: pgvista runserver",
                    {},
                    {}};
      failure.exit = ExitCode::unreachable;
      throw Failure(std::move(failure));
    }
  }

  std::string get(const std::string& target) {
    http::request<http::empty_body> request(http::verb::get, target, 11);
    request.set(http::field::host, address_.host);
    http::write(stream_, request);
    http::response_parser<http::string_body> parser;
    parser.body_limit(1'000'000'000);
    http::read(stream_, buffer_, parser);
    if (parser.get().result_int() >= 300)
      throw Failure(Error{"request_failed",
                          fmt::format("GET {} was answered by {}", target, parser.get().result_int()),
                          std::string(prefix_utf8(parser.get().body(), 300)),
                          {},
                          {},
                          {}});
    return std::move(parser.get().body());
  }

 private:
  Address address_;
  asio::io_context context_;
  beast::tcp_stream stream_;
  beast::flat_buffer buffer_;
};

struct Endpoint {
  std::string path;
  std::vector<double> milliseconds = {};
  std::size_t bytes = 0;

  double at(double part) const {
    return milliseconds[std::min(milliseconds.size() - 1,
                                 static_cast<std::size_t>(part * static_cast<double>(milliseconds.size())))];
  }
  double mean() const {
    double sum = 0;
    for (const double one : milliseconds) sum += one;
    return sum / static_cast<double>(milliseconds.size());
  }
};

int number_given(Session& session, const std::string& option, int otherwise) {
  const std::string given = session.arguments().value(option);
  if (given.empty()) return otherwise;
  if (given.find_first_not_of("0123456789") != std::string::npos || given.size() > 7 || std::stoi(given) < 1)
    throw Failure(usage_error("usage", fmt::format("{} takes a number from 1 to 9999999", option)));
  return std::stoi(given);
}

std::vector<std::string> keys_at(Client& client, const std::string& path, const std::string& key) {
  const json::value rows = json::parse(client.get(path + "?select=" + rest::percent_encoded(key)));
  std::vector<std::string> out;
  if (rows.is_array()) {
    for (const json::value& row : rows.get_array()) {
      const json::value& value = row.at(key);
      out.push_back(
          rest::percent_encoded(value.is_string() ? std::string(value.get_string()) : json::serialize(value)));
    }
  }
  if (out.empty())
    throw Failure(usage_error("no_rows", fmt::format("{} has no rows to ask for", path),
                              "Name the column of its key: --key NAME"));
  return out;
}

void measure(std::vector<Endpoint>& endpoints, const Address& address, const std::vector<std::string>& keys,
             int requests) {
  Client client(address);
  std::minstd_rand random(20240710);
  for (int i = 0; i < requests; ++i) {
    db::check_interrupt();
    const std::string& key = keys[random() % keys.size()];
    // In turn first: whoever comes second finds the row in memory.
    for (std::size_t turn = 0; turn < endpoints.size(); ++turn) {
      Endpoint& one = endpoints[(turn + static_cast<std::size_t>(i)) % endpoints.size()];
      const auto begun = Clock::now();
      one.bytes += client.get(one.path + key + "/").size();
      one.milliseconds.push_back(std::chrono::duration<double, std::milli>(Clock::now() - begun).count());
    }
  }
  for (Endpoint& one : endpoints) std::sort(one.milliseconds.begin(), one.milliseconds.end());
}

constexpr int bins = 12;

// How many requests took how long, in steps that double.
std::vector<std::vector<int>> histogram(const std::vector<Endpoint>& endpoints, double least) {
  std::vector<std::vector<int>> out;
  for (const Endpoint& one : endpoints) {
    auto& counts = out.emplace_back(bins, 0);
    for (const double time : one.milliseconds)
      ++counts[static_cast<std::size_t>(
          std::clamp(static_cast<int>(std::floor(std::log2(std::max(time, least) / least))), 0, bins - 1))];
  }
  return out;
}

void print_plot(Session& session, const std::vector<Endpoint>& endpoints) {
  double least = 1e9;
  for (const Endpoint& one : endpoints) least = std::min(least, one.at(0));
  const auto counts = histogram(endpoints, least);
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    session.print("\n" + endpoints[i].path + "\n");
    const double all = static_cast<double>(endpoints[i].milliseconds.size());
    int last = bins - 1;
    while (last > 0 && counts[0][static_cast<std::size_t>(last)] == 0 &&
           counts.back()[static_cast<std::size_t>(last)] == 0)
      --last;
    for (int bin = 0; bin <= last; ++bin) {
      const int count = counts[i][static_cast<std::size_t>(bin)];
      std::string bar;
      for (int n = 0; n < static_cast<int>(std::lround(50 * count / all)); ++n) bar += "█";
      session.print(fmt::format("  from {:>9.3f} ms {:>6} {}\n", least * std::pow(2.0, bin), count, bar));
    }
  }
}

// The same as a picture: each request a point, the fastest at the left.
void write_svg(const std::string& file, const std::vector<Endpoint>& endpoints) {
  static constexpr const char* colors[] = {"#a3201b", "#0b5394"};
  double most = 0;
  for (const Endpoint& one : endpoints) most = std::max(most, one.at(0.99));
  std::ofstream out(file);
  if (!out) throw Failure(usage_error("usage", "cannot write " + file));
  out << "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"800\" height=\"360\" font-family=\"sans-serif\" "
         "font-size=\"13\"><rect width=\"800\" height=\"360\" fill=\"white\"/>\n";
  for (int step = 0; step <= 4; ++step)
    out << fmt::format(
        "<text x=\"60\" y=\"{}\" text-anchor=\"end\">{:.2f} ms</text><path d=\"M70 {} H780\" stroke=\"#ddd\"/>\n",
        324 - step * 70, most * step / 4, 320 - step * 70);
  for (std::size_t i = 0; i < endpoints.size(); ++i) {
    std::string path;
    const auto& times = endpoints[i].milliseconds;
    for (std::size_t n = 0; n < times.size(); ++n)
      path += fmt::format("{}{:.1f} {:.1f}", n == 0 ? "M" : "L",
                          70 + 710.0 * static_cast<double>(n) / static_cast<double>(times.size()),
                          320 - 280 * std::min(1.0, times[n] / most));
    out << fmt::format(
        "<path d=\"{}\" fill=\"none\" stroke=\"{}\" stroke-width=\"2\"/><text x=\"{}\" y=\"346\" fill=\"{}\">{}: mean "
        "{:.2f} ms</text>\n",
        path, colors[i % 2], 80 + 360 * i, colors[i % 2], endpoints[i].path, endpoints[i].mean());
  }
  out << "</svg>\n";
}

ExitCode run_bench_requests(Session& session) {
  const std::vector<std::string>& paths = session.arguments().positionals;
  if (paths.empty() || paths.size() > 2)
    throw Failure(
        usage_error("usage", "bench-requests takes one or two paths", "pgvista bench-requests /rooms/ /rooms_v2/"));
  const Address address = address_of(session.arguments().value("--base", "http://127.0.0.1:8000"));
  std::vector<Endpoint> endpoints;
  for (const std::string& path : paths) {
    if (!path.starts_with('/'))
      throw Failure(usage_error("usage", fmt::format("\"{}\" is no path: it begins with '/'", path)));
    endpoints.push_back({path.ends_with('/') ? path : path + "/"});
  }
  try {
    Client client(address);
    measure(endpoints, address, keys_at(client, endpoints[0].path, session.arguments().value("--key", "id")),
            number_given(session, "--requests", 1000));
  } catch (const boost::system::system_error& error) {
    throw Failure(
        Error{"request_failed", "the server closed the connection: " + error.code().message(), {}, {}, {}, {}});
  }
  if (const std::string file = session.arguments().value("--svg"); !file.empty()) write_svg(file, endpoints);
  if (session.json()) {
    json::array out;
    for (const Endpoint& one : endpoints)
      out.push_back(json::object{{"path", one.path},
                                 {"requests", one.milliseconds.size()},
                                 {"mean_ms", one.mean()},
                                 {"median_ms", one.at(0.5)},
                                 {"p95_ms", one.at(0.95)},
                                 {"p99_ms", one.at(0.99)},
                                 {"max_ms", one.milliseconds.back()},
                                 {"bytes", one.bytes}});
    session.print_json(out);
    return ExitCode::done;
  }
  std::size_t width = 4;
  for (const Endpoint& one : endpoints) width = std::max(width, one.path.size());
  session.print(session.colored("1", fmt::format("{:<{}}  {:>8}  {:>9}  {:>9}  {:>9}  {:>9}  {:>9}", "PATH", width,
                                                 "REQUESTS", "MEAN ms", "MEDIAN", "95 %", "99 %", "MOST")) +
                "\n");
  for (const Endpoint& one : endpoints) {
    session.print(fmt::format("{:<{}}  {:>8}  {:>9.3f}  {:>9.3f}  {:>9.3f}  {:>9.3f}  {:>9.3f}\n", one.path, width,
                              one.milliseconds.size(), one.mean(), one.at(0.5), one.at(0.95), one.at(0.99),
                              one.milliseconds.back()));
  }
  if (endpoints.size() == 2)
    session.print(fmt::format("{} takes {:.2f} times as long as {}\n", endpoints[0].path,
                              endpoints[0].mean() / endpoints[1].mean(), endpoints[1].path));
  print_plot(session, endpoints);
  return ExitCode::done;
}

}  // namespace

Command bench_requests_command() {
  return {"bench-requests",
          "Time requests to random rows of two endpoints",
          "PATH [PATH]",
          {{"--base", "URL", "the server (default: http://127.0.0.1:8000)"},
           {"--requests", "N", "pairs of requests (default: 1000)"},
           {"--key", "COLUMN", "the rows' key (default: id)"},
           {"--svg", "FILE", "the plot as a picture"}},
          run_bench_requests};
}

}  // namespace pgvista::cli
