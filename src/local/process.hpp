#pragma once
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

namespace pgvista::local {

struct User {
  std::string name;
  unsigned uid = 0;
  unsigned gid = 0;
};

/// The unprivileged user that servers run as when the caller is root; nullopt for any other caller.
std::optional<User> server_user();

struct Outcome {
  int status = 0;      // exit status, or 128 + signal
  std::string output;  // stdout and stderr together
};

/// Runs a program to its end, as `user` if given, with signals as a fresh program has them, in `folder`.
Outcome run_process(const std::vector<std::string>& command, const std::optional<User>& user,
                    const std::filesystem::path& folder);

/// Can the user enter this folder?
bool can_enter(const User& user, const std::filesystem::path& folder);

}  // namespace pgvista::local
