#include "rest/nested.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "rest/error.hpp"
#include "rest/read.hpp"
#include "rest/write.hpp"

namespace pgvista::rest {

namespace json = boost::json;
using schema::ApiColumn;
using schema::ApiRelation;
using Form = Relationship::Form;

namespace {

constexpr std::size_t most_statements = 5000;
constexpr const char* body_setting = "pgvista.body";

[[noreturn]] void refuse(const std::string& message, const std::string& hint = {}) { throw Refusal(400, "PGVISTA101", message, nullptr, hint); }

// A row that an earlier statement made or found; its columns are read back from settings of the transaction.
struct Handle {
  const ApiRelation* relation;
  int number;
};

std::string setting(const Handle& row, const ApiColumn& column) { return fmt::format("pgvista.n{}_{}", row.number, column.number); }

// A setting is never NULL: the value stands behind a letter, nothing is NULL.
std::string value_of(const Handle& row, const std::string& column) {
  const ApiColumn& one = *row.relation->column(column);
  return fmt::format("CAST(pg_catalog.substr(nullif(pg_catalog.current_setting('{}'), ''), 2) AS {})", setting(row, one), one.type);
}

bool exact(const json::value& value) {
  if (value.is_double()) return false;
  if (const auto* object = value.if_object()) return std::all_of(object->begin(), object->end(), [](const auto& member) { return exact(member.value()); });
  if (const auto* array = value.if_array()) return std::all_of(array->begin(), array->end(), [](const json::value& one) { return exact(one); });
  return true;
}

using Fixed = std::vector<std::pair<std::string, std::string>>;  // column, expression
using JsonPath = std::vector<std::string>;

class Nesting {
 public:
  Nesting(const Model& model, const Body& body, const Selection& selection, Plan& plan) : model_(model), body_(body), plan_(plan) { learn_aliases(selection); }

  const Relationship* relationship(const ApiRelation& relation, std::string_view key) const {
    const std::size_t mark = key.find('!');
    const std::string name(key.substr(0, mark));
    if (relation.column(name)) return nullptr;
    if (const Relationship* found = named(relation, name, mark == std::string_view::npos ? "" : std::string(key.substr(mark + 1)))) return found;
    // As the request calls it in its select.
    const auto alias = aliases_.find(name);
    return alias == aliases_.end() ? nullptr : named(relation, alias->second.first, alias->second.second);
  }

  Handle insert(const ApiRelation& relation, const json::object& object, const JsonPath& path, const Fixed& fixed) {
    Fixed all = fixed;
    link_to_ones(relation, object, path, all, nullptr);
    Statement statement;
    std::vector<std::string> names;
    std::vector<std::string> values;
    const auto columns = plain_columns(relation, object, all);
    for (const ApiColumn* column : columns) {
      names.push_back(sql::quote_identifier(column->name));
      values.push_back("p." + names.back());
    }
    for (const auto& [name, expression] : all) {
      names.push_back(sql::quote_identifier(name));
      values.push_back(expression);
    }
    const std::string into = fmt::format("INSERT INTO {} AS t0", relation.name.sql());
    const std::string insertion = names.empty() ? into + " DEFAULT VALUES" : fmt::format("{} ({}) SELECT {}{}", into, join(names, ", "), join(values, ", "), columns.empty() ? "" : " FROM " + record(statement, object, path, columns));
    const Handle out = remember(relation, statement, insertion, "", {});
    follow_to_many(out, object, path, true);
    return out;
  }

  /// A row that is there: found by these conditions over t0, which must choose exactly one.
  /// `lock`: it will be written; to point at it needs no more than to see it.
  Handle find(const ApiRelation& relation, Statement statement, const std::vector<std::string>& conditions, const std::string& mismatch, bool lock = true) {
    std::vector<std::string> columns;
    for (const ApiColumn& one : kept(relation)) columns.push_back("t0." + sql::quote_identifier(one.name));
    return remember(relation, std::move(statement), "", fmt::format("SELECT {} FROM {} t0{}{}{}", join(columns, ", "), relation.name.sql(), conditions.empty() ? "" : " WHERE ", join(conditions, " AND "), lock ? " FOR UPDATE" : ""), mismatch);
  }

