// One row: a form, what belongs to it, and its end with what hangs on it.

#include <fmt/format.h>

#include <algorithm>

#include "admin/data.hpp"
#include "base/text.hpp"
#include "rest/error.hpp"

namespace pgvista::admin {

namespace json = boost::json;
using schema::ApiColumn;
using schema::ApiRelation;
using server::Response;

namespace {

constexpr int most_choices = 500;
constexpr const char* prefix = "c_";  // of the form's fields, so that no column's name means something else

bool as_json(const ApiColumn& column) {
  return column.category == 'A' || column.composite || column.type == "json" || column.type == "jsonb";
}

using Values = std::vector<std::optional<std::string>>;  // as the relation's columns

class RowForm {
 public:
  RowForm(Visit& visit, const ApiRelation& relation, std::string key)
      : visit_(visit),
        relation_(relation),
        key_(std::move(key)),
        here_("/admin/data/" + rest::percent_encoded(relation.name.name) + "/" + key_) {}

  bool fresh() const { return key_ == "add"; }

  Values stored() const {
    Values out(relation_.columns.size());
    if (fresh()) return out;
    std::string select;
    for (const ApiColumn& column : relation_.columns) select += (select.empty() ? "" : ",") + field_name(column.name);
    const Found found = ask(visit_, "GET", {relation_.name.name, key_}, {{"select", select}});
    if (found.rows->size() == 0) throw rest::Refusal(404, "PGRST116", "There is no such row");
    for (std::size_t i = 0; i < out.size(); ++i) out[i] = found.rows->optional(0, static_cast<int>(i));
    return out;
  }

  // What the form said. A field that is empty means NULL, or, of a new row, the default.
  json::object written(Values& shown) const {
    json::object out;
    for (std::size_t i = 0; i < relation_.columns.size(); ++i) {
      const ApiColumn& column = relation_.columns[i];
      if (column.generated) continue;
      const std::string value = visit_.field(prefix + column.name);
      shown[i] = value;
      const bool text = column.category == 'S' && column.choices.empty();
      if (value.empty() && !(text && column.not_null)) {
        if (fresh() && !column.default_value.empty()) continue;
        out[column.name] = nullptr;
        shown[i] = std::nullopt;
      } else if (as_json(column)) {
        boost::system::error_code failure;
        json::value parsed = json::parse(value, failure);
        if (failure) throw rest::Refusal(400, "PGRST102", fmt::format("\"{}\" is not JSON", column.name));
        out[column.name] = std::move(parsed);
      } else {
        out[column.name] = value;
      }
    }
    return out;
  }

  Response show(const Values& values, const std::string& wrong, int status) const {
    const bool writable = fresh() ? relation_.insertable : relation_.updatable;
    Html html;
    html.element("h1", fresh() ? "Add to " + relation_.name.name
                               : relation_.name.name + " " + rest::percent_decoded(key_, false).value_or(key_));
    html.raw("<p>")
        .link("/admin/data/" + rest::percent_encoded(relation_.name.name), "All of " + relation_.name.name)
        .raw("</p>");
    if (!wrong.empty()) html.raw(note(wrong, false));
    if (visit_.request.parameter("done")) html.raw(note("Saved.", true));
    html.raw(writable ? form(values, wrong) : plain(values));
    if (!fresh()) {
      html.raw(related());
      html.raw("<p>The same from the API: ")
          .element("code", "GET " + api_address({relation_.name.name, key_}, {}))
          .raw("</p>");
    }
    return page(visit_, relation_.name.name, "/admin/data", html.str(), status);
  }

