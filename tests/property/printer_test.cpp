// Any tree prints to text that parses back to it.

#include <gtest/gtest.h>
#include <rapidcheck/gtest.h>

#include "parse/parse.hpp"
#include "sql/print.hpp"

namespace pgvista::test {

using namespace sql;

namespace {

template <class T>
rc::Gen<T> one_of(std::vector<T> values) {
  return rc::gen::elementOf(std::move(values));
}

std::string any_name() {
  return *one_of<std::string>({"a", "b", "total", "Capital", "with space", "quote\"d", "select", "table", "žluť", "a.b",
                               "x1", "user", "interval", "char", "$dollar"});
}

// Between two names of tables, so that scopes have something to be told apart by.
Path any_path(int most) {
  Path path{any_name()};
  while (static_cast<int>(path.size()) < most && *rc::gen::arbitrary<bool>()) path.insert(path.begin(), any_name());
  return path;
}

std::string any_text() {
  return *one_of<std::string>(
      {"", "it's", "back\\slash", "new\nline", "🙂", "%", "{}", "'", "\"", "$1", "--", "/*", "E'"});
}

class Maker {
 public:
  Expr expr(int depth) {
    const int leaves = 4;
    const int kinds = depth <= 0 ? leaves : 27;
    switch (*rc::gen::inRange(0, kinds)) {
      case 0: return {column()};
      case 1: return {constant()};
      case 2: return {Parameter{*rc::gen::inRange(1, 9), {}}};
      case 3:
        return {SqlValue{
            *one_of<std::string>({"CURRENT_DATE", "LOCALTIMESTAMP", "CURRENT_USER", "CURRENT_SCHEMA"}), -1, {}}};
      case 4: return {Operator{op(), expr(depth - 1), expr(depth - 1), {}}};
      // A minus before a number is the number: the parser folds it.
      case 5: return {Operator{{"+"}, {}, expr(depth - 1), {}}};
      case 6: return {Quantified{op(), flip(), expr(depth - 1), Expr{ArrayLiteral{exprs(depth - 1, 1), {}}}, {}}};
      case 7: return {InList{expr(depth - 1), list_without_lone_subquery(depth - 1), flip(), {}}};
      case 8: return {Between{expr(depth - 1), expr(depth - 1), expr(depth - 1), flip(), flip(), {}}};
      case 9:
        return {Like{*one_of<Like::Form>({Like::Form::like, Like::Form::ilike, Like::Form::similar}),
                     expr(depth - 1),
                     plain(depth - 1),
                     flip() ? Box<Expr>(expr(depth - 1)) : Box<Expr>(),
                     flip(),
                     {}}};
      case 10: return {DistinctFrom{expr(depth - 1), expr(depth - 1), flip(), {}}};
      case 11: return {NullIf{expr(depth - 1), expr(depth - 1), {}}};
      case 12: return logical(depth);
      case 13: return {NullTest{expr(depth - 1), flip(), {}}};
      case 14:
        return {BooleanTest{expr(depth - 1),
                            *one_of<std::string>({"TRUE", "NOT TRUE", "FALSE", "NOT FALSE", "UNKNOWN", "NOT UNKNOWN"}),
                            {}}};
      case 15: return {call(depth)};
      case 16: return {branches(depth)};
      case 17: return {Coalesce{exprs(depth - 1, 1), {}}};
      case 18: return {Extremum{flip(), exprs(depth - 1, 1), {}}};
      case 19: return {ArrayLiteral{exprs(depth - 1, 0), {}}};
      case 20: return {Row{exprs(depth - 1, 2), flip(), {}}};
      case 21: return {Cast{expr(depth - 1), type(), {}}};
      case 22: return {Collate{expr(depth - 1), any_path(2), {}}};
      case 23: return indirection(depth);
      case 24: return sublink(depth);
      case 25: return sql_syntax(depth);
      default: return {Grouping{exprs(depth - 1, 1), {}}};
    }
  }

