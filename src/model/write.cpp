#include "model/write.hpp"

#include <algorithm>
#include <pgvista/error.hpp>

#include "base/text.hpp"
#include "sql/identifier.hpp"

namespace pgvista::model {

namespace {

using sql::quote_identifier;

std::string table_name(const ModelInfo& info) { return sql::Name{info.schema, info.table}.sql(); }

// How tightly things bind, as in PostgreSQL's own grammar.
enum Binding { loose = 0,
               disjunction,
               conjunction,
               negation,
               test,  // IS NULL
               comparison,
               membership,  // IN, LIKE
               other,
               sum,
               product,
               zone,
               sign,
               conversion,
               atom };

Binding binding_of(const Node& node) {
  switch (node.kind) {
    case Node::Kind::prefix: return node.text == "NOT" ? negation : sign;
    case Node::Kind::postfix: return test;
    case Node::Kind::in_list:
    case Node::Kind::in_query: return membership;
    case Node::Kind::cast: return conversion;
    case Node::Kind::raw: return node.children.empty() ? atom : loose;
    case Node::Kind::infix: break;
    default: return atom;
  }
  static const std::vector<std::pair<std::string_view, Binding>> table = {{"OR", disjunction}, {"AND", conjunction}, {"=", comparison}, {"<>", comparison}, {"<", comparison}, {"<=", comparison}, {">", comparison}, {">=", comparison}, {"LIKE", membership}, {"ILIKE", membership}, {"+", sum}, {"-", sum}, {"*", product}, {"/", product}, {"AT TIME ZONE", zone}};
  for (const auto& [name, binding] : table) {
    if (name == node.text) return binding;
  }
  return other;
}

// The key of the row behind a foreign key is in the row that refers to it.
bool is_own_key(const ModelInfo& info, std::string_view relation, std::string_view member) {
  const FieldInfo& field = info.at(relation);
  return field.target && field.target().primary_key == std::vector<std::string>{field.target().at(member).column};
}

bool names_other_rows(const Node& node, const ModelInfo& own) {
  if (node.kind == Node::Kind::column) return node.outer || (node.path.size() > 1 && !(node.path.size() == 2 && is_own_key(node.owner ? node.owner() : own, node.path[0], node.path[1])));
  if (node.query) return true;
  const auto any = [&](const std::vector<NodePtr>& list) { return std::any_of(list.begin(), list.end(), [&](const NodePtr& one) { return one && names_other_rows(*one, own); }); };
  const auto any_order = [&](const std::vector<OrderNode>& list) { return std::any_of(list.begin(), list.end(), [&](const OrderNode& one) { return names_other_rows(*one.value, own); }); };
  return any(node.children) || any(node.partition) || any_order(node.order) || any_order(node.window_order) || (node.filter && names_other_rows(*node.filter, own));
}

// One SELECT, UPDATE or DELETE being written, and those around it.
class Writing {
 public:
  Writing(const QuerySpec& query, std::vector<Parameter>& parameters, bool literals, Writing* around) : query_(query), parameters_(parameters), literals_(literals), around_(around) {
    if (query.operation) return;
    qualified_ = around != nullptr || !query.joins.empty() || !query.loads.empty() || names_something_else();
    sources_.push_back({query.model, "", unique_alias(query.model().table), "", false});
    for (const JoinSpec& join : query.joins) sources_.push_back({join.model, "", unique_alias(join.model().table), "", false});
  }

  std::string select() {
    if (query_.operation) return combined();
    std::string out = query_.distinct ? "SELECT DISTINCT " : "SELECT ";
    out += outputs();
    return out + from_on();
  }

  std::string count() {
    const bool whole = !query_.operation && !query_.distinct && query_.group.empty() && !query_.limit && !query_.offset;
    if (whole) return "SELECT count(*)" + from_on(false);
    return "SELECT count(*) FROM (" + select() + ") AS q";
  }

  std::string exists() {
    if (query_.operation || !query_.group.empty()) return "SELECT EXISTS (" + select() + ")";
    return "SELECT EXISTS (SELECT" + from_on(false) + ")";
  }

  // The rows as a condition on the primary key, where the table alone does not tell them.
  std::string update(const std::vector<Named>& assignments) {
    std::vector<std::string> sets;
    for (const Named& one : assignments) sets.push_back(quote_identifier(query_.model().at(one.name).column) + " = " + expression(*one.value));
    return "UPDATE " + table_name(query_.model()) + " SET " + join(sets, ", ") + rows();
  }