  std::string related() const {
    Html html;
    html.raw("<h2>What belongs to it</h2><ul>");
    bool any = false;
    const Values values = stored();
    for (const rest::Relationship* one : visit_.served->model.relationships.of(relation_.oid)) {
      const ApiRelation* other = visit_.served->model.api.relation(one->to);
      if (one->holds_key || !other || !other->served || other->view() || one->columns.empty() ||
          one->form == rest::Relationship::Form::many_to_many)
        continue;
      rest::Pairs query{{"select", field_name(one->columns[0].second)}, {"limit", "0"}};
      std::string target = "/admin/data/" + rest::percent_encoded(other->name.name);
      for (std::size_t i = 0; i < one->columns.size(); ++i) {
        const std::string value = "eq." + value_of(values, one->columns[i].first);
        query.emplace_back(field_name(one->columns[i].second), value);
        target +=
            (i == 0 ? "?" : "&") + rest::percent_encoded(one->columns[i].second) + "=" + rest::percent_encoded(value);
      }
      const std::optional<long long> rows = count_of(other->name.name, query);
      if (!rows) continue;
      html.raw("<li>")
          .link(target, fmt::format("{} by {}", other->name.name, one->columns[0].second))
          .text(fmt::format(": {} rows", *rows))
          .raw("</li>");
      any = true;
    }
    return any ? html.raw("</ul>").str() : std::string{};
  }

  // Rows that refer to this one, and what becomes of them.
  std::string dependents(bool& prevented) const {
    Html html;
    html.raw("<ul>");
    bool any = false;
    const Values values = stored();
    for (const schema::ApiForeignKey& key : visit_.served->model.api.foreign_keys) {
      const ApiRelation* other = visit_.served->model.api.relation(key.table);
      if (key.target != relation_.oid || !other || !other->served) continue;
      rest::Pairs query{{"select", field_name(key.columns[0])}, {"limit", "0"}};
      for (std::size_t i = 0; i < key.columns.size(); ++i)
        query.emplace_back(field_name(key.columns[i]), "eq." + value_of(values, key.target_columns[i]));
      const std::optional<long long> counted = count_of(other->name.name, query);
      if (!counted) {
        html.element("li", fmt::format("rows of {} may refer to it: this role may not read them", other->name.name));
        any = true;
        continue;
      }
      const long long rows = *counted;
      if (rows == 0) continue;
      const char* what = key.on_delete == 'c'   ? "deleted with it"
                         : key.on_delete == 'n' ? "parted from it: their column becomes NULL"
                         : key.on_delete == 'd' ? "given their default"
                                                : "in the way: it cannot be deleted while they refer to it";
      prevented |= key.on_delete == 'a' || key.on_delete == 'r';
      html.element("li", fmt::format("{} rows of {} are {}", rows, other->name.name, what));
      any = true;
    }
    return any ? html.raw("</ul>").str() : "<p>Nothing refers to it.</p>";
  }

  const std::string& here() const { return here_; }

 private:
  // Nothing where the visitor's role may not read the table.
  std::optional<long long> count_of(const std::string& table, const rest::Pairs& query) const {
    const auto found = if_readable([&] { return ask(visit_, "GET", {table}, query, {}, "count=exact"); });
    return found ? found->total : std::nullopt;
  }

  template <class Ask>
  static std::optional<Found> if_readable(const Ask& ask_for) {
    try {
      return ask_for();
    } catch (const db::QueryFailure& failure) {
      constexpr const char* insufficient_privilege = "42501";
      if (failure.error().sqlstate != insufficient_privilege) throw;
      return std::nullopt;
    }
  }

  std::string value_of(const Values& values, const std::string& column) const {
    for (std::size_t i = 0; i < relation_.columns.size(); ++i) {
      if (relation_.columns[i].name == column) return values[i].value_or("");
    }
    return {};
  }

  std::string plain(const Values& values) const {
    Html html;
    html.raw("<table><tbody>");
    for (std::size_t i = 0; i < relation_.columns.size(); ++i) {
      html.raw("<tr>").element("th", relation_.columns[i].name, {{"scope", "row"}}).raw("<td>");
      if (values[i]) {
        html.text(*values[i]);
      } else {
        html.raw("<span class=\"null\">null</span>");
      }
      html.raw("</td></tr>");
    }
    return html.raw("</tbody></table>").str();
  }

