#include "admin/admin.hpp"

#include <boost/asio/thread_pool.hpp>
#include <fmt/format.h>
#include <openssl/crypto.h>

#include <optional>

#include "admin/logins.hpp"
#include "admin/visit.hpp"
#include "base/embedded.hpp"
#include "base/text.hpp"
#include "db/password_login.hpp"
#include "rest/error.hpp"
#include "server/posted_handler.hpp"

namespace pgvista::admin {

namespace asio = boost::asio;
using rest::Request;
using server::Response;

namespace {

constexpr const char* cookie_name = "pgvista_admin";

bool same(const std::string& left, const std::string& right) {
  return left.size() == right.size() && CRYPTO_memcmp(left.data(), right.data(), left.size()) == 0;
}

std::string cookie_of(const Request& request) {
  for (const auto& [name, value] : rest::cookies_of(request)) {
    if (name == cookie_name) return value;
  }
  return {};
}

// The names decoded; a row's key, the fourth, as it came, since its commas separate.
std::vector<std::string> segments_of(const Request& request) {
  std::vector<std::string> out = rest::path_parts(request.raw_path);
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (i != 3) out[i] = rest::percent_decoded(out[i], false).value_or("");
  }
  return out;
}

Response asset(const char* type, const char* text) {
  Response out;
  out.body = text;
  out.set("Content-Type", type);
  out.set("Cache-Control", "public, max-age=3600");
  secure(out);
  return out;
}

}  // namespace

// --- what a visit is given
// ---------------------------------------------------------------------------------------------

db::Connection& Visit::db() {
  if (!login.connection || login.connection->lost()) {
    login.connection = std::make_unique<db::Connection>(login.url, "pgvista admin");
    login.connection->execute(
        "SET statement_timeout = '30s'; SET lock_timeout = '5s'; SET idle_in_transaction_session_timeout = '60s'");
  }
  return *login.connection;
}

std::string Visit::field(const std::string& name) const {
  for (const auto& [key, value] : form) {
    if (key == name) return value;
  }
  return {};
}

std::string Visit::csrf_field() const {
  return Html().open("input", {{"type", "hidden"}, {"name", "csrf"}, {"value", login.csrf}}).str();
}

// --- inside
// ------------------------------------------------------------------------------------------------------------

struct Admin::Inside : std::enable_shared_from_this<Admin::Inside> {
  AdminOptions options;
  server::Shared& shared;
  asio::thread_pool threads{2};
  Logins logins;
  Attempts attempts;
  std::mutex place_mutex;
  std::optional<db::Place> known_place;

  Inside(AdminOptions given, server::Shared& all) : options(std::move(given)), shared(all) {}

  void set_cookie(Response& response, const std::string& value, bool remove = false) const {
    const bool secure_only = !shared.settings.tls_certificate.empty();
    response.set("Set-Cookie", fmt::format("{}={}; Path=/admin; HttpOnly; SameSite=Strict{}{}", cookie_name, value,
                                           secure_only ? "; Secure" : "", remove ? "; Max-Age=0" : ""));
  }

  // --- signing in
  // ---------------------------------------------------------------------------------------------------------
  Response sign_in_page(const std::string& wrong, int status) {
    Login nobody;
    const Request none;
    Visit visit(options, shared, none, nobody);
    Html html;
    html.open("div", {{"class", "sign-in"}}).element("h1", "Sign in");
    if (!wrong.empty()) html.raw(note(wrong, false));
    html.open("form", {{"method", "post"}, {"action", "/admin/sign-in"}});
    html.raw(
        "<div class=\"field\"><label for=\"role\">Database role</label><input id=\"role\" name=\"role\" "
        "autocomplete=\"username\" required autofocus></div>");
    html.raw(
        "<div class=\"field\"><label for=\"password\">Password</label><input id=\"password\" name=\"password\" "
        "type=\"password\" autocomplete=\"current-password\" required></div>");
    html.raw(
        "<button class=\"primary\">Sign in</button></form><p>What you see and may do is what the role may do in the "
        "database.</p></div>");
    return page(visit, "Sign in", "", html.str(), status);
  }

