#include "ivm/functions/names.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "plpgsql/print.hpp"
#include "sql/make.hpp"

namespace pgvista::ivm {

namespace make = sql::make;
using plpgsql::Run;

sql::Note Names::told(const std::string& table) const {
  return {fmt::format("{}pgvista keeps the view {}: \"pgvista pause {}\" lets its writers go on",
                      table.empty() ? "" : fmt::format("a change of {}; ", table), view, view)};
}

plpgsql::Statement share_view(const Names& names) {
  return {Run{sql::LockTable{make::table(names.store()), "ROW EXCLUSIVE"}}};
}

plpgsql::Statement lock_all(const Names& names) {
  return {Run{make::select({make::target(make::call(sql::Name{"pgvista", "lock_all"}, {make::text(names.base)}))})}};
}

plpgsql::Statement maintain_everything(const Names& names) {
  sql::Select call = make::select(
      {make::target(make::call(names.function("maintain"), {make::named("everything", make::boolean(true))}))});
  call.note = names.told();
  return {Run{std::move(call)}};
}

std::string parameter_name(std::size_t entry, std::size_t column) {
  return fmt::format("e{}_{}", entry + 1, column + 1);
}

std::string argument_name(std::size_t entry, std::size_t column) { return "a_" + parameter_name(entry, column); }

std::vector<plpgsql::Parameter> parameters(const Shape& shape) {
  std::vector<plpgsql::Parameter> out;
  for (std::size_t i = 0; i < shape.entries.size(); ++i) {
    const Entry& entry = shape.entries[i];
    for (std::size_t k = 0; k < entry.columns.size(); ++k)
      out.push_back({parameter_name(i, k), entry.table->column(entry.columns[k])->type + "[]", make::null()});
  }
  out.push_back({"everything", "boolean", make::boolean(false)});
  out.push_back({"locks_only", "boolean", make::boolean(false)});
  return out;
}

std::vector<std::pair<std::string, std::string>> function_settings(const Settings& settings) {
  std::vector<std::pair<std::string, std::string>> out = {{"search_path", "pg_catalog, pg_temp"}, {"jit", "off"}};
  for (const auto& [name, value] : settings) out.emplace_back(name, sql::quote_literal(value));
  return out;
}

void add_function(Program& program, const plpgsql::Function& function) {
  std::vector<std::string> types;
  for (const plpgsql::Parameter& one : function.parameters) types.push_back(one.type);
  program.create.push_back(plpgsql::print(function));
  program.create.push_back(
      fmt::format("REVOKE ALL ON FUNCTION {}({}) FROM PUBLIC", function.name.sql(), join(types, ", ")));
  // By its name alone: a type of its arguments may have another by then.
  program.drop.push_back(fmt::format("DROP FUNCTION IF EXISTS {}", function.name.sql()));
}

}  // namespace pgvista::ivm