  void update(const Handle& row, const json::object& object, const JsonPath& path, Fixed fixed) {
    const ApiRelation& relation = *row.relation;
    link_to_ones(relation, object, path, fixed, &row);
    const auto columns = plain_columns(relation, object, fixed);
    if (!columns.empty() || !fixed.empty()) {
      Statement statement;
      std::vector<std::string> sets;
      for (const ApiColumn* column : columns) sets.push_back(fmt::format("{0} = p.{0}", sql::quote_identifier(column->name)));
      for (const auto& [name, expression] : fixed) sets.push_back(fmt::format("{} = {}", sql::quote_identifier(name), expression));
      const std::string from = columns.empty() ? "" : " FROM " + record(statement, object, path, columns);
      counted(std::move(statement), fmt::format("UPDATE {} AS t0 SET {}{} WHERE {}", relation.name.sql(), join(sets, ", "), from, join(is(row, "t0"), " AND ")), fmt::format("a row of '{}' could not be changed", relation.name.name));
    }
    follow_to_many(row, object, path, false);
  }

  std::vector<std::string> is(const Handle& row, const std::string& alias) const {
    std::vector<std::string> out;
    for (const std::string& name : row.relation->key) out.push_back(fmt::format("{}.{} = {}", alias, sql::quote_identifier(name), value_of(row, name)));
    if (out.empty()) refuse(fmt::format("'{}' has no key: its rows cannot be written with others", row.relation->name.name));
    return out;
  }

 private:
  const Relationship* named(const ApiRelation& relation, const std::string& name, const std::string& hint) const {
    try {
      const Relationship& found = model_.relationships.find(relation, name, hint);
      return found.form == Form::computed ? nullptr : &found;
    } catch (const Refusal& refusal) {
      if (refusal.code == "PGRST201") throw;
      return nullptr;
    }
  }

  void learn_aliases(const Selection& selection) {
    for (const SelectItem& item : selection.items) {
      if (!item.embedded) continue;
      if (!item.alias.empty()) aliases_.try_emplace(item.alias, item.field.name, item.hint);
      learn_aliases(*item.embedded);
    }
  }

  void add(Statement statement) {
    if (plan_.before.size() >= most_statements) refuse(fmt::format("the body writes more than {} rows", most_statements), "Send it in parts.");
    plan_.before.push_back(std::move(statement));
  }

  // Columns that later statements may refer to: the key, and what foreign keys lead to.
  std::vector<ApiColumn> kept(const ApiRelation& relation) const {
    std::vector<ApiColumn> out;
    for (const ApiColumn& column : relation.columns) {
      bool wanted = std::find(relation.key.begin(), relation.key.end(), column.name) != relation.key.end();
      for (const Relationship* one : model_.relationships.of(relation.oid)) {
        for (const auto& [own, other] : one->columns) wanted |= own == column.name;
      }
      // The other end of this row's own foreign keys is asked for by whoever points here.
      for (const schema::ApiForeignKey& key : model_.api.foreign_keys) wanted |= key.target == relation.oid && std::find(key.target_columns.begin(), key.target_columns.end(), column.name) != key.target_columns.end();
      if (wanted) out.push_back(column);
    }
    return out;
  }

  // Runs `insertion` (RETURNING is added) or `search`, which must give one row, and writes down its columns.
  Handle remember(const ApiRelation& relation, Statement statement, const std::string& insertion, const std::string& search, const std::string& mismatch) {
    const Handle out{&relation, ++handles_};
    std::vector<std::string> settings;
    std::vector<std::string> returned;
    for (const ApiColumn& one : kept(relation)) {
      const std::string name = sql::quote_identifier(one.name);
      returned.push_back("t0." + name);
      settings.push_back(fmt::format("pg_catalog.set_config('{}', coalesce('v' || pg_catalog.min(w.{}::text), ''), true)", setting(out, one), name));
    }
    if (settings.empty()) refuse(fmt::format("'{}' has no key: its rows cannot be written with others", relation.name.name));
    const std::string rows = insertion.empty() ? search : fmt::format("{} RETURNING {}", insertion, join(returned, ", "));
    statement.sql = fmt::format("WITH w AS ({}) SELECT {}, {} FROM w", rows, one_row(), join(settings, ", "));
    statement.mismatch = mismatch.empty() ? fmt::format("a row of '{}' could not be made", relation.name.name) : mismatch;
    add(std::move(statement));
    return out;
  }

  static std::string one_row() { return fmt::format("CASE WHEN pg_catalog.count(*) = 1 THEN 1 ELSE CAST('{}' || pg_catalog.count(*) AS int) END", mismatch_mark); }