  Select select(int depth) {
    Select out;
    const int shape = depth <= 0 ? 0 : *rc::gen::inRange(0, 6);
    if (shape == 1) {
      out.operation = *one_of<Select::Operation>(
          {Select::Operation::union_, Select::Operation::intersect, Select::Operation::except});
      out.all = flip();
      out.left = select(depth - 1);
      out.right = select(depth - 1);
    } else if (shape == 2) {
      out.values = {Row{exprs(depth - 1, 1), false, {}}};
    } else {
      core(out, depth);
    }
    if (depth > 0 && *rc::gen::inRange(0, 4) == 0) with(out, depth);
    if (flip()) out.order_by = order(depth - 1);
    if (flip()) out.limit = expr(depth - 1);
    if (!out.order_by.empty() && out.limit) out.with_ties = flip();
    if (flip()) out.offset = expr(depth - 1);
    return out;
  }

 private:
  static bool flip() { return *rc::gen::arbitrary<bool>(); }

  ColumnRef column() { return {any_path(3), false, {}}; }

  Constant constant() {
    switch (*rc::gen::inRange(0, 6)) {
      case 0: return {};
      case 1: return {Constant::Type::boolean, flip() ? "true" : "false", {}};
      case 2:
        return {Constant::Type::integer, std::to_string(*one_of<int>({0, 1, -1, 42, -2147483647, 2147483647})), {}};
      case 3:
        return {Constant::Type::decimal, *one_of<std::string>({"1.5", "-0.25", "99999999999", "1e10", "-3.0"}), {}};
      case 4: return {Constant::Type::bits, *one_of<std::string>({"b101", "x1F"}), {}};
      default: return {Constant::Type::string, any_text(), {}};
    }
  }

  Path op() {
    return *one_of<Path>({{"+"},
                          {"-"},
                          {"*"},
                          {"="},
                          {"<>"},
                          {"||"},
                          {"->>"},
                          {"@>"},
                          {"~~"},
                          {"<"},
                          {"pg_catalog", "+"},
                          {"My Schema", "<->"}});
  }

  Exprs exprs(int depth, int least) {
    Exprs out;
    const int count = *rc::gen::inRange(least, least + 3);
    for (int i = 0; i < count; ++i) out.push_back(expr(depth));
    return out;
  }

  Exprs list_without_lone_subquery(int depth) {
    Exprs out = exprs(depth, 2);
    return out;
  }

  // A pattern that is itself like_escape() could not be told from ESCAPE.
  Expr plain(int) { return flip() ? Expr{column()} : Expr{constant()}; }

  Expr logical(int depth) {
    if (flip()) return {Logical{Logical::Form::negation, {expr(depth - 1)}, {}}};
    const Logical::Form form = flip() ? Logical::Form::conjunction : Logical::Form::disjunction;
    Exprs operands = exprs(depth - 1, 2);
    // (a AND b) AND c is a AND b AND c to the parser.
    const auto* first = operands.front().as<Logical>();
    if (first && first->form == form) operands.front() = {column()};
    return {Logical{form, std::move(operands), {}}};
  }

  FunctionCall call(int depth) {
    FunctionCall out;
    out.name = any_path(2);
    if (flip()) out.filter = expr(depth - 1);
    if (*rc::gen::inRange(0, 3) == 0) out.over = window(depth);
    switch (*rc::gen::inRange(0, 4)) {
      case 0: out.star = true; break;
      case 1:
        out.arguments = exprs(depth - 1, 1);
        out.distinct = flip();
        out.order_by = order(depth - 1);
        break;
      case 2:
        out.arguments = exprs(depth - 1, 1);
        out.variadic = true;
        break;
      default:
        out.arguments = exprs(depth - 1, 0);
        if (flip()) out.arguments.push_back({NamedArgument{any_name(), expr(depth - 1), {}}});
    }
    return out;
  }

  Window window(int depth) {
    Window out;
    if (flip()) {
      out.name = any_name();
      return out;
    }
    out.partition_by = exprs(depth - 1, 0);
    out.order_by = order(depth - 1);
    constexpr int rows_between_offset_and_current = 0x1 | 0x4 | 0x10 | 0x800 | 0x400;
    constexpr int range_unbounded = 0x1 | 0x2 | 0x20 | 0x400;
    constexpr int groups_both_exclude_ties = 0x1 | 0x8 | 0x10 | 0x800 | 0x4000 | 0x20000;
    switch (*rc::gen::inRange(0, 4)) {
      case 1:
        out.frame = rows_between_offset_and_current;
        out.frame_start = expr(depth - 1);
        break;
      case 2: out.frame = range_unbounded; break;
      case 3:
        out.frame = groups_both_exclude_ties;
        out.frame_start = expr(depth - 1);
        out.frame_end = expr(depth - 1);
        break;
      default: break;
    }
    return out;
  }

