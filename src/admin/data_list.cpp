// Tables, and the rows of one: columns, filters with counts, search, order, pages.

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "admin/data.hpp"
#include "base/text.hpp"
#include "rest/error.hpp"

namespace pgvista::admin {

using rest::Pairs;
using schema::ApiColumn;
using schema::ApiRelation;
using server::Response;

namespace {

constexpr long long page_rows = 50;
constexpr std::size_t most_columns = 12;
constexpr std::size_t most_facets = 6;
constexpr double countable_rows = 200'000;

class ListPage {
 public:
  ListPage(Visit& visit, const std::string& name)
      : visit_(visit), relation_(relation_of(visit, name)), here_("/admin/data/" + rest::percent_encoded(name)) {
    for (const auto& [key, value] : visit.request.query) {
      if (key == "q") {
        search_ = value;
      } else if (key == "page") {
        std::from_chars(value.data(), value.data() + value.size(), page_);
      } else if (key == "order") {
        order_ = value;
      } else if (relation_.column(key) && !value.empty()) {
        filters_.emplace_back(key, value);
      }
    }
    page_ = std::clamp(page_, 1LL, 1'000'000LL);
    for (const ApiColumn& column : relation_.columns) {
      if (columns_.size() < most_columns) columns_.push_back(&column);
    }
  }

  Response show() {
    Html html;
    html.element("h1", relation_.name.name);
    if (!relation_.comment.empty()) html.element("p", relation_.comment);
    if (visit_.request.parameter("done"))
      html.raw(note(*visit_.request.parameter("done") == "deleted" ? "Deleted." : "Saved.", true));
    html.raw(search_form());
    try {
      html.raw("<div class=\"columns\"><div>")
          .raw(rows())
          .raw("</div><aside class=\"filters\" aria-label=\"Filters\">")
          .raw(facets())
          .raw("</aside></div>");
    } catch (const Failure& failure) {
      html.raw(errors_note(failure.errors()));
    } catch (const rest::Refusal& refusal) {
      html.raw(note(refusal.what(), false));
    }
    return page(visit_, relation_.name.name, "/admin/data", html.str());
  }

 private:
  // The same list with one thing changed; "" takes it away.
  std::string address(const std::string& key, const std::string& value) const {
    Pairs all = filters_;
    if (!search_.empty()) all.emplace_back("q", search_);
    if (!order_.empty()) all.emplace_back("order", order_);
    all.erase(std::remove_if(all.begin(), all.end(), [&](const auto& one) { return one.first == key; }), all.end());
    if (!value.empty()) all.emplace_back(key, value);
    std::string out = here_;
    for (std::size_t i = 0; i < all.size(); ++i)
      out += (i == 0 ? "?" : "&") + rest::percent_encoded(all[i].first) + "=" + rest::percent_encoded(all[i].second);
    return out;
  }

  std::string search_form() const {
    Html html;
    html.raw("<div class=\"row\">")
        .open("form", {{"method", "get"}, {"action", here_}, {"role", "search"}, {"class", "row"}});
    html.open("label", {{"for", "q"}})
        .text("Search")
        .close("label")
        .open("input", {{"type", "search"}, {"id", "q"}, {"name", "q"}, {"value", search_}});
    for (const auto& [key, value] : filters_) html.open("input", {{"type", "hidden"}, {"name", key}, {"value", value}});
    html.raw("<button>Search</button></form>");
    if (relation_.insertable) html.link(here_ + "/add", "Add a row", {{"class", "button"}});
    return html.raw("</div>").str();
  }

  Pairs conditions(const std::string& without = {}) const {
    Pairs out;
    for (const auto& one : filters_) {
      if (one.first != without) out.push_back(one);
    }
    if (search_.empty()) return out;
    std::string any;
    for (const ApiColumn& column : relation_.columns) {
      if (column.category != 'S' || any.size() > 1500) continue;
      any += (any.empty() ? "" : ",") + field_name(column.name) + ".ilike.\"*" +
             replace_all(replace_all(search_, "\\", "\\\\"), "\"", "\\\"") + "*\"";
    }
    if (!any.empty()) out.emplace_back("or", "(" + any + ")");
    return out;
  }

