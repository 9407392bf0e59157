#include "db/connection.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.hpp"
#include "db/interrupt.hpp"

namespace pgvista::db {

namespace {

constexpr int oldest_server = 140000;

std::string field(const PGresult* result, int code) {
  const char* value = PQresultErrorField(result, code);
  return value ? value : "";
}

// What the reader can do about an SQLSTATE, where that does not depend on the statement.
std::string general_hint(const std::string& state) {
  if (state == "55P03") return "Another session holds the lock. Try again, or raise lock_timeout in pgvista.toml.";
  if (state == "42501") return "Ask the owner for the privilege named above, or connect as a role that has it.";
  if (state == "53100") return "Free some space on the server's disk, then run the command again.";
  if (state == "25006")
    return "The server only reads (a standby, or default_transaction_read_only). Connect to the primary.";
  if (state == "57014")
    return "The statement took longer than its timeout, or was cancelled. Raise statement_timeout if it needs longer.";
  return {};
}

// The server does not say which privilege it misses: the statement's first words do.
const char* privilege_for(const std::string& sql) {
  const std::string_view text = trim(sql);
  const auto begins = [&](std::string_view word) { return lower(text.substr(0, word.size())) == word; };
  // Only what is about to keep a view locks tables, and only that fills tables of ours.
  if (begins("lock table")) return "SELECT, UPDATE, TRIGGER";
  if (begins("insert into pgvista.")) return "SELECT";
  if (begins("update")) return "SELECT, UPDATE";
  if (begins("create trigger") || begins("create or replace trigger") || begins("create constraint trigger"))
    return "TRIGGER";
  if (begins("insert")) return "INSERT";
  if (begins("delete")) return "SELECT, DELETE";
  if (begins("truncate")) return "TRUNCATE";
  return "SELECT";
}

// "permission denied for table x", "must be owner of view x": what the owner could grant.
std::string privilege_hint(const std::string& message, const std::string& sql, const std::string& user) {
  const std::string denied = "permission denied for ";
  const std::string owner = "must be owner of ";
  if (message.starts_with(owner)) {
    return fmt::format("You are \"{}\". Connect as its owner, or let its owner's role be granted to you.", user);
  }
  if (!message.starts_with(denied)) return {};
  const std::string object = message.substr(denied.size());
  const std::size_t space = object.find(' ');
  const std::string kind = object.substr(0, space);
  const std::string name = space == std::string::npos ? "" : object.substr(space + 1);
  if (kind == "schema")
    return fmt::format("Let its owner run: GRANT USAGE, CREATE ON SCHEMA {} TO \"{}\";", name, user);
  if (kind == "database")
    return fmt::format("Let its owner run: GRANT CREATE, TEMPORARY ON DATABASE {} TO \"{}\";", name, user);
  if (kind == "function") return fmt::format("Let its owner run: GRANT EXECUTE ON FUNCTION {} TO \"{}\";", name, user);
  return fmt::format("Let its owner run: GRANT {} ON {} TO \"{}\";", privilege_for(sql), name, user);
}

ExitCode exit_of(const std::string& state) {
  if (state == "55P03" || state == "40P01") return ExitCode::locked;
  if (state.starts_with("08") || state == "57P01" || state == "57P02" || state == "57P03") return ExitCode::unreachable;
  return ExitCode::failed;
}

const char* code_of(const std::string& state) {
  if (state == "55P03") return "lock_not_available";
  if (state == "40P01") return "deadlock_detected";
  if (state == "42501") return "insufficient_privilege";
  if (state == "57014") return "statement_timeout";
  if (state == "25006") return "read_only";
  if (state == "42P01") return "undefined_relation";
  if (state == "42703") return "undefined_column";
  if (state == "42883") return "undefined_function";
  if (state == "42601") return "syntax_error";
  if (state == "53100") return "disk_full";
  return "database_error";
}

}  // namespace

Error lost_connection(PGconn* connection) {
  Error error;
  error.code = "connection_lost";
  error.message = "the connection to the database was lost";
  error.detail = std::string(trim(PQerrorMessage(connection)));
  error.hint = "What was not committed is rolled back by the server. Run the command again.";
  error.exit = ExitCode::unreachable;
  return error;
}

std::optional<std::string> Rows::optional(int row, int column) const {
  if (null(row, column)) return std::nullopt;
  return text(row, column);
}

long long Rows::integer(int row, int column) const {
  const std::string_view cell = at(row, column);
  long long value = 0;
  std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return value;
}

double Rows::number(int row, int column) const {
  const std::string_view cell = at(row, column);
  double value = 0;
  std::from_chars(cell.data(), cell.data() + cell.size(), value);
  return value;
}

std::vector<std::string> Rows::array(int row, int column) const {
  std::vector<std::string> out;
  const std::string_view cell = at(row, column);
  if (cell.size() < 2) return out;
  std::string element;
  bool quoted = false;
  bool any = false;
  for (std::size_t i = 1; i < cell.size(); ++i) {
    const char c = cell[i];
    if (c == '\\' && i + 1 < cell.size()) {
      element += cell[++i];
    } else if (c == '"') {
      quoted = !quoted;
      any = true;
    } else if (!quoted && (c == ',' || c == '}')) {
      if (any || !element.empty()) out.push_back(element);
      element.clear();
      any = false;
    } else {
      element += c;
    }
  }
  return out;
}

long long Rows::affected() const {
  const std::string_view count = PQcmdTuples(result_.get());
  if (count.empty()) return -1;
  long long value = 0;
  std::from_chars(count.data(), count.data() + count.size(), value);
  return value;
}

std::string array_literal(const std::vector<std::string>& values) {
  std::string out = "{";
  for (std::size_t i = 0; i < values.size(); ++i) {
    if (i > 0) out += ',';
    out += '"' + replace_all(replace_all(values[i], "\\", "\\\\"), "\"", "\\\"") + '"';
  }
  return out + "}";
}

namespace {

std::string shown_target(PGconn* connection) {
  // What is no plain name may be a URL in the wrong place, with a password in it.
  const auto value = [](const char* text) {
    const std::string plain = text ? text : "";
    return plain.find("://") == std::string::npos && plain.find('@') == std::string::npos ? plain
                                                                                          : std::string("(hidden)");
  };
  const std::string host = value(PQhost(connection));
  std::string out = fmt::format("database \"{}\"", value(PQdb(connection)));
  if (!host.empty())
    out += host.starts_with('/') ? fmt::format(" at socket {}", host)
                                 : fmt::format(" at {}:{}", host, value(PQport(connection)));
  return out + fmt::format(" as \"{}\"", value(PQuser(connection)));
}

// libpq repeats a malformed connection string whole, password and all.
std::string without_secrets(std::string text, const std::string& url) {
  if (!url.empty()) text = replace_all(text, url, "(connection string hidden)");
  const auto scheme = url.find("://");
  const auto at = url.rfind('@');
  if (scheme != std::string::npos && at != std::string::npos && at > scheme) {
    const std::string credentials = url.substr(scheme + 3, at - scheme - 3);
    if (const auto colon = credentials.find(':'); colon != std::string::npos && colon + 1 < credentials.size()) {
      text = replace_all(text, credentials.substr(colon + 1), "…");
    }
  }
  return text;
}

}  // namespace

// Of other schemes (postgresql+psycopg2://, postgis://) libpq would make a database's name, password and all.
void check_scheme(const std::string& url) {
  const auto refuse = [] {
    Error error;
    error.code = "invalid_url";
    error.message = "the database's URL does not begin with postgresql:// or postgres://";
    error.hint = "Write it as libpq takes it: postgresql://user@host:port/database.";
    error.exit = ExitCode::unreachable;
    throw Failure(std::move(error));
  };
  // "user:secret@host/name" would be taken for a name, too.
  if (url.find('=') == std::string::npos && url.find("://") == std::string::npos && url.find('@') != std::string::npos)
    refuse();
  const std::size_t mark = url.find("://");
  if (mark == std::string::npos || url.starts_with("postgresql://") || url.starts_with("postgres://") ||
      url.find('=') < mark)
    return;
  refuse();
}

// They come first where the URL does not say: expand_dbname lets the URL win. A peer that is gone without a word is
// known within a minute.
ConnectWords::ConnectWords(const char* url, const char* application)
    : keywords{"connect_timeout",           "client_encoding",  "keepalives_idle",
               "keepalives_interval",       "keepalives_count", "tcp_user_timeout",
               "fallback_application_name", "dbname",           nullptr},
      values{"10", "UTF8", "30", "10", "3", "30000", application, url, nullptr} {}

Error connection_failure(PGconn* connection, const std::string& url) {
  Error error;
  error.code = "connection_failed";
  error.message = "cannot connect to " + shown_target(connection);
  error.detail = without_secrets(std::string(trim(PQerrorMessage(connection))), url);
  error.hint =
      "Check --database, PGVISTA_DATABASE_URL, DATABASE_URL or [database] url in pgvista.toml, and that the server "
      "runs.";
  error.exit = ExitCode::unreachable;
  return error;
}

Connection::Connection(const std::string& url, const std::string& application)
    : connection_(nullptr, PQfinish), url_(url) {
  check_scheme(url);
  patience_.url = url;
  const ConnectWords words(url.c_str(), application.c_str());
  connection_.reset(PQconnectdbParams(words.keywords.data(), words.values.data(), 1));
  if (PQstatus(connection_.get()) != CONNECTION_OK) throw Failure(connection_failure(connection_.get(), url));
  if (server_version() < oldest_server) {
    Error error;
    error.code = "server_too_old";
    error.message = fmt::format("PostgreSQL {} is not supported", server_version() / 10000);
    error.hint = "pgvista needs PostgreSQL 14 or later.";
    error.exit = ExitCode::unreachable;
    throw Failure(std::move(error));
  }
  PQsetNoticeProcessor(
      connection_.get(),
      [](void* self, const char* message) {
        const auto& handler = static_cast<Connection*>(self)->notice_;
        if (handler) handler(trim(message));
      },
      this);
}

Connection::~Connection() = default;

std::string Connection::description() const { return shown_target(connection_.get()); }

Rows Connection::checked(PGresult* result, const std::string& sql) { return Rows(check(result, sql)); }

namespace {

bool succeeded(const PGresult* result) {
  const ExecStatusType status = PQresultStatus(result);
  return status == PGRES_TUPLES_OK || status == PGRES_COMMAND_OK || status == PGRES_EMPTY_QUERY ||
         status == PGRES_SINGLE_TUPLE;
}

}  // namespace

PGresult* Connection::check(PGresult* result, const std::string& sql) {
  if (succeeded(result)) return result;
  const Rows owned(result);
  check_interrupt();
  throw_failure(connection_.get(), result, sql);
}

PGresult* checked_result(PGconn* connection, PGresult* result, const std::string& sql) {
  if (succeeded(result)) return result;
  const Rows owned(result);
  throw_failure(connection, result, sql);
}

namespace {

// Ends a COPY that nobody feeds or reads.
[[noreturn]] void refuse_copy(PGconn* connection) {
  PQputCopyEnd(connection, "this program does not feed the COPY");
  for (char* line = nullptr; PQgetCopyData(connection, &line, 0) > 0;) PQfreemem(line);
  while (PGresult* rest = PQgetResult(connection)) PQclear(rest);
  throw Failure(usage_error("copy_statement", "COPY … FROM STDIN and TO STDOUT are not run as statements",
                            "insert_all() copies rows in, each() streams them out."));
}

}  // namespace

void throw_failure(PGconn* connection, const PGresult* result, const std::string& sql) {
  const ExecStatusType status = PQresultStatus(result);
  if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT) refuse_copy(connection);
  const std::string state = field(result, PG_DIAG_SQLSTATE);
  if (state.empty() || PQstatus(connection) != CONNECTION_OK) throw QueryFailure(lost_connection(connection), {});
  Error error;
  error.code = code_of(state);
  error.message = field(result, PG_DIAG_MESSAGE_PRIMARY);
  error.detail = field(result, PG_DIAG_MESSAGE_DETAIL);
  error.hint = field(result, PG_DIAG_MESSAGE_HINT);
  if (error.hint.empty() && state == "42501") error.hint = privilege_hint(error.message, sql, PQuser(connection));
  if (error.hint.empty()) error.hint = general_hint(state);
  error.sqlstate = state;
  error.exit = exit_of(state);
  std::optional<std::size_t> position;
  if (const std::string at = field(result, PG_DIAG_STATEMENT_POSITION); !at.empty()) {
    position = offset_of_character(sql, static_cast<std::size_t>(std::stoul(at)) - 1);
  }
  throw QueryFailure(std::move(error), position);
}

