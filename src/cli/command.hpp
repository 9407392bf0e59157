#pragma once
// Commands as data: one table serves parsing, help, suggestions and completions.

#include <functional>
#include <map>
#include <set>
#include <string>
#include <vector>

#include <pgvista/error.hpp>

#include "project/definitions.hpp"

namespace pgvista::cli {

struct Option {
  std::string name;        // "--jobs"
  std::string value_name;  // "" for a flag
  std::string help;
  bool many = false;  // may be given several times
};

/// What was given on the command line.
struct Arguments {
  std::set<std::string> flags;
  std::map<std::string, std::string> values;
  std::map<std::string, std::vector<std::string>> lists;  // of options that may be given several times
  std::vector<std::string> positionals;

  bool has(const std::string& flag) const { return flags.contains(flag); }
  std::vector<std::string> all(const std::string& name) const {
    const auto found = lists.find(name);
    return found == lists.end() ? std::vector<std::string>{} : found->second;
  }
  std::string value(const std::string& name, const std::string& otherwise = {}) const {
    const auto found = values.find(name);
    return found == values.end() ? otherwise : found->second;
  }
};

class Session;

/// What a command makes of a schema pgvista that an older pgvista made.
enum class OlderSchema {
  told,     // it works, and says what to run
  refused,  // it needs what is not there
  upgraded
};  // it brings it up

struct Command {
  std::string name;
  std::string summary;
  std::string positional;  // "[VIEW…]", or "" for none
  std::vector<Option> options;
  std::function<ExitCode(Session&)> run;
  std::vector<std::string> words = {};  // fixed values of the first positional, for completions
  OlderSchema older_schema = OlderSchema::told;
};

/// In the order of the help.
const std::vector<Command>& commands();

/// Options that every command takes.
const std::vector<Option>& common_options();

// cmd_*.cpp, one a file
Command init_command();
Command check_command();
Command plan_command();
Command sync_command();
Command refresh_command();
Command status_command();
Command explain_command();
Command verify_command();
Command clear_command();
Command makemigrations_command();
Command migrate_command();
Command showmigrations_command();
Command sqlmigrate_command();
Command squashmigrations_command();
Command inspectdb_command();
Command watch_command();
Command wait_command();
Command pause_command();
Command resume_command();
Command runserver_command();
Command bench_requests_command();
Command local_command();
Command demo_command();
Command completion_command();

/// What a command came to that was run on behalf of another one.
struct Captured {
  ExitCode exit = ExitCode::done;
  std::string out;       // stdout: with --json, one document
  std::string messages;  // what it said on the way
  std::vector<Error> errors;
};

/// A command as run() runs it, its output kept. Its arguments come apart, so that none of them is read as another. Any
/// thread.
Captured run_captured(const std::string& command, const Arguments& arguments, const model::Program& program);

/// The whole program: parses, runs, reports. `program`: what it brings along beside the files. Returns the exit code.
int run(int argc, const char* const* argv, const model::Program& program = {});

}  // namespace pgvista::cli
