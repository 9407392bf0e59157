// The typed face beside the same work written by hand over libpq: rows into structs, one row by its key, COPY; and what
// it costs to build and print a query. Medians of runs that alternate; a private PostgreSQL in a temporary folder.

#include <arpa/inet.h>
#include <endian.h>
#include <fmt/format.h>
#include <libpq-fe.h>
#include <sys/stat.h>

#include <algorithm>
#include <chrono>
#include <cstring>
#include <functional>
#include <pgvista/pgvista.hpp>

#include "local/server.hpp"

using namespace pgvista;
using Clock = std::chrono::steady_clock;

struct Item {
  static constexpr auto table = "item";
  std::int64_t id{};
  std::int32_t number{};
  std::string name;
  TimestampTz at{};
};
BOOST_DESCRIBE_STRUCT(Item, (), (id, number, name, at))

namespace {

double microseconds(const std::function<void()>& work) {
  const auto start = Clock::now();
  work();
  return std::chrono::duration<double, std::micro>(Clock::now() - start).count();
}

double median(std::vector<double> values) {
  std::nth_element(values.begin(), values.begin() + static_cast<std::ptrdiff_t>(values.size() / 2), values.end());
  return values[values.size() / 2];
}

// Both by turns, so that what disturbs the machine disturbs both.
std::pair<double, double> compare(int rounds, const std::function<void()>& typed,
                                  const std::function<void()>& by_hand) {
  std::vector<double> first;
  std::vector<double> second;
  for (int i = 0; i < rounds; ++i) {
    first.push_back(microseconds(typed));
    second.push_back(microseconds(by_hand));
  }
  return {median(std::move(first)), median(std::move(second))};
}

void report(const char* what, const std::pair<double, double>& times, const char* asked) {
  fmt::print("{:<58} {:>10.1f} us {:>10.1f} us by hand  {:>6.3f} x   asked {}\n", what, times.first, times.second,
             times.first / times.second, asked);
}

std::int64_t big_endian_64(const char* data) {
  std::uint64_t bits = 0;
  std::memcpy(&bits, data, sizeof bits);
  return static_cast<std::int64_t>(be64toh(bits));
}

std::int32_t big_endian_32(const char* data) {
  std::uint32_t bits = 0;
  std::memcpy(&bits, data, sizeof bits);
  return static_cast<std::int32_t>(ntohl(bits));
}

constexpr std::int64_t epoch = 946'684'800'000'000;  // 2000-01-01

// What a person writes over libpq.
std::vector<Item> read_by_hand(const PGresult* result) {
  const int rows = PQntuples(result);
  std::vector<Item> out;
  out.reserve(static_cast<std::size_t>(rows));
  for (int row = 0; row < rows; ++row) {
    Item& one = out.emplace_back();
    one.id = big_endian_64(PQgetvalue(result, row, 0));
    one.number = big_endian_32(PQgetvalue(result, row, 1));
    one.name.assign(PQgetvalue(result, row, 2), static_cast<std::size_t>(PQgetlength(result, row, 2)));
    one.at = TimestampTz{std::chrono::microseconds{big_endian_64(PQgetvalue(result, row, 3)) + epoch}};
  }
  return out;
}

void fetch_all(Database& db, PGconn* connection) {
  const auto query = from<Item>();
  report("100,000 rows of (int8, int4, text, timestamptz)",
         compare(
             31,
             [&] {
               if (query.fetch(db).size() != 100'000) std::abort();
             },
             [&] {
               PGresult* result = PQexecParams(connection, "SELECT id, number, name, at FROM item", 0, nullptr, nullptr,
                                               nullptr, nullptr, 1);
               if (read_by_hand(result).size() != 100'000) std::abort();
               PQclear(result);
             }),
         "1.1");
}

// Over one connection for both: where its server process runs decides more than anything else.
std::pair<double, double> fetch_one(const std::string& url) {
  Database db(url);
  auto* const connection = static_cast<PGconn*>(db.raw());
  const auto by_id = prepare<std::int64_t>(from<Item>().where(col(&Item::id) == param<std::int64_t>(1)));
  const Oid types[] = {20};
  PQclear(PQprepare(connection, "one", "SELECT id, number, name, at FROM item WHERE id = $1", 1, types));
  std::int64_t id = 0;
  return compare(
      10'000,
      [&] {
        if (by_id.fetch(db, ++id % 100'000 + 1).size() != 1) std::abort();
      },
      [&] {
        const std::uint64_t key = htobe64(static_cast<std::uint64_t>(++id % 100'000 + 1));
        const char* values[] = {reinterpret_cast<const char*>(&key)};
        const int lengths[] = {sizeof key};
        const int formats[] = {1};
        PGresult* result = PQexecPrepared(connection, "one", 1, values, lengths, formats, 1);
        if (read_by_hand(result).size() != 1) std::abort();
        PQclear(result);
      });
}

void put_64(std::string& out, std::int64_t value) {
  const std::uint64_t bits = htobe64(static_cast<std::uint64_t>(value));
  out.append(reinterpret_cast<const char*>(&bits), sizeof bits);
}
void put_32(std::string& out, std::int32_t value) {
  const std::uint32_t bits = htonl(static_cast<std::uint32_t>(value));
  out.append(reinterpret_cast<const char*>(&bits), sizeof bits);
}
void put_16(std::string& out, std::int16_t value) {
  const std::uint16_t bits = htons(static_cast<std::uint16_t>(value));
  out.append(reinterpret_cast<const char*>(&bits), sizeof bits);
}

void copy_by_hand(PGconn* connection, const std::vector<Item>& items) {
  PQclear(PQexec(connection, "COPY copied (id, number, name, at) FROM STDIN (FORMAT binary)"));
  std::string buffer("PGCOPY\n\377\r\n\0\0\0\0\0\0\0\0\0", 19);
  for (const Item& one : items) {
    put_16(buffer, 4);
    put_32(buffer, 8);
    put_64(buffer, one.id);
    put_32(buffer, 4);
    put_32(buffer, one.number);
    put_32(buffer, static_cast<std::int32_t>(one.name.size()));
    buffer += one.name;
    put_32(buffer, 8);
    put_64(buffer, one.at.time_since_epoch().count() - epoch);
    if (buffer.size() > 65'536) {
      PQputCopyData(connection, buffer.data(), static_cast<int>(buffer.size()));
      buffer.clear();
    }
  }
  put_16(buffer, -1);
  PQputCopyData(connection, buffer.data(), static_cast<int>(buffer.size()));
  PQputCopyEnd(connection, nullptr);
  while (PGresult* result = PQgetResult(connection)) PQclear(result);
}

struct Copied : Item {
  static constexpr auto table = "copied";
};
BOOST_DESCRIBE_STRUCT(Copied, (Item), ())

void copy(Database& db, PGconn* connection) {
  const std::vector<Item> items = from<Item>().fetch(db);
  std::vector<Copied> copies(items.size());
  for (std::size_t i = 0; i < items.size(); ++i) static_cast<Item&>(copies[i]) = items[i];
  const auto empty = [&] { PQclear(PQexec(connection, "TRUNCATE copied")); };
  std::vector<double> typed;
  std::vector<double> by_hand;
  for (int i = 0; i < 15; ++i) {
    empty();
    typed.push_back(microseconds([&] { db.insert_all(copies); }));
    empty();
    by_hand.push_back(microseconds([&] { copy_by_hand(connection, items); }));
  }
  report("COPY of 100,000 rows", {median(std::move(typed)), median(std::move(by_hand))}, "1.2");
}

void build_and_print() {
  std::vector<double> times;
  std::size_t bytes = 0;
  for (int i = 0; i < 20'000; ++i) {
    times.push_back(microseconds([&] {
      const auto query = from<Item>()
                             .where(col(&Item::id) > i && col(&Item::number) <= 7 && col(&Item::name) == "some name" &&
                                    col(&Item::at).is_not_null() && col(&Item::number).in({1, 2, 3}))
                             .order_by(col(&Item::id).desc())
                             .limit(10);
      bytes += query.statement().sql.size();
    }));
  }
  fmt::print("{:<58} {:>10.2f} us {:>43}\n", "a query of five conditions, built and printed", median(std::move(times)),
             "asked 5 us");
  if (bytes == 0) std::abort();
}

}  // namespace

int main() {
  char name[] = "/tmp/pgvista-bench-XXXXXX";
  const std::filesystem::path folder = mkdtemp(name);
  chmod(name, 0755);
  const local::Server server(folder);
  server.start();
  {
    Database db(server.url());
    auto* const connection = static_cast<PGconn*>(db.raw());
    db.execute(Registry().add<Item, Copied>().create_tables());
    db.execute(
        "INSERT INTO item SELECT i, i % 1000, 'item number ' || i, timestamptz '2026-01-01' + i * interval '1 second' "
        "FROM generate_series(1, 100000) AS i; ANALYZE item");
    build_and_print();
    fetch_all(db, connection);
    for (int i = 0; i < 5; ++i) report("one row by its primary key, prepared", fetch_one(server.url()), "1.05");
    copy(db, connection);
  }
  server.destroy();
  std::filesystem::remove_all(folder);
}
