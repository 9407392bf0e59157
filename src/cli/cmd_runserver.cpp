#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "admin/admin.hpp"
#include "base/duration.hpp"
#include "catalog/api.hpp"
#include "cli/own_paths.hpp"
#include "cli/session.hpp"
#include "db/interrupt.hpp"
#include "server/server.hpp"

namespace pgvista::cli {

namespace asio = boost::asio;

namespace {

int port_given(Session& session, const std::string& option, int otherwise) {
  const std::string given = session.arguments().value(option);
  if (given.empty()) return otherwise;
  int out = -1;
  const auto [end, error] = std::from_chars(given.data(), given.data() + given.size(), out);
  if (error != std::errc{} || end != given.data() + given.size() || out < 0 || out > 65535)
    throw Failure(usage_error("usage", fmt::format("{} takes a number from 0 to 65535", option)));
  return out;
}

bool loopback(const std::string& host) { return host == "localhost" || host == "::1" || host.starts_with("127."); }

// Whoever reaches an open handler may do what the connection's role may: not for a network.
void check_host(const project::ServerSettings& settings) {
  if (!settings.anonymous_role.empty() || !settings.jwt.key.empty() || loopback(settings.host)) return;
  throw Failure(usage_error("invalid_settings",
                            fmt::format("at {} everybody could do what the connection's role may", settings.host),
                            "Set anonymous_role or [server.jwt] in pgvista.toml, or serve at 127.0.0.1."));
}

admin::CommandResult run_for_admin(const Session& session, const admin::CommandCall& call, const std::string& url) {
  Arguments arguments;
  arguments.flags.insert(call.flags.begin(), call.flags.end());
  arguments.flags.insert({"--json", "--quiet", "--yes"});
  arguments.values["--database"] = url;
  if (const std::string project = session.arguments().value("--project"); !project.empty())
    arguments.values["--project"] = project;
  arguments.positionals = call.views;
  const Captured captured = run_captured(call.name, arguments, session.program());
  return {static_cast<int>(captured.exit), captured.out, captured.messages, captured.errors};
}

project::ServerSettings given_settings(Session& session) {
  project::ServerSettings out = session.has_project() ? session.settings().server : project::ServerSettings{};
  if (const std::string host = session.arguments().value("--host"); !host.empty()) out.host = host;
  out.port = port_given(session, "--port", out.port);
  out.metrics_port = port_given(session, "--metrics-port", out.metrics_port);
  if (const std::string log = session.arguments().value("--access-log"); !log.empty()) out.access_log = log;
  check_host(out);
  return out;
}

void check_role(Session& session, const std::string& anonymous) {
  if (anonymous.empty() || session.connection()
                               .query("SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1)", {anonymous})
                               .boolean(0, 0))
    return;
  throw Failure(usage_error("invalid_settings",
                            fmt::format("anonymous_role: the database has no role \"{}\"", anonymous),
                            fmt::format("CREATE ROLE {} NOLOGIN;", sql::quote_identifier(anonymous))));
}

// How old what each view shows may be; read again as the files change.
std::map<std::string, double> max_staleness(const std::filesystem::path& root, const std::string& schema,
                                            const std::vector<model::ViewFile>& views) {
  std::map<std::string, double> out;
  const project::Definitions read = project::read_definitions(root, schema, views);
  if (!read.errors.empty()) throw Failure(read.errors);
  for (const schema::ViewDefinition& view : read.views) {
    if (const auto longest = duration_ms(view.max_staleness); longest && !view.max_staleness.empty())
      out[view.name.sql()] = *longest;
  }
  return out;
}

// What is wrong fails now, with a reason, and not at the first request.
server::ServerOptions server_options(Session& session) {
  server::ServerOptions out;
  out.settings = given_settings(session);
  out.url = session.url();
  out.schemas = out.settings.schemas;
  if (out.schemas.empty())
    out.schemas = {session.has_project()
                       ? session.default_schema()
                       : session.connection().query("SELECT coalesce(current_schema(), 'public')").text(0, 0)};
  catalog::read_api(session.connection(), out.schemas);
  check_role(session, out.settings.anonymous_role);
  out.say = [&session](const std::string& text) { session.say(text); };
  if (session.has_project()) {
    session.views();  // an error of theirs is told now
    out.max_staleness = [root = session.settings().root, schema = session.default_schema(),
                         views = session.program().views] { return max_staleness(root, schema, views); };
  }
  // What the program says, unless the project's file says otherwise.
  for (const auto& [prefix, target] : session.program().paths) out.settings.paths.try_emplace(prefix, target);
  return out;
}

admin::AdminOptions admin_options(Session& session, const server::ServerOptions& options) {
  const bool open = options.settings.anonymous_role.empty() && options.settings.jwt.key.empty();
  return {
      options.url, open, loopback(options.settings.host),
      [&session](const admin::CommandCall& call, const std::string& url) { return run_for_admin(session, call, url); }};
}

void tell_address(Session& session, const server::Server& server, const project::ServerSettings& settings) {
  const std::string& host = settings.host;
  const std::string address = fmt::format("{}://{}:{}", server.tls() ? "https" : "http",
                                          host.find(':') != std::string::npos ? "[" + host + "]" : host, server.port());
  if (session.json()) {
    session.print_json({{"url", address}, {"port", server.port()}, {"metrics_port", server.metrics_port()}});
  } else {
    session.print(fmt::format("serving at {0}: API {0}/rest/v1/{1}\n", address,
                              settings.admin ? ", admin page " + address + "/admin/" : ""));
  }
  if (settings.anonymous_role.empty() && settings.jwt.key.empty())
    session.say(
        "everybody on this machine may do what the connection's role may: set anonymous_role or [server.jwt] in "
        "pgvista.toml");
}

ExitCode run_runserver(Session& session) {
  server::ServerOptions options = server_options(session);
  const project::ServerSettings settings = options.settings;
  auto own = std::make_unique<OwnPaths>(session.program().own_paths, options.url);
  std::unique_ptr<admin::Admin> admin;
  const admin::AdminOptions page = settings.admin ? admin_options(session, options) : admin::AdminOptions{};
  options.handlers = [&own, &admin, page, with_admin = settings.admin](asio::io_context& loop, server::Shared& shared) {
    std::vector<std::unique_ptr<server::RouteHandler>> out;
    if (with_admin && !admin) admin = std::make_unique<admin::Admin>(page, shared);
    if (admin) out.push_back(admin->handler(loop));
    out.push_back(own->handler(loop));
    return out;
  };
  server::Server server(std::move(options));
  tell_address(session, server, settings);
  server.run([] { return db::interrupted(); });
  own.reset();
  admin.reset();  // their threads answer to the server's loops
  session.say("stopped");
  return db::interrupt_signal() == SIGINT ? ExitCode::interrupted : ExitCode::done;
}

}  // namespace

Command runserver_command() {
  return {"runserver",
          "Serve the API and the admin page",
          "",
          {{"--host", "ADDRESS", "where to serve (default: 127.0.0.1)"},
           {"--port", "N", "at which port (default: 8000; 0: any free one)"},
           {"--metrics-port", "N", "where /metrics, /live and /ready are (default: nowhere)"},
           {"--access-log", "FILE", "a line a request; \"-\" is stderr"}},
          run_runserver};
}

}  // namespace pgvista::cli
