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

// Whoever reaches an open door may do what the connection's role may: not for a network.
void check_door(const project::ServerSettings& settings) {
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

ExitCode run_runserver(Session& session) {
  server::ServerOptions options;
  options.settings = session.has_project() ? session.settings().server : project::ServerSettings{};
  if (const std::string host = session.arguments().value("--host"); !host.empty()) options.settings.host = host;
  options.settings.port = port_given(session, "--port", options.settings.port);
  options.settings.metrics_port = port_given(session, "--metrics-port", options.settings.metrics_port);
  if (const std::string log = session.arguments().value("--access-log"); !log.empty())
    options.settings.access_log = log;
  check_door(options.settings);
  options.url = session.url();
  // Fails now, with a reason, and not at the first request.
  options.schemas = options.settings.schemas;
  if (options.schemas.empty())
    options.schemas = {session.has_project()
                           ? session.default_schema()
                           : session.connection().query("SELECT coalesce(current_schema(), 'public')").text(0, 0)};
  catalog::read_api(session.connection(), options.schemas);
  const std::string& anonymous = options.settings.anonymous_role;
  if (!anonymous.empty() &&
      !session.connection()
           .query("SELECT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = $1)", {anonymous})
           .boolean(0, 0)) {
    throw Failure(usage_error("invalid_settings",
                              fmt::format("anonymous_role: the database has no role \"{}\"", anonymous),
                              fmt::format("CREATE ROLE {} NOLOGIN;", sql::quote_identifier(anonymous))));
  }
  options.say = [&session](const std::string& text) { session.say(text); };
  if (session.has_project()) {
    session.views();  // an error of theirs is told now
    options.max_staleness = [root = session.settings().root, schema = session.default_schema(),
                             views = session.program().views] {
      std::map<std::string, double> out;
      const project::Definitions read = project::read_definitions(root, schema, views);
      if (!read.errors.empty()) throw Failure(read.errors);
      for (const schema::ViewDefinition& view : read.views) {
        if (const auto longest = duration_ms(view.max_staleness); longest && !view.max_staleness.empty())
          out[view.name.sql()] = *longest;
      }
      return out;
    };
  }
  // What the program says, unless the project's file says otherwise.
  for (const auto& [prefix, target] : session.program().paths) options.settings.paths.try_emplace(prefix, target);
  auto own = std::make_unique<OwnPaths>(session.program().own_paths, options.url);
  std::unique_ptr<admin::Admin> admin;
  admin::AdminOptions page;
  if (options.settings.admin) {
    const bool open = options.settings.anonymous_role.empty() && options.settings.jwt.key.empty();
    page = admin::AdminOptions{options.url, open, loopback(options.settings.host),
                               [&session](const admin::CommandCall& call, const std::string& url) {
                                 return run_for_admin(session, call, url);
                               }};
  }
  const bool with_admin = options.settings.admin;
  options.doors = [&own, &admin, page, with_admin](asio::io_context& loop, server::Shared& shared) {
    std::vector<std::unique_ptr<server::SideDoor>> out;
    if (with_admin && !admin) admin = std::make_unique<admin::Admin>(page, shared);
    if (admin) out.push_back(admin->door(loop));
    out.push_back(own->door(loop));
    return out;
  };
  server::Server server(std::move(options));
  const project::ServerSettings settings =
      session.has_project() ? session.settings().server : project::ServerSettings{};
  const std::string host = session.arguments().value("--host", settings.host);
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
