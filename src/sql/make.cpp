#include "sql/make.hpp"

namespace pgvista::sql::make {

Expr name(const std::string& one) { return ColumnRef{{one}, false, {}}; }
Expr column(const std::string& qualifier, const std::string& name) { return ColumnRef{{qualifier, name}, false, {}}; }

Expr every_column(const std::string& qualifier) {
  return ColumnRef{qualifier.empty() ? Path{} : Path{qualifier}, true, {}};
}

Exprs columns(const std::string& qualifier, const std::vector<std::string>& names) {
  Exprs out;
  for (const std::string& one : names) out.push_back(qualifier.empty() ? name(one) : column(qualifier, one));
  return out;
}

Expr number(long long value) { return Constant{Constant::Type::integer, std::to_string(value), {}}; }
Expr text(const std::string& value) { return Constant{Constant::Type::string, value, {}}; }
Expr boolean(bool value) { return Constant{Constant::Type::boolean, value ? "true" : "false", {}}; }
Expr null() { return Constant{Constant::Type::null, {}, {}}; }
Expr parameter(int number) { return Parameter{number, {}}; }

namespace {

Expr call(Path function, Exprs arguments) {
  FunctionCall out;
  out.name = std::move(function);
  out.arguments = std::move(arguments);
  return out;
}

}  // namespace

Expr call(const std::string& function, Exprs arguments) { return call(Path{function}, std::move(arguments)); }
Expr call(const Name& function, Exprs arguments) {
  return call(Path{function.schema, function.name}, std::move(arguments));
}

Expr count() {
  FunctionCall out;
  out.name = {"count"};
  out.star = true;
  return out;
}

Expr filtered(Expr aggregate, Expr condition) {
  aggregate.as<FunctionCall>()->filter = std::move(condition);
  return aggregate;
}

Expr distinct(Expr aggregate) {
  aggregate.as<FunctionCall>()->distinct = true;
  return aggregate;
}

Expr named(const std::string& parameter, Expr value) { return NamedArgument{parameter, std::move(value), {}}; }

Expr op(const std::string& name, Expr left, Expr right) { return op(Path{name}, std::move(left), std::move(right)); }
Expr op(const Path& name, Expr left, Expr right) { return Operator{name, std::move(left), std::move(right), {}}; }
Expr minus(Expr value) { return Operator{{"-"}, {}, std::move(value), {}}; }

Expr chain(const std::string& name, const Exprs& operands) {
  Expr out = operands.front();
  for (std::size_t i = 1; i < operands.size(); ++i) out = op(name, std::move(out), operands[i]);
  return out;
}

namespace {

// Without an AND inside an AND.
void flatten(Logical::Form form, const Exprs& conditions, Exprs& out) {
  for (const Expr& one : conditions) {
    const auto* inner = one.as<Logical>();
    inner && inner->form == form ? flatten(form, inner->operands, out) : out.push_back(one);
  }
}

Expr logical(Logical::Form form, const Exprs& conditions) {
  Exprs flat;
  flatten(form, conditions, flat);
  if (flat.empty()) return boolean(form == Logical::Form::conjunction);
  return flat.size() == 1 ? flat.front() : Expr(Logical{form, std::move(flat), {}});
}

}  // namespace

Expr all_of(const Exprs& conditions) { return logical(Logical::Form::conjunction, conditions); }
Expr any_of(const Exprs& conditions) { return logical(Logical::Form::disjunction, conditions); }
Expr negation(Expr condition) { return Logical{Logical::Form::negation, {std::move(condition)}, {}}; }
Expr is_null(Expr value) { return NullTest{std::move(value), false, {}}; }
Expr is_not_null(Expr value) { return NullTest{std::move(value), true, {}}; }
Expr not_distinct(Expr left, Expr right) { return DistinctFrom{std::move(left), std::move(right), true, {}}; }
Expr distinct_from(Expr left, Expr right) { return DistinctFrom{std::move(left), std::move(right), false, {}}; }
Expr equals_any(Expr left, Expr array) { return Quantified{{"="}, false, std::move(left), std::move(array), {}}; }

TypeName type(const std::string& built_in, bool array) {
  TypeName out;
  out.name = {"pg_catalog", built_in};
  if (array) out.array_bounds = {""};
  return out;
}

Expr cast(Expr value, TypeName type) { return Cast{std::move(value), std::move(type), {}}; }
Expr cast(Expr value, const std::string& built_in, bool array) { return cast(std::move(value), type(built_in, array)); }
Expr row(Exprs fields) { return Row{std::move(fields), true, {}}; }
Expr array(Exprs elements) { return ArrayLiteral{std::move(elements), {}}; }

namespace {

Step index(long long at) {
  Step out;
  out.form = Step::Form::index;
  out.high = number(at);
  return out;
}

}  // namespace

Expr element(Expr array, long long number) { return Indirection{std::move(array), {index(number)}}; }

Expr field(Expr array, long long number, const std::string& field) {
  Step named;
  named.field = field;
  return Indirection{std::move(array), {index(number), named}};
}

Expr choose(Expr condition, Expr result, std::optional<Expr> otherwise) {
  Case out;
  out.branches.push_back({std::move(condition), std::move(result)});
  if (otherwise) out.otherwise = std::move(*otherwise);
  return out;
}

Expr coalesce(Exprs arguments) { return Coalesce{std::move(arguments), {}}; }
Expr extremum(bool greatest, Exprs arguments) { return Extremum{greatest, std::move(arguments), {}}; }
Expr collate(Expr value, const std::string& collation) { return Collate{std::move(value), {collation}, {}}; }

namespace {

Expr sublink(Sublink::Form form, Select query) {
  Sublink out;
  out.form = form;
  out.query = std::move(query);
  return out;
}

}  // namespace

Expr exists(Select query) { return sublink(Sublink::Form::exists, std::move(query)); }
Expr scalar(Select query) { return sublink(Sublink::Form::scalar, std::move(query)); }
Expr array_of(Select query) { return sublink(Sublink::Form::array, std::move(query)); }

Expr is_in(Expr row, Select query) {
  Sublink out;
  out.form = Sublink::Form::any;
  out.test = std::move(row);
  out.query = std::move(query);
  return out;
}

Target target(Expr value, const std::string& alias) { return {alias, std::move(value), {}}; }

std::vector<Target> targets(const Exprs& values) {
  std::vector<Target> out;
  for (const Expr& one : values) out.push_back(target(one));
  return out;
}

std::vector<OrderItem> order_by(const Exprs& values) {
  std::vector<OrderItem> out;
  for (const Expr& one : values) out.emplace_back().value = one;
  return out;
}

TableRef table(const Name& name, const std::string& alias) {
  TableRef out;
  out.schema = name.schema;
  out.name = name.name;
  out.alias.name = alias;
  return out;
}

TableRef rows(const std::string& name, const std::string& alias) { return table({"", name}, alias); }

SubqueryRef subquery(Select query, const std::string& alias, std::vector<std::string> columns) {
  SubqueryRef out;
  out.query = std::move(query);
  out.alias = {alias, std::move(columns)};
  return out;
}

SubqueryRef lateral(SubqueryRef item) {
  item.lateral = true;
  return item;
}

FunctionRef function(Expr call, const std::string& alias, std::vector<std::string> columns) {
  FunctionRef out;
  out.functions.push_back({std::move(call), {}});
  out.alias = {alias, std::move(columns)};
  return out;
}

FunctionRef lateral(FunctionRef item) {
  item.lateral = true;
  return item;
}

FromItem join(Join::Type type, FromItem left, FromItem right, std::optional<Expr> condition) {
  Join out;
  out.type = type;
  out.left = std::move(left);
  out.right = std::move(right);
  if (condition) out.condition = std::move(*condition);
  return out;
}

FromItem cross_join(FromItem left, FromItem right) {
  return join(Join::Type::inner, std::move(left), std::move(right));
}

Select select(std::vector<Target> targets, std::vector<FromItem> from, std::optional<Expr> where) {
  Select out;
  out.targets = std::move(targets);
  out.from = std::move(from);
  if (where) out.where = std::move(*where);
  return out;
}

Select values(std::vector<Exprs> rows) {
  Select out;
  for (Exprs& one : rows) out.values.push_back({std::move(one), false, {}});
  return out;
}

namespace {

Select both(Select::Operation operation, Select left, Select right) {
  Select out;
  out.operation = operation;
  out.all = true;
  out.left = std::move(left);
  out.right = std::move(right);
  return out;
}

}  // namespace

Select union_all(std::vector<Select> queries) {
  Select out = std::move(queries.front());
  for (std::size_t i = 1; i < queries.size(); ++i)
    out = both(Select::Operation::union_, std::move(out), std::move(queries[i]));
  return out;
}

Select except_all(Select left, Select right) {
  return both(Select::Operation::except, std::move(left), std::move(right));
}

CommonTable with(const std::string& name, Select query, CommonTable::Materialized materialized) {
  CommonTable out;
  out.name = name;
  out.materialized = materialized;
  out.query = std::move(query);
  return out;
}

CommonTable with(const std::string& name, Statement change) {
  CommonTable out;
  out.name = name;
  out.change = std::move(change);
  return out;
}

std::vector<Assignment> as_excluded(const std::vector<std::string>& columns) {
  std::vector<Assignment> out;
  for (const std::string& one : columns) out.push_back({one, column("excluded", one)});
  return out;
}

}  // namespace pgvista::sql::make
