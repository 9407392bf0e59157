#include <CLI/CLI.hpp>

#include <fmt/format.h>

#include <algorithm>
#include <iostream>
#include <map>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "cli/command.hpp"
#include "cli/session.hpp"
#include "db/interrupt.hpp"
#include "ledger/schema.hpp"

namespace pgvista::cli {

const std::vector<Command>& commands() {
  static const std::vector<Command> all = {
      init_command(),           check_command(),
      plan_command(),           sync_command(),
      refresh_command(),        status_command(),
      explain_command(),        verify_command(),
      clear_command(),          makemigrations_command(),
      migrate_command(),        showmigrations_command(),
      sqlmigrate_command(),     squashmigrations_command(),
      watch_command(),          wait_command(),
      pause_command(),          resume_command(),
      inspectdb_command(),      runserver_command(),
      bench_requests_command(), local_command(),
      demo_command(),           completion_command(),
  };
  return all;
}

const std::vector<Option>& common_options() {
  static const std::vector<Option> all = {
      {"--project", "DIR", "the project's folder (default: the nearest with a pgvista.toml)"},
      {"--database", "URL", "the database, as a libpq URL"},
      {"--json", "", "one JSON document on stdout"},
      {"--quiet", "", "errors only on stderr"},
      {"--verbose", "", "more on stderr"},
      {"--no-color", "", "no colours (also: NO_COLOR)"},
      {"--yes", "", "do not ask"}};
  return all;
}

namespace {

// Of what is said often.
const std::map<std::string, std::string>& short_options() {
  static const std::map<std::string, std::string> all = {{"-p", "--project"}, {"-d", "--database"}, {"-q", "--quiet"},
                                                         {"-v", "--verbose"}, {"-y", "--yes"},      {"-h", "--help"}};
  return all;
}

// Up to --, behind which nothing is an option.
std::vector<std::string> spelled_out(std::vector<std::string> words) {
  for (std::string& word : words) {
    if (word == "--") break;
    if (const auto known = short_options().find(word); known != short_options().end()) word = known->second;
  }
  return words;
}

std::string program_help() {
  std::string out = "pgvista " PGVISTA_VERSION
                    " - PostgreSQL views that are defined, migrated, checked and kept fresh\n\nUsage: pgvista COMMAND "
                    "[OPTIONS]\n\nCommands:\n";
  for (const Command& command : commands()) out += fmt::format("  {:<17} {}\n", command.name, command.summary);
  return out + "\npgvista COMMAND --help tells more. Documentation: README.md and docs/.\n";
}

std::string option_lines(const std::vector<Option>& options) {
  const auto words = [](const Option& option) {
    const auto letter = std::find_if(short_options().begin(), short_options().end(),
                                     [&](const auto& one) { return one.second == option.name; });
    return (letter == short_options().end() ? "" : letter->first + ", ") + option.name +
           (option.value_name.empty() ? "" : " " + option.value_name);
  };
  std::size_t width = 24;
  for (const Option& option : options) width = std::max(width, words(option).size());
  std::string out;
  for (const Option& option : options) out += fmt::format("  {:<{}} {}\n", words(option), width, option.help);
  return out;
}

std::string command_help(const Command& command) {
  std::string out = fmt::format("{}\n\nUsage: pgvista {}{}{} [OPTIONS]\n", command.summary, command.name,
                                command.positional.empty() ? "" : " ", command.positional);
  if (!command.options.empty()) out += "\nOptions:\n" + option_lines(command.options);
  return out + "\nEverywhere:\n" + option_lines(common_options());
}

const Command* find_command(const std::string& name) {
  for (const Command& command : commands()) {
    if (command.name == name) return &command;
  }
  return nullptr;
}

// The command may stand after common options.
int command_position(const std::vector<std::string>& words) {
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (!word.starts_with('-')) return static_cast<int>(i) + 1;
    if (word == "--project" || word == "--database") ++i;
  }
  return 0;
}

const Command& require_command(const std::string& name) {
  if (const Command* command = find_command(name)) return *command;
  std::vector<std::string> names;
  for (const Command& command : commands()) names.push_back(command.name);
  const std::string guess = did_you_mean(name, names);
  throw Failure(usage_error("unknown_command", fmt::format("there is no command \"{}\"", name),
                            guess.empty() ? "pgvista --help lists the commands." : guess));
}

// CLI11 splits the words; what it cannot place is explained here, in our own words.
Arguments parse(const Command& command, const std::vector<std::string>& words) {
  CLI::App app{command.summary};
  app.set_help_flag();
  app.allow_extras();
  Arguments out;
  std::map<std::string, bool> flags;
  std::map<std::string, std::string> values;
  std::vector<std::string> names{"--help"};
  const auto add = [&](const Option& option) {
    names.push_back(option.name);
    if (option.value_name.empty()) {
      app.add_flag(option.name, flags[option.name]);
    } else if (option.many) {
      app.add_option(option.name, out.lists[option.name])->expected(1)->take_all();
    } else {
      app.add_option(option.name, values[option.name])->take_last();
    }
  };
  for (const Option& option : common_options()) add(option);
  for (const Option& option : command.options) add(option);
  // What stands after -- is never an option.
  const auto end = std::find(words.begin(), words.end(), "--");
  try {
    std::vector<std::string> reversed(std::make_reverse_iterator(end), words.rend());
    app.parse(std::move(reversed));
  } catch (const CLI::ParseError& failure) {
    throw Failure(usage_error("usage", failure.what(), fmt::format("pgvista {} --help", command.name)));
  }
  for (const std::string& word : app.remaining()) {
    if (word.starts_with('-') && word.size() > 1) {
      const std::string name = word.substr(0, word.find('='));
      const std::string guess = did_you_mean(name, names);
      throw Failure(usage_error("unknown_option", fmt::format("pgvista {} has no option {}", command.name, name),
                                guess.empty() ? fmt::format("pgvista {} --help lists them.", command.name) : guess));
    }
    out.positionals.push_back(word);
  }
  if (end != words.end()) out.positionals.insert(out.positionals.end(), end + 1, words.end());
  if (command.positional.empty() && !out.positionals.empty()) {
    throw Failure(usage_error(
        "usage", fmt::format("pgvista {} takes no argument, found \"{}\"", command.name, out.positionals.front()), {}));
  }
  for (const auto& [name, set] : flags) {
    if (set) out.flags.insert(name);
  }
  for (const auto& [name, value] : values) {
    if (app.get_option(name)->count() > 0) out.values[name] = value;
  }
  return out;
}

ExitCode report(const std::vector<Error>& errors, bool json) {
  if (json) {
    boost::json::array all;
    for (const Error& error : errors) all.push_back(error_json(error));
    boost::json::object document{{"error", error_json(errors.front())}};
    if (errors.size() > 1) document["errors"] = std::move(all);
    std::cout << boost::json::serialize(document) << std::endl;
  }
  for (const Error& error : errors) std::cerr << format_error(error);
  ExitCode code = errors.front().exit;
  for (const Error& error : errors) {
    if (error.exit == ExitCode::failed) code = ExitCode::failed;  // "nothing else failed" is what 4 says
  }
  return code;
}

bool mentions(const std::vector<std::string>& words, const std::string& flag) {
  return std::find(words.begin(), words.end(), flag) != words.end();
}

int run_words(const std::vector<std::string>& words, int position, const model::Program& program, bool& json) {
  if (position == 0) {
    if (mentions(words, "--version")) {
      std::cout << fmt::format("pgvista {} (schema version {})\n", PGVISTA_VERSION, ledger::schema_version());
      return 0;
    }
    static const std::vector<std::string> known = {"--help",     "--version", "--json",    "--quiet",   "--verbose",
                                                   "--no-color", "--yes",     "--project", "--database"};
    for (const std::string& word : words) {
      const std::string name = word.substr(0, word.find('='));
      if (name.starts_with('-') && std::find(known.begin(), known.end(), name) == known.end())
        throw Failure(
            usage_error("unknown_option", fmt::format("pgvista has no option {}", name), did_you_mean(name, known)));
    }
    std::cout << program_help();
    return mentions(words, "--help") ? 0 : static_cast<int>(ExitCode::usage);
  }
  const std::string name = words[static_cast<std::size_t>(position) - 1];
  if (name == "help") {
    std::cout << (words.size() > 1 ? command_help(require_command(words[1])) : program_help());
    return 0;
  }
  const Command& command = require_command(name);
  std::vector<std::string> rest = words;
  rest.erase(rest.begin() + position - 1);
  if (mentions(rest, "--help")) {
    std::cout << command_help(command);
    return 0;
  }
  Session session(command, parse(command, rest), program);
  json = session.json();
  db::watch_interrupts();
  return static_cast<int>(command.run(session));
}

}  // namespace