  Case branches(int depth) {
    Case out;
    if (flip()) out.operand = expr(depth - 1);
    out.branches.push_back({expr(depth - 1), expr(depth - 1)});
    if (flip()) out.branches.push_back({expr(depth - 1), expr(depth - 1)});
    if (flip()) out.otherwise = expr(depth - 1);
    return out;
  }

  TypeName type() {
    TypeName out;
    out.name = *one_of<Path>({{"pg_catalog", "int4"},
                              {"pg_catalog", "timestamptz"},
                              {"text"},
                              {"pg_catalog", "varchar"},
                              {"My Type"},
                              {"pg_catalog", "interval"},
                              {"char"},
                              {"pg_catalog", "bpchar"},
                              {"s", "t"}});
    if (flip() && out.name.back() == "varchar") out.modifiers = {Expr{Constant{Constant::Type::integer, "3", {}}}};
    if (flip()) out.array_bounds = {"", "3"};
    return out;
  }

  Expr indirection(int depth) {
    Indirection out;
    out.operand = expr(depth - 1);
    // (a).b is the column a.b in parentheses only where a is itself an indirection: one level is made here.
    if (out.operand->as<Indirection>()) return *out.operand;
    out.steps.push_back(flip() ? Step{Step::Form::field, any_name(), {}, {}}
                               : Step{Step::Form::index, {}, {}, expr(depth - 1)});
    if (flip())
      out.steps.push_back(
          Step{Step::Form::slice, {}, flip() ? Box<Expr>(expr(depth - 1)) : Box<Expr>(), expr(depth - 1)});
    return {std::move(out)};
  }

  Expr sublink(int depth) {
    Sublink out;
    out.form = *one_of<Sublink::Form>(
        {Sublink::Form::exists, Sublink::Form::any, Sublink::Form::all, Sublink::Form::scalar, Sublink::Form::array});
    out.query = select(depth - 1);
    if (out.form == Sublink::Form::any || out.form == Sublink::Form::all) {
      out.test = expr(depth - 1);
      if (out.form == Sublink::Form::all || flip()) out.name = op();
    }
    return {std::move(out)};
  }

  Expr sql_syntax(int depth) {
    FunctionCall out;
    out.sql_syntax = true;
    out.name = {"pg_catalog", ""};
    const auto make = [&](const char* name, int arguments) {
      out.name.back() = name;
      for (int i = 0; i < arguments; ++i) out.arguments.push_back(expr(depth - 1));
    };
    switch (*rc::gen::inRange(0, 7)) {
      case 0: make("timezone", 2); break;
      case 1:
        make("extract", 0);
        out.arguments = {Expr{Constant{Constant::Type::string, "year", {}}}, expr(depth - 1)};
        break;
      case 2: make("overlay", *rc::gen::inRange(3, 5)); break;
      case 3: make("position", 2); break;
      case 4: make("substring", *rc::gen::inRange(2, 4)); break;
      case 5: make(*one_of<const char*>({"btrim", "ltrim", "rtrim"}), *rc::gen::inRange(1, 4)); break;
      default: make("overlaps", 4); break;
    }
    return {std::move(out)};
  }

  std::vector<OrderItem> order(int depth) {
    std::vector<OrderItem> out;
    const int count = *rc::gen::inRange(0, 3);
    for (int i = 0; i < count; ++i) {
      out.push_back(
          {expr(depth),
           *one_of<OrderItem::Direction>(
               {OrderItem::Direction::unset, OrderItem::Direction::ascending, OrderItem::Direction::descending}),
           *one_of<OrderItem::Nulls>({OrderItem::Nulls::unset, OrderItem::Nulls::first, OrderItem::Nulls::last}),
           {}});
    }
    return out;
  }

  Alias alias(bool needed) {
    Alias out;
    if (!needed && flip()) return out;
    out.name = any_name();
    if (flip()) out.columns = {any_name(), any_name()};
    return out;
  }

