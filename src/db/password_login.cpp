#include "db/password_login.hpp"

#include <fmt/format.h>
#include <pwd.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <memory>

#include "base/text.hpp"

namespace pgvista::db {

namespace {

using Options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>;

constexpr std::array kept = {"host",
                             "hostaddr",
                             "port",
                             "options",
                             "dbname",
                             "sslmode",
                             "sslrootcert",
                             "sslcrl",
                             "sslcrldir",
                             "sslnegotiation",
                             "sslsni",
                             "channel_binding",
                             "ssl_min_protocol_version",
                             "requirepeer",
                             "keepalives",
                             "keepalives_idle",
                             "tcp_user_timeout",
                             "keepalives_interval",
                             "keepalives_count",
                             "target_session_attrs",
                             "ssl_max_protocol_version",
                             "load_balance_hosts"};

// A file below a device can never be there: libpq then has none, and does not look at its usual place.
constexpr const char* no_file = "/dev/null/none";

// What proves an identity, each set to nothing. Those that this libpq does not know are left out.
constexpr std::array<std::pair<const char*, const char*>, 9> nothing = {
    {{"passfile", "/dev/null"},
     {"sslcert", no_file},
     {"sslkey", no_file},
     {"sslcertmode", "disable"},
     {"gssencmode", "disable"},
     {"gssdelegation", "0"},
     {"require_auth", "password,md5,scram-sha-256,none"},
     {"connect_timeout", "5"},
     {"client_encoding", "UTF8"}}};

// Proofs that only a service file could still have brought in, since a value of it cannot be set to nothing.
constexpr std::array borrowed = {"scram_client_key", "scram_server_key", "oauth_client_secret"};

bool known(const char* keyword) {
  static const Options all(PQconndefaults(), PQconninfoFree);
  for (const PQconninfoOption* one = all.get(); one && one->keyword; ++one) {
    if (std::string_view(one->keyword) == keyword) return true;
  }
  return false;
}

std::string word(const std::string& name, const std::string& value) {
  return fmt::format("{}='{}' ", name, replace_all(replace_all(value, "\\", "\\\\"), "'", "\\'"));
}

// Does a line of pg_hba.conf, as far as this role may read them, tell who somebody is by other means than a password?
// Before PostgreSQL 16 a session cannot ask how it was let in.
bool tells_by_other_means(Connection& connection) {
  try {
    return connection
        .query(
            "SELECT EXISTS (SELECT FROM pg_catalog.pg_hba_file_rules WHERE auth_method IN ('peer', 'ident', 'gss', "
            "'sspi', 'cert'))")
        .boolean(0, 0);
  } catch (const QueryFailure&) {
    return false;
  }
}

// peer takes the user of the operating system for the role of the same name.
bool is_own_user(const char* role) {
  const struct passwd* own = getpwuid(geteuid());
  return own && role && std::string_view(own->pw_name) == role;
}

// A role that does not exist gets further than the door only where the door is open to everybody.
bool takes_anybody(const Place& place) {
  const std::string nobody = "pgvista_nobody_of_this_name";
  try {
    const Connection wrong(url_for(place, nobody, nobody), "pgvista admin");
    return true;
  } catch (const Failure& failure) {
    return failure.error().detail.find(fmt::format("role \"{}\" does not exist", nobody)) != std::string::npos;
  }
}

bool over_unix_socket(PGconn* connection) {
  const char* host = PQhost(connection);
  return !host || !*host || *host == '/' || *host == '@';
}

}  // namespace

Place place_of(Connection& connection) {
  Place out;
  const Options all(PQconninfo(connection.raw()), PQconninfoFree);
  for (const PQconninfoOption* one = all.get(); one && one->keyword; ++one) {
    const bool place = std::find(kept.begin(), kept.end(), std::string_view(one->keyword)) != kept.end();
    if (place && one->val && *one->val) out.words.emplace_back(one->keyword, one->val);
  }
  return out;
}

std::string url_for(const Place& place, const std::string& role, const std::string& password) {
  const auto unusable = [](const std::string& text) { return text.empty() || text.find('\0') != std::string::npos; };
  if (unusable(role) || unusable(password)) {
    throw Failure(
        usage_error("empty_password", "a role and its password are needed", "Type both; neither may be empty."));
  }
  std::string out;
  for (const auto& [name, value] : place.words) out += word(name, value);
  for (const auto& [name, value] : nothing) {
    if (known(name)) out += word(name, value);
  }
  return out + word("user", role) + word("password", password);
}

Proof proof_of(Connection& connection, const Place& place) {
  const Options all(PQconninfo(connection.raw()), PQconninfoFree);
  for (const PQconninfoOption* one = all.get(); one && one->keyword; ++one) {
    const bool foreign = std::find(borrowed.begin(), borrowed.end(), std::string_view(one->keyword)) != borrowed.end();
    if (foreign && one->val && *one->val) return Proof::other;
  }
  if (PQconnectionUsedPassword(connection.raw()) != 0) return Proof::password;
  if (connection.server_major() >= 16) {
    return connection.query("SELECT system_user IS NULL").boolean(0, 0) ? Proof::nobody : Proof::other;
  }
  if (!over_unix_socket(connection.raw())) return Proof::nobody;
  const bool by_name = is_own_user(PQuser(connection.raw())) || tells_by_other_means(connection);
  return !by_name && takes_anybody(place) ? Proof::nobody : Proof::other;
}

}  // namespace pgvista::db