  std::string rows() {
    Pairs query = conditions();
    std::string select;
    for (const ApiColumn* column : columns_) select += (select.empty() ? "" : ",") + field_name(column->name);
    const std::string plain_select = select;
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const rest::Relationship* one = leads_to(visit_, relation_, columns_[i]->name);
      labels_.push_back(one);
      if (one)
        select += fmt::format(
            ",label{}:{}!{}({})", i, field_name(visit_.served->model.api.relation(one->to)->name.name),
            field_name(one->constraint), field_name(label_column(*visit_.served->model.api.relation(one->to))));
    }
    for (const std::string& key : relation_.key) select += ",key_" + key + ":" + field_name(key);
    query.insert(query.begin(), {"select", select});
    std::string order = order_;
    if (order.empty() && !relation_.key.empty()) order = field_name(relation_.key.front());
    if (!order.empty()) query.emplace_back("order", order);
    query.emplace_back("limit", std::to_string(page_rows));
    query.emplace_back("offset", std::to_string((page_ - 1) * page_rows));
    const bool countable = relation_.rows < countable_rows;
    const Found found = ask(visit_, "GET", {relation_.name.name}, query, {}, countable ? "count=exact" : "");
    Pairs shown = conditions();
    if (!order_.empty()) shown.emplace_back("order", order_);
    shown.emplace_back("limit", std::to_string(page_rows));
    return table(found) + pages(found) +
           Html()
               .raw("<p>The same from the API: ")
               .element("code", "GET " + api_address({relation_.name.name}, shown))
               .raw("</p>")
               .str();
  }

  std::string table(const Found& found) const {
    Html html;
    html.open("div", {{"class", "scroll"}, {"tabindex", "0"}, {"role", "region"}, {"aria-label", "Rows"}})
        .raw("<table><thead><tr>");
    if (!relation_.key.empty()) html.raw("<th scope=\"col\">Row</th>");
    for (const ApiColumn* column : columns_) {
      const std::string name = field_name(column->name);
      const bool ascending = order_ == name || order_ == name + ".asc";
      const bool descending = order_ == name + ".desc";
      html.open("th", {{"scope", "col"},
                       {"class", column->category == 'N' ? "number" : ""},
                       {"aria-sort", ascending    ? "ascending"
                                     : descending ? "descending"
                                                  : "none"}});
      html.link(address("order", name + (ascending ? ".desc" : ".asc")), column->name).raw("</th>");
    }
    html.raw("</tr></thead><tbody>");
    for (int row = 0; row < found.rows->size(); ++row) html.raw(line(found, row));
    html.raw("</tbody></table></div>");
    if (found.rows->size() == 0) html.raw("<p>No rows.</p>");
    return html.str();
  }

  std::string line(const Found& found, int row) const {
    Html html;
    html.raw("<tr>");
    if (!relation_.key.empty()) {
      std::vector<std::string> values;
      const int first = found.rows->columns() - static_cast<int>(relation_.key.size());
      for (std::size_t i = 0; i < relation_.key.size(); ++i)
        values.push_back(found.rows->text(row, first + static_cast<int>(i)));
      html.raw("<th scope=\"row\">").link(here_ + "/" + key_segment(values), join(values, ", ")).raw("</th>");
    }
    int label = static_cast<int>(columns_.size());
    for (std::size_t i = 0; i < columns_.size(); ++i) {
      const int column = static_cast<int>(i);
      const rest::Relationship* one = labels_[i];
      html.open("td", {{"class", columns_[i]->category == 'N' && !one ? "number" : "long"}});
      if (found.rows->null(row, column)) {
        html.raw("<span class=\"null\">null</span>");
      } else if (one) {
        const ApiRelation& target = *visit_.served->model.api.relation(one->to);
        // {"name":"x"} of the embedded row
        std::string shown = found.rows->text(row, column);
        boost::system::error_code failure;
        const boost::json::value embedded = boost::json::parse(found.rows->text(row, label), failure);
        if (!failure && embedded.is_object() && embedded.get_object().size() == 1 &&
            embedded.get_object().begin()->value().is_string())
          shown = std::string(embedded.get_object().begin()->value().get_string());
        html.link("/admin/data/" + rest::percent_encoded(target.name.name) + "/" +
                      key_segment({found.rows->text(row, column)}),
                  shown);
      } else {
        html.text(prefix_utf8(found.rows->at(row, column), 300));
      }
      if (one) ++label;
      html.raw("</td>");
    }
    return html.raw("</tr>").str();
  }

  std::string pages(const Found& found) const {
    const long long begin = (page_ - 1) * page_rows;
    const long long shown = found.rows->size();
    Html html;
    html.raw("<nav aria-label=\"Pages of rows\" class=\"row\">");
    if (page_ > 1) html.link(address("page", std::to_string(page_ - 1)), "Previous");
    html.element("span", shown == 0 ? ""
                                    : fmt::format("Rows {} to {}{}", begin + 1, begin + shown,
                                                  found.total ? fmt::format(" of {}", *found.total) : ""));
    const bool more = found.total ? begin + shown < *found.total : shown == page_rows;
    if (more) html.link(address("page", std::to_string(page_ + 1)), "Next");
    return html.raw("</nav>").str();
  }

