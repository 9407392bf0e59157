// Tables, constraints and indexes.

#include <algorithm>

#include "base/text.hpp"
#include "migrate/detector.hpp"
#include "sql/known_types.hpp"

namespace pgvista::migrate {

using sql::IndexDefinition;
using sql::Name;
using sql::Table;
using sql::TableColumn;
using sql::TableConstraint;

namespace {

// How much of two tables is the same: columns by name and type, of all that there are.
double likeness(const Table& a, const Table& b) {
  const auto shared = std::count_if(a.columns.begin(), a.columns.end(), [&](const TableColumn& one) {
    const TableColumn* other = b.column(one.name);
    return other && other->type == one.type;
  });
  const std::size_t most = std::max(a.columns.size(), b.columns.size());
  return most == 0 ? 0 : static_cast<double>(shared) / static_cast<double>(most);
}

// Types between which one goes when a column is not only renamed: numbers, texts, times.
std::string family(const std::string& type) {
  const std::string bare = sql::without_modifier(type);
  const sql::KnownType* known = sql::known_type(bare == "varchar" ? "character varying" : bare);
  if (known && known->kind == sql::TypeKind::number) return "number";
  if (known && known->kind == sql::TypeKind::text) return "text";
  if (known && known->kind == sql::TypeKind::moment) return "time";
  return type;
}

std::string drop_constraint_sql(const TableConstraint& one) {
  return "DROP CONSTRAINT " + sql::quote_identifier(one.name);
}

}  // namespace

std::vector<Name> Detector::common_tables() const {
  std::vector<Name> out;
  for (const auto& [name, table] : work_.all()) {
    if (desired_.find(name)) out.push_back(name);
  }
  return out;
}

void Detector::rename_tables() {
  std::vector<std::tuple<double, Name, Name>> candidates;
  for (const auto& [name, table] : work_.all()) {
    if (desired_.find(name)) continue;
    for (const auto& [other, candidate] : desired_.all()) {
      if (work_.find(other)) continue;
      candidates.emplace_back(-likeness(table, candidate), name, other);
    }
  }
  std::sort(candidates.begin(), candidates.end());
  constexpr double likely = 0.5;
  for (const auto& [unlikeness, from, to] : candidates) {
    if (!work_.find(from) || work_.find(to)) continue;  // answered by an earlier one
    const auto answer = ask({Question::Kind::rename, from.display(), to.display(),
                             fmt::format("is the table \"{}\" now called \"{}\"?", from.display(), to.display()),
                             fmt::format("--rename {}={} if it is; --drop {} if it is dropped and the other one new.",
                                         from.display(), to.display(), from.display()),
                             -unlikeness >= likely});
    if (!answer || !answer->renamed) continue;
    std::vector<std::string> up;
    std::vector<std::string> down;
    Name at = from;
    if (from.schema != to.schema) {
      up.push_back("ALTER TABLE " + written(from).sql() + " SET SCHEMA " + sql::quote_identifier(to.schema));
      down.push_back("ALTER TABLE " + Name{to.schema, from.name}.sql() + " SET SCHEMA " +
                     sql::quote_identifier(from.schema));
      at.schema = to.schema;
    }
    if (from.name != to.name) {
      up.push_back("ALTER TABLE " + written(at).sql() + " RENAME TO " + sql::quote_identifier(to.name));
      down.insert(down.begin(), "ALTER TABLE " + written(to).sql() + " RENAME TO " + sql::quote_identifier(from.name));
    }
    emit(fmt::format("rename table {} to {}", from.display(), to.display()), up, down);
  }
}

void Detector::rename_columns() {
  for (const Name& name : common_tables()) {
    const Table& to = *wanted(name);
    std::vector<std::string> gone;
    for (const TableColumn& column : work_.find(name)->columns) {
      if (!to.column(column.name)) gone.push_back(column.name);
    }
    for (const std::string& from : gone) {
      for (const TableColumn& column : to.columns) {
        const Table& now = *work_.find(name);
        if (now.column(column.name)) continue;
        const bool likely = family(now.column(from)->type) == family(column.type);
        const std::string object = name.display() + "." + from;
        const auto answer =
            ask({Question::Kind::rename, object, column.name,
                 fmt::format("is the column \"{}\" of \"{}\" now called \"{}\"?", from, name.display(), column.name),
                 fmt::format("--rename {}={} if it is; --drop {} if it is dropped and the other one new.", object,
                             column.name, object),
                 likely});
        if (!answer) maybe_renamed_.insert(name.display() + "." + column.name);
        if (!answer || !answer->renamed) continue;
        const std::string alter = on(now) + "RENAME COLUMN ";
        emit(fmt::format("rename column {} of {} to {}", from, name.display(), column.name),
             {alter + sql::quote_identifier(from) + " TO " + sql::quote_identifier(column.name)},
             {alter + sql::quote_identifier(column.name) + " TO " + sql::quote_identifier(from)});
        break;
      }
    }
  }
}

// A foreign key that names no columns means the primary key of its target.
TableConstraint Detector::complete(TableConstraint constraint) const {
  if (constraint.kind != TableConstraint::Kind::foreign_key || !constraint.target_columns.empty()) return constraint;
  const Table* target = desired_.find(constraint.target);
  if (!target) target = work_.find(constraint.target);
  for (const TableConstraint& key : target ? target->constraints : std::vector<TableConstraint>{}) {
    if (key.kind == TableConstraint::Kind::primary_key) constraint.target_columns = key.columns;
  }
  return constraint;
}

bool Detector::same(const TableConstraint& now, const TableConstraint& wanted) const {
  TableConstraint a = complete(now);
  TableConstraint b = complete(wanted);
  a.name = b.name = "";
  if (a.kind == TableConstraint::Kind::check) a.columns = b.columns = {};
  return a == b;
}

namespace {

bool same_index(const IndexDefinition& now, const IndexDefinition& wanted) {
  return sql::index_text(now) == sql::index_text(wanted);
}

bool is_key(const TableConstraint& one) {
  return one.kind == TableConstraint::Kind::primary_key || one.kind == TableConstraint::Kind::unique;
}

// Which of the wanted each of those that are there stands for; those without a name by what they say.
template <class T, class Same>
std::vector<std::optional<std::size_t>> match(const std::vector<T>& now, const std::vector<T>& wanted,
                                              const Same& same) {
  std::vector<std::optional<std::size_t>> out(now.size());
  std::vector<bool> taken(wanted.size());
  const auto claim = [&](const auto& fits) {
    for (std::size_t i = 0; i < now.size(); ++i) {
      for (std::size_t k = 0; k < wanted.size() && !out[i]; ++k) {
        if (taken[k] || !same(now[i], wanted[k]) || !fits(now[i], wanted[k])) continue;
        out[i] = k;
        taken[k] = true;
      }
    }
  };
  claim([](const T& a, const T& b) { return a.name == b.name; });
  claim([](const T&, const T& b) { return b.name.empty(); });
  claim([](const T&, const T&) { return true; });  // renamed
  return out;
}

}  // namespace

void Detector::drop_constraint(const Table& table, const TableConstraint& one) {
  emit(fmt::format("drop constraint {} of {}", one.name, table.name.display()), {on(table) + drop_constraint_sql(one)},
       {on(table) + "ADD " + sql::constraint_sql(written(one))});
}

// Does the key that these columns may be stay one? A unique index can be in a key's place, too.
bool Detector::keeps_key(const Name& table, const std::vector<std::string>& columns) const {
  const Table* now = work_.find(table);
  const Table* to = desired_.find(table);
  if (!now || !to) return true;  // not ours to say
  const auto matched =
      match(now->constraints, to->constraints, [&](const auto& a, const auto& b) { return same(a, b); });
  for (std::size_t i = 0; i < now->constraints.size(); ++i) {
    if (is_key(now->constraints[i]) && now->constraints[i].columns == columns && !matched[i]) return false;
  }
  return true;
}

bool Detector::retyped(const Name& table, const std::vector<std::string>& columns) const {
  const Table* now = work_.find(table);
  const Table* to = desired_.find(table);
  return now && to && std::any_of(columns.begin(), columns.end(), [&](const std::string& column) {
           const TableColumn* a = now->column(column);
           const TableColumn* b = to->column(column);
           return a && b && a->type != b->type;
         });
}

// Before the keys that they lead to, and around changes of the columns on both sides.
void Detector::drop_foreign_keys() {
  const std::map<Name, Table> all = work_.all();
  for (const auto& [name, now] : all) {
    const Table* to = desired_.find(name);
    std::vector<std::optional<std::size_t>> matched(now.constraints.size());
    if (to) matched = match(now.constraints, to->constraints, [&](const auto& a, const auto& b) { return same(a, b); });
    for (std::size_t i = 0; i < now.constraints.size(); ++i) {
      const TableConstraint& one = now.constraints[i];
      if (one.kind != TableConstraint::Kind::foreign_key) continue;
      const TableConstraint whole = complete(one);
      const bool in_the_way = (one.target != name && !keeps_key(one.target, whole.target_columns)) ||
                              retyped(one.target, whole.target_columns) || retyped(name, one.columns);
      if ((to && !matched[i]) || in_the_way) drop_constraint(now, one);
    }
  }
}

void Detector::drop_constraints() {
  for (const Name& name : common_tables()) {
    const Table now = *work_.find(name);
    const Table& to = *wanted(name);
    const auto matched =
        match(now.constraints, to.constraints, [&](const auto& a, const auto& b) { return same(a, b); });
    std::vector<std::pair<std::string, std::string>> renames;
    for (std::size_t i = 0; i < now.constraints.size(); ++i) {
      const TableConstraint& one = now.constraints[i];
      if (!matched[i]) {
        drop_constraint(now, one);
      } else if (const std::string& called = to.constraints[*matched[i]].name; !called.empty() && called != one.name) {
        renames.emplace_back(one.name, called);
      }
    }
    for (const auto& [from, called] : renames) {
      const Table& left = *work_.find(name);
      const std::string& wanted_name = called;
      const bool taken = std::any_of(left.constraints.begin(), left.constraints.end(),
                                     [&](const auto& one) { return one.name == wanted_name; });
      if (taken) {  // by one that is to give it away: made anew under its own
        for (const TableConstraint& one : now.constraints) {
          if (one.name == from) drop_constraint(now, one);
        }
        continue;
      }
      const std::string rename = on(now) + "RENAME CONSTRAINT ";
      emit(fmt::format("rename constraint {} of {}", from, name.display()),
           {rename + sql::quote_identifier(from) + " TO " + sql::quote_identifier(called)},
           {rename + sql::quote_identifier(called) + " TO " + sql::quote_identifier(from)});
    }
  }
}

void Detector::drop_index(const Table& table, const IndexDefinition& one, bool concurrently) {
  emit(fmt::format("drop index {}", one.name),
       {std::string("DROP INDEX ") + (concurrently ? "CONCURRENTLY IF EXISTS " : "") +
        Name{written(table.name).schema, one.name}.sql()},
       index_sql(table, one, concurrently), concurrently ? When::concurrently : When::together);
}

void Detector::drop_indexes() {
  for (const Name& name : common_tables()) {
    const Table now = *work_.find(name);
    const Table& to = *wanted(name);
    const auto indexes = match(now.indexes, to.indexes, same_index);
    std::vector<std::pair<const IndexDefinition*, std::string>> renames;
    for (std::size_t i = 0; i < now.indexes.size(); ++i) {
      const IndexDefinition& one = now.indexes[i];
      if (!indexes[i]) {
        // With a column that goes, it cannot go later; nor where its name is wanted again.
        const bool column_goes = std::any_of(now.columns.begin(), now.columns.end(), [&](const TableColumn& column) {
          return !to.column(column.name) && tables::index_uses(one, column.name);
        });
        const bool name_wanted = std::any_of(to.indexes.begin(), to.indexes.end(),
                                             [&](const IndexDefinition& other) { return other.name == one.name; });
        drop_index(now, one, options_.concurrent_indexes && !column_goes && !name_wanted);
      } else if (const std::string& called = to.indexes[*indexes[i]].name; !called.empty() && called != one.name) {
        renames.emplace_back(&one, called);
      }
    }
    for (const auto& [one, called] : renames) {
      const Table& left = *work_.find(name);
      const std::string& wanted_name = called;
      if (std::any_of(left.indexes.begin(), left.indexes.end(),
                      [&](const auto& other) { return other.name == wanted_name; })) {
        drop_index(now, *one, false);
        continue;
      }
      const std::string schema = written(name).schema;
      emit(fmt::format("rename index {}", one->name),
           {"ALTER INDEX " + Name{schema, one->name}.sql() + " RENAME TO " + sql::quote_identifier(called)},
           {"ALTER INDEX " + Name{schema, called}.sql() + " RENAME TO " + sql::quote_identifier(one->name)});
    }
  }
}

std::vector<std::string> Detector::index_sql(const Table& table, const IndexDefinition& index,
                                             bool concurrently) const {
  std::vector<std::string> out{sql::create_index(index, index.name, written(table.name), concurrently)};
  if (index.comment && !concurrently)
    out.push_back(sql::comment_sql({written(table.name).schema, index.name}, "", index.comment, "INDEX"));
  return out;
}

std::vector<std::string> Detector::whole_table_sql(const Table& table, const std::vector<std::size_t>& later) const {
  const Table shown = written(table);
  std::vector<std::string> out{sql::create_table_sql(shown, later)};
  for (const IndexDefinition& index : table.indexes) {
    for (std::string& sql : index_sql(table, index, false)) out.push_back(std::move(sql));
  }
  if (table.comment) out.push_back(sql::comment_sql(shown.name, "", table.comment, "TABLE"));
  for (const TableColumn& column : table.columns) {
    if (column.comment) out.push_back(sql::comment_sql(shown.name, column.name, column.comment, "TABLE"));
  }
  return out;
}

namespace {

// Foreign keys to tables of the same lot, that are not there yet.
std::vector<std::size_t> waiting_keys(const Table& table, const std::map<Name, Table>& lot) {
  std::vector<std::size_t> out;
  for (std::size_t i = 0; i < table.constraints.size(); ++i) {
    const TableConstraint& one = table.constraints[i];
    if (one.kind == TableConstraint::Kind::foreign_key && one.target != table.name && lot.contains(one.target))
      out.push_back(i);
  }
  return out;
}

// The table that waits for the fewest others; those that wait for none first, by name.
std::map<Name, Table>::iterator next_of(std::map<Name, Table>& lot) {
  return std::min_element(lot.begin(), lot.end(), [&](const auto& a, const auto& b) {
    return waiting_keys(a.second, lot).size() < waiting_keys(b.second, lot).size();
  });
}

}  // namespace

void Detector::create_tables() {
  tables::Tables made = work_;  // names what the definitions leave unnamed
  std::map<Name, Table> lot;
  for (const auto& [name, table] : desired_.all()) {
    if (work_.find(name)) continue;
    Table bare = table;
    bare.indexes.clear();
    made.apply(sql::CreateTable{std::move(bare), false});
    for (const IndexDefinition& index : table.indexes) made.apply(sql::CreateIndex{name, index, false});
    lot.emplace(name, *made.find(name));
  }
  // Foreign keys whose target's key is not there yet are added when it is.
  const auto unready = [&](const Table& table, std::size_t i) {
    const TableConstraint key = complete(table.constraints[i]);
    const Table* target =
        key.kind == TableConstraint::Kind::foreign_key && key.target != table.name ? work_.find(key.target) : nullptr;
    return target &&
           std::none_of(target->constraints.begin(), target->constraints.end(),
                        [&](const TableConstraint& one) { return is_key(one) && one.columns == key.target_columns; });
  };
  while (!lot.empty()) {
    const auto next = next_of(lot);
    const Table table = next->second;
    std::vector<std::size_t> waiting = waiting_keys(table, lot);
    for (std::size_t i = 0; i < table.constraints.size(); ++i) {
      const bool known = std::find(waiting.begin(), waiting.end(), i) != waiting.end();
      if (!known &&
          (unready(table, i) || retyped(table.constraints[i].target, complete(table.constraints[i]).target_columns)))
        waiting.push_back(i);
    }
    lot.erase(next);
    emit(fmt::format("create table {}", table.name.display()), whole_table_sql(table, waiting),
         {"DROP TABLE " + written(table.name).sql()});
  }
}

namespace {

// Which of the wanted are there.
template <class T, class Same>
std::vector<bool> present(const std::vector<T>& now, const std::vector<T>& wanted, const Same& same) {
  std::vector<bool> out(wanted.size());
  for (const auto& one : match(now, wanted, same)) {
    if (one) out[*one] = true;
  }
  return out;
}

}  // namespace

void Detector::add_constraints(bool foreign_keys) {
  for (const Name& name : common_tables()) {
    const Table& to = *wanted(name);
    const std::vector<bool> there = present(work_.find(name)->constraints, to.constraints,
                                            [&](const auto& a, const auto& b) { return same(a, b); });
    for (std::size_t i = 0; i < to.constraints.size(); ++i) {
      if (there[i] || (to.constraints[i].kind == TableConstraint::Kind::foreign_key) != foreign_keys) continue;
      const Table& now = *work_.find(name);
      TableConstraint one = to.constraints[i];
      if (one.name.empty()) one.name = work_.free_name(now, one);
      emit(fmt::format("add constraint {} to {}", one.name, name.display()),
           {on(now) + "ADD " + sql::constraint_sql(written(one))}, {on(now) + drop_constraint_sql(one)});
    }
  }
}

void Detector::add_indexes() {
  for (const Name& name : common_tables()) {
    const Table& to = *wanted(name);
    const std::vector<bool> there = present(work_.find(name)->indexes, to.indexes, same_index);
    for (std::size_t i = 0; i < to.indexes.size(); ++i) {
      if (there[i]) continue;
      const Table now = *work_.find(name);
      IndexDefinition one = to.indexes[i];
      if (one.name.empty()) one.name = work_.free_name(now, one);
      const bool concurrently = options_.concurrent_indexes && from_.tables.find(name);
      emit(fmt::format("create index {} on {}", one.name, name.display()), index_sql(now, one, concurrently),
           {std::string("DROP INDEX ") + (concurrently ? "CONCURRENTLY IF EXISTS " : "") +
            Name{written(name).schema, one.name}.sql()},
           concurrently ? When::concurrently : When::together);
      if (concurrently && one.comment)
        emit(fmt::format("comment on {}", one.name),
             {sql::comment_sql({written(name).schema, one.name}, "", one.comment, "INDEX")},
             {"COMMENT ON INDEX " + Name{written(name).schema, one.name}.sql() + " IS NULL"}, When::later);
    }
  }
}

void Detector::change_comments() {
  for (const Name& name : common_tables()) {
    const Table now = *work_.find(name);
    const Table& to = *wanted(name);
    std::vector<std::string> up;
    std::vector<std::string> down;
    const auto compare = [&](const Name& relation, const std::string& column, const auto& before, const auto& after,
                             const char* what) {
      if (before.value_or("") == after.value_or("")) return;
      up.push_back(sql::comment_sql(relation, column, after, what));
      down.push_back(sql::comment_sql(relation, column, before, what));
    };
    compare(written(name), "", now.comment, to.comment, "TABLE");
    for (const TableColumn& column : to.columns) {
      if (const TableColumn* before = now.column(column.name))
        compare(written(name), column.name, before->comment, column.comment, "TABLE");
    }
    const auto indexes = match(now.indexes, to.indexes, same_index);
    for (std::size_t i = 0; i < now.indexes.size(); ++i) {
      if (indexes[i])
        compare(Name{written(name).schema, now.indexes[i].name}, "", now.indexes[i].comment,
                to.indexes[*indexes[i]].comment, "INDEX");
    }
    if (!up.empty()) emit(fmt::format("comment on {}", name.display()), up, down);
  }
}

void Detector::drop_tables() {
  std::map<Name, Table> lot;
  for (const auto& [name, table] : work_.all()) {
    if (desired_.find(name)) continue;
    lot.emplace(name, table);
    note_readers(name, "");
  }
  // Made again in this order when it is taken back; dropped in the other one.
  std::vector<Table> order;
  std::vector<std::pair<Name, TableConstraint>> circular;
  while (!lot.empty()) {
    const auto next = next_of(lot);
    for (const std::size_t i : waiting_keys(next->second, lot))
      circular.emplace_back(next->first, next->second.constraints[i]);
    order.push_back(next->second);
    lot.erase(next);
  }
  for (const auto& [name, key] : circular) {
    const std::string alter = "ALTER TABLE " + written(name).sql() + " ";
    emit(fmt::format("drop constraint {} of {}", key.name, name.display()), {alter + drop_constraint_sql(key)},
         {alter + "ADD " + sql::constraint_sql(written(key))});
  }
  for (auto table = order.rbegin(); table != order.rend(); ++table) {
    Table whole = *table;
    std::erase_if(whole.constraints, [&](const TableConstraint& one) {
      return std::any_of(circular.begin(), circular.end(),
                         [&](const auto& key) { return key.first == whole.name && key.second == one; });
    });
    emit(fmt::format("drop table {}", table->name.display()), {"DROP TABLE " + written(table->name).sql()},
         whole_table_sql(whole, {}));
  }
}

}  // namespace pgvista::migrate