  // A change that must concern exactly one row.
  void counted(Statement statement, const std::string& change, const std::string& mismatch) {
    statement.sql = fmt::format("WITH w AS ({} RETURNING 1) SELECT {} FROM w", change, one_row());
    statement.mismatch = mismatch;
    add(std::move(statement));
  }

  std::vector<const ApiColumn*> plain_columns(const ApiRelation& relation, const json::object& object, const Fixed& fixed) const {
    std::vector<const ApiColumn*> out;
    for (const auto& member : object) {
      const std::string name(member.key());
      const ApiColumn* column = relation.column(name);
      if ((name == "through" && !column) || (!column && relationship(relation, member.key()))) continue;
      if (!column) column = &column_named(relation, name);
      if (std::none_of(fixed.begin(), fixed.end(), [&](const auto& one) { return one.first == name; })) out.push_back(column);
    }
    return out;
  }

  // The object as a row "p". Its text is passed on as it is where it holds numbers that have more digits than a double.
  std::string record(Statement& statement, const json::object& object, const JsonPath& path, const std::vector<const ApiColumn*>& columns) {
    std::vector<std::string> typed;
    for (const ApiColumn* column : columns) typed.push_back(sql::quote_identifier(column->name) + " " + column->type);
    const auto plain = [&](const ApiColumn* column) { return exact(object.at(column->name)); };
    if (std::all_of(columns.begin(), columns.end(), plain)) {
      json::object part;
      for (const ApiColumn* column : columns) part[column->name] = object.at(column->name);
      return fmt::format("pg_catalog.json_to_record({}::json) AS p({})", statement.parameter(json::serialize(part)), join(typed, ", "));
    }
    if (!body_sent_) {
      Statement keep;
      keep.sql = fmt::format("SELECT pg_catalog.set_config('{}', {}, true)", body_setting, keep.parameter(body_.json));
      plan_.before.insert(plan_.before.begin(), std::move(keep));
      plan_.body_kept = true;
      body_sent_ = true;
    }
    std::vector<std::string> steps(path.begin(), path.end());
    std::string text = "{";
    for (const std::string& step : steps) text += (text.size() > 1 ? "," : "") + json::serialize(json::string(step));
    return fmt::format("pg_catalog.json_to_record(pg_catalog.current_setting('{}')::json #> {}::text[]) AS p({})", body_setting, statement.parameter(text + "}"), join(typed, ", "));
  }

  static JsonPath below(JsonPath path, const std::string& step) {
    path.push_back(step);
    return path;
  }

  // "alias.key = value" of an item that names a row by its key. false: it does not.
  bool key_conditions(Statement& statement, const ApiRelation& relation, const json::object& item, const std::string& alias, std::vector<std::string>& out) const {
    if (relation.key.empty()) return false;
    for (const std::string& name : relation.key) {
      const json::value* value = item.if_contains(name);
      if (!value || value->is_null() || value->is_structured()) return false;
    }
    for (const std::string& name : relation.key) {
      const json::value& value = item.at(name);
      out.push_back(fmt::format("{}.{} = {}", alias, sql::quote_identifier(name), statement.parameter(value.is_string() ? std::string(value.get_string()) : json::serialize(value))));
    }
    return true;
  }

  // By the key, or by whatever columns the item names.
  Handle found(const ApiRelation& relation, const json::object& item, const std::vector<std::string>& more = {}, bool lock = true) {
    Statement statement;
    std::vector<std::string> conditions = more;
    if (!key_conditions(statement, relation, item, "t0", conditions)) {
      for (const auto& member : item) {
        if (member.key() == "through") continue;
        const ApiColumn* column = relation.column(std::string(member.key()));
        if (!column || member.value().is_structured() || member.value().is_null()) refuse(fmt::format("\"connect\" names a row of '{}' by its columns, and \"{}\" is none, or no plain value", relation.name.name, std::string(member.key())));
        conditions.push_back(fmt::format("t0.{} = {}", sql::quote_identifier(column->name), statement.parameter(member.value().is_string() ? std::string(member.value().get_string()) : json::serialize(member.value()))));
      }
    }
    if (conditions.size() == more.size()) refuse(fmt::format("which row of '{}' is meant?", relation.name.name), "Name it by its key.");
    return find(relation, std::move(statement), conditions, fmt::format("there is not exactly one row of '{}' with {}", relation.name.name, std::string(prefix_utf8(json::serialize(item), 200))), lock);
  }

