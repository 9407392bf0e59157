// The graph of what reads what, the runs and migrations of the ledger, and who waits for whom.

#include <fmt/format.h>

#include <algorithm>
#include <functional>
#include <map>
#include <set>

#include "admin/visit.hpp"
#include "base/text.hpp"
#include "catalog/runs.hpp"
#include "rest/request.hpp"

namespace pgvista::admin {

using server::Response;

namespace {

struct Node {
  std::string name;
  std::string kind;  // table, view, stored
  std::vector<std::size_t> reads;
  int level = 0;
  double x = 0;
};

constexpr int box_width = 190;
constexpr int box_height = 26;
constexpr int across = 260;
constexpr int down = 40;

// Views with what they read, down to tables. What the server keeps of it: pg_depend of each view's rule; of a
// maintained view, whose rule reads only its store, the tables that capture changes for it.
std::vector<Node> read_graph(Visit& visit) {
  std::string sql =
      "SELECT DISTINCT v.oid, vn.nspname, v.relname, v.relkind, t.oid, tn.nspname, t.relname, t.relkind "
      "FROM pg_catalog.pg_rewrite r JOIN pg_catalog.pg_class v ON v.oid = r.ev_class JOIN pg_catalog.pg_namespace vn "
      "ON vn.oid = v.relnamespace "
      "JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = r.oid AND "
      "d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> v.oid "
      "JOIN pg_catalog.pg_class t ON t.oid = d.refobjid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace "
      "WHERE vn.nspname !~ '^pg_' AND tn.nspname !~ '^pg_' AND vn.nspname NOT IN ('information_schema', 'pgvista') AND "
      "tn.nspname <> 'pgvista'";
  if (visit.db().query("SELECT pg_catalog.to_regclass('pgvista.program') IS NOT NULL").boolean(0, 0)) {
    sql +=
        " UNION SELECT v.oid, p.schema, p.name, 's', t.oid, tn.nspname, t.relname, t.relkind FROM pgvista.program p "
        "JOIN pg_catalog.pg_namespace vn ON vn.nspname = p.schema "
        "JOIN pg_catalog.pg_class v ON v.relnamespace = vn.oid AND v.relname = p.name "
        "JOIN pg_catalog.pg_rewrite ar ON ar.ev_class IN (SELECT c.oid FROM pg_catalog.pg_class c JOIN "
        "pg_catalog.pg_namespace n ON n.oid = c.relnamespace WHERE n.nspname = 'pgvista' AND c.relkind = 'v' AND "
        "pg_catalog.starts_with(c.relname::text, p.program)) "
        "JOIN pg_catalog.pg_depend d ON d.classid = 'pg_catalog.pg_rewrite'::regclass AND d.objid = ar.oid AND "
        "d.refclassid = 'pg_catalog.pg_class'::regclass AND d.refobjid <> ar.ev_class "
        "JOIN pg_catalog.pg_class t ON t.oid = d.refobjid JOIN pg_catalog.pg_namespace tn ON tn.oid = t.relnamespace "
        "WHERE tn.nspname <> 'pgvista'";
  }
  const db::Rows rows = visit.db().query(sql + " ORDER BY 2, 3, 6, 7");
  std::vector<Node> nodes;
  std::map<std::string, std::size_t> known;
  const auto node = [&](int row, int column) -> std::size_t {
    const auto [at, fresh] = known.try_emplace(rows.text(row, column), nodes.size());
    const char kind = rows.at(row, column + 3)[0];
    if (fresh)
      nodes.push_back({sql::Name{rows.text(row, column + 1), rows.text(row, column + 2)}.display(),
                       kind == 'v'                  ? "view"
                       : kind == 'm' || kind == 's' ? "stored"
                                                    : "table",
                       {}});
    if (kind == 's') nodes[at->second].kind = "stored";
    return at->second;
  };
  for (int row = 0; row < rows.size(); ++row) {
    const std::size_t reader = node(row, 0);
    const std::size_t read = node(row, 4);
    nodes[reader].reads.push_back(read);
  }
  return nodes;
}

// Tables at the left, each view one step right of the last thing that it reads; within a step near what it reads.
void lay_out(std::vector<Node>& nodes, std::vector<std::vector<std::size_t>>& levels) {
  std::function<int(std::size_t, int)> level = [&](std::size_t i, int depth) -> int {
    if (nodes[i].level > 0 || nodes[i].reads.empty() || depth > 64) return nodes[i].level;
    int most = 0;
    for (const std::size_t read : nodes[i].reads) most = std::max(most, level(read, depth + 1));
    return nodes[i].level = most + 1;
  };
  for (std::size_t i = 0; i < nodes.size(); ++i) level(i, 0);
  for (std::size_t i = 0; i < nodes.size(); ++i) {
    const auto at = static_cast<std::size_t>(nodes[i].level);
    if (levels.size() <= at) levels.resize(at + 1);
    levels[at].push_back(i);
  }
  for (auto& one : levels) {
    std::map<std::size_t, double> wish;
    for (const std::size_t i : one) {
      double sum = 0;
      for (const std::size_t read : nodes[i].reads) sum += nodes[read].x;
      wish[i] = nodes[i].reads.empty() ? 0 : sum / static_cast<double>(nodes[i].reads.size());
    }
    std::stable_sort(one.begin(), one.end(),
                     [&](std::size_t left, std::size_t right) { return wish[left] < wish[right]; });
    for (std::size_t place = 0; place < one.size(); ++place) nodes[one[place]].x = static_cast<double>(place);
  }
}

std::string svg(const std::vector<Node>& nodes, const std::vector<std::vector<std::size_t>>& levels) {
  std::size_t most = 1;
  for (const auto& level : levels) most = std::max(most, level.size());
  Html html;
  const auto left = [](const Node& node) { return 10 + node.level * across; };
  const auto top = [](const Node& node) { return 10 + static_cast<int>(node.x) * down; };
  html.open("svg", {{"width", std::to_string(20 + static_cast<int>(levels.size()) * across)},
                    {"height", std::to_string(20 + static_cast<int>(most) * down)},
                    {"role", "group"},
                    {"aria-label", "What reads what: tables at the left, views right of what they read"}});
  for (const Node& node : nodes) {
    for (const std::size_t read : node.reads) {
      const int x1 = left(nodes[read]) + box_width;
      const int y1 = top(nodes[read]) + box_height / 2;
      const int x2 = left(node);
      const int y2 = top(node) + box_height / 2;
      html.raw(fmt::format("<path d=\"M{} {} C{} {} {} {} {} {}\"/>", x1, y1, x1 + 35, y1, x2 - 35, y2, x2, y2));
    }
  }
  for (const Node& node : nodes) {
    const std::string target = node.kind == "table" ? "/admin/data/" : "/admin/views/";
    html.open("a", {{"href", target + rest::percent_encoded(node.name)}});
    html.raw(fmt::format("<rect class=\"{}\" x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"4\"/>", node.kind,
                         left(node), top(node), box_width, box_height));
    const std::string shown = length_utf8(node.name) > 27 ? std::string(prefix_utf8(node.name, 26)) + "…" : node.name;
    html.raw(fmt::format("<text x=\"{}\" y=\"{}\">", left(node) + 7, top(node) + 17))
        .text(shown)
        .raw("</text>")
        .element("title", node.name)
        .close("a");
  }
  return html.close("svg").str();
}

std::string dot(const std::vector<Node>& nodes) {
  const auto quoted = [](const std::string& name) {
    return "\"" + replace_all(replace_all(name, "\\", "\\\\"), "\"", "\\\"") + "\"";
  };
  std::string out = "digraph views {\n  rankdir=LR;\n  node [shape=box];\n";
  for (const Node& node : nodes) {
    out += fmt::format("  {} [class={}];\n", quoted(node.name), node.kind);
    for (const std::size_t read : node.reads)
      out += fmt::format("  {} -> {};\n", quoted(nodes[read].name), quoted(node.name));
  }
  return out + "}\n";
}

std::string table_of(const db::Rows& rows, const std::vector<std::string>& titles, const std::string& label) {
  if (rows.size() == 0) return "<p>None.</p>";
  Html html;
  html.open("div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", label}})
      .raw("<table><thead><tr>");
  for (const std::string& title : titles) html.element("th", title, {{"scope", "col"}});
  html.raw("</tr></thead><tbody>");
  for (int row = 0; row < rows.size(); ++row) {
    html.raw("<tr>");
    for (int column = 0; column < rows.columns(); ++column)
      html.element("td", rows.null(row, column) ? "" : rows.at(row, column),
                   {{"class", "long"}, {"title", rows.text(row, column)}});
    html.raw("</tr>");
  }
  return html.raw("</tbody></table></div>").str();
}

}  // namespace

