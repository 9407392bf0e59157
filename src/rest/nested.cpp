#include "rest/nested.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "rest/error.hpp"
#include "rest/nested_answer.hpp"
#include "rest/nested_links.hpp"
#include "rest/nested_names.hpp"
#include "rest/read.hpp"
#include "rest/write.hpp"

namespace pgvista::rest {

namespace json = boost::json;
using schema::ApiColumn;
using schema::ApiRelation;
using Form = Relationship::Form;

namespace {

class NestedWriter {
 public:
  NestedWriter(const Model& model, const Body& body, const Selection& selection, Plan& plan)
      : model_(model), names_(model, selection, plain_rows(plan.action)), rows_(model, body, plan) {}

  RowHandle insert(const ApiRelation& relation, const json::object& object, const JsonPath& path,
                   const FixedColumns& fixed) {
    const RowHandle out = rows_.insert(relation, content(relation, object, path, fixed));
    follow_to_many(out, object, path, true);
    return out;
  }

  /// Changed where it is, made where it is not: chosen by these conditions over t0, or by its key.
  RowHandle put(const ApiRelation& relation, const json::object& object, const JsonPath& path,
                const FixedColumns& fixed, const std::vector<std::string>& conditions = {}) {
    const RowHandle out = rows_.put(relation, content(relation, object, path, fixed), conditions);
    follow_to_many(out, object, path, false);
    return out;
  }

  void update(const RowHandle& row, const json::object& object, const JsonPath& path, const FixedColumns& fixed) {
    rows_.update(row, content(*row.relation, object, path, fixed, &row));
    follow_to_many(row, object, path, false);
  }

  const NestedNames& names() const { return names_; }
  NestedRows& rows() { return rows_; }

 private:
  // The row's own columns; what its foreign keys lead to is written before it.
  RowContent content(const ApiRelation& relation, const json::object& object, const JsonPath& path, FixedColumns fixed,
                     const RowHandle* row = nullptr) {
    const FixedColumns above = fixed;
    link_to_ones(relation, object, path, fixed, row);
    fixed = agreed(relation, above, fixed);
    return {object, path, names_.columns(relation, object, fixed), fixed};
  }

  // A row that stands within another may also name it: it must be that one.
  FixedColumns agreed(const ApiRelation& relation, const FixedColumns& above, const FixedColumns& all) {
    FixedColumns out = above;
    for (std::size_t i = above.size(); i < all.size(); ++i) {
      const auto& [name, value] = all[i];
      const auto known =
          std::find_if(out.begin(), out.end(), [&, wanted = name](const auto& one) { return one.first == wanted; });
      if (known == out.end()) {
        out.push_back(all[i]);
      } else {
        require_same(rows_, known->second, value,
                     fmt::format("the body names two rows for \"{}\" of '{}'", name, relation.name.name));
      }
    }
    return out;
  }

  // Given as it is.
  RowHandle plain_row(const ApiRelation& relation, const json::object& object, const JsonPath& path,
                      const FixedColumns& fixed) {
    if (names_.plain() == Plain::make || !names_key(relation, object)) return insert(relation, object, path, fixed);
    return only_points(relation, object) ? point(relation, object, path, fixed) : put(relation, object, path, fixed);
  }

  // It takes no right to write that row, but where it is to belong to another one.
  RowHandle point(const ApiRelation& relation, const json::object& object, const JsonPath& path,
                  const FixedColumns& fixed) {
    static const json::object nothing;
    const RowHandle out = rows_.found(relation, object, {}, !fixed.empty());
    if (!fixed.empty()) update(out, nothing, path, fixed);
    return out;
  }

  // --- to-one: the foreign key stands in this row
  // ---------------------------------------------------------------------
  void link_to_ones(const ApiRelation& relation, const json::object& object, const JsonPath& path, FixedColumns& fixed,
                    const RowHandle* row) {
    for (const auto& member : object) {
      const Relationship* one = names_.relationship(relation, member.key());
      if (!one || !one->holds_key) continue;
      const std::string name(member.key());
      const ApiRelation& target = model_.api.relations.at(one->to);
      const json::object* asked = member.value().if_object();
      const bool part = asked && asked->size() == 1 && asked->contains("disconnect") && !target.column("disconnect");
      if (member.value().is_null() || part) {
        for (const auto& [own, other] : one->columns) fixed.emplace_back(own, "NULL");
        continue;
      }
      if (!member.value().is_object())
        refuse_nested(fmt::format("\"{}\" is one row of '{}': an object", name, target.name.name));
      const json::object& value = member.value().get_object();
      const auto [word, inner] = to_one_word(target, value);
      const JsonPath inner_path = inner == &value ? below(path, name) : below(below(path, name), word);
      if (word == "update") {
        if (!row)
          refuse_nested(fmt::format("\"{}\": a new row has none that could be updated", name),
                        "Use create or connect.");
        update(referred(*row, *one, target), *inner, inner_path, {});
        continue;
      }
      const RowHandle there = word == "connect" ? rows_.found(target, *inner, {}, false)
                              : inner == &value ? plain_row(target, value, inner_path, {})
                                                : insert(target, *inner, inner_path, {});
      for (const auto& [own, other] : one->columns) fixed.emplace_back(own, value_of(there, other));
    }
  }

