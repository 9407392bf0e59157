// Columns: added, altered, dropped.

#include <algorithm>

#include "base/text.hpp"
#include "migrate/detector.hpp"
#include "parse/parse.hpp"
#include "sql/visit.hpp"

namespace pgvista::migrate {

using sql::Name;
using sql::quote_identifier;
using sql::Table;
using sql::TableColumn;

namespace {

bool serial(const std::string& type) { return type == "serial" || type == "bigserial" || type == "smallserial"; }

// Does every row get a value by itself?
bool fills_itself(const TableColumn& column) {
  return !column.default_value.empty() || !column.identity.empty() || !column.generated.empty() || serial(column.type);
}

Error unsupported(const Table& table, const std::string& column, const std::string& what, std::string hint) {
  Error error;
  error.code = "unsupported_change";
  error.message = fmt::format("the column \"{}\" of \"{}\": {}", column, table.name.display(), what);
  error.hint = std::move(hint);
  return error;
}

std::string set_default(const std::string& alter, const std::string& value) {
  return alter + (value.empty() ? "DROP DEFAULT" : "SET DEFAULT " + value);
}

// Columns that the expression names, and whether it needs a row: then it cannot be a default.
struct Named {
  std::vector<std::string> columns;
  bool query = false;
};

Named names_in(const std::string& expression) {
  Named out;
  const sql::Expr tree = parse::parse_expression(expression);
  sql::walk(tree, [&](sql::ConstNode node) {
    if (const auto* column = node.as<sql::ColumnRef>())
      out.columns.push_back(column->parts.empty() ? "*" : column->parts.back());
    out.query |= node.is<sql::Sublink>();
  });
  return out;
}

std::string refusal(const Table& table, const std::string& expression) {
  try {
    const Named named = names_in(expression);
    for (const std::string& column : named.columns) {
      if (!named.query && !table.column(column))
        return fmt::format("there is no column \"{}\" in \"{}\"", column, table.name.display());
    }
    return {};
  } catch (const Failure& failure) {
    return failure.error().message;
  }
}

bool of_each_row(const std::string& expression) {
  const Named named = names_in(expression);
  return named.query || !named.columns.empty();
}

// Throws Failure (invalid_expression, exit 2).
void check_value(const Table& table, const std::string& object, const std::string& expression) {
  const std::string wrong = refusal(table, expression);
  if (!wrong.empty())
    throw Failure(usage_error(
        "invalid_expression", fmt::format("{}={}: {}", object, expression, wrong),
        "A text stands in single quotes, and the shell takes one pair of quotes away: --default \"t.c='x'\"."));
}

}  // namespace

void Detector::change_columns() {
  for (const Name& name : common_tables()) {
    drop_computed(*work_.find(name));
    const Table now = *work_.find(name);
    // What is computed from columns comes behind them.
    for (const bool computed : {false, true}) {
      for (const TableColumn& column : wanted(name)->columns) {
        if (column.generated.empty() == computed) continue;
        if (const TableColumn* before = now.column(column.name)) {
          alter_column(now, *before, column);
        } else {
          add_column(now, column);
        }
      }
    }
  }
}

// ADD COLUMN so that the rows that are there get a value that is no lasting default.
std::vector<std::string> Detector::add_with_value(const Table& table, const TableColumn& column,
                                                  const std::string& value) const {
  const std::string name = quote_identifier(column.name);
  const std::string alter = on(table) + "ALTER COLUMN " + name + " ";
  TableColumn made = column;
  if (of_each_row(value)) {
    made.not_null = false;
    std::vector<std::string> out{on(table) + "ADD COLUMN " + sql::column_sql(made),
                                 "UPDATE " + written(table.name).sql() + " SET " + name + " = " + value};
    if (column.not_null) out.push_back(alter + "SET NOT NULL");
    return out;
  }
  made.default_value = value;
  return {on(table) + "ADD COLUMN " + sql::column_sql(made), set_default(alter, column.default_value)};
}

void Detector::add_column(const Table& table, const TableColumn& column) {
  TableColumn made = column;
  made.comment.reset();
  std::vector<std::string> up{on(table) + "ADD COLUMN " + sql::column_sql(made)};
  const std::string object = table.name.display() + "." + column.name;
  if (column.not_null && !fills_itself(column) && !maybe_renamed_.contains(object)) {
    const auto answer =
        ask({Question::Kind::value, object, "",
             fmt::format(
                 "the new column \"{}\" is NOT NULL and has no default: what do the rows get that \"{}\" has already?",
                 column.name, table.name.display()),
             fmt::format("--default {}=EXPRESSION; or --no-default {} if the table has no rows.", object, object), true,
             [&](const std::string& value) { return refusal(table, value); }});
    if (answer && answer->value) check_value(table, object, *answer->value);
    if (answer && answer->value) up = add_with_value(table, made, *answer->value);
  }
  emit(fmt::format("add column {} to {}", column.name, table.name.display()), up,
       {on(table) + "DROP COLUMN " + quote_identifier(column.name)});
}

void Detector::alter_column(const Table& table, const TableColumn& now, const TableColumn& wanted) {
  if (!now.generated.empty() && wanted.generated.empty() && now.type == wanted.type) {
    const std::string plain = on(table) + "ALTER COLUMN " + quote_identifier(now.name) + " DROP EXPRESSION";
    // Its values stay; the way back computes them anew.
    emit(fmt::format("{} of {} keeps its values", now.name, table.name.display()), {plain},
         {on(table) + "DROP COLUMN " + quote_identifier(now.name), on(table) + "ADD COLUMN " + sql::column_sql(now)});
    TableColumn left = *work_.find(table.name)->column(now.name);
    return alter_column(*work_.find(table.name), left, wanted);
  }
  if (now.generated != wanted.generated || (!now.generated.empty() && now.type != wanted.type)) {
    if (now.generated.empty())
      out_.notes.push_back(fmt::format(
          "\"{}\" of \"{}\" is computed from now on: the values that it holds are lost, also for the way back.",
          now.name, table.name.display()));
    return make_anew(table, now, wanted);
  }
  if (now.type != wanted.type || now.collation != wanted.collation) alter_type(table, now, wanted);
  // An identity is never NULL: it goes before, and comes behind.
  if (now.identity != wanted.identity && wanted.identity.empty()) alter_identity(table, now, wanted);
  alter_nullability(table, now, wanted);
  if (now.identity != wanted.identity && !wanted.identity.empty()) alter_identity(table, now, wanted);
  const TableColumn& after = *work_.find(table.name)->column(now.name);
  if (after.default_value == wanted.default_value) return;
  const std::string alter = on(table) + "ALTER COLUMN " + quote_identifier(now.name) + " ";
  emit(fmt::format("default of {} in {}", now.name, table.name.display()), {set_default(alter, wanted.default_value)},
       {set_default(alter, now.default_value)});
}

// What is on a column goes before it, with a way back, and comes again as what is missing.
void Detector::detach(const Table& table, const std::string& column) {
  const auto uses = [&](const sql::TableConstraint& one) {
    return std::find(one.columns.begin(), one.columns.end(), column) != one.columns.end() ||
           std::find(one.include.begin(), one.include.end(), column) != one.include.end();
  };
  for (const sql::TableConstraint& one : table.constraints) {
    if (uses(one)) drop_constraint(table, one);
  }
  for (const sql::IndexDefinition& one : table.indexes) {
    if (tables::index_uses(one, column)) drop_index(table, one, false);
  }
}

bool Detector::below_retyped(const Table& table, const std::string& generated) const {
  return std::any_of(table.columns.begin(), table.columns.end(), [&](const TableColumn& other) {
    return tables::names_column(generated, other.name) && retyped(table.name, {other.name});
  });
}

// PostgreSQL changes no type that a column is computed from: that goes first, and is added as if it were new.
void Detector::drop_computed(const Table& current) {
  const Table table = current;
  for (const TableColumn& column : table.columns) {
    if (column.generated.empty() || !below_retyped(table, column.generated)) continue;
    if (!wanted(table.name)->column(column.name)) note_readers(table.name, column.name);
    detach(table, column.name);
    std::vector<std::string> down{on(table) + "ADD COLUMN " + sql::column_sql(column)};
    if (column.comment) down.push_back(sql::comment_sql(written(table.name), column.name, column.comment, "TABLE"));
    emit(fmt::format("drop computed column {} of {}", column.name, table.name.display()),
         {on(table) + "DROP COLUMN " + quote_identifier(column.name)}, down);
  }
}

// The server can only make such a column anew.
void Detector::make_anew(const Table& table, const TableColumn& now, const TableColumn& wanted) {
  detach(table, now.name);
  const std::string drop = on(table) + "DROP COLUMN " + quote_identifier(now.name);
  const auto add = [&](const TableColumn& column) {
    std::vector<std::string> out{drop, on(table) + "ADD COLUMN " + sql::column_sql(column)};
    if (column.comment) out.push_back(sql::comment_sql(written(table.name), column.name, column.comment, "TABLE"));
    return out;
  };
  emit(fmt::format("make column {} of {} anew", now.name, table.name.display()), add(wanted), add(now));
}

// The default is taken away for a moment: the server cannot always cast it.
void Detector::alter_type(const Table& table, const TableColumn& now, const TableColumn& wanted) {
  if (serial(now.type) || serial(wanted.type)) {
    throw Failure(unsupported(table, now.name, fmt::format("from {} to {} is no change of type", now.type, wanted.type),
                              "Write it by hand: pgvista makemigrations --empty. For new columns, GENERATED BY DEFAULT "
                              "AS IDENTITY does what serial did."));
  }
  const std::string alter = on(table) + "ALTER COLUMN " + quote_identifier(now.name) + " ";
  const auto to = [&](const TableColumn& column) {
    return alter + "TYPE " + column.type + (column.collation.empty() ? "" : " COLLATE " + column.collation) +
           " USING " + quote_identifier(now.name) + "::" + column.type;
  };
  std::vector<std::string> up{to(wanted)};
  std::vector<std::string> down{to(now)};
  if (!now.default_value.empty()) {
    up.insert(up.begin(), alter + "DROP DEFAULT");
    down.push_back(set_default(alter, now.default_value));
  }
  if (!now.default_value.empty() && !wanted.default_value.empty()) {
    up.push_back(set_default(alter, wanted.default_value));
    down.insert(down.begin(), alter + "DROP DEFAULT");
  }
  emit(fmt::format("type of {} in {}: {}", now.name, table.name.display(), wanted.type), up, down);
}

void Detector::alter_identity(const Table& table, const TableColumn& now, const TableColumn& wanted) {
  const std::string alter = on(table) + "ALTER COLUMN " + quote_identifier(now.name) + " ";
  // The numbers go on after the greatest that there is.
  const std::string number = fmt::format(
      "SELECT pg_catalog.setval(pg_catalog.pg_get_serial_sequence({}, {}), coalesce(max({}), 0) + 1, false) FROM {}",
      sql::quote_literal(written(table.name).sql()), sql::quote_literal(now.name), quote_identifier(now.name),
      written(table.name).sql());
  const auto change = [&](const TableColumn& from, const TableColumn& to) -> std::vector<std::string> {
    if (to.identity.empty()) {
      std::vector<std::string> out{alter + "DROP IDENTITY"};
      if (!to.default_value.empty()) out.push_back(set_default(alter, to.default_value));
      return out;
    }
    if (!from.identity.empty()) return {alter + "SET GENERATED " + to.identity};
    std::vector<std::string> out;
    if (!from.default_value.empty()) out.push_back(alter + "DROP DEFAULT");
    out.push_back(alter + "ADD GENERATED " + to.identity + " AS IDENTITY");
    out.push_back(number);
    return out;
  };
  emit(fmt::format("identity of {} in {}", now.name, table.name.display()), change(now, wanted), change(wanted, now));
}

void Detector::alter_nullability(const Table& table, const TableColumn& now, const TableColumn& wanted) {
  if (now.not_null == wanted.not_null) return;
  const std::string alter = on(table) + "ALTER COLUMN " + quote_identifier(now.name) + " ";
  if (!wanted.not_null)
    return emit(fmt::format("{} in {} may be NULL", now.name, table.name.display()), {alter + "DROP NOT NULL"},
                {alter + "SET NOT NULL"});
  std::string value = wanted.default_value;
  const std::string object = table.name.display() + "." + now.name;
  if (wanted.identity.empty()) {
    const auto answer =
        ask({Question::Kind::value, object, "",
             fmt::format("the column \"{}\" of \"{}\" becomes NOT NULL: what do the rows get that have none?", now.name,
                         table.name.display()),
             fmt::format("--default {}=EXPRESSION; or --no-default {} if there are no NULLs.", object, object),
             value.empty(), [&](const std::string& given) { return refusal(table, given); }});
    if (answer && answer->value) check_value(table, object, *answer->value);
    if (answer && answer->value) value = *answer->value;
  }
  std::vector<std::string> up;
  if (!value.empty())
    up.push_back(fmt::format("UPDATE {} SET {} = {} WHERE {} IS NULL", written(table.name).sql(),
                             quote_identifier(now.name), value, quote_identifier(now.name)));
  up.push_back(alter + "SET NOT NULL");
  emit(fmt::format("{} in {} is never NULL", now.name, table.name.display()), up, {alter + "DROP NOT NULL"});
}

void Detector::drop_columns() {
  for (const Name& name : common_tables()) {
    const Table now = *work_.find(name);
    std::vector<TableColumn> gone;
    std::copy_if(now.columns.begin(), now.columns.end(), std::back_inserter(gone),
                 [&](const TableColumn& one) { return !wanted(name)->column(one.name); });
    // What is computed from columns goes before them.
    std::stable_partition(gone.begin(), gone.end(), [](const TableColumn& one) { return !one.generated.empty(); });
    for (const TableColumn& column : gone) {
      note_readers(name, column.name);
      const std::string object = name.display() + "." + column.name;
      const auto given = options_.reverse_defaults.find(object);
      TableColumn back = column;
      back.comment.reset();
      const bool filled = given != options_.reverse_defaults.end();
      std::vector<std::string> down{on(now) + "ADD COLUMN " + sql::column_sql(back)};
      if (filled) check_value(now, object, given->second);
      if (filled) down = add_with_value(now, back, given->second);
      if (column.comment) down.push_back(sql::comment_sql(written(name), column.name, column.comment, "TABLE"));
      if (column.not_null && !filled && !fills_itself(back))
        out_.notes.push_back(
            fmt::format("\"{}\" is NOT NULL without a default: taking its drop back fails where \"{}\" has rows. "
                        "--default {}=EXPRESSION gives them a value.",
                        column.name, name.display(), object));
      emit(fmt::format("drop column {} of {}", column.name, name.display()),
           {on(now) + "DROP COLUMN " + quote_identifier(column.name)}, down);
    }
  }
}

}  // namespace pgvista::migrate