  Response sign_in(const Request& request) {
    Request form;
    // A name of PostgreSQL's has 63 bytes at most, a password that somebody types not many more.
    constexpr std::size_t most_of_a_sign_in = 4096;
    if (request.body.size() > most_of_a_sign_in) return sign_in_page("That is too long.", 413);
    form.query = rest::read_form(request.body);
    auto login = std::make_shared<Login>();
    const std::string* role = form.parameter("role");
    if (attempts.too_many(request.peer, role ? *role : ""))
      return sign_in_page("Too many attempts. Wait a minute.", 429);
    const std::string* password = form.parameter("password");
    login->role = role ? *role : "";
    login->csrf = random_token();
    db::Proof proof = db::Proof::other;
    try {
      const db::Place& there = place();
      login->url = db::url_for(there, login->role, password ? *password : "");
      login->connection = std::make_unique<db::Connection>(login->url, "pgvista admin");
      proof = db::proof_of(*login->connection, there);
    } catch (const Failure&) {
      attempts.failed(request.peer, login->role);
      login = nullptr;
    }
    if (!login) return sign_in_page("The database does not take this role and password.", 401);
    // Where nobody is asked for a password, one proves nothing.
    const bool proven = proof == db::Proof::password || (proof == db::Proof::nobody && options.local);
    if (!proven)
      return sign_in_page(
          "This database asks for no password of this role: it cannot tell who you are. (See pg_hba.conf.)", 403);
    Response out = redirect("/admin/");
    set_cookie(out, logins.remember(login));
    return out;
  }

  // Asked of the server once: what the environment and a service file say of it does not change.
  const db::Place& place() {
    const std::lock_guard lock(place_mutex);
    if (!known_place) {
      db::Connection own(options.url, "pgvista admin");
      known_place = db::place_of(own);
    }
    return *known_place;
  }

  // --- the road of a request
  // -----------------------------------------------------------------------------------------------
  Response answer(const Request& request) {
    if (request.path == "/admin") return redirect("/admin/");
    if (request.path == "/admin/static/admin.css") return asset("text/css; charset=utf-8", embedded::web_style);
    if (request.path == "/admin/static/admin.js") return asset("text/javascript; charset=utf-8", embedded::web_script);
    if (request.path == "/admin/static/htmx.js") return asset("text/javascript; charset=utf-8", embedded::web_htmx);
    if (request.path == "/admin/static/uplot.js") return asset("text/javascript; charset=utf-8", embedded::web_uplot);
    if (request.path == "/admin/static/uplot.css") return asset("text/css; charset=utf-8", embedded::web_uplot_style);
    if (request.method == "POST" && !same_origin(request)) return refused(403, "The request comes from another site.");
    if (request.path == "/admin/sign-in" && request.method == "POST" && !options.open) return sign_in(request);
    std::shared_ptr<Login> login = logins.known(cookie_of(request));
    std::string fresh;
    if (!login && options.open && request.method == "GET") {
      login = std::make_shared<Login>();
      login->url = options.url;
      login->csrf = random_token();
      login->connection = std::make_unique<db::Connection>(login->url, "pgvista admin");
      login->role = login->connection->query("SELECT current_user").text(0, 0);
      fresh = logins.remember(login);
    }
    if (!login) return sign_in_page("", request.method == "GET" ? 200 : 401);
    Response out = visited_alone(request, *login);
    if (!fresh.empty()) set_cookie(out, fresh);
    logins.trim();
    return out;
  }

  Response visited_alone(const Request& request, Login& login) {
    const std::lock_guard one_at_a_time(login.mutex);
    Visit visit(options, shared, request, login);
    return visited(visit, cookie_of(request));
  }

