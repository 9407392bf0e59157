#include "ivm/functions/sound.hpp"

#include <fmt/format.h>

#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;
using plpgsql::Handler;
using plpgsql::If;
using plpgsql::Return;
using plpgsql::Run;

namespace {

Expr stop_maintenance(const std::string& program, const Expr& changed) {
  return make::call(Name{"pgvista", "stop_maintenance"},
                    {make::text(program), changed, make::name("sqlstate"), make::name("sqlerrm")});
}

// What the program reads, so that it is planned; no row of it is asked for.
Select everything_read(const Program& program) {
  std::vector<FromItem> read = {make::subquery(program.stored, "pgv_query"), make::table(program.store, "pgv_store")};
  for (const auto& [table, columns] : program.whole_rows)
    read.push_back(make::subquery(make::select(make::targets(make::columns("", columns)), {make::table(table)}),
                                  fmt::format("pgv_rows_{}", read.size() - 1)));
  return make::select({}, std::move(read), make::boolean(false));
}

}  // namespace

Name sound_function(const std::string& program) { return Names{program}.function("sound"); }

void add_sound_function(Program& program) {
  plpgsql::Function out;
  out.name = sound_function(program.name);
  out.parameters = {{"changed", "oid"}};
  out.returns = "boolean";
  out.settings = function_settings(program.settings);
  // A block that writes nothing costs no transaction number. Class 42: what is named is not there, or may not be read.
  out.body.statements = {{plpgsql::Block{{},
                                         {{Run{everything_read(program)}}},
                                         {Handler{{"syntax_error_or_access_rule_violation", "invalid_schema_name"},
                                                  {{Return{stop_maintenance(program.name, make::name("changed"))}}}}}}},
                         {Return{make::boolean(true)}}};
  add_function(program, out);
}

plpgsql::Statement caught(const std::string& program, const Expr& changed, plpgsql::Statements body) {
  const Expr passing = make::call(Name{"pgvista", "is_passing"}, {make::name("sqlstate")});
  return {plpgsql::Block{{},
                         std::move(body),
                         {Handler{{"OTHERS"},
                                  {{If{{{passing, {{plpgsql::Reraise{}}}}}}},
                                   {Run{make::select({make::target(stop_maintenance(program, changed))})}}}}}}};
}

}  // namespace pgvista::ivm