  std::string remove() { return "DELETE FROM " + table_name(query_.model()) + rows(); }

 private:
  struct Source {
    InfoOf model;
    std::string path;  // members joined by dots; "" of the query's own rows and explicit joins
    std::string alias;
    std::string on;  // of a join along a path
    bool left = false;
  };

  bool names_something_else() const {
    const ModelInfo& own = query_.model();
    const auto other = [&](const NodePtr& one) { return names_other_rows(*one, own); };
    const auto any = [&](const std::vector<NodePtr>& list) { return std::any_of(list.begin(), list.end(), other); };
    return any(query_.where) || any(query_.group) || any(query_.having) || std::any_of(query_.order.begin(), query_.order.end(), [&](const OrderNode& one) { return other(one.value); }) ||
           std::any_of(query_.outputs.begin(), query_.outputs.end(), [&](const Named& one) { return other(one.value); });
  }

  bool taken(const std::string& alias) const {
    return std::any_of(sources_.begin(), sources_.end(), [&](const Source& one) { return one.alias == alias; }) || (around_ && around_->taken(alias));
  }
  std::string unique_alias(const std::string& wanted) const {
    std::string out = wanted;
    for (int i = 2; taken(out); ++i) out = wanted + "_" + std::to_string(i);
    return out;
  }

  static std::string aliased(const ModelInfo& info, const std::string& alias) { return table_name(info) + (alias == info.table ? std::string{} : " AS " + quote_identifier(alias)); }

  std::string outputs() {
    std::vector<std::string> out;
    for (const Named& one : query_.outputs) {
      std::string text = expression(*one.value);
      const std::string name = quote_identifier(one.name);
      const bool same = text == name || text.ends_with("." + name);
      out.push_back(one.name.empty() || same ? std::move(text) : std::move(text) + " AS " + name);
    }
    if (query_.outputs.empty()) {
      all_columns(query_.model(), 0, out);
      for (const std::string_view member : query_.loads) all_columns(query_.model().at(member).target(), path_source(0, member), out);
    }
    return join(out, ", ");
  }

  void all_columns(const ModelInfo& info, std::size_t source, std::vector<std::string>& out) {
    for (const FieldInfo& field : info.fields) out.push_back(column(source, field));
  }

  std::string column(std::size_t source, const FieldInfo& field) const { return (qualified_ ? quote_identifier(sources_[source].alias) + "." : std::string{}) + quote_identifier(field.column); }

  // The source that a foreign key of another one leads to; joined when it is named for the first time.
  std::size_t path_source(std::size_t from, std::string_view member) {
    const FieldInfo& field = sources_[from].model().at(member);
    const std::string path = sources_[from].path + std::to_string(from) + "." + std::string(member);
    for (std::size_t i = 0; i < sources_.size(); ++i) {
      if (sources_[i].path == path) return i;
    }
    const ModelInfo& target = field.target();
    if (target.primary_key.size() != 1) throw Failure(Error{"no_primary_key", "the model " + target.type + " is referred to and has no primary key of one column", {}, "Name it in define(): t.primary_key(&…).", {}, {}, 0, 0, ExitCode::usage});
    const std::string alias = unique_alias(from == 0 ? std::string(member) : sources_[from].alias + "_" + std::string(member));
    const std::string on = quote_identifier(alias) + "." + quote_identifier(target.primary_key.front()) + " = " + column(from, field);
    sources_.push_back({field.target, path, alias, on, field.nullable || sources_[from].left});
    return sources_.size() - 1;
  }

  std::string from_on(bool with_order = true) {
    // Conditions first: they bring in the joins.
    std::vector<std::string> ons;
    for (const JoinSpec& join : query_.joins) ons.push_back(expression(*join.condition));
    const std::string where = conditions(" WHERE ", query_.where);
    const std::string group = list(" GROUP BY ", query_.group);
    const std::string having = conditions(" HAVING ", query_.having);
    const std::string order = with_order ? order_by(query_.order) : std::string{};
    std::string out = " FROM " + aliased(query_.model(), sources_.front().alias);
    for (std::size_t i = 0; i < query_.joins.size(); ++i) out += std::string(query_.joins[i].left ? " LEFT JOIN " : " JOIN ") + aliased(query_.joins[i].model(), sources_[i + 1].alias) + " ON " + ons[i];
    for (std::size_t i = 1 + query_.joins.size(); i < sources_.size(); ++i) out += std::string(sources_[i].left ? " LEFT JOIN " : " JOIN ") + aliased(sources_[i].model(), sources_[i].alias) + " ON " + sources_[i].on;
    return out + where + group + having + order + bounds();
  }

