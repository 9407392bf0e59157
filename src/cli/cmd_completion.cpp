#include <fmt/format.h>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "cli/session.hpp"

namespace pgvista::cli {

namespace {

std::string option_words(const Command& command) {
  std::vector<std::string> words;
  for (const Option& option : command.options) words.push_back(option.name);
  for (const Option& option : common_options()) words.push_back(option.name);
  words.emplace_back("--help");
  return join(words, " ");
}

std::string command_words() {
  std::vector<std::string> words;
  for (const Command& command : commands()) words.push_back(command.name);
  return join(words, " ");
}

// The folder of the project whose files' names the command takes.
std::string named_files(const Command& command) {
  if (command.positional.starts_with("[VIEW")) return "views";
  if (command.name != "makemigrations" && command.name.ends_with("migrations"))
    return command.positional.empty() ? "" : "migrations";
  return command.positional.find("MIGRATION") == std::string::npos ? "" : "migrations";
}

std::string bash() {
  std::string out =
      "# bash completion for pgvista: source <(pgvista completion bash)\n"
      "_pgvista_files() {\n"
      "  local dir=$PWD\n"
      "  while [ -n \"$dir\" ] && [ ! -e \"$dir/pgvista.toml\" ]; do dir=${dir%/*}; done\n"
      "  find \"$dir/$1\" -name '*.sql' 2>/dev/null | sed 's|.*/||; s|\\.sql$||'\n"
      "}\n"
      "_pgvista() {\n"
      "  local word=${COMP_WORDS[COMP_CWORD]} command= words= files= i name\n"
      "  for ((i = 1; i < COMP_CWORD; i++)); do\n"
      "    case ${COMP_WORDS[i]} in --project|--database) ((i++)) ;; -*) ;; *) command=${COMP_WORDS[i]}; break ;; "
      "esac\n"
      "  done\n"
      "  case $command in\n";
  for (const Command& command : commands()) {
    out += fmt::format("    {}) words=\"{}{}\"{} ;;\n", command.name, option_words(command),
                       command.words.empty() ? "" : " " + join(command.words, " "),
                       named_files(command).empty() ? "" : " files=" + named_files(command));
  }
  out += fmt::format("    *) words=\"{} --help --version\" ;;\n", command_words());
  // compgen -W would expand what file names contain: they are compared and quoted one by one.
  return out +
         "  esac\n  COMPREPLY=($(compgen -W \"$words\" -- \"$word\"))\n"
         "  if [ -n \"$files\" ]; then\n"
         "    while IFS= read -r name; do\n"
         "      [[ $name == \"$word\"* ]] && COMPREPLY+=(\"$(printf %q \"$name\")\")\n"
         "    done < <(_pgvista_files \"$files\")\n"
         "  fi\n}\ncomplete -o default -F _pgvista pgvista\n";
}

std::string zsh() {
  return "#compdef pgvista\n# zsh completion for pgvista: source <(pgvista completion zsh)\nautoload -U +X "
         "bashcompinit && bashcompinit\n" +
         bash();
}

std::string fish() {
  std::string out = "# fish completion for pgvista: pgvista completion fish | source\ncomplete -c pgvista -f\n";
  for (const Command& command : commands()) {
    out += fmt::format("complete -c pgvista -n __fish_use_subcommand -a {} -d '{}'\n", command.name,
                       replace_all(command.summary, "'", "\\'"));
    const std::string seen = fmt::format("complete -c pgvista -n '__fish_seen_subcommand_from {}'", command.name);
    for (const Option& option : command.options) {
      out += fmt::format("{} -l {}{} -d '{}'\n", seen, option.name.substr(2), option.value_name.empty() ? "" : " -r",
                         replace_all(option.help, "'", "\\'"));
    }
    if (!command.words.empty()) out += fmt::format("{} -a '{}'\n", seen, join(command.words, " "));
    const std::string files = named_files(command);
    if (!files.empty())
      out += seen + " -a \"(find " + files +
             " -name '*.sql' 2>/dev/null | string replace -r '.*/' '' | string replace -r '\\.sql$' '')\"\n";
  }
  for (const Option& option : common_options()) {
    out += fmt::format("complete -c pgvista -l {}{} -d '{}'\n", option.name.substr(2),
                       option.value_name.empty() ? "" : " -r", replace_all(option.help, "'", "\\'"));
  }
  return out;
}

ExitCode run_completion(Session& session) {
  const auto& words = session.arguments().positionals;
  const std::string shell = words.empty() ? "" : words.front();
  if (shell == "bash") {
    session.print(bash());
  } else if (shell == "zsh") {
    session.print(zsh());
  } else if (shell == "fish") {
    session.print(fish());
  } else {
    throw Failure(usage_error("usage", "pgvista completion takes bash, zsh or fish",
                              did_you_mean(shell, {"bash", "zsh", "fish"})));
  }
  return ExitCode::done;
}

}  // namespace

Command completion_command() {
  return {"completion", "Print shell completions", "bash|zsh|fish", {}, run_completion, {"bash", "zsh", "fish"}};
}

}  // namespace pgvista::cli