  // --- to-one: the foreign key stands in this row ---------------------------------------------------------------------
  void link_to_ones(const ApiRelation& relation, const json::object& object, const JsonPath& path, Fixed& fixed, const Handle* row) {
    for (const auto& member : object) {
      const Relationship* one = relationship(relation, member.key());
      if (!one || !one->holds_key) continue;
      const std::string name(member.key());
      const ApiRelation& target = model_.api.relations.at(one->to);
      const json::object* asked = member.value().if_object();
      const bool part = asked && asked->size() == 1 && asked->contains("disconnect") && !target.column("disconnect");
      if (member.value().is_null() || part) {
        for (const auto& [own, other] : one->columns) fixed.emplace_back(own, "NULL");
        continue;
      }
      if (!member.value().is_object()) refuse(fmt::format("\"{}\" is one row of '{}': an object", name, target.name.name));
      const json::object& value = member.value().get_object();
      const auto [word, inner] = to_one_word(target, value);
      const JsonPath inner_path = inner == &value ? below(path, name) : below(below(path, name), word);
      if (word == "update") {
        if (!row) refuse(fmt::format("\"{}\": a new row has none that could be updated", name), "Use create or connect.");
        update(referred(*row, *one, target), *inner, inner_path, {});
        continue;
      }
      const Handle there = word == "connect" ? found(target, *inner, {}, false) : insert(target, *inner, inner_path, {});
      for (const auto& [own, other] : one->columns) fixed.emplace_back(own, value_of(there, other));
    }
  }

  // {"create": {…}} and its kin, or the new row itself.
  static std::pair<std::string, const json::object*> to_one_word(const ApiRelation& target, const json::object& value) {
    if (value.size() == 1 && value.begin()->value().is_object()) {
      const std::string word(value.begin()->key());
      if (word == "create" || word == "replace" || word == "connect" || word == "update") return {word == "replace" ? "create" : word, &value.begin()->value().get_object()};
      if (!target.column(word)) return {"create", &value};
    }
    return {"create", &value};
  }

  // The row that this one's foreign key leads to.
  Handle referred(const Handle& row, const Relationship& one, const ApiRelation& target) {
    std::vector<std::string> conditions;
    for (const auto& [own, other] : one.columns) conditions.push_back(fmt::format("t0.{} = {}", sql::quote_identifier(other), value_of(row, own)));
    return find(target, {}, conditions, fmt::format("there is no row of '{}' to update: nothing is connected", target.name.name));
  }

  // --- to-many ----------------------------------------------------------------------------------------------------------
  void follow_to_many(const Handle& row, const json::object& object, const JsonPath& path, bool fresh) {
    for (const auto& member : object) {
      const Relationship* one = relationship(*row.relation, member.key());
      if (!one || one->holds_key) continue;
      const std::string name(member.key());
      require_link(row, *one);
      if (member.value().is_array()) {
        work(row, *one, "create", member.value().get_array(), below(path, name));
        continue;
      }
      if (!member.value().is_object()) refuse(fmt::format("\"{}\" holds rows: an array of new ones, or an object with create, connect, update, disconnect, delete or replace", name));
      if (one->form == Form::one_to_one && !word_of_many(member.value().get_object())) {
        create(row, *one, member.value().get_object(), below(path, name));
        continue;
      }
      for (const auto& action : member.value().get_object()) {
        const std::string word(action.key());
        const JsonPath inner = below(below(path, name), word);
        if (action.value().is_array()) {
          work(row, *one, word, action.value().get_array(), inner);
        } else if (action.value().is_object()) {
          if (word == "replace") keep_only(row, *one, {action.value()});
          if (fresh && (word == "update" || word == "delete" || word == "disconnect")) refuse(fmt::format("\"{}\": a new row has none to {}", name, word));
          single(row, *one, word, action.value().get_object(), inner);
        } else {
          refuse(fmt::format("\"{}\" of \"{}\" takes an object or an array of them", word, name));
        }
      }
    }
  }

  static bool word_of_many(const json::object& value) {
    static const std::vector<std::string> words = {"create", "connect", "update", "disconnect", "delete", "replace"};
    return !value.empty() && std::all_of(value.begin(), value.end(), [](const auto& member) { return std::find(words.begin(), words.end(), std::string(member.key())) != words.end() && member.value().is_structured(); });
  }