  std::string bounds() const {
    std::string out;
    if (query_.limit) out += " LIMIT " + std::to_string(*query_.limit);
    if (query_.offset) out += " OFFSET " + std::to_string(*query_.offset);
    return out;
  }

  std::string rows() {
    const bool plain = query_.joins.empty() && !query_.limit && !query_.offset && !qualified_;
    if (plain) return conditions(" WHERE ", query_.where);
    const ModelInfo& info = query_.model();
    if (info.primary_key.empty()) throw Failure(Error{"no_primary_key", "rows of " + info.type + " that joins or limits choose are changed by their primary key, which the model has not got", {}, "Name it in define(): t.primary_key(&…).", {}, {}, 0, 0, ExitCode::usage});
    std::vector<std::string> key;
    std::vector<std::string> inner;
    for (const std::string& one : info.primary_key) {
      key.push_back(quote_identifier(one));
      inner.push_back((qualified_ ? quote_identifier(sources_.front().alias) + "." : std::string{}) + quote_identifier(one));
    }
    return " WHERE " + (key.size() == 1 ? key.front() : "(" + join(key, ", ") + ")") + " IN (SELECT " + join(inner, ", ") + from_on() + ")";
  }

  std::string combined() {
    const auto side = [&](const QuerySpec& one) {
      std::string text = Writing(one, parameters_, literals_, around_).select();
      return one.limit || one.offset || !one.order.empty() || one.operation ? "(" + text + ")" : text;
    };
    const std::string left = side(*query_.left);
    const std::string right = side(*query_.right);
    std::string out = left + " " + query_.operation + " " + right;
    if (!query_.order.empty()) throw Failure(Error{"ordered_union", "a union is ordered by its own columns, which have no model", {}, "Order the rows in C++, or make a view of the union.", {}, {}, 0, 0, ExitCode::usage});
    return out + bounds();
  }

  std::string conditions(const char* word, const std::vector<NodePtr>& all) {
    if (all.empty()) return {};
    std::vector<std::string> out;
    for (const NodePtr& one : all) out.push_back(bound(*one, all.size() > 1 ? conjunction : loose));
    return word + join(out, " AND ");
  }

  std::string list(const char* word, const std::vector<NodePtr>& all) {
    std::vector<std::string> out;
    for (const NodePtr& one : all) out.push_back(expression(*one));
    return out.empty() ? std::string{} : word + join(out, ", ");
  }

  std::string order_by(const std::vector<OrderNode>& keys) {
    std::vector<std::string> out;
    for (const OrderNode& one : keys) out.push_back(expression(*one.value) + (one.descending ? " DESC" : "") + (one.nulls == 0 ? "" : one.nulls < 0 ? " NULLS FIRST"
                                                                                                                                                    : " NULLS LAST"));
    return out.empty() ? std::string{} : " ORDER BY " + join(out, ", ");
  }

  // With parentheses where the place binds at least as tightly.
  std::string bound(const Node& node, Binding place, bool equal_too = false) {
    const Binding own = binding_of(node);
    const bool parentheses = own < place || (equal_too && own == place);
    return parentheses ? "(" + expression(node) + ")" : expression(node);
  }

  std::string expression(const Node& node) {
    switch (node.kind) {
      case Node::Kind::column: return named(node);
      case Node::Kind::parameter: return given(node.value);
      case Node::Kind::raw: return raw(node);
      case Node::Kind::prefix: return node.text + " " + bound(*node.children[0], binding_of(node), true);
      case Node::Kind::postfix: return bound(*node.children[0], comparison, true) + " " + node.text;
      case Node::Kind::infix: return infix(node);
      case Node::Kind::call: return call(node);
      case Node::Kind::cast: return bound(*node.children[0], conversion) + "::" + node.text;
      case Node::Kind::in_list: return in_list(node);
      case Node::Kind::in_query: return in_query(node);
      case Node::Kind::exists: return "EXISTS (" + inner_exists(*node.query) + ")";
      case Node::Kind::subquery: return "(" + inner(*node.query) + ")";
      case Node::Kind::cases: return cases(node);
    }
    return {};
  }

  std::string inner(const QuerySpec& query) { return Writing(query, parameters_, literals_, this).select(); }
  std::string inner_exists(const QuerySpec& query) {
    Writing writing(query, parameters_, literals_, this);
    return query.operation || !query.group.empty() ? writing.select() : "SELECT" + writing.from_on(false);
  }