Response graph_page(Visit& visit) {
  std::vector<Node> nodes = read_graph(visit);
  std::vector<std::vector<std::size_t>> levels;
  lay_out(nodes, levels);
  Html html;
  html.raw("<h1>What reads what</h1>");
  if (nodes.empty()) return page(visit, "Graph", "/admin/graph", html.raw("<p>There are no views.</p>").str());
  html.raw("<p>Tables at the left; views in blue, stored views in green. ")
      .link("/admin/graph/dot", "As DOT")
      .raw("</p><div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Graph\">")
      .raw(svg(nodes, levels))
      .raw("</div>");
  return page(visit, "Graph", "/admin/graph", html.str());
}

Response graph_dot(Visit& visit) {
  Response out = fragment(dot(read_graph(visit)));
  out.set("Content-Type", "text/vnd.graphviz; charset=utf-8");
  return out;
}

Response runs_page(Visit& visit) {
  Html html;
  html.raw("<h1>Runs</h1>");
  db::Connection& connection = visit.db();
  if (!connection
           .query("SELECT pg_catalog.to_regclass('pgvista.refresh_run') IS NOT NULL AND "
                  "pg_catalog.to_regclass('pgvista.migration') IS NOT NULL")
           .boolean(0, 0)) {
    return page(visit, "Runs", "/admin/runs",
                html.raw("<p>pgvista has not run here yet: there is no ledger. Run pgvista sync.</p>").str());
  }
  html.raw("<h2>Refreshes</h2>");
  html.raw(table_of(
      connection.query("SELECT schema || '.' || name, mode, pg_catalog.date_trunc('second', started_at)::text, CASE "
                       "WHEN finished_at IS NULL THEN 'under way' ELSE pg_catalog.round(extract(epoch FROM finished_at "
                       "- started_at) * 1000) || ' ms' END, rows, " +
                       catalog::run_error_sql(connection) + " FROM pgvista.refresh_run r ORDER BY id DESC LIMIT 100"),
      {"View", "Mode", "Begun", "Took", "Rows", "Error"}, "Refreshes"));
  html.raw("<h2>Migrations</h2>");
  html.raw(table_of(connection.query("SELECT name, pg_catalog.date_trunc('second', applied_at)::text, CASE WHEN "
                                     "steps_done IS NOT NULL THEN 'under way: ' || steps_done || ' steps' WHEN faked "
                                     "THEN 'faked' ELSE 'applied' END, pg_catalog.round(duration_ms::numeric, 1) || ' "
                                     "ms' FROM pgvista.migration ORDER BY applied_at DESC LIMIT 200"),
                    {"Migration", "At", "State", "Took"}, "Migrations"));
  return page(visit, "Runs", "/admin/runs", html.str());
}

