// Types, orders, index columns and windows: what expressions and queries share.

#include <unordered_map>

#include "sql/printer.hpp"

namespace pgvista::sql::detail {

namespace {

// The keyword types' own spelling; each of these parses back to the same pg_catalog name.
const std::unordered_map<std::string_view, std::string_view> keyword_types = {
    {"int4", "integer"},    {"int8", "bigint"},     {"int2", "smallint"},
    {"bool", "boolean"},    {"float4", "real"},     {"float8", "double precision"},
    {"numeric", "numeric"}, {"varchar", "varchar"}, {"varbit", "bit varying"}};

const std::unordered_map<std::string_view, std::pair<std::string_view, std::string_view>> time_types = {
    {"timestamptz", {"timestamp", " with time zone"}},
    {"timestamp", {"timestamp", " without time zone"}},
    {"timetz", {"time", " with time zone"}},
    {"time", {"time", " without time zone"}}};

}  // namespace

void Printer::type(const TypeName& type) {
  mark(type.at);
  if (type.setof) text("SETOF ");
  std::string_view suffix;
  const bool built_in = type.name.size() == 2 && type.name[0] == "pg_catalog";
  const auto keyword = built_in ? keyword_types.find(type.name[1]) : keyword_types.end();
  const auto time = built_in ? time_types.find(type.name[1]) : time_types.end();
  if (keyword != keyword_types.end()) {
    text(keyword->second);
  } else if (time != time_types.end()) {
    text(time->second.first);
    suffix = time->second.second;
  } else if (built_in && type.name[1] == "interval" && type.modifiers.empty()) {
    text("interval");
  } else {
    path(type.name);
  }
  if (!type.modifiers.empty()) call("", type.modifiers);
  text(suffix);
  for (const std::string& bound : type.array_bounds) text("[" + bound + "]");
}

void Printer::order_suffix(OrderItem::Direction direction, OrderItem::Nulls nulls, const Path& with_operator) {
  switch (direction) {
    case OrderItem::Direction::unset: break;
    case OrderItem::Direction::ascending: text(" ASC"); break;
    case OrderItem::Direction::descending: text(" DESC"); break;
    case OrderItem::Direction::with_operator: text(" USING " + operator_text(with_operator)); break;
  }
  if (nulls == OrderItem::Nulls::first) text(" NULLS FIRST");
  if (nulls == OrderItem::Nulls::last) text(" NULLS LAST");
}

void Printer::order_items(const std::vector<OrderItem>& items) {
  for (std::size_t i = 0; i < items.size(); ++i) {
    if (i > 0) text(", ");
    expression(*items[i].value);
    order_suffix(items[i].direction, items[i].nulls, items[i].with_operator);
  }
}

void Printer::index_column(const IndexColumn& column) {
  if (column.expression) {
    text("(");
    expression(*column.expression);
    text(")");
  } else {
    name(column.column);
  }
  if (!column.collation.empty()) {
    text(" COLLATE ");
    path(column.collation);
  }
  if (!column.operator_class.empty()) {
    text(" ");
    path(column.operator_class);
    for (std::size_t i = 0; i < column.class_options.size(); ++i) {
      const std::size_t equals = column.class_options[i].find('=');
      text(i == 0 ? " (" : ", ");
      text(quote_identifier(column.class_options[i].substr(0, equals)) + " = " +
           quote_literal(column.class_options[i].substr(equals + 1)));
    }
    if (!column.class_options.empty()) text(")");
  }
  order_suffix(column.direction, column.nulls, {});
}

namespace {

// parsenodes.h: FRAMEOPTION_*
enum FrameOption : int {
  nondefault = 0x1,
  range = 0x2,
  rows = 0x4,
  groups = 0x8,
  between = 0x10,
  start_unbounded_preceding = 0x20,
  end_unbounded_preceding = 0x40,
  start_unbounded_following = 0x80,
  end_unbounded_following = 0x100,
  start_current_row = 0x200,
  end_current_row = 0x400,
  start_offset_preceding = 0x800,
  end_offset_preceding = 0x1000,
  start_offset_following = 0x2000,
  end_offset_following = 0x4000,
  exclude_current_row = 0x8000,
  exclude_group = 0x10000,
  exclude_ties = 0x20000,
};

}  // namespace

void Printer::frame(const Window& window) {
  const int f = window.frame;
  if (!(f & nondefault)) return;
  text(f & rows ? " ROWS " : f & groups ? " GROUPS " : " RANGE ");
  const auto bound = [&](int preceding_all, int following_all, int current, int preceding, const Box<Expr>& offset) {
    if (f & preceding_all) {
      text("UNBOUNDED PRECEDING");
    } else if (f & following_all) {
      text("UNBOUNDED FOLLOWING");
    } else if (f & current) {
      text("CURRENT ROW");
    } else {
      expression(*offset);
      text(f & preceding ? " PRECEDING" : " FOLLOWING");
    }
  };
  if (f & between) text("BETWEEN ");
  bound(start_unbounded_preceding, start_unbounded_following, start_current_row, start_offset_preceding,
        window.frame_start);
  if (f & between) {
    text(" AND ");
    bound(end_unbounded_preceding, end_unbounded_following, end_current_row, end_offset_preceding, window.frame_end);
  }
  if (f & exclude_current_row) text(" EXCLUDE CURRENT ROW");
  if (f & exclude_group) text(" EXCLUDE GROUP");
  if (f & exclude_ties) text(" EXCLUDE TIES");
}

void Printer::window(const Window& window) {
  text("(");
  if (!window.extends.empty()) {
    name(window.extends);
    text(" ");
  }
  if (!window.partition_by.empty()) {
    text("PARTITION BY ");
    list(window.partition_by);
    text(" ");
  }
  if (!window.order_by.empty()) {
    text("ORDER BY ");
    order_items(window.order_by);
  }
  frame(window);
  text(")");
}

}  // namespace pgvista::sql::detail