  std::string infix(const Node& node) {
    const Binding own = binding_of(node);
    // a = b = c is no SQL; a - (b - c) keeps its parentheses, a AND b AND c needs none.
    const bool associative = own == conjunction || own == disjunction || node.text == "+" || node.text == "*";
    const bool same_right = associative && node.children[1]->kind == Node::Kind::infix && node.children[1]->text == node.text;
    const std::string left = bound(*node.children[0], own, own == comparison || own == membership);
    return left + " " + node.text + " " + bound(*node.children[1], own, !same_right);
  }

  std::string raw(const Node& node) {
    std::string out;
    std::size_t next = 0;
    for (const char c : node.text) {
      if (c == '?' && next < node.children.size()) {
        out += bound(*node.children[next++], atom);
      } else {
        out.push_back(c);
      }
    }
    return out;
  }

  std::string call(const Node& node) {
    std::vector<std::string> arguments;
    for (const NodePtr& one : node.children) arguments.push_back(expression(*one));
    std::string out = node.text + "(" + (node.distinct ? "DISTINCT " : "") + join(arguments, ", ") + order_by(node.order) + ")";
    if (node.filter) out += " FILTER (WHERE " + expression(*node.filter) + ")";
    if (!node.windowed) return out;
    const std::string partition = list("PARTITION BY ", node.partition);
    const std::string order = order_by(node.window_order);
    return out + " OVER (" + partition + (partition.empty() && !order.empty() ? order.substr(1) : order) + ")";
  }

  std::string in_query(const Node& node) {
    const std::string value = bound(*node.children[0], membership, true);
    return value + (node.negated ? " NOT IN (" : " IN (") + inner(*node.query) + ")";
  }

  std::string in_list(const Node& node) {
    if (node.children.size() == 1) return node.negated ? "true" : "false";
    const std::string value = bound(*node.children[0], membership, true);
    std::vector<std::string> values;
    for (std::size_t i = 1; i < node.children.size(); ++i) values.push_back(expression(*node.children[i]));
    return value + (node.negated ? " NOT IN (" : " IN (") + join(values, ", ") + ")";
  }

  std::string cases(const Node& node) {
    std::string out = "CASE";
    std::size_t i = 0;
    for (; i + 1 < node.children.size(); i += 2) {
      const std::string condition = expression(*node.children[i]);
      out += " WHEN " + condition + " THEN " + expression(*node.children[i + 1]);
    }
    if (i < node.children.size()) out += " ELSE " + expression(*node.children[i]);
    return out + " END";
  }

  std::string named(const Node& node) {
    if (node.outer) {
      if (!around_) throw Failure(Error{"no_outer_query", "outer() names a query around this one, and there is none", {}, "Use it inside exists(), in() or scalar().", {}, {}, 0, 0, ExitCode::usage});
      // What is named outside is joined there.
      return around_->path(node);
    }
    return path(node);
  }

  std::string path(const Node& node) {
    std::size_t source = 0;
    if (node.owner) {
      const auto found = std::find_if(sources_.begin(), sources_.end(), [&](const Source& one) { return one.model == node.owner && one.path.empty(); });
      if (found == sources_.end()) throw Failure(Error{"unknown_column", "a column of " + node.owner().type + " is named in a query that does not read it", {}, "Join it, or use outer() for the query around this one.", {}, {}, 0, 0, ExitCode::usage});
      source = static_cast<std::size_t>(found - sources_.begin());
    }
    for (std::size_t i = 0; i + 1 < node.path.size(); ++i) {
      const ModelInfo& info = sources_[source].model();
      if (i + 2 == node.path.size() && is_own_key(info, node.path[i], node.path[i + 1])) return column(source, info.at(node.path[i]));
      source = path_source(source, node.path[i]);
    }
    return column(source, sources_[source].model().at(node.path.back()));
  }

  std::string given(const Parameter& value) {
    if (literals_) return literal(value);
    parameters_.push_back(value);
    return "$" + std::to_string(parameters_.size());
  }