  // The row that this one's foreign key leads to.
  RowHandle referred(const RowHandle& row, const Relationship& one, const ApiRelation& target) {
    std::vector<std::string> conditions;
    for (const auto& [own, other] : one.columns)
      conditions.push_back(fmt::format("t0.{} = {}", sql::quote_identifier(other), value_of(row, own)));
    return rows_.find(target, {}, conditions,
                      fmt::format("there is no row of '{}' to update: nothing is connected", target.name.name));
  }

  // --- to-many
  // ----------------------------------------------------------------------------------------------------------
  void follow_to_many(const RowHandle& row, const json::object& object, const JsonPath& path, bool fresh) {
    for (const auto& member : object) {
      const Relationship* one = names_.relationship(*row.relation, member.key());
      if (!one || one->holds_key) continue;
      const std::string name(member.key());
      require_link(row, *one);
      if (member.value().is_array()) {
        plain_many(row, *one, member.value().get_array(), below(path, name));
        continue;
      }
      if (one->form == Form::one_to_one && member.value().is_null()) {
        if (!fresh) keep_only(row, *one, {});
        continue;
      }
      if (!member.value().is_object())
        refuse_nested(
            fmt::format("\"{}\" holds rows: an array of new ones, or an object with create, connect, update, "
                        "disconnect, delete or replace",
                        name));
      if (one->form == Form::one_to_one && !is_words_of_many(member.value().get_object())) {
        plain_one(row, *one, member.value().get_object(), below(path, name));
        continue;
      }
      for (const auto& action : member.value().get_object()) {
        const std::string word(action.key());
        const JsonPath inner = below(below(path, name), word);
        if (action.value().is_array()) {
          work(row, *one, word, action.value().get_array(), inner);
        } else if (action.value().is_object()) {
          if (word == "replace") keep_only(row, *one, {action.value()});
          if (fresh && (word == "update" || word == "delete" || word == "disconnect"))
            refuse_nested(fmt::format("\"{}\": a new row has none to {}", name, word));
          single(row, *one, word, action.value().get_object(), inner);
        } else {
          refuse_nested(fmt::format("\"{}\" of \"{}\" takes an object or an array of them", word, name));
        }
      }
    }
  }

  // Rows as GET shows them.
  void plain_many(const RowHandle& row, const Relationship& one, const json::array& items, const JsonPath& path) {
    if (names_.plain() == Plain::replace) keep_only(row, one, items);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!items[i].is_object()) refuse_nested("rows are objects");
      const json::object& item = items[i].get_object();
      const RowHandle there =
          plain_row(model_.api.relations.at(one.to), item, below(path, std::to_string(i)), link_of(row, one));
      if (one.form == Form::many_to_many) pair(row, one, item, below(path, std::to_string(i)), there);
    }
  }

  // The one that is there is meant, where there can be no other.
  void plain_one(const RowHandle& row, const Relationship& one, const json::object& item, const JsonPath& path) {
    const ApiRelation& target = model_.api.relations.at(one.to);
    if (names_.plain() == Plain::make) return create(row, one, item, path);
    if (!names_key(target, item)) {
      put(target, item, path, link_of(row, one), belongs(model_, row, one));
      return;
    }
    if (names_.plain() == Plain::replace) keep_only(row, one, {item});
    put(target, item, path, link_of(row, one));
  }

  // What others point at must be there: a column of a key that is NULL links nothing.
  void require_link(const RowHandle& row, const Relationship& one) {
    for (const auto& [own, other] : one.columns) {
      if (row.relation->column(own)->not_null) continue;
      require_value(rows_, row, own,
                    fmt::format("\"{}\" of '{}' is NULL: no row can belong to it", own, row.relation->name.name));
    }
  }