  // Columns of few values: each value with the number of rows that have it, the other filters kept.
  std::string facets() {
    Html html;
    std::size_t shown = 0;
    for (const ApiColumn& column : relation_.columns) {
      const rest::Relationship* one = leads_to(visit_, relation_, column.name);
      if (column.choices.empty() && column.category != 'B' && !one) continue;
      if (++shown > most_facets) break;
      Pairs query = conditions(column.name);
      std::string select = field_name(column.name) + ",count()";
      if (one)
        select += fmt::format(",label:{}!{}({})", field_name(visit_.served->model.api.relation(one->to)->name.name),
                              field_name(one->constraint),
                              field_name(label_column(*visit_.served->model.api.relation(one->to))));
      query.insert(query.begin(), {"select", select});
      query.emplace_back("limit", "20");
      const Found found = ask(visit_, "GET", {relation_.name.name}, query);
      html.element("h2", column.name).raw("<ul>");
      const std::string active = [&] {
        for (const auto& [key, value] : filters_) {
          if (key == column.name) return value;
        }
        return std::string{};
      }();
      if (!active.empty()) html.raw("<li>").link(address(column.name, ""), "All").raw("</li>");
      for (int row = 0; row < found.rows->size(); ++row) {
        const bool null = found.rows->null(row, 0);
        const std::string value = null                     ? "is.null"
                                  : column.category == 'B' ? (found.rows->boolean(row, 0) ? "is.true" : "is.false")
                                                           : "eq." + found.rows->text(row, 0);
        std::string text = null ? "null" : found.rows->text(row, 0);
        if (one && !null) {
          boost::system::error_code failure;
          const boost::json::value label = boost::json::parse(found.rows->text(row, 2), failure);
          if (!failure && label.is_object() && label.get_object().size() == 1 &&
              label.get_object().begin()->value().is_string())
            text = std::string(label.get_object().begin()->value().get_string());
        }
        if (column.category == 'B' && !null) text = found.rows->boolean(row, 0) ? "true" : "false";
        html.raw("<li>")
            .link(address(column.name, value), text,
                  active == value ? std::vector<std::pair<std::string, std::string>>{{"aria-current", "true"}}
                                  : std::vector<std::pair<std::string, std::string>>{})
            .element("span", found.rows->text(row, 1))
            .raw("</li>");
      }
      html.raw("</ul>");
    }
    return html.str();
  }

  Visit& visit_;
  const ApiRelation& relation_;
  std::string here_;
  std::string search_;
  std::string order_;
  Pairs filters_;
  long long page_ = 1;
  std::vector<const ApiColumn*> columns_;
  mutable std::vector<const rest::Relationship*> labels_;
};

}  // namespace

Response tables_page(Visit& visit) {
  Html html;
  html.raw("<h1>Data</h1>");
  if (!visit.served)
    return page(visit, "Data", "/admin/data",
                html.raw("<p>The catalogue has not been read yet. Load the page again.</p>").str(), 503);
  html.raw(
      "<div class=\"scroll\" tabindex=\"0\" role=\"region\" aria-label=\"Tables and views\"><table><thead><tr><th "
      "scope=\"col\">Name</th><th scope=\"col\">Kind</th><th scope=\"col\" class=\"number\">Rows, about</th><th "
      "scope=\"col\">Comment</th></tr></thead><tbody>");
  std::vector<const ApiRelation*> all;
  for (const auto& [oid, relation] : visit.served->model.api.relations) {
    if (relation.served && relation.name.schema == visit.served->model.api.schemas.front()) all.push_back(&relation);
  }
  std::sort(all.begin(), all.end(),
            [](const ApiRelation* left, const ApiRelation* right) { return left->name.name < right->name.name; });
  for (const ApiRelation* relation : all) {
    const std::string kind = relation->kind == 'm'   ? "materialized view"
                             : relation->kind == 'v' ? (relation->maintenance.empty() ? "view" : "maintained view")
                             : relation->kind == 'f' ? "foreign table"
                                                     : "table";
    html.raw("<tr><th scope=\"row\">")
        .link("/admin/data/" + rest::percent_encoded(relation->name.name), relation->name.name)
        .raw("</th>")
        .element("td", kind);
    html.element("td", relation->rows < 0 ? "" : fmt::format("{:.0f}", relation->rows), {{"class", "number"}})
        .element("td", relation->comment)
        .raw("</tr>");
  }
  return page(visit, "Data", "/admin/data", html.raw("</tbody></table></div>").str());
}

Response list_page(Visit& visit, const std::string& relation) { return ListPage(visit, relation).show(); }

}  // namespace pgvista::admin
