#include "base/text.hpp"
#include "sql/printer.hpp"

namespace pgvista::sql::detail {

void Printer::mark(Location at) {
  if (at.offset >= 0) result.marks.push_back({result.text.size(), at.offset});
}

void Printer::newline() { text("\n" + std::string(static_cast<std::size_t>(depth_) * 2, ' ')); }

void Printer::name_list(const std::vector<std::string>& names) {
  text("(");
  for (std::size_t i = 0; i < names.size(); ++i) {
    if (i > 0) text(", ");
    name(names[i]);
  }
  text(")");
}

void Printer::operand(const Select& query) {
  text("(");
  ++depth_;
  newline();
  select(query);
  --depth_;
  newline();
  text(")");
}

void Printer::common_table(const CommonTable& table) {
  mark(table.at);
  name(table.name);
  if (!table.columns.empty()) name_list(table.columns);
  text(" AS ");
  if (table.materialized == CommonTable::Materialized::always) text("MATERIALIZED ");
  if (table.materialized == CommonTable::Materialized::never) text("NOT MATERIALIZED ");
  if (table.change) {
    text("(");
    ++depth_;
    newline();
    statement(*table.change);
    --depth_;
    newline();
    text(")");
    return;
  }
  operand(*table.query);
  if (table.search) {
    text(table.search->breadth_first ? " SEARCH BREADTH FIRST BY " : " SEARCH DEPTH FIRST BY ");
    std::vector<std::string> columns;
    for (const auto& column : table.search->columns) columns.push_back(quote_identifier(column));
    text(join(columns, ", ") + " SET ");
    name(table.search->sequence);
  }
  if (table.cycle) {
    text(" CYCLE ");
    std::vector<std::string> columns;
    for (const auto& column : table.cycle->columns) columns.push_back(quote_identifier(column));
    text(join(columns, ", ") + " SET ");
    name(table.cycle->mark);
    text(" TO ");
    expression(*table.cycle->mark_value);
    text(" DEFAULT ");
    expression(*table.cycle->mark_default);
    text(" USING ");
    name(table.cycle->path);
  }
}

void Printer::with_clause(const std::vector<CommonTable>& with, bool recursive) {
  if (with.empty()) return;
  text(recursive ? "WITH RECURSIVE " : "WITH ");
  for (std::size_t i = 0; i < with.size(); ++i) {
    if (i > 0) text(", ");
    common_table(with[i]);
  }
  newline();
}

void Printer::targets(const std::vector<Target>& list) {
  ++depth_;
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) text(",");
    if (list.size() > 1) {
      newline();
    } else {
      text(" ");
    }
    expression(*list[i].value);
    if (!list[i].alias.empty()) {
      text(" AS ");
      name(list[i].alias);
    }
  }
  --depth_;
}

void Printer::select_core(const Select& query, const char* word) {
  if (!query.values.empty()) {
    text("VALUES ");
    for (std::size_t i = 0; i < query.values.size(); ++i) {
      text(i > 0 ? ", (" : "(");
      list(query.values[i].fields);
      text(")");
    }
    return;
  }
  text(word);
  note(query.note);
  if (!query.distinct_on.empty()) {
    text(" DISTINCT ON (");
    list(query.distinct_on);
    text(")");
  } else if (query.distinct) {
    text(" DISTINCT");
  }
  targets(query.targets);
  items("FROM ", query.from);
  condition("WHERE ", query.where);
  if (!query.group_by.empty()) {
    newline();
    text(query.group_distinct ? "GROUP BY DISTINCT " : "GROUP BY ");
    list(query.group_by);
  }
  condition("HAVING ", query.having);
  for (std::size_t i = 0; i < query.windows.size(); ++i) {
    if (i == 0) {
      newline();
      text("WINDOW ");
    } else {
      text(", ");
    }
    name(query.windows[i].name);
    text(" AS ");
    window(query.windows[i]);
  }
}

void Printer::tail(const Select& query) {
  if (!query.order_by.empty()) {
    newline();
    text("ORDER BY ");
    order_items(query.order_by);
  }
  if (query.offset) {
    newline();
    text("OFFSET ");
    expression(*query.offset);
  }
  if (query.limit) {
    newline();
    text(query.with_ties ? "FETCH FIRST (" : "LIMIT ");
    expression(*query.limit);
    if (query.with_ties) text(") ROWS WITH TIES");
  }
  for (const Locking& lock : query.locking) {
    newline();
    text("FOR " + lock.strength);
    for (std::size_t i = 0; i < lock.tables.size(); ++i) {
      text(i == 0 ? " OF " : ", ");
      name(lock.tables[i]);
    }
    if (!lock.wait.empty()) text(" " + lock.wait);
  }
}

void Printer::condition(const char* word, const Box<Expr>& condition) {
  if (!condition) return;
  newline();
  text(word);
  expression(*condition);
}