  std::string form(const Values& values, const std::string& wrong) const {
    Html html;
    html.open("form", {{"method", "post"}, {"action", here_}, {"class", "edit"}}).raw(visit_.csrf_field());
    for (std::size_t i = 0; i < relation_.columns.size(); ++i) html.raw(field(relation_.columns[i], values[i], wrong));
    html.raw("<div class=\"row\"><button class=\"primary\">Save</button>");
    if (!fresh() && relation_.deletable) html.link(here_ + "/delete", "Delete …", {{"class", "button"}});
    return html.raw("</div></form>").str();
  }

  std::string field(const ApiColumn& column, const std::optional<std::string>& value, const std::string& wrong) const {
    const std::string id = prefix + column.name;
    const bool named = !wrong.empty() && wrong.find("\"" + column.name + "\"") != std::string::npos;
    Html html;
    html.open("div", {{"class", named ? "field wrong" : "field"}}).element("label", column.name, {{"for", id}});
    std::vector<std::pair<std::string, std::string>> attributes = {{"id", id}, {"name", id}};
    if (named) attributes.emplace_back("aria-invalid", "true");
    const bool has_default = !column.default_value.empty();
    const bool text = column.category == 'S' && column.choices.empty();
    if (column.not_null && !has_default && !text && !column.generated) attributes.emplace_back("required", "");
    const std::string current = value.value_or("");
    if (column.generated) {
      attributes.emplace_back("value", current);
      attributes.emplace_back("readonly", "");
      html.open("input", attributes);
    } else if (!column.choices.empty() || column.category == 'B') {
      html.raw(choices(column, current, attributes));
    } else if (const std::string list = rows_to_choose(leads_to(visit_, relation_, column.name), current, attributes,
                                                       column.not_null && !has_default);
               !list.empty()) {
      html.raw(list);
    } else if (as_json(column) || (text && (current.size() > 60 || column.type == "text"))) {
      attributes.emplace_back("rows", current.size() > 200 ? "8" : "2");
      html.open("textarea", attributes).text(current).close("textarea");
    } else {
      attributes.emplace_back("value", current);
      const bool number = column.category == 'N' && column.type != "money";
      attributes.emplace_back("type", number ? "number" : column.type == "date" ? "date" : "text");
      if (number) attributes.emplace_back("step", "any");
      if (const std::size_t open = column.type.find("varying("); open != std::string::npos)
        attributes.emplace_back("maxlength", column.type.substr(open + 8, column.type.find(')') - open - 8));
      html.open("input", attributes);
    }
    html.element("small", column.type + (column.not_null ? "" : ", may be empty (NULL)") +
                              (has_default && fresh() ? ", by default " + column.default_value : "") +
                              (column.comment.empty() ? "" : ". " + column.comment));
    return html.raw("</div>").str();
  }

  static std::string option(const std::string& value, const std::string& text, bool chosen) {
    std::vector<std::pair<std::string, std::string>> attributes = {{"value", value}};
    if (chosen) attributes.emplace_back("selected", "");
    return Html().element("option", text, attributes).str();
  }

  std::string choices(const ApiColumn& column, const std::string& current,
                      const std::vector<std::pair<std::string, std::string>>& attributes) const {
    Html html;
    html.open("select", attributes);
    if (!column.not_null || fresh()) html.raw(option("", column.not_null ? "" : "(null)", current.empty()));
    if (column.category == 'B') {
      html.raw(option("true", "true", current == "t" || current == "true"))
          .raw(option("false", "false", current == "f" || current == "false"));
    }
    for (const std::string& one : column.choices) html.raw(option(one, one, one == current));
    return html.close("select").str();
  }

  bool fits_a_list(const rest::Relationship& one) const {
    const double rows = visit_.served->model.api.relation(one.to)->rows;
    return rows <= most_choices;  // -1: nobody has counted
  }

