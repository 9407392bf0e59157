#include "sql/print.hpp"

#include <algorithm>

#include "sql/printer.hpp"

namespace pgvista::sql {

std::string print(const Select& query) { return print_marked(query).text; }

Printed print_marked(const Select& query) {
  detail::Printer printer;
  printer.select(query);
  return std::move(printer.result);
}

std::string print(const Expr& expression) {
  detail::Printer printer;
  printer.expression(expression);
  return std::move(printer.result.text);
}

std::string print(const Expr& expression, int depth) {
  detail::Printer printer(depth);
  printer.expression(expression);
  return std::move(printer.result.text);
}

std::string print(const Statement& statement, int depth) {
  detail::Printer printer(depth);
  printer.statement(statement);
  return std::move(printer.result.text);
}

std::string print_performed(const Select& query, int depth) {
  detail::Printer printer(depth);
  printer.select(query, "PERFORM");
  return std::move(printer.result.text);
}

std::string print(const IndexColumn& column) {
  detail::Printer printer;
  printer.index_column(column);
  return std::move(printer.result.text);
}

std::string print(const TypeName& type) {
  detail::Printer printer;
  printer.type(type);
  return std::move(printer.result.text);
}

int source_offset(const Printed& printed, std::size_t output_offset) {
  const auto after = std::upper_bound(printed.marks.begin(), printed.marks.end(), output_offset,
                                      [](std::size_t offset, const Mark& mark) { return offset < mark.output; });
  return after == printed.marks.begin() ? -1 : std::prev(after)->source;
}

}  // namespace pgvista::sql