  FromItem from(int depth) {
    switch (depth <= 0 ? 0 : *rc::gen::inRange(0, 5)) {
      case 1: return {SubqueryRef{flip(), select(depth - 1), alias(true)}};
      case 2: {
        FunctionCall function = call(0);
        function.over = {};
        function.filter = {};
        return {FunctionRef{flip(), flip(), false, {{Expr{std::move(function)}, {}}}, alias(true), {}}};
      }
      case 3: return {join(depth)};
      case 4: return {Sample{FromItem{table()}, {"bernoulli"}, exprs(depth - 1, 1), {}}};
      default: return {table()};
    }
  }

  TableRef table() {
    const Path path = any_path(2);
    return {"", path.size() > 1 ? path[0] : "", path.back(), flip(), alias(false), {}};
  }

  Join join(int depth) {
    Join out;
    out.type = *one_of<Join::Type>({Join::Type::inner, Join::Type::left, Join::Type::right, Join::Type::full});
    out.left = from(depth - 1);
    out.right = from(depth - 1);
    switch (*rc::gen::inRange(0, 3)) {
      case 0: out.natural = true; break;
      case 1: out.using_columns = {any_name()}; break;
      default: out.condition = expr(depth - 1);
    }
    if (*rc::gen::inRange(0, 4) == 0) out.alias = alias(true);
    return out;
  }

  void core(Select& out, int depth) {
    if (*rc::gen::inRange(0, 4) == 0) {
      out.distinct = true;
      if (flip()) out.distinct_on = exprs(depth - 1, 1);
    }
    const int count = *rc::gen::inRange(1, 4);
    for (int i = 0; i < count; ++i)
      out.targets.push_back({flip() ? any_name() : "",
                             *rc::gen::inRange(0, 8) == 0 ? Expr{ColumnRef{{any_name()}, true, {}}} : expr(depth - 1),
                             {}});
    const int tables = *rc::gen::inRange(0, 3);
    for (int i = 0; i < tables; ++i) out.from.push_back(from(depth - 1));
    if (flip()) out.where = expr(depth - 1);
    if (flip()) {
      out.group_by = exprs(depth - 1, 1);
      out.group_distinct = flip();
      if (flip())
        out.group_by.push_back({GroupingSet{
            *one_of<GroupingSet::Form>({GroupingSet::Form::rollup, GroupingSet::Form::cube, GroupingSet::Form::sets}),
            exprs(depth - 1, 1),
            {}}});
      if (flip()) out.having = expr(depth - 1);
    }
    if (*rc::gen::inRange(0, 5) == 0) {
      Window named = window(depth);
      named.name = any_name();
      out.windows.push_back(std::move(named));
    }
  }

  void with(Select& out, int depth) {
    CommonTable cte;
    cte.name = any_name();
    if (flip()) cte.columns = {any_name()};
    cte.materialized = *one_of<CommonTable::Materialized>(
        {CommonTable::Materialized::unset, CommonTable::Materialized::always, CommonTable::Materialized::never});
    cte.query = select(depth - 1);
    out.with.push_back(std::move(cte));
    out.recursive = flip();
  }
};

}  // namespace

RC_GTEST_PROP(Printer, PrintsWhatParsesBackToTheSameTree, ()) {
  Maker maker;
  const Select tree = maker.select(*rc::gen::inRange(0, 4));
  const std::string text = print(tree);
  RC_LOG() << text << "\n";
  RC_ASSERT(parse::parse_select(text) == tree);
}

RC_GTEST_PROP(Printer, IsAFixpoint, ()) {
  Maker maker;
  const std::string once = print(maker.select(3));
  RC_ASSERT(print(parse::parse_select(once)) == once);
}

RC_GTEST_PROP(Parser, NeverCrashesOnTornText, ()) {
  Maker maker;
  std::string text = print(maker.select(3));
  const auto at = static_cast<std::size_t>(*rc::gen::inRange(0, static_cast<int>(text.size()) + 1));
  text = *rc::gen::arbitrary<bool>() ? text.substr(0, at) : text.substr(at);
  try {
    parse::parse_select(text);
  } catch (const Failure& failure) {
    RC_ASSERT(!failure.error().message.empty());
    RC_ASSERT(failure.error().line >= 1);
  }
}

}  // namespace pgvista::test