void Connection::limit(const std::string& lock_timeout, const std::string& statement_timeout) {
  if (!client_settings_) {
    client_settings_ = query(
                           "SELECT coalesce(pg_catalog.array_agg(name), '{}') FROM pg_catalog.pg_settings "
                           "WHERE name IN ('lock_timeout', 'statement_timeout') AND source = 'client'")
                           .array(0, 0);
  }
  const auto set = [&](const std::string& name, const std::string& value) {
    const bool held = std::find(client_settings_->begin(), client_settings_->end(), name) != client_settings_->end();
    if (!held && !value.empty()) query("SELECT pg_catalog.set_config($1, $2, true)", {name, value});
  };
  set("lock_timeout", lock_timeout);
  set("statement_timeout", statement_timeout);
}

Rows Connection::query(const std::string& sql, const Parameters& parameters) {
  check_interrupt();
  const Cancellable cancellable(connection_.get());
  std::vector<const char*> values;
  for (const auto& parameter : parameters) values.push_back(parameter ? parameter->c_str() : nullptr);
  ++round_trips_;
  return checked(answer(PQsendQueryParams(connection_.get(), sql.c_str(), static_cast<int>(values.size()), nullptr,
                                          values.data(), nullptr, nullptr, 0) != 0),
                 sql);
}