  // "": not a foreign key, or too many to choose from.
  std::string rows_to_choose(const rest::Relationship* leads, const std::string& current,
                             const std::vector<std::pair<std::string, std::string>>& attributes, bool needed) const {
    if (!leads || !fits_a_list(*leads)) return {};
    const rest::Relationship& one = *leads;
    const ApiRelation& target = *visit_.served->model.api.relation(one.to);
    const std::string label = label_column(target);
    const std::optional<Found> choices = if_readable([&] {
      return ask(visit_, "GET", {target.name.name},
                 {{"select", field_name(one.columns[0].second) + ",label:" + field_name(label)},
                  {"order", field_name(label)},
                  {"limit", std::to_string(most_choices + 1)}});
    });
    if (!choices || choices->rows->size() > most_choices) return {};
    const Found& found = *choices;
    Html html;
    html.open("select", attributes);
    if (!needed || fresh()) html.raw(option("", needed ? "" : "(null)", current.empty()));
    bool known = current.empty();
    for (int row = 0; row < found.rows->size(); ++row) {
      const std::string value = found.rows->text(row, 0);
      known |= value == current;
      html.raw(option(value, found.rows->text(row, 1), value == current));
    }
    if (!known) html.raw(option(current, current, true));
    return html.close("select").str();
  }

  Visit& visit_;
  const ApiRelation& relation_;
  std::string key_;
  std::string here_;
};

}  // namespace

Response row_page(Visit& visit, const std::string& name, const std::string& key) {
  const RowForm row(visit, relation_of(visit, name), key);
  return row.show(row.stored(), "", 200);
}

Response save_row(Visit& visit, const std::string& name, const std::string& key) {
  const ApiRelation& relation = relation_of(visit, name);
  const RowForm row(visit, relation, key);
  Values shown(relation.columns.size());
  try {
    const std::string body = json::serialize(row.written(shown));
    const bool fresh = row.fresh();
    const Found found = ask(visit, fresh ? "POST" : "PATCH",
                            fresh ? std::vector<std::string>{name} : std::vector<std::string>{name, key}, {}, body,
                            "return=representation");
    if (found.rows->size() == 0) throw rest::Refusal(404, "PGRST116", "There is no such row any more");
    std::vector<std::string> values;
    for (std::size_t i = 0; i < found.plan.columns.size(); ++i) {
      if (std::find(relation.key.begin(), relation.key.end(), found.plan.columns[i].key) != relation.key.end())
        values.push_back(found.rows->text(0, static_cast<int>(i)));
    }
    const std::string list = "/admin/data/" + rest::percent_encoded(name);
    return redirect(values.size() == relation.key.size() && !values.empty()
                        ? list + "/" + key_segment(values) + "?done=saved"
                        : list + "?done=saved");
  } catch (const Failure& failure) {
    const Error& error = failure.error();
    return row.show(shown, error.message + (error.detail.empty() ? "" : ". " + error.detail), 422);
  } catch (const rest::Refusal& refusal) {
    return row.show(shown, refusal.what(), refusal.status == 404 ? 404 : 422);
  }
}

Response delete_page(Visit& visit, const std::string& name, const std::string& key) {
  const RowForm row(visit, relation_of(visit, name), key);
  bool prevented = false;
  const std::string dependents = row.dependents(prevented);
  Html html;
  html.element("h1", fmt::format("Delete {} {}?", name, rest::percent_decoded(key, false).value_or(key)))
      .raw(dependents);
  html.open("form", {{"method", "post"}, {"action", row.here() + "/delete"}})
      .raw(visit.csrf_field())
      .raw("<div class=\"row\">");
  if (!prevented) html.raw("<button class=\"danger\">Delete it</button>");
  html.link(row.here(), "Keep it", {{"class", "button"}}).raw("</div></form>");
  return page(visit, "Delete", "/admin/data", html.str());
}

Response delete_row(Visit& visit, const std::string& name, const std::string& key) {
  try {
    ask(visit, "DELETE", {name, key}, {});
  } catch (const Failure& failure) {
    return page(visit, "Delete", "/admin/data", "<h1>It was not deleted</h1>" + errors_note(failure.errors()), 409);
  }
  return redirect("/admin/data/" + rest::percent_encoded(name) + "?done=deleted");
}

}  // namespace pgvista::admin