  void work(const RowHandle& row, const Relationship& one, const std::string& word, const json::array& items,
            const JsonPath& path) {
    if (word == "replace") keep_only(row, one, items);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!items[i].is_object()) refuse_nested(fmt::format("\"{}\" takes objects", word));
      single(row, one, word, items[i].get_object(), below(path, std::to_string(i)));
    }
  }

  void single(const RowHandle& row, const Relationship& one, const std::string& word, const json::object& item,
              const JsonPath& path) {
    const ApiRelation& target = model_.api.relations.at(one.to);
    if (word == "create") return create(row, one, item, path);
    if (word == "connect") return connect(row, one, item, path, rows_.found(target, item), {});
    if (word == "update") {
      const RowHandle there = means_the_only_one(target, one, item)
                                  ? rows_.find(target, {}, belongs(model_, row, one),
                                               fmt::format("there is no row of '{}' to update", target.name.name))
                                  : rows_.found(target, keyed(target, item), belongs(model_, row, one));
      update(there, item, path, {});
      return write_through(row, one, item, path, there);
    }
    if (word == "disconnect" || word == "delete")
      return part(row, one, means_the_only_one(target, one, item) ? json::object{} : keyed(target, item),
                  word == "delete");
    if (word == "replace") {
      if (!names_key(target, item)) return create(row, one, item, path);
      const RowHandle there = rows_.found(target, keyed(target, item));
      json::object rest = item;
      for (const std::string& name : target.key) rest.erase(name);
      return connect(row, one, item, path, there, rest);
    }
    refuse_nested(fmt::format("\"{}\" is nothing that can be done with rows of '{}'", word, target.name.name),
                  did_you_mean(word, {"create", "connect", "update", "disconnect", "delete", "replace"}));
  }

  void create(const RowHandle& row, const Relationship& one, const json::object& item, const JsonPath& path) {
    const ApiRelation& target = model_.api.relations.at(one.to);
    const RowHandle made = insert(target, item, path, link_of(row, one));
    if (one.form == Form::many_to_many) pair(row, one, item, path, made);
  }

  void connect(const RowHandle& row, const Relationship& one, const json::object& item, const JsonPath& path,
               const RowHandle& there, const json::object& changes) {
    update(there, changes, path, link_of(row, one));
    if (one.form == Form::many_to_many) pair(row, one, item, path, there);
  }

  // --- pairs
  // ------------------------------------------------------------------------------------------------------------
  void pair(const RowHandle& row, const Relationship& one, const json::object& item, const JsonPath& path,
            const RowHandle& there) {
    const ApiRelation& junction = model_.api.relations.at(one.junction);
    std::vector<std::string> names;
    std::vector<std::string> values;
    std::vector<std::string> same;
    for (const auto& [name, expression] : pair_columns(row, one, there)) {
      names.push_back(sql::quote_identifier(name));
      values.push_back(expression);
      same.push_back(fmt::format("j.{} = {}", names.back(), expression));
    }
    Statement statement;
    std::string from;
    if (const json::object* through = through_of(item); through && !through->empty()) {
      const auto columns = names_.columns(junction, *through, {});
      for (const ApiColumn* column : columns) {
        names.push_back(sql::quote_identifier(column->name));
        values.push_back("p." + names.back());
      }
      from = " FROM " + rows_.record(statement, {*through, below(path, "through"), columns, {}});
    }
    statement.sql =
        fmt::format("INSERT INTO {} ({}) SELECT {}{} WHERE NOT EXISTS (SELECT FROM {} j WHERE {})", junction.name.sql(),
                    join(names, ", "), join(values, ", "), from, junction.name.sql(), join(same, " AND "));
    rows_.add(std::move(statement));
    write_through(row, one, item, path, there);
  }

  void write_through(const RowHandle& row, const Relationship& one, const json::object& item, const JsonPath& path,
                     const RowHandle& there) {
    const json::object* through = one.form == Form::many_to_many ? through_of(item) : nullptr;
    if (!through || through->empty()) return;
    const ApiRelation& junction = model_.api.relations.at(one.junction);
    const auto columns = names_.columns(junction, *through, {});
    Statement statement;
    std::vector<std::string> sets;
    std::vector<std::string> same;
    for (const ApiColumn* column : columns)
      sets.push_back(fmt::format("{0} = p.{0}", sql::quote_identifier(column->name)));
    for (const auto& [name, expression] : pair_columns(row, one, there))
      same.push_back(fmt::format("t0.{} = {}", sql::quote_identifier(name), expression));
    const std::string from = rows_.record(statement, {*through, below(path, "through"), columns, {}});
    statement.sql = fmt::format("UPDATE {} AS t0 SET {} FROM {} WHERE {}", junction.name.sql(), join(sets, ", "), from,
                                join(same, " AND "));
    rows_.add(std::move(statement));
  }

  // --- parting
  // ----------------------------------------------------------------------------------------------------------
  void part(const RowHandle& row, const Relationship& one, const json::object& key, bool remove) {
    const ApiRelation& target = model_.api.relations.at(one.to);
    if (!remove && one.form != Form::many_to_many && !may_be_alone(target, one))
      refuse_nested(fmt::format("rows of '{}' cannot be without this one: its column is NOT NULL", target.name.name),
                    "Use delete.");
    Statement statement;
    std::vector<std::string> conditions;
    if (!key_conditions(statement, target, key, "t0", conditions)) conditions.emplace_back("true");
    const std::string change = parting(model_, row, one, join(conditions, " AND "), remove);
    rows_.counted(std::move(statement), change,
                  fmt::format("there is no row of '{}' with {} here", target.name.name, json::serialize(key)));
  }

  // replace: whatever is not among these goes.
  void keep_only(const RowHandle& row, const Relationship& one, const json::array& items) {
    const ApiRelation& target = model_.api.relations.at(one.to);
    Statement statement;
    std::vector<std::string> kept_rows;
    for (const json::value& item : items) {
      std::vector<std::string> conditions;
      if (item.is_object() && key_conditions(statement, target, item.get_object(), "t0", conditions))
        kept_rows.push_back("(" + join(conditions, " AND ") + ")");
    }
    statement.sql =
        parting(model_, row, one, kept_rows.empty() ? "true" : "NOT (" + join(kept_rows, " OR ") + ")", false);
    rows_.add(std::move(statement));
  }

  const Model& model_;
  NestedNames names_;
  NestedRows rows_;
};

}  // namespace