  // What others point at must be there: a column of a key that is NULL links nothing.
  void require_link(const Handle& row, const Relationship& one) {
    for (const auto& [own, other] : one.columns) {
      if (row.relation->column(own)->not_null) continue;
      Statement check;
      check.sql = fmt::format("SELECT CASE WHEN {} IS NOT NULL THEN 1 ELSE CAST('{}' || pg_catalog.current_setting('{}') AS int) END", value_of(row, own), mismatch_mark, setting(row, *row.relation->column(own)));
      check.mismatch = fmt::format("\"{}\" of '{}' is NULL: no row can belong to it", own, row.relation->name.name);
      add(std::move(check));
    }
  }

  void work(const Handle& row, const Relationship& one, const std::string& word, const json::array& items, const JsonPath& path) {
    if (word == "replace") keep_only(row, one, items);
    for (std::size_t i = 0; i < items.size(); ++i) {
      if (!items[i].is_object()) refuse(fmt::format("\"{}\" takes objects", word));
      single(row, one, word, items[i].get_object(), below(path, std::to_string(i)));
    }
  }

  void single(const Handle& row, const Relationship& one, const std::string& word, const json::object& item, const JsonPath& path) {
    const ApiRelation& target = model_.api.relations.at(one.to);
    if (word == "create") return create(row, one, item, path);
    if (word == "connect") return connect(row, one, item, path, found(target, item), {});
    if (word == "update") {
      const Handle there = only(target, one, item) ? find(target, {}, belongs(row, one), fmt::format("there is no row of '{}' to update", target.name.name)) : found(target, keyed(target, item), belongs(row, one));
      update(there, item, path, {});
      return write_through(row, one, item, path, there);
    }
    if (word == "disconnect" || word == "delete") return part(row, one, only(target, one, item) ? json::object{} : keyed(target, item), word == "delete");
    if (word == "replace") {
      std::vector<std::string> unused;
      Statement probe;
      if (!key_conditions(probe, target, item, "t0", unused)) return create(row, one, item, path);
      const Handle there = found(target, keyed(target, item));
      json::object rest = item;
      for (const std::string& name : target.key) rest.erase(name);
      return connect(row, one, item, path, there, rest);
    }
    refuse(fmt::format("\"{}\" is nothing that can be done with rows of '{}'", word, target.name.name), did_you_mean(word, {"create", "connect", "update", "disconnect", "delete", "replace"}));
  }

  // Of one to one there is only one that can be meant.
  static bool only(const ApiRelation& target, const Relationship& one, const json::object& item) {
    return one.form == Form::one_to_one && std::none_of(target.key.begin(), target.key.end(), [&](const std::string& name) { return item.contains(name); });
  }

  static json::object keyed(const ApiRelation& relation, const json::object& item) {
    json::object out;
    for (const std::string& name : relation.key) {
      if (!item.contains(name)) refuse(fmt::format("an item names no row of '{}': its key \"{}\" is missing", relation.name.name, name));
      out[name] = item.at(name);
    }
    return out;
  }

  // Of the other row, as t0: it belongs to this one.
  std::vector<std::string> belongs(const Handle& row, const Relationship& one) const {
    std::vector<std::string> out;
    if (one.form != Form::many_to_many) {
      for (const auto& [own, other] : one.columns) out.push_back(fmt::format("t0.{} = {}", sql::quote_identifier(other), value_of(row, own)));
      return out;
    }
    std::vector<std::string> pair;
    for (const auto& [own, junction] : one.columns) pair.push_back(fmt::format("j.{} = {}", sql::quote_identifier(junction), value_of(row, own)));
    for (const auto& [junction, other] : one.junction_columns) pair.push_back(fmt::format("j.{} = t0.{}", sql::quote_identifier(junction), sql::quote_identifier(other)));
    out.push_back(fmt::format("EXISTS (SELECT FROM {} j WHERE {})", model_.api.relations.at(one.junction).name.sql(), join(pair, " AND ")));
    return out;
  }

  void create(const Handle& row, const Relationship& one, const json::object& item, const JsonPath& path) {
    const ApiRelation& target = model_.api.relations.at(one.to);
    Fixed fixed;
    if (one.form != Form::many_to_many) {
      for (const auto& [own, other] : one.columns) fixed.emplace_back(other, value_of(row, own));
    }
    const Handle made = insert(target, item, path, fixed);
    if (one.form == Form::many_to_many) pair(row, one, item, path, made);
  }

