#include <fmt/format.h>
#include <signal.h>
#include <unistd.h>

#include "base/suggest.hpp"
#include "cli/session.hpp"
#include "local/server.hpp"

namespace pgvista::cli {

namespace json = boost::json;

namespace {

const std::vector<std::string> verbs = {"start", "stop", "status", "url", "psql", "destroy"};

ExitCode status(Session& session, const local::Server& server) {
  const bool running = server.running();
  if (session.json()) {
    session.print_json(json::object{{"exists", server.exists()},
                                    {"running", running},
                                    {"url", server.url()},
                                    {"folder", server.folder().string()}});
  } else {
    session.print(fmt::format("{}\n", running ? "running" : server.exists() ? "stopped" : "not created"));
  }
  return ExitCode::done;
}

ExitCode psql(const local::Server& server, const std::vector<std::string>& words) {
  server.start();
  const std::string program = (local::find_postgresql() / "psql").string();
  const std::string url = server.url();
  sigset_t none;
  sigemptyset(&none);
  pthread_sigmask(SIG_SETMASK, &none, nullptr);
  std::vector<std::string> all{"psql", url};
  all.insert(all.end(), words.begin() + 1, words.end());
  std::vector<char*> arguments;
  for (std::string& one : all) arguments.push_back(one.data());
  arguments.push_back(nullptr);
  execv(program.c_str(), arguments.data());
  execvp("psql", arguments.data());
  Error error;
  error.code = "no_psql";
  error.message = "psql is not installed";
  error.hint = "apt-get install postgresql-client";
  throw Failure(std::move(error));
}

ExitCode run_local(Session& session) {
  const std::vector<std::string>& words = session.arguments().positionals;
  const std::string verb = words.empty() ? "status" : words.front();
  const local::Server server(session.settings().root);
  if (words.size() > 1 && verb != "psql")
    throw Failure(
        usage_error("usage", "pgvista local takes one word", "pgvista local start|stop|status|url|psql|destroy"));
  if (verb == "start") {
    server.start();
    session.say("the local server runs: " + server.url());
    return status(session, server);
  }
  if (verb == "stop") {
    server.stop();
    return status(session, server);
  }
  if (verb == "status") return status(session, server);
  if (verb == "url") {
    session.print(session.json() ? json::serialize(json::object{{"url", server.url()}}) + "\n" : server.url() + "\n");
    return ExitCode::done;
  }
  if (verb == "psql") return psql(server, words);
  if (verb == "destroy") {
    if (!session.confirmed(fmt::format("Destroy the local server and all its data in {}?", server.folder().string()))) {
      session.say("nothing was destroyed");
      return ExitCode::failed;
    }
    server.destroy();
    session.say("destroyed the local server and all its data");
    return status(session, server);
  }
  throw Failure(usage_error("usage", fmt::format("pgvista local knows no \"{}\"", verb), did_you_mean(verb, verbs)));
}

}  // namespace

Command local_command() {
  return {"local",
          "Control the private local PostgreSQL of this project",
          "start|stop|status|url|psql [-- ARGUMENTS]|destroy",
          {},
          run_local,
          verbs};
}

}  // namespace pgvista::cli
