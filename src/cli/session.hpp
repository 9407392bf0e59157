#pragma once
// One run of a command: its arguments, the project, the connection, the output.

#include <boost/json.hpp>
#include <filesystem>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

#include "apply/sync.hpp"
#include "cli/command.hpp"
#include "db/connection.hpp"
#include "project/definitions.hpp"
#include "project/settings.hpp"

namespace pgvista::cli {

class Session {
 public:
  /// `program`: what it brings along itself.
  Session(const Command& command, Arguments arguments, model::Program program);

  const Arguments& arguments() const { return arguments_; }
  bool json() const { return arguments_.has("--json"); }
  bool quiet() const { return arguments_.has("--quiet"); }
  bool verbose() const { return arguments_.has("--verbose"); }

  // --- output
  // ---------------------------------------------------------------------------------------------------------
  /// What is printed and said goes there, not to the terminal.
  struct Sink {
    std::string out;
    std::string messages;
  };
  void capture(Sink& sink) { sink_ = &sink; }
  /// A result, on stdout.
  void print(const std::string& text) const;
  void print_json(const boost::json::value& document) const;
  /// A message, on stderr; not with --quiet.
  void say(const std::string& text) const;
  void detail(const std::string& text) const;  // only with --verbose
  void complain(const Error& error, const char* severity = "error") const;
  std::string colored(const char* code, const std::string& text) const;
  /// A question on the terminal. Without one, or with --yes: yes.
  bool confirmed(const std::string& question) const;

  // --- project and database
  // -------------------------------------------------------------------------------------------
  /// Throws Failure (no_project, exit 2).
  const project::Settings& settings();
  /// A command that needs a database only works without a project.
  bool has_project();
  const model::Program& program() const { return program_; }
  /// The connection's URL by the contract's order; starts the private server when nothing else is given.
  const std::string& url();
  /// What its views and migrations are marked by: [project] name, or the folder's name, or that of the project whose
  /// views these are (a folder may have another name on every machine). "" without a project: it speaks for all. Throws
  /// Failure (ambiguous_project, exit 2).
  const std::string& project_name(db::Connection& connection);
  db::Connection& connection();
  std::unique_ptr<db::Connection> connect();
  /// The schema pgvista of the database with that of this program. Throws Failure (schema_newer; schema_older where the
  /// command needs what is not there).
  void compare_schema(db::Connection& connection);
  /// The schema that views without one are in.
  const std::string& default_schema();
  /// The definitions; throws Failure with all errors when one is bad.
  const std::vector<schema::ViewDefinition>& views();
  /// The definitions and their errors, for a command that reports both.
  project::Definitions read_views();
  apply::Project project();
  catalog::MaintenanceDefaults maintenance_defaults() {
    const project::MaintenanceSettings& own = settings().maintenance;
    return {own.on_error, own.stale_reads, own.fill_beside, own.trust};
  }
  apply::Limits limits();
  /// The views named on the command line; empty when none is. Throws Failure (unknown_view, exit 2).
  std::vector<sql::Name> named_views();
  /// One of them, as people write it. Throws Failure (unknown_view, ambiguous_view, exit 2).
  const sql::Name& named_view(const std::string& given);
  /// What is said where nothing, or more than one thing, goes by a name: codes of the errors, and "there is no WHAT in
  /// this WHERE".
  struct Unknown {
    const char* code;
    const char* ambiguous;
    const char* what;
    const char* where;
  };
  /// The candidate that somebody means by "stats.m", "\"Odd.Schema\".\"v\"", or a name alone: of the default schema, or
  /// of the only schema that has it. Throws Failure, a usage error.
  const sql::Name& meant(const std::string& given, const std::vector<const sql::Name*>& candidates,
                         const Unknown& unknown);

 private:
  bool terminal(int descriptor) const;
  std::string found_project(db::Connection& connection, const std::string& folder);
  std::optional<std::filesystem::path> find_project() const;

  Arguments arguments_;
  model::Program program_;
  OlderSchema older_schema_ = OlderSchema::told;
  bool makes_server_ = false;  // where no database is named and there is no private one
  bool color_ = false;
  Sink* sink_ = nullptr;
  std::optional<project::Settings> settings_;
  std::optional<std::string> url_;
  std::optional<std::string> project_name_;
  std::unique_ptr<db::Connection> connection_;
  std::optional<std::string> default_schema_;
  std::optional<std::vector<schema::ViewDefinition>> views_;
};

boost::json::object error_json(const Error& error);
boost::json::value text_or_null(const std::string& text);

}  // namespace pgvista::cli