Rows Connection::execute(const std::string& sql) {
  check_interrupt();
  const Cancellable cancellable(connection_.get());
  ++round_trips_;
  return checked(answer(PQsendQuery(connection_.get(), sql.c_str()) != 0), sql);
}

// The last result, as PQexec() has it; of a COPY the one that begins it.
PGresult* Connection::answer(bool sent) {
  std::unique_ptr<PGresult, decltype(&PQclear)> last(nullptr, PQclear);
  while (sent) {
    await_answer(connection_.get(), patience_);
    PGresult* const next = PQgetResult(connection_.get());
    if (!next) break;
    last.reset(next);
    const ExecStatusType status = PQresultStatus(next);
    if (status == PGRES_COPY_IN || status == PGRES_COPY_OUT || lost()) break;
  }
  if (!last) throw QueryFailure(lost_connection(connection_.get()), {});
  return last.release();
}

void Connection::try_execute(const std::string& sql, const Parameters& parameters) noexcept {
  constexpr std::chrono::seconds not_long{10};
  const Uninterrupted uninterrupted;
  const Patience before = std::exchange(patience_, Patience{not_long, patience_.url});
  try {
    query(sql, parameters);
  } catch (const std::exception&) {
    // There is nobody to tell.
  }
  patience_ = before;
}

