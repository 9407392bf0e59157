#pragma once
// The admin page at /admin/: server-rendered, with the rights of whoever has signed in.

#include <boost/asio/io_context.hpp>
#include <functional>
#include <memory>
#include <string>
#include <vector>

#include <pgvista/error.hpp>

#include "server/service.hpp"

namespace pgvista::admin {

/// What a command of pgvista came to.
struct CommandResult {
  int exit = 0;
  std::string json;
  std::string messages;
  std::vector<Error> errors;
};

/// A command of pgvista, its parts apart: nothing that a visitor sends is read as an option.
struct CommandCall {
  std::string name;
  std::vector<std::string> flags;  // "--repair"
  std::vector<std::string> views;
};

struct AdminOptions {
  std::string url;
  /// Nobody has to sign in: everybody has the rights of the server's own connection.
  bool open = false;
  /// Only this machine reaches the page.
  bool local = true;
  /// Runs a command with --json over this database. Any thread.
  std::function<CommandResult(const CommandCall& call, const std::string& url)> command;
};

class Admin {
 public:
  Admin(AdminOptions options, server::Shared& shared);
  ~Admin();
  Admin(const Admin&) = delete;
  Admin& operator=(const Admin&) = delete;

  /// A handler for one loop. The admin must live longer.
  std::unique_ptr<server::RouteHandler> handler(boost::asio::io_context& loop);

 private:
  struct Inside;
  std::shared_ptr<Inside> inside_;
};

}  // namespace pgvista::admin
