#include "watch/lease.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <random>

namespace pgvista::watch {

namespace {

std::string own_name() {
  std::array<char, 256> host{};
  gethostname(host.data(), host.size() - 1);
  return fmt::format("{}:{}:{:04x}", host.data(), getpid(), std::random_device{}() & 0xffff);
}

}  // namespace

Lease::Lease(int lasts) : holder_(own_name()), lasts_(fmt::format("{} ms", lasts)) {}

bool Lease::hold(db::Connection& connection) {
  const db::Rows rows = connection.query(
      "INSERT INTO pgvista.lease AS l (one, term, holder, beat_at, lasts, taken_at) VALUES (true, 1, $1, "
      "clock_timestamp(), $2::interval, clock_timestamp()) "
      "ON CONFLICT (one) DO UPDATE SET term = l.term + (l.holder <> excluded.holder)::int, taken_at = CASE WHEN "
      "l.holder = excluded.holder THEN l.taken_at ELSE excluded.taken_at END, "
      "holder = excluded.holder, beat_at = excluded.beat_at, lasts = excluded.lasts WHERE l.holder = excluded.holder "
      "OR l.beat_at + l.lasts < excluded.beat_at RETURNING term",
      {holder_, lasts_});
  if (rows.size() == 0) return false;
  term_ = rows.integer(0, 0);
  return true;
}

void Lease::release(db::Connection& connection) {
  connection.query("UPDATE pgvista.lease SET beat_at = '-infinity' WHERE holder = $1", {holder_});
}

}  // namespace pgvista::watch