Captured run_captured(const std::string& name, const Arguments& arguments, const model::Program& program) {
  Captured out;
  try {
    const Command& command = require_command(name);
    Session session(command, arguments, program);
    Session::Sink sink;
    session.capture(sink);
    try {
      out.exit = command.run(session);
    } catch (const Failure& failure) {
      out.errors = failure.errors();
      out.exit = failure.error().exit;
    }
    out.out = std::move(sink.out);
    out.messages = std::move(sink.messages);
  } catch (const Failure& failure) {
    out.errors = failure.errors();
    out.exit = failure.error().exit;
  }
  return out;
}

int run(int argc, const char* const* argv, const model::Program& program) {
  const std::vector<std::string> words = spelled_out({argv + 1, argv + argc});
  bool json = mentions(words, "--json");
  try {
    return run_words(words, command_position(words), program, json);
  } catch (const Failure& failure) {
    return static_cast<int>(report(failure.errors(), json));
  } catch (const std::exception& failure) {
    return static_cast<int>(report({Error{"internal_error",
                                          failure.what(),
                                          {},
                                          "This is an error of pgvista: please report it.",
                                          {},
                                          {},
                                          0,
                                          0,
                                          ExitCode::failed}},
                                   json));
  }
}

}  // namespace pgvista::cli