  const QuerySpec& query_;
  std::vector<Parameter>& parameters_;
  bool literals_;
  Writing* around_;
  bool qualified_ = false;
  std::vector<Source> sources_;
};

template <class F>
Statement written(const QuerySpec& query, F&& write) {
  Statement out;
  Writing writing(query, out.parameters, false, nullptr);
  out.sql = write(writing);
  return out;
}

Failure invalid(const ModelInfo& info, const FieldInfo& field, const std::string& what) {
  return Failure(Error{"invalid_value", info.type + "::" + field.member + " " + what, {}, {}, {}, {}, 0, 0, ExitCode::failed});
}

std::size_t characters(const std::string& text) {
  return static_cast<std::size_t>(std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::string key_condition(const ModelInfo& info, const void* row, Statement& statement) {
  if (info.primary_key.empty()) throw Failure(Error{"no_primary_key", "a row of " + info.type + " is found by its primary key, which the model has not got", {}, "Name it in define(): t.primary_key(&…).", {}, {}, 0, 0, ExitCode::usage});
  std::vector<std::string> out;
  for (const FieldInfo& field : info.fields) {
    if (std::find(info.primary_key.begin(), info.primary_key.end(), field.column) == info.primary_key.end()) continue;
    statement.parameters.push_back(field.encode(row));
    out.push_back(quote_identifier(field.column) + " = $" + std::to_string(statement.parameters.size()));
  }
  return join(out, " AND ");
}

}  // namespace

Statement select_statement(const QuerySpec& query) {
  return written(query, [](Writing& writing) { return writing.select(); });
}
Statement count_statement(const QuerySpec& query) {
  return written(query, [](Writing& writing) { return writing.count(); });
}
Statement exists_statement(const QuerySpec& query) {
  return written(query, [](Writing& writing) { return writing.exists(); });
}
Statement update_statement(const QuerySpec& query, const std::vector<Named>& assignments) {
  return written(query, [&](Writing& writing) { return writing.update(assignments); });
}
Statement delete_statement(const QuerySpec& query) {
  return written(query, [](Writing& writing) { return writing.remove(); });
}

std::string definition_sql(const QuerySpec& query) {
  std::vector<Parameter> none;
  return Writing(query, none, true, nullptr).select();
}

std::string literal(const Parameter& value) {
  if (!value.bytes) return "NULL";
  const std::string& bytes = *value.bytes;
  const auto typed = [](const std::string& text, const char* type) { return sql::quote_literal(text) + "::" + type; };
  switch (value.oid) {
    case Type<bool>::oid: return Type<bool>::decode(bytes) ? "true" : "false";
    case Type<std::int16_t>::oid: return std::to_string(Type<std::int16_t>::decode(bytes));
    case Type<std::int32_t>::oid: return std::to_string(Type<std::int32_t>::decode(bytes));
    case Type<std::int64_t>::oid: return std::to_string(Type<std::int64_t>::decode(bytes));
    case Type<std::string>::oid: return sql::quote_literal(bytes);
    case Type<Decimal>::oid: {
      const std::string text = Type<Decimal>::decode(bytes).text();
      return text == "NaN" || text.ends_with("Infinity") ? typed(text, "numeric") : text;
    }
    case Type<Uuid>::oid: return typed(Type<Uuid>::decode(bytes).text(), "uuid");
    case Type<Json>::oid: return typed(Type<Json>::decode(bytes).text, "jsonb");
    case Type<Date>::oid: {
      const std::chrono::year_month_day day{Type<Date>::decode(bytes)};
      const auto two = [](unsigned number) { return (number < 10 ? "0" : "") + std::to_string(number); };
      return typed(std::to_string(static_cast<int>(day.year())) + "-" + two(static_cast<unsigned>(day.month())) + "-" + two(static_cast<unsigned>(day.day())), "date");
    }
    case 0: return sql::quote_literal(bytes);
    default: break;
  }
  throw Failure(Error{"no_literal", "a value of this type cannot stand in a definition", {}, "Write it as raw SQL.", {}, {}, 0, 0, ExitCode::usage});
}

bool left_to_server(const FieldInfo& field, const Parameter& value) {
  if (!value.bytes) return !field.default_sql.empty();
  return field.identity && std::all_of(value.bytes->begin(), value.bytes->end(), [](char c) { return c == '\0'; });
}

std::vector<const FieldInfo*> returned_fields(const ModelInfo& info) {
  std::vector<const FieldInfo*> out;
  for (const FieldInfo& field : info.fields) {
    if (field.identity || !field.default_sql.empty()) out.push_back(&field);
  }
  return out;
}

Statement insert_statement(const ModelInfo& info, const void* row, bool update_on_conflict) {
  Statement out;
  std::vector<std::string> columns;
  std::vector<std::string> values;
  std::vector<std::string> sets;
  for (const FieldInfo& field : info.fields) {
    Parameter value = field.encode(row);
    if (left_to_server(field, value)) continue;
    out.parameters.push_back(std::move(value));
    columns.push_back(quote_identifier(field.column));
    values.push_back("$" + std::to_string(out.parameters.size()));
    const bool key = std::find(info.primary_key.begin(), info.primary_key.end(), field.column) != info.primary_key.end();
    if (!key) sets.push_back(columns.back() + " = excluded." + columns.back());
  }
  out.sql = "INSERT INTO " + table_name(info) + (columns.empty() ? " DEFAULT VALUES" : " (" + join(columns, ", ") + ") VALUES (" + join(values, ", ") + ")");
  if (update_on_conflict && !info.primary_key.empty()) {
    std::vector<std::string> key;
    for (const std::string& one : info.primary_key) key.push_back(quote_identifier(one));
    out.sql += " ON CONFLICT (" + join(key, ", ") + ") DO " + (sets.empty() ? "NOTHING" : "UPDATE SET " + join(sets, ", "));
  }
  std::vector<std::string> back;
  for (const FieldInfo* field : returned_fields(info)) back.push_back(quote_identifier(field->column));
  if (!back.empty()) out.sql += " RETURNING " + join(back, ", ");
  return out;
}

Statement update_row_statement(const ModelInfo& info, const void* row) {
  Statement out;
  std::vector<std::string> sets;
  for (const FieldInfo& field : info.fields) {
    if (std::find(info.primary_key.begin(), info.primary_key.end(), field.column) != info.primary_key.end()) continue;
    out.parameters.push_back(field.encode(row));
    sets.push_back(quote_identifier(field.column) + " = $" + std::to_string(out.parameters.size()));
  }
  const std::string condition = key_condition(info, row, out);
  out.sql = "UPDATE " + table_name(info) + " SET " + join(sets, ", ") + " WHERE " + condition;
  return out;
}

Statement delete_row_statement(const ModelInfo& info, const void* row) {
  Statement out;
  const std::string condition = key_condition(info, row, out);
  out.sql = "DELETE FROM " + table_name(info) + " WHERE " + condition;
  return out;
}

void validate(const ModelInfo& info, const void* row) {
  for (const FieldInfo& field : info.fields) {
    if (!field.max_length && field.choices.empty()) continue;
    const Parameter value = field.encode(row);
    if (!value.bytes) continue;
    if (field.max_length && characters(*value.bytes) > static_cast<std::size_t>(*field.max_length)) throw invalid(info, field, "has " + std::to_string(characters(*value.bytes)) + " characters, and " + std::to_string(*field.max_length) + " are allowed");
    if (!field.choices.empty() && std::find(field.choices.begin(), field.choices.end(), *value.bytes) == field.choices.end()) throw invalid(info, field, "is none of its choices: " + join(field.choices, ", "));
  }
}

RowReader::RowReader(const QuerySpec& query) : info_(query.model()) {
  int first = static_cast<int>(info_.fields.size());
  for (const std::string_view member : query.loads) {
    const FieldInfo& relation = info_.at(member);
    loads_.push_back({&relation, &relation.target(), first});
    first += static_cast<int>(relation.target().fields.size());
  }
}

void RowReader::read(const Result& rows, int row, void* object) const {
  int column = 0;
  for (const FieldInfo& field : info_.fields) {
    field.decode(object, rows.data(row, column), rows.length(row, column));
    ++column;
  }
  for (const Load& load : loads_) {
    const auto& fields = load.target->fields;
    const auto key = std::find_if(fields.begin(), fields.end(), [&](const FieldInfo& one) { return one.column == load.target->primary_key.front(); }) - fields.begin();
    if (rows.null(row, load.first + static_cast<int>(key))) continue;
    const std::shared_ptr<void> target = load.relation->make_target();
    for (std::size_t i = 0; i < fields.size(); ++i) fields[i].decode(target.get(), rows.data(row, load.first + static_cast<int>(i)), rows.length(row, load.first + static_cast<int>(i)));
    load.relation->attach(object, target);
  }
}

void no_row(const QuerySpec& query) { throw Failure(Error{"no_row", "no " + query.model().type + " is like that", {}, {}, {}, {}, 0, 0, ExitCode::failed}); }
void several_rows(const QuerySpec& query) { throw Failure(Error{"several_rows", "several " + query.model().type + " are like that where one was asked for", {}, {}, {}, {}, 0, 0, ExitCode::failed}); }

}  // namespace pgvista::model