  void connect(const Handle& row, const Relationship& one, const json::object& item, const JsonPath& path, const Handle& there, const json::object& changes) {
    Fixed fixed;
    if (one.form != Form::many_to_many) {
      for (const auto& [own, other] : one.columns) fixed.emplace_back(other, value_of(row, own));
    }
    update(there, changes, path, fixed);
    if (one.form == Form::many_to_many) pair(row, one, item, path, there);
  }

  // --- pairs ------------------------------------------------------------------------------------------------------------
  Fixed pair_columns(const Handle& row, const Relationship& one, const Handle& there) const {
    Fixed out;
    for (const auto& [own, junction] : one.columns) out.emplace_back(junction, value_of(row, own));
    for (const auto& [junction, other] : one.junction_columns) out.emplace_back(junction, value_of(there, other));
    return out;
  }

  void pair(const Handle& row, const Relationship& one, const json::object& item, const JsonPath& path, const Handle& there) {
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
      const auto columns = plain_columns(junction, *through, {});
      for (const ApiColumn* column : columns) {
        names.push_back(sql::quote_identifier(column->name));
        values.push_back("p." + names.back());
      }
      from = " FROM " + record(statement, *through, below(path, "through"), columns);
    }
    statement.sql = fmt::format("INSERT INTO {} ({}) SELECT {}{} WHERE NOT EXISTS (SELECT FROM {} j WHERE {})", junction.name.sql(), join(names, ", "), join(values, ", "), from, junction.name.sql(), join(same, " AND "));
    add(std::move(statement));
    write_through(row, one, item, path, there);
  }

  static const json::object* through_of(const json::object& item) {
    const json::value* through = item.if_contains("through");
    if (!through) return nullptr;
    if (!through->is_object()) refuse("\"through\" holds the columns of the table of pairs: an object");
    return &through->get_object();
  }

  void write_through(const Handle& row, const Relationship& one, const json::object& item, const JsonPath& path, const Handle& there) {
    const json::object* through = one.form == Form::many_to_many ? through_of(item) : nullptr;
    if (!through || through->empty()) return;
    const ApiRelation& junction = model_.api.relations.at(one.junction);
    const auto columns = plain_columns(junction, *through, {});
    Statement statement;
    std::vector<std::string> sets;
    std::vector<std::string> same;
    for (const ApiColumn* column : columns) sets.push_back(fmt::format("{0} = p.{0}", sql::quote_identifier(column->name)));
    for (const auto& [name, expression] : pair_columns(row, one, there)) same.push_back(fmt::format("t0.{} = {}", sql::quote_identifier(name), expression));
    const std::string from = record(statement, *through, below(path, "through"), columns);
    statement.sql = fmt::format("UPDATE {} AS t0 SET {} FROM {} WHERE {}", junction.name.sql(), join(sets, ", "), from, join(same, " AND "));
    add(std::move(statement));
  }

  // --- parting ----------------------------------------------------------------------------------------------------------
  bool may_be_alone(const ApiRelation& target, const Relationship& one) const {
    return std::all_of(one.columns.begin(), one.columns.end(), [&](const auto& pair) { return !target.column(pair.second)->not_null; });
  }

  // Takes rows from this one: `which` over t0, the row of the target.
  std::string parting(const Handle& row, const Relationship& one, const std::string& which, bool remove) const {
    const ApiRelation& target = model_.api.relations.at(one.to);
    if (one.form == Form::many_to_many && !remove) {
      const ApiRelation& junction = model_.api.relations.at(one.junction);
      std::vector<std::string> conditions;
      for (const auto& [own, column] : one.columns) conditions.push_back(fmt::format("j.{} = {}", sql::quote_identifier(column), value_of(row, own)));
      for (const auto& [column, other] : one.junction_columns) conditions.push_back(fmt::format("j.{} = t0.{}", sql::quote_identifier(column), sql::quote_identifier(other)));
      return fmt::format("DELETE FROM {} j USING {} t0 WHERE {} AND {}", junction.name.sql(), target.name.sql(), join(conditions, " AND "), which);
    }
    const std::string mine = join(belongs(row, one), " AND ");
    if (remove || !may_be_alone(target, one)) return fmt::format("DELETE FROM {} t0 WHERE {} AND {}", target.name.sql(), mine, which);
    std::vector<std::string> sets;
    for (const auto& [own, other] : one.columns) sets.push_back(sql::quote_identifier(other) + " = NULL");
    return fmt::format("UPDATE {} t0 SET {} WHERE {} AND {}", target.name.sql(), join(sets, ", "), mine, which);
  }

