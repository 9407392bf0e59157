// The views, and one view: what the commands status, plan, explain, verify and refresh say, with buttons.

#include <boost/json.hpp>
#include <fmt/format.h>

#include <algorithm>

#include "admin/visit.hpp"
#include "base/text.hpp"
#include "catalog/runs.hpp"
#include "rest/request.hpp"

namespace pgvista::admin {

namespace json = boost::json;
using server::Response;

namespace {

std::string text_of(const json::value& value) {
  if (value.is_null()) return {};
  return value.is_string() ? std::string(value.get_string()) : json::serialize(value);
}

std::string shown_name(const json::object& view) {
  const std::string schema = text_of(view.at("schema"));
  return schema == "public" ? text_of(view.at("name")) : schema + "." + text_of(view.at("name"));
}

json::value parsed(const CommandResult& result) {
  boost::system::error_code failure;
  json::value out = json::parse(result.json, failure);
  return failure ? json::value(nullptr) : out;
}

// A button that posts, with or without a script; what it comes to appears in #result.
std::string action_form(const Visit& visit, const std::string& view, const std::string& action,
                        const std::string& label, const std::string& hidden = {}) {
  const std::string target = "/admin/views/" + rest::percent_encoded(view) + "/" + action;
  return Html()
      .open("form", {{"method", "post"},
                     {"action", target},
                     {"hx-post", target},
                     {"hx-target", "#result"},
                     {"hx-disabled-elt", "find button"}})
      .raw(visit.csrf_field())
      .raw(hidden)
      .element("button", label.substr(0, label.find(' ')), {{"aria-label", label}})
      .raw("</form>")
      .str();
}

std::string buttons(const Visit& visit, const json::object& view) {
  const std::string name = shown_name(view);
  const std::string kind = text_of(view.at("kind"));
  if (kind != "materialized") return {};
  std::string out = "<div class=\"row\">";
  if (text_of(view.at("maintenance")) == "manual") out += action_form(visit, name, "refresh", "Refresh " + name);
  out += action_form(visit, name, "verify", "Verify " + name) + action_form(visit, name, "repair", "Repair " + name);
  return out + "</div>";
}

std::string sync_badge(const json::object& view) {
  const bool in_sync = view.at("in_sync").as_bool();
  return Html()
      .element("span", in_sync ? "in sync" : "drifted", {{"class", in_sync ? "badge good" : "badge warn"}})
      .str();
}

std::string freshness(const json::object& view) {
  if (text_of(view.at("kind")) == "view") return "always fresh";
  const json::value& stale = view.at("stale");
  return stale.is_null() ? "unknown" : stale.as_bool() ? "stale" : "fresh";
}

std::string last_run(const json::object& view) {
  const json::value& last = view.at("last_refresh");
  if (!last.is_object()) return "-";
  const json::object& run = last.get_object();
  std::string at = text_of(run.at("at")).substr(0, 19);
  if (at.empty()) at = "at an unknown time";
  return run.at("by_hand").as_bool() ? at + ", by hand"
                                     : fmt::format("{}, {} in {}", at, text_of(run.at("mode")),
                                                   human_duration(run.at("duration_ms").to_number<double>()));
}

std::string number(const json::value& value) { return value.is_null() ? "-" : text_of(value); }

std::string views_table(const Visit& visit, const json::array& views) {
  Html html;
  html.raw(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Views\"><table><thead><tr><th "
      "scope=\"col\">View</th><th scope=\"col\">Kind</th><th scope=\"col\">Health</th><th scope=\"col\">Mode</th><th "
      "scope=\"col\">Strategy</th><th scope=\"col\">Freshness</th><th scope=\"col\">Last run</th><th scope=\"col\" "
      "class=\"number\">Rows</th><th scope=\"col\" class=\"number\">Size</th><th "
      "scope=\"col\">Actions</th></tr></thead><tbody>");
  for (const json::value& one : views) {
    const json::object& view = one.as_object();
    html.raw("<tr><th scope=\"row\">")
        .link("/admin/views/" + rest::percent_encoded(shown_name(view)), shown_name(view))
        .raw("</th>");
    html.element("td", text_of(view.at("kind"))).raw("<td>").raw(sync_badge(view));
    for (const json::value& problem : view.at("health").as_array())
      html.raw(" ").element("span", text_of(problem), {{"class", "bad"}});
    html.raw("</td>")
        .element("td", number(view.at("maintenance")))
        .element("td", number(view.at("strategy")))
        .element("td", freshness(view))
        .element("td", last_run(view));
    html.element("td", number(view.at("rows")), {{"class", "number"}});
    html.element("td", view.at("size_bytes").is_null() ? "-" : human_size(view.at("size_bytes").as_int64()),
                 {{"class", "number"}});
    html.raw("<td>").raw(buttons(visit, view)).raw("</td></tr>");
  }
  return html.raw("</tbody></table></div>").str();
}

std::string list(const json::value& items) {
  Html html;
  html.raw("<ul>");
  for (const json::value& one : items.as_array()) html.element("li", text_of(one));
  return html.raw("</ul>").str();
}

// What sync would do to this view.
std::string difference(const Visit& visit, const std::string& name) {
  const CommandResult result = visit.command({"plan", {}, {name}});
  if (!result.errors.empty()) return errors_note(result.errors);
  const json::value plan = parsed(result);
  Html html;
  if (!plan.is_object() || plan.at("steps").as_array().empty())
    return "<p>None: the database holds what the definition says.</p>";
  for (const json::value& step : plan.at("steps").as_array()) {
    html.raw("<h3>")
        .text(text_of(step.at("action")) + " " + text_of(step.at("view")))
        .raw("</h3><p>")
        .text(text_of(step.at("reason")))
        .raw("</p><pre tabindex=\"0\">");
    for (const json::value& sql : step.at("sql").as_array()) html.text(text_of(sql) + ";\n");
    html.raw("</pre>");
  }
  return html.str();
}

std::string explained(const Visit& visit, const std::string& name) {
  const CommandResult result = visit.command({"explain", {}, {name}});
  if (!result.errors.empty()) return errors_note(result.errors);
  const json::value document = parsed(result);
  if (!document.is_object()) return {};
  Html html;
  html.raw("<p>Strategy: ").text(number(document.at("strategy"))).raw(". Key: ");
  std::vector<std::string> key;
  for (const json::value& one : document.at("key").as_array()) key.push_back(text_of(one));
  html.text(key.empty() ? "none" : join(key, ", ")).raw(".</p>");
  const json::array& tables = document.at("tables").as_array();
  if (!tables.empty()) {
    html.raw(
        "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Base tables\"><table><thead><tr><th "
        "scope=\"col\">Base table</th><th scope=\"col\">Strategy</th><th scope=\"col\">Path to the key</th><th "
        "scope=\"col\">Cost</th></tr></thead><tbody>");
    for (const json::value& table : tables) {
      html.raw("<tr>")
          .element("th", text_of(table.at("table")), {{"scope", "row"}})
          .element("td", text_of(table.at("strategy")))
          .element("td", text_of(table.at("path")))
          .raw("<td>");
      const std::string hidden =
          Html().open("input", {{"type", "hidden"}, {"name", "table"}, {"value", text_of(table.at("table"))}}).str();
      html.raw(action_form(visit, name, "measure", "Measure " + text_of(table.at("table")), hidden)).raw("</td></tr>");
    }
    html.raw("</tbody></table></div>");
  }
  return html.raw(list(document.at("reasons"))).str();
}

// The runs of the ledger: a table, and a plot of their durations.
std::string history(Visit& visit, const std::string& schema, const std::string& name) {
  if (!visit.served ||
      !visit.db().query("SELECT pg_catalog.to_regclass('pgvista.refresh_run') IS NOT NULL").boolean(0, 0))
    return "<p>No runs yet.</p>";
  const db::Rows rows = visit.db().query(
      "SELECT pg_catalog.date_trunc('second', started_at)::text, mode, pg_catalog.round(extract(epoch FROM finished_at "
      "- started_at) * 1000), rows, coalesce(" +
          catalog::run_error_sql(visit.db()) +
          ", ''), extract(epoch FROM started_at)::bigint "
          "FROM pgvista.refresh_run r WHERE schema = $1 AND name = $2 ORDER BY id DESC LIMIT 50",
      {schema, name});
  if (rows.size() == 0) return "<p>No runs yet.</p>";
  json::array times;
  json::array durations;
  for (int row = rows.size() - 1; row >= 0; --row) {
    if (rows.null(row, 2)) continue;
    times.push_back(rows.integer(row, 5));
    durations.push_back(rows.integer(row, 2));
  }
  Html html;
  html.open("div", {{"data-plot", json::serialize(json::array{times, durations})},
                    {"data-label", "duration"},
                    {"role", "img"},
                    {"aria-label", "Durations of the last runs, as in the table below"}})
      .close("div");
  html.raw(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Runs\"><table><thead><tr><th "
      "scope=\"col\">Begun</th><th scope=\"col\">Mode</th><th scope=\"col\" class=\"number\">ms</th><th scope=\"col\" "
      "class=\"number\">Rows</th><th scope=\"col\">Error</th></tr></thead><tbody>");
  for (int row = 0; row < rows.size(); ++row) {
    html.raw("<tr>")
        .element("td", rows.at(row, 0))
        .element("td", rows.at(row, 1))
        .element("td", rows.at(row, 2), {{"class", "number"}})
        .element("td", rows.at(row, 3), {{"class", "number"}})
        .element("td", rows.at(row, 4), {{"class", "bad"}})
        .raw("</tr>");
  }
  return html.raw("</tbody></table></div>").str();
}

std::string columns_and_indexes(Visit& visit, const schema::ApiRelation& relation) {
  Html html;
  html.raw(
      "<h2>Columns</h2><div class=\"scroll\" tabindex=\"0\" role=\"region\" "
      "aria-label=\"Columns\"><table><thead><tr><th scope=\"col\">Column</th><th scope=\"col\">Type</th><th "
      "scope=\"col\">Shows</th><th scope=\"col\">Comment</th></tr></thead><tbody>");
  for (const schema::ApiColumn& column : relation.columns) {
    const schema::ApiRelation* source = column.source ? visit.served->model.api.relation(column.source) : nullptr;
    std::string shows;
    for (const schema::ApiColumn& one : source ? source->columns : std::vector<schema::ApiColumn>{}) {
      if (one.number == column.source_column) shows = source->name.display() + "." + one.name;
    }
    html.raw("<tr>")
        .element("th", column.name, {{"scope", "row"}})
        .element("td", column.type)
        .element("td", shows)
        .element("td", column.comment)
        .raw("</tr>");
  }
  html.raw("</tbody></table></div><h2>Indexes</h2>");
  // Those of a maintained view are its store's.
  std::string stored = std::to_string(relation.oid);
  if (!relation.maintenance.empty() && relation.maintenance != "manual") {
    const db::Rows store = visit.db().query(
        "SELECT pg_catalog.to_regclass('pgvista.' || pg_catalog.quote_ident(store))::oid FROM pgvista.program WHERE "
        "schema = $1 AND name = $2",
        {relation.name.schema, relation.name.name});
    if (store.size() > 0 && !store.null(0, 0)) stored = store.text(0, 0);
  }
  const db::Rows rows = visit.db().query(
      "SELECT pg_catalog.pg_get_indexdef(i.indexrelid), "
      "pg_catalog.pg_size_pretty(pg_catalog.pg_relation_size(i.indexrelid)), s.idx_scan "
      "FROM pg_catalog.pg_index i LEFT JOIN pg_catalog.pg_stat_user_indexes s ON s.indexrelid = i.indexrelid WHERE "
      "i.indrelid = $1::oid ORDER BY i.indexrelid",
      {stored});
  if (rows.size() == 0) return html.raw("<p>None.</p>").str();
  html.raw("<ul>");
  for (int row = 0; row < rows.size(); ++row)
    html.raw("<li>")
        .element("code", rows.at(row, 0))
        .text(fmt::format(" {}, used {} times", rows.text(row, 1), rows.null(row, 2) ? "0" : rows.text(row, 2)))
        .raw("</li>");
  return html.raw("</ul>").str();
}

std::string definition(Visit& visit, const std::string& schema, const std::string& name) {
  if (!visit.db().query("SELECT pg_catalog.to_regclass('pgvista.view') IS NOT NULL").boolean(0, 0)) return {};
  const db::Rows rows =
      visit.db().query("SELECT query FROM pgvista.view WHERE schema = $1 AND name = $2", {schema, name});
  return rows.size() == 0
             ? std::string{}
             : Html().raw("<h2>Definition</h2><pre tabindex=\"0\">").text(rows.at(0, 0)).raw("</pre>").str();
}

// --- actions
// -----------------------------------------------------------------------------------------------------------

std::string outcome_of(const CommandResult& result, const std::string& action, const std::string& name) {
  if (!result.errors.empty()) return errors_note(result.errors);
  const json::value document = parsed(result);
  if (!document.is_array() || document.get_array().empty())
    return note(result.messages.empty() ? "Nothing was done." : result.messages, false);
  const json::object& first = document.get_array()[0].as_object();
  if (action == "refresh") {
    if (first.at("error").is_object()) return note(text_of(first.at("error").at("message")), false);
    return note(fmt::format("{} refreshed: {} rows in {}", name, number(first.at("rows")),
                            human_duration(first.at("duration_ms").to_number<double>())),
                true);
  }
  if (first.at("equal").as_bool())
    return note(fmt::format("{} equals its query{}", name, action == "repair" ? " now" : ""), true);
  return note(fmt::format("{} differs from its query: {} rows missing, {} too many. Keys: {}", name,
                          number(first.at("missing")), number(first.at("extra")), json::serialize(first.at("keys"))),
              false);
}

// One row of the base table is written as it is, and undone: what the triggers took, as the server measured it.
std::string measured(Visit& visit, const std::string& table) {
  const schema::ApiRelation* found = nullptr;
  for (const auto& [oid, relation] : visit.served->model.api.relations) {
    if (relation.name.display() == table && !relation.columns.empty()) found = &relation;
  }
  if (!found) return note("There is no table " + table, false);
  const auto writable =
      std::find_if(found->columns.begin(), found->columns.end(), [](const auto& column) { return !column.generated; });
  if (writable == found->columns.end()) return note(table + " has no column that could be written", false);
  const std::string column = sql::quote_identifier(writable->name);
  try {
    const db::Transaction undone(visit.db());
    // Twice: the first run of a trigger in a session pays for its plan.
    const std::string sql = fmt::format(
        "EXPLAIN (ANALYZE, FORMAT JSON) UPDATE {0} SET {1} = {1} WHERE ctid = (SELECT ctid FROM {0} LIMIT 1)",
        found->name.sql(), column);
    visit.db().query(sql);
    const json::value plan = json::parse(visit.db().query(sql).at(0, 0));
    double all = 0;
    int calls = 0;
    for (const json::value& trigger : plan.at(0).at("Triggers").as_array()) {
      if (text_of(trigger.at("Trigger Name")).find("pgvista") == std::string::npos) continue;
      all += trigger.at("Time").to_number<double>();
      ++calls;
    }
    return note(fmt::format("One row of {} updated and undone: {:.2f} ms in all, of which {:.2f} ms in {} triggers of "
                            "pgvista (what is deferred to commit not counted)",
                            table, plan.at(0).at("Execution Time").to_number<double>(), all, calls),
                true);
  } catch (const Failure& failure) {
    return errors_note(failure.errors());
  }
}

}  // namespace

Response views_page(Visit& visit) {
  const CommandResult result = visit.command({"status", {}, {}});
  Html html;
  html.raw("<h1>Views</h1><div id=\"result\" aria-live=\"polite\"></div>");
  const json::value document = parsed(result);
  if (!result.errors.empty()) {
    html.raw(errors_note(result.errors));
  } else if (!document.is_array() || document.get_array().empty()) {
    html.raw("<p>The project defines no views.</p>");
  } else {
    html.raw(views_table(visit, document.get_array()));
  }
  return page(visit, "Views", "/admin/", html.str());
}

Response view_page(Visit& visit, const std::string& name) {
  const CommandResult result = visit.command({"status", {}, {name}});
  const json::value document = parsed(result);
  if (!result.errors.empty() || !document.is_array() || document.get_array().empty())
    return page(visit, name, "/admin/", "<h1>" + escaped(name) + "</h1>" + errors_note(result.errors), 404);
  const json::object& view = document.get_array()[0].as_object();
  const std::string schema = text_of(view.at("schema"));
  const std::string plain = text_of(view.at("name"));
  Html html;
  html.element("h1", shown_name(view)).raw("<div id=\"result\" aria-live=\"polite\"></div>");
  html.raw("<p>")
      .text(fmt::format(
          "{}, {}. ", text_of(view.at("kind")),
          number(view.at("maintenance")) == "-" ? "not stored" : "maintenance " + number(view.at("maintenance"))))
      .raw(sync_badge(view))
      .text(" " + freshness(view) + ". Last run: " + last_run(view) + ".")
      .raw("</p>");
  for (const json::value& problem : view.at("health").as_array()) html.raw(note(text_of(problem), false));
  html.raw(buttons(visit, view));
  const schema::ApiRelation* relation = visit.served ? visit.served->model.api.find(schema, plain) : nullptr;
  if (relation) html.raw("<p>").link("/admin/data/" + rest::percent_encoded(plain), "Browse its rows").raw("</p>");
  html.raw(definition(visit, schema, plain)).raw("<h2>Difference from the database</h2>").raw(difference(visit, name));
  if (relation) html.raw(columns_and_indexes(visit, *relation));
  html.raw("<h2>How it is kept</h2>")
      .raw(explained(visit, name))
      .raw("<h2>Runs</h2>")
      .raw(history(visit, schema, plain));
  return page(visit, shown_name(view), "/admin/", html.str());
}

Response view_action(Visit& visit, const std::string& name, const std::string& action) {
  std::string content;
  if (action == "refresh") {
    content = outcome_of(visit.command({"refresh", {"--concurrently", "--fallback"}, {name}}), action, name);
  } else if (action == "verify") {
    content = outcome_of(visit.command({"verify", {}, {name}}), action, name);
  } else if (action == "repair") {
    content = outcome_of(visit.command({"verify", {"--repair"}, {name}}), action, name);
  } else if (action == "measure") {
    content = measured(visit, visit.field("table"));
  } else {
    return page(visit, "Not found", "/admin/", "<h1>There is no such action</h1>", 404);
  }
  if (visit.fragment()) return fragment(content);
  return page(
      visit, name, "/admin/",
      "<h1>" + escaped(name) + "</h1>" + content +
          Html().raw("<p>").link("/admin/views/" + rest::percent_encoded(name), "Back to " + name).raw("</p>").str());
}

}  // namespace pgvista::admin