void Connection::execute_batch(const std::vector<std::string>& statements, std::size_t& failed) {
  check_interrupt();
  const Cancellable cancellable(connection_.get());
  ++round_trips_;
  const std::string all = join(statements, ";\n");
  failed = 0;
  if (!PQsendQuery(connection_.get(), all.c_str())) throw QueryFailure(lost_connection(connection_.get()), {});
  PGresult* bad = nullptr;
  for (;;) {
    await_answer(connection_.get(), patience_);
    PGresult* const result = PQgetResult(connection_.get());
    if (!result) break;
    const bool good = PQresultStatus(result) == PGRES_COMMAND_OK || PQresultStatus(result) == PGRES_TUPLES_OK;
    if (good && !bad) ++failed;
    if (good || bad) {
      PQclear(result);
    } else {
      bad = result;
    }
  }
  if (bad) checked(bad, all);
}

// A pooler makes up the number by which a client may cancel its statements; a server gives its process's own.
bool Connection::pooled() {
  if (!pooled_) pooled_ = query("SELECT pg_catalog.pg_backend_pid()").integer(0, 0) != PQbackendPID(connection_.get());
  return *pooled_;
}

Rows Connection::describe(const std::string& sql) {
  checked(answer(PQsendPrepare(connection_.get(), "", sql.c_str(), 0, nullptr) != 0), sql);
  round_trips_ += 2;
  return checked(answer(PQsendDescribePrepared(connection_.get(), "") != 0), sql);
}

Transaction::Transaction(Connection& connection, const std::string& mode)
    : connection_(connection), nested_(connection.in_transaction()) {
  const std::string begin = nested_ ? "SAVEPOINT pgvista_nested" : mode.empty() ? "BEGIN" : "BEGIN " + mode;
  connection_.execute(nested_ || connection_.prelude().empty() ? begin : begin + ";" + connection_.prelude());
}

Transaction::~Transaction() {
  if (!open_ || connection_.lost()) return;
  if (nested_) {
    connection_.try_execute("ROLLBACK TO SAVEPOINT pgvista_nested");
    connection_.try_execute("RELEASE SAVEPOINT pgvista_nested");
  } else {
    connection_.try_execute("ROLLBACK");
  }
}

void Transaction::commit() {
  connection_.execute(nested_ ? "RELEASE SAVEPOINT pgvista_nested" : "COMMIT");
  open_ = false;
}

}  // namespace pgvista::db
