#pragma once
// What the benchmarks on a private server share.

#include <stdlib.h>
#include <sys/stat.h>

#include <chrono>
#include <filesystem>
#include <fstream>
#include <functional>
#include <iostream>
#include <sstream>
#include <string>

#include "local/server.hpp"

namespace pgvista::bench {

using Clock = std::chrono::steady_clock;

/// Milliseconds.
inline double since(Clock::time_point start) {
  return std::chrono::duration<double, std::milli>(Clock::now() - start).count();
}

/// The text of a file of the repository.
inline std::string file(const std::string& name) {
  std::ifstream in(std::string(PGVISTA_SOURCE_DIR) + "/" + name);
  std::stringstream text;
  text << in.rdbuf();
  return text.str();
}

/// Runs `measure` with a temporary folder and the URL of a server in it; returns what main() does.
inline int with_server(
    const std::function<void(const std::filesystem::path& folder, const std::string& url)>& measure) {
  char folder[] = "/tmp/pgvista_bench_XXXXXX";
  if (!mkdtemp(folder)) return 1;
  chmod(folder, 0755);
  int exit = 0;
  try {
    local::Server server(folder);
    server.start();
    measure(folder, server.url());
    server.stop();
  } catch (const std::exception& failure) {
    std::cout << failure.what() << "\n";
    exit = 1;
  }
  std::filesystem::remove_all(folder);
  return exit;
}

}  // namespace pgvista::bench
