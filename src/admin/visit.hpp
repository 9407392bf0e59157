#pragma once
// One request to the admin page: who asks, over which connection, and what the page is made of.

#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>

#include "admin/admin.hpp"
#include "admin/html.hpp"
#include "db/connection.hpp"
#include "rest/plan.hpp"

namespace pgvista::admin {

/// Somebody who has signed in.
struct Login {
  std::string role;  // as the page shows it
  std::string url;   // with the role's password, which is nowhere else
  std::string csrf;
  std::mutex mutex;  // one request of a login at a time uses its connection
  std::unique_ptr<db::Connection> connection;
};

class Visit {
 public:
  Visit(const AdminOptions& options, server::Shared& shared, const rest::Request& request, Login& login)
      : options(options), shared(shared), request(request), login(login), served(shared.served()) {}

  const AdminOptions& options;
  server::Shared& shared;
  const rest::Request& request;
  Login& login;
  std::shared_ptr<const server::Served> served;
  rest::Pairs form;  // of a POST

  /// The login's connection, made anew where it was lost. Throws Failure.
  db::Connection& db();
  std::string field(const std::string& name) const;
  bool fragment() const { return request.headers.contains("hx-request") && !request.headers.contains("hx-boosted"); }
  CommandResult command(const CommandCall& call) const { return options.command(call, login.url); }
  /// The hidden field that every form has.
  std::string csrf_field() const;
};

/// A whole page. `current`: the entry of the navigation that it belongs to.
server::Response page(const Visit& visit, const std::string& title, const std::string& current,
                      const std::string& content, int status = 200);
server::Response fragment(const std::string& content);
server::Response redirect(const std::string& target);

/// A note about what an action came to; `data-focus` sends the keyboard there.
std::string note(const std::string& text, bool good);
std::string errors_note(const std::vector<Error>& errors);
/// The headers that every page of the admin has.
void secure(server::Response& response);

// --- pages -----------------------------------------------------------------------------------------------------------
server::Response views_page(Visit& visit);
server::Response view_page(Visit& visit, const std::string& name);
server::Response view_action(Visit& visit, const std::string& name, const std::string& action);
server::Response graph_page(Visit& visit);
server::Response graph_dot(Visit& visit);
server::Response runs_page(Visit& visit);
server::Response locks_page(Visit& visit);
server::Response tables_page(Visit& visit);
server::Response list_page(Visit& visit, const std::string& relation);
server::Response row_page(Visit& visit, const std::string& relation, const std::string& key);
server::Response save_row(Visit& visit, const std::string& relation, const std::string& key);
server::Response delete_page(Visit& visit, const std::string& relation, const std::string& key);
server::Response delete_row(Visit& visit, const std::string& relation, const std::string& key);

}  // namespace pgvista::admin