  Response visited(Visit& visit, const std::string& cookie) {
    const Request& request = visit.request;
    const std::vector<std::string> path = segments_of(request);
    if (request.method == "POST") {
      Request form;
      form.query = rest::read_form(request.body);
      visit.form = form.query;
      const std::string given = visit.field("csrf").empty() ? request.header("x-csrf") : visit.field("csrf");
      if (!same(given, visit.login.csrf)) return refused(403, "The form is too old: load the page again.");
      return posted(visit, path, cookie);
    }
    if (request.method != "GET" && request.method != "HEAD")
      return refused(405, "Only GET and POST are understood here.");
    if (path.size() == 1) return views_page(visit);
    const std::string& place = path[1];
    if (place == "views" && path.size() == 3) return view_page(visit, path[2]);
    if (place == "graph") return path.size() == 3 && path[2] == "dot" ? graph_dot(visit) : graph_page(visit);
    if (place == "runs") return runs_page(visit);
    if (place == "locks") return locks_page(visit);
    if (place == "data" && path.size() == 2) return tables_page(visit);
    if (place == "data" && path.size() == 3) return list_page(visit, path[2]);
    if (place == "data" && path.size() == 4) return row_page(visit, path[2], path[3]);
    if (place == "data" && path.size() == 5 && path[4] == "delete") return delete_page(visit, path[2], path[3]);
    return page(visit, "Not found", "", "<h1>There is no such page</h1>", 404);
  }

  Response posted(Visit& visit, const std::vector<std::string>& path, const std::string& cookie) {
    if (path.size() == 2 && path[1] == "sign-out") {
      logins.forget(cookie);
      Response out = redirect("/admin/");
      set_cookie(out, "", true);
      return out;
    }
    if (path.size() == 4 && path[1] == "views") return view_action(visit, path[2], path[3]);
    if (path.size() == 4 && path[1] == "data") return save_row(visit, path[2], path[3]);
    if (path.size() == 5 && path[1] == "data" && path[4] == "delete") return delete_row(visit, path[2], path[3]);
    return page(visit, "Not found", "", "<h1>There is no such page</h1>", 404);
  }

  static bool same_origin(const Request& request) {
    const std::string origin = request.header("origin");
    if (origin.empty() || origin == "null") return origin.empty();
    const std::size_t slashes = origin.find("://");
    return slashes != std::string::npos && origin.substr(slashes + 3) == request.header("host");
  }

  static Response refused(int status, const std::string& text) {
    Response out;
    out.status = status;
    out.body = text + "\n";
    out.set("Content-Type", "text/plain; charset=utf-8");
    secure(out);
    return out;
  }

  Response answer_safely(const Request& request) {
    Response out = answer_whatever_happens(request);
    // A browser that has come by TLS once is to come no other way.
    if (!shared.settings.tls_certificate.empty()) out.set("Strict-Transport-Security", "max-age=31536000");
    return out;
  }

  Response answer_whatever_happens(const Request& request) {
    try {
      return answer(request);
    } catch (const Failure& failure) {
      const bool lost = failure.error().exit == ExitCode::unreachable;
      const bool denied = failure.error().sqlstate == "42501";
      return refused(lost ? 503 : denied ? 403 : 500, format_error(failure.error()));
    } catch (const rest::Refusal& refusal) {
      return refused(refusal.status, refusal.what());
    } catch (const std::exception& failure) {
      return refused(500, failure.what());
    }
  }
};

Admin::Admin(AdminOptions options, server::Shared& shared)
    : inside_(std::make_shared<Inside>(std::move(options), shared)) {}
Admin::~Admin() { inside_->threads.join(); }

std::unique_ptr<server::RouteHandler> Admin::handler(asio::io_context& loop) {
  return std::make_unique<server::PostedHandler>(
      loop, inside_->threads,
      [](const Request& request) { return request.path == "/admin" || request.path.starts_with("/admin/"); },
      [inside = inside_](const Request& request) { return inside->answer_safely(request); });
}