Response locks_page(Visit& visit) {
  Html html;
  html.raw("<h1>Locks</h1><p>Sessions that wait, and those that they wait for. ")
      .link("/admin/locks", "Look again")
      .raw("</p>");
  html.raw(table_of(
      visit.db().query(
          "SELECT w.pid, w.usename, pg_catalog.round(extract(epoch FROM pg_catalog.clock_timestamp() - w.query_start)) "
          "|| ' s', l.mode, coalesce(l.relation::regclass::text, l.locktype), pg_catalog.left(w.query, 200), b.pid, "
          "b.usename, b.state, pg_catalog.left(b.query, 200) "
          "FROM pg_catalog.pg_stat_activity w CROSS JOIN LATERAL pg_catalog.unnest(pg_catalog.pg_blocking_pids(w.pid)) "
          "AS u(pid) JOIN pg_catalog.pg_stat_activity b ON b.pid = u.pid "
          "LEFT JOIN LATERAL (SELECT * FROM pg_catalog.pg_locks k WHERE k.pid = w.pid AND NOT k.granted LIMIT 1) l ON "
          "true WHERE w.datname = pg_catalog.current_database() ORDER BY w.query_start"),
      {"Waits", "Role", "Since", "For", "On", "Statement", "Held by", "Role", "State", "Its statement"},
      "Waiting sessions"));
  html.raw("<h2>Advisory locks of pgvista</h2>");
  html.raw(table_of(
      visit.db().query("SELECT a.pid, a.usename, a.application_name, l.classid, l.objid, CASE WHEN l.granted THEN "
                       "'held' ELSE 'waited for' END FROM pg_catalog.pg_locks l JOIN pg_catalog.pg_stat_activity a ON "
                       "a.pid = l.pid WHERE l.locktype = 'advisory' AND a.datname = pg_catalog.current_database() AND "
                       "a.application_name ~ 'pgvista' ORDER BY 1"),
      {"Session", "Role", "Program", "Class", "Object", "State"}, "Advisory locks"));
  return page(visit, "Locks", "/admin/locks", html.str());
}

}  // namespace pgvista::admin