namespace {

bool is_nested(const NestedWriter& writer, const ApiRelation& relation, const Body& body) {
  const auto leads_on = [&](const auto& member) {
    return (member.value().is_structured() || member.value().is_null()) &&
           writer.names().relationship(relation, member.key());
  };
  const auto& rows = body.value.get_array();
  return std::any_of(rows.begin(), rows.end(), [&](const json::value& row) {
    return std::any_of(row.get_object().begin(), row.get_object().end(), leads_on);
  });
}

// PATCH: the one row that the request chooses.
RowHandle change(NestedWriter& writer, const NestedWrite& write, const Settings& settings, const ApiRelation& relation,
                 const json::object& object) {
  Statement statement;
  std::vector<std::string> conditions;
  if (!write.key.empty()) conditions = key_conditions(statement, relation, write.key);
  ReadPlanner reading(write.model.api, write.model.relationships, settings, statement, false, false);
  const std::string chosen = reading.condition({&relation, &relation.columns, relation.name.sql(), true},
                                               write.selection, "t0", std::move(conditions));
  if (chosen.empty()) refuse_nested("which row is to be changed?", "Filter by its key.");
  const RowHandle row = writer.rows().find(
      relation, std::move(statement), {chosen},
      fmt::format("the request must choose exactly one row of '{}', as it writes related ones", relation.name.name));
  writer.update(row, object, {"0"}, {});
  return row;
}

// PUT: the row with the URL's key, which the body may say, too.
RowHandle put(NestedWriter& writer, const NestedWrite& write, const ApiRelation& relation, const json::object& object) {
  const RowHandle asked = writer.rows().given(relation, write.key);
  FixedColumns fixed;
  std::vector<const ApiColumn*> said;
  std::vector<std::string> same;
  for (const std::string& name : relation.key) {
    fixed.emplace_back(name, value_of(asked, name));
    if (!object.contains(name)) continue;
    said.push_back(relation.column(name));
    same.push_back(fmt::format("p.{} = {}", sql::quote_identifier(name), value_of(asked, name)));
  }
  if (!said.empty())
    require_content(writer.rows(), {object, {"0"}, said, {}}, same,
                    "Payload values do not match URL in primary key column(s)");
  return writer.put(relation, object, {"0"}, fixed);
}

}  // namespace

bool plan_nested(const NestedWrite& write, const Settings& settings, Plan& plan) {
  NestedWriter writer(write.model, write.body, write.selection, plan);
  const ApiRelation& relation = *plan.relation;
  if (!is_nested(writer, relation, write.body)) return false;
  if (plan.action != Action::put && !plan.preferences.resolution.empty())
    refuse_nested("an upsert cannot write related rows", "Use PATCH for rows that exist, or PUT.");
  if (plan.action != Action::insert && write.body.rows != 1)
    refuse_nested(
        fmt::format("a {} that writes related rows takes one object", plan.action == Action::put ? "PUT" : "PATCH"));
  std::vector<RowHandle> made;
  for (std::size_t i = 0; i < write.body.rows; ++i) {
    const json::object& object = write.body.value.get_array()[i].get_object();
    made.push_back(plan.action == Action::insert ? writer.insert(relation, object, {std::to_string(i)}, {})
                   : plan.action == Action::put  ? put(writer, write, relation, object)
                                                 : change(writer, write, settings, relation, object));
  }
  answer_rows(made, write, settings, plan);
  return true;
}

}  // namespace pgvista::rest