void Printer::items(const char* word, const std::vector<FromItem>& list) {
  if (list.empty()) return;
  newline();
  text(word);
  for (std::size_t i = 0; i < list.size(); ++i) {
    if (i > 0) text(", ");
    from_item(list[i]);
  }
}

void Printer::select(const Select& query, const char* word) {
  with_clause(query.with, query.recursive);
  if (query.operation == Select::Operation::none) {
    select_core(query, word);
  } else {
    operand(*query.left);
    switch (query.operation) {
      case Select::Operation::union_: text(" UNION "); break;
      case Select::Operation::intersect: text(" INTERSECT "); break;
      default: text(" EXCEPT "); break;
    }
    if (query.all) text("ALL ");
    operand(*query.right);
  }
  tail(query);
}

void Printer::alias(const Alias& alias) {
  if (alias.name.empty()) return;
  text(" AS ");
  name(alias.name);
  if (!alias.columns.empty()) name_list(alias.columns);
}

void Printer::column_definitions(const std::vector<ColumnDefinition>& columns) {
  text("(");
  for (std::size_t i = 0; i < columns.size(); ++i) {
    if (i > 0) text(", ");
    name(columns[i].name);
    text(" ");
    type(columns[i].type);
    if (!columns[i].collation.empty()) {
      text(" COLLATE ");
      path(columns[i].collation);
    }
  }
  text(")");
}

void Printer::from_item(const FromItem& item) {
  std::visit([&](const auto& inner) { node(inner); }, item.node);
}

void Printer::node(const TableRef& ref) {
  if (ref.only) text("ONLY ");
  mark(ref.at);
  if (!ref.catalog.empty()) {
    name(ref.catalog);
    text(".");
  }
  text(Name{ref.schema, ref.name}.sql());
  alias(ref.alias);
}

void Printer::node(const SubqueryRef& ref) {
  if (ref.lateral) text("LATERAL ");
  operand(*ref.query);
  alias(ref.alias);
}

void Printer::node(const FunctionRef& ref) {
  if (ref.lateral) text("LATERAL ");
  if (ref.rows_from) text("ROWS FROM (");
  for (std::size_t i = 0; i < ref.functions.size(); ++i) {
    if (i > 0) text(", ");
    expression(*ref.functions[i].call);
    if (!ref.functions[i].columns.empty()) {
      text(" AS ");
      column_definitions(ref.functions[i].columns);
    }
  }
  if (ref.rows_from) text(")");
  if (ref.ordinality) text(" WITH ORDINALITY");
  alias(ref.alias);
  if (!ref.columns.empty()) {
    text(ref.alias.name.empty() ? " AS " : " ");
    column_definitions(ref.columns);
  }
}

void Printer::node(const Join& join) {
  text("(");
  from_item(*join.left);
  newline();
  text("  ");
  if (join.natural) text("NATURAL ");
  const bool cross = join.type == Join::Type::inner && !join.natural && join.using_columns.empty() && !join.condition;
  switch (join.type) {
    case Join::Type::inner: text(cross ? "CROSS JOIN " : "JOIN "); break;
    case Join::Type::left: text("LEFT JOIN "); break;
    case Join::Type::right: text("RIGHT JOIN "); break;
    case Join::Type::full: text("FULL JOIN "); break;
  }
  from_item(*join.right);
  if (!join.using_columns.empty()) {
    text(" USING ");
    name_list(join.using_columns);
    if (!join.using_alias.empty()) {
      text(" AS ");
      name(join.using_alias);
    }
  } else if (join.condition) {
    text(" ON ");
    expression(*join.condition);
  }
  text(")");
  alias(join.alias);
}

void Printer::node(const Sample& sample) {
  from_item(*sample.item);
  text(" TABLESAMPLE ");
  path(sample.method);
  text("(");
  list(sample.arguments);
  text(")");
  if (sample.repeatable) {
    text(" REPEATABLE (");
    expression(*sample.repeatable);
    text(")");
  }
}

void Printer::node(const XmlTable& table) {
  if (table.lateral) text("LATERAL ");
  text("XMLTABLE(");
  if (!table.namespaces.empty()) {
    text("XMLNAMESPACES(");
    xml_attributes(table.namespaces, true);
    text("), ");
  }
  text("(");
  expression(*table.row);
  text(") PASSING (");
  expression(*table.document);
  text(") COLUMNS ");
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    const XmlTableColumn& column = table.columns[i];
    if (i > 0) text(", ");
    name(column.name);
    if (column.ordinality) {
      text(" FOR ORDINALITY");
      continue;
    }
    text(" ");
    type(*column.type);
    if (column.path) {
      text(" PATH (");
      expression(*column.path);
      text(")");
    }
    if (column.otherwise) {
      text(" DEFAULT (");
      expression(*column.otherwise);
      text(")");
    }
    if (column.not_null) text(" NOT NULL");
  }
  text(")");
  alias(table.alias);
}

}  // namespace pgvista::sql::detail