  void part(const Handle& row, const Relationship& one, const json::object& key, bool remove) {
    const ApiRelation& target = model_.api.relations.at(one.to);
    if (!remove && one.form != Form::many_to_many && !may_be_alone(target, one)) refuse(fmt::format("rows of '{}' cannot be without this one: its column is NOT NULL", target.name.name), "Use delete.");
    Statement statement;
    std::vector<std::string> conditions;
    if (!key_conditions(statement, target, key, "t0", conditions)) conditions.emplace_back("true");
    const std::string change = parting(row, one, join(conditions, " AND "), remove);
    counted(std::move(statement), change, fmt::format("there is no row of '{}' with {} here", target.name.name, json::serialize(key)));
  }

  // replace: whatever is not among these goes.
  void keep_only(const Handle& row, const Relationship& one, const json::array& items) {
    const ApiRelation& target = model_.api.relations.at(one.to);
    Statement statement;
    std::vector<std::string> kept_rows;
    for (const json::value& item : items) {
      std::vector<std::string> conditions;
      if (item.is_object() && key_conditions(statement, target, item.get_object(), "t0", conditions)) kept_rows.push_back("(" + join(conditions, " AND ") + ")");
    }
    statement.sql = parting(row, one, kept_rows.empty() ? "true" : "NOT (" + join(kept_rows, " OR ") + ")", false);
    add(std::move(statement));
  }

  const Model& model_;
  const Body& body_;
  Plan& plan_;
  std::map<std::string, std::pair<std::string, std::string>> aliases_;  // -> name and hint
  int handles_ = 0;
  bool body_sent_ = false;
};

}  // namespace

bool plan_nested(const Model& model, const Settings& settings, const Body& body, const Selection& selection, const std::vector<std::string>& key_values, Plan& plan) {
  Nesting nesting(model, body, selection, plan);
  const ApiRelation& relation = *plan.relation;
  bool nested = false;
  for (const json::value& row : body.value.get_array()) {
    for (const auto& member : row.get_object()) nested |= (member.value().is_structured() || member.value().is_null()) && nesting.relationship(relation, member.key());
  }
  if (!nested) return false;
  if (!plan.preferences.resolution.empty()) refuse("an upsert cannot write related rows", "Use PATCH for rows that exist.");
  std::vector<Handle> made;
  for (std::size_t i = 0; i < body.rows; ++i) {
    const json::object& object = body.value.get_array()[i].get_object();
    if (plan.action == Action::insert) {
      made.push_back(nesting.insert(relation, object, {std::to_string(i)}, {}));
      continue;
    }
    if (body.rows != 1) refuse("a PATCH that writes related rows takes one object");
    Statement statement;
    std::vector<std::string> conditions;
    if (!key_values.empty()) conditions = key_conditions(statement, relation, key_values);
    Reading reading(model.api, model.relationships, settings, statement, false, false);
    const std::string where = reading.where({&relation, &relation.columns, relation.name.sql(), true}, selection, "t0", std::move(conditions));
    if (where.empty()) refuse("which row is to be changed?", "Filter by its key.");
    made.push_back(nesting.find(relation, std::move(statement), {where.substr(7)}, fmt::format("the request must choose exactly one row of '{}', as it writes related ones", relation.name.name)));
    nesting.update(made.back(), object, {"0"}, {});
  }
  std::vector<std::string> rows;
  for (const Handle& row : made) rows.push_back("(" + join(nesting.is(row, "t0"), " AND ") + ")");
  Selection answer = selection;
  answer.where.clear();
  answer.limit.reset();
  answer.offset.reset();
  const Source source{&relation, &relation.columns, relation.name.sql(), true};
  Reading reading(model.api, model.relationships, settings, plan.main, plan.strip_nulls, plan.media == Media::csv);
  if (!plan.with_body) {
    answer = Selection{};
    const bool located = plan.preferences.returned == "headers-only";
    for (const std::string& name : relation.key) {
      SelectItem item;
      item.field.name = name;
      answer.items.push_back(std::move(item));
    }
    if (located && plan.action == Action::insert) plan.location_keys = relation.key;
  }
  plan.main.sql = reading.select(source, answer, {"(" + join(rows, " OR ") + ")"}, plan.columns);
  return true;
}

}  // namespace pgvista::rest