// --- what all pages have
// -------------------------------------------------------------------------------------------------

void secure(Response& response) {
  response.set("Content-Security-Policy",
               "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
               "form-action 'self'; base-uri 'none'; frame-ancestors 'none'");
  response.set("X-Content-Type-Options", "nosniff");
  response.set("X-Frame-Options", "DENY");
  response.set("Referrer-Policy", "same-origin");
  if (!response.header("Cache-Control")) response.set("Cache-Control", "no-store");
}

Response page(const Visit& visit, const std::string& title, const std::string& current, const std::string& content,
              int status) {
  static const std::vector<std::pair<std::string, std::string>> places = {
      {"/admin/", "Views"},    {"/admin/data", "Data"},   {"/admin/graph", "Graph"},
      {"/admin/runs", "Runs"}, {"/admin/locks", "Locks"},
  };
  Html html;
  html.raw(
      "<!doctype html><html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" "
      "content=\"width=device-width, initial-scale=1\">");
  html.element("title", title + " - pgvista");
  html.raw(
      "<meta name=\"htmx-config\" "
      "content='{\"includeIndicatorStyles\":false,\"allowEval\":false,\"allowScriptTags\":false,\"historyCacheSize\":0}"
      "'>");
  html.raw(
      "<link rel=\"stylesheet\" href=\"/admin/static/admin.css\"><link rel=\"icon\" href=\"data:,\"><script "
      "src=\"/admin/static/htmx.js\" defer></script>");
  if (content.find("data-plot") != std::string::npos)
    html.raw(
        "<link rel=\"stylesheet\" href=\"/admin/static/uplot.css\"><script src=\"/admin/static/uplot.js\" "
        "defer></script>");
  html.raw(
      "<script src=\"/admin/static/admin.js\" defer></script></head><body><a class=\"skip\" href=\"#main\">To the "
      "content</a><header><span class=\"name\">pgvista</span>");
  if (!visit.login.role.empty()) {
    html.raw("<nav aria-label=\"Pages\"><ul>");
    for (const auto& [target, name] : places) {
      html.raw("<li>")
          .link(target, name,
                target == current ? std::vector<std::pair<std::string, std::string>>{{"aria-current", "page"}}
                                  : std::vector<std::pair<std::string, std::string>>{})
          .raw("</li>");
    }
    html.raw("</ul></nav><form method=\"post\" action=\"/admin/sign-out\">")
        .raw(visit.csrf_field())
        .element("span", visit.login.role);
    html.raw(visit.options.open ? "" : "<button>Sign out</button>").raw("</form>");
  }
  html.raw("</header><main id=\"main\" tabindex=\"-1\">").raw(content).raw("</main></body></html>");
  Response out;
  out.status = status;
  out.body = html.str();
  out.set("Content-Type", "text/html; charset=utf-8");
  secure(out);
  return out;
}

Response fragment(const std::string& content) {
  Response out;
  out.body = content;
  out.set("Content-Type", "text/html; charset=utf-8");
  secure(out);
  return out;
}

Response redirect(const std::string& target) {
  Response out;
  out.status = 303;
  out.set("Location", target);
  secure(out);
  return out;
}

std::string note(const std::string& text, bool good) {
  return Html()
      .element("div", text,
               {{"class", good ? "note good" : "note bad"},
                {"role", good ? "status" : "alert"},
                {"tabindex", "-1"},
                {"data-focus", "true"}})
      .str();
}

std::string errors_note(const std::vector<Error>& errors) {
  std::vector<std::string> lines;
  for (const Error& error : errors)
    lines.push_back(error.message + (error.detail.empty() ? "" : " " + error.detail) +
                    (error.hint.empty() ? "" : " " + error.hint));
  return note(join(lines, "\n"), false);
}

}  // namespace pgvista::admin
