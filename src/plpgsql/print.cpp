#include "plpgsql/print.hpp"

#include <fmt/format.h>

#include "base/text.hpp"
#include "sql/print.hpp"

namespace pgvista::plpgsql {

namespace {

class Printer {
 public:
  std::string result;

  void statements(const Statements& list, int depth) {
    for (const Statement& one : list) std::visit([&](const auto& inner) { node(inner, depth); }, one.node);
  }

  // DECLARE … BEGIN … EXCEPTION … END, without the semicolon.
  void block(const Block& block, int depth) {
    if (!block.variables.empty()) line(depth, "DECLARE");
    for (const Variable& one : block.variables) {
      line(depth + 1, one.name + " " + one.type +
                          (one.initial ? " := " + sql::print(*one.initial, depth + 1) : std::string{}) + ";");
    }
    line(depth, "BEGIN");
    body(block.statements, depth + 1);
    if (!block.handlers.empty()) line(depth, "EXCEPTION");
    for (const Handler& one : block.handlers) {
      line(depth + 1, fmt::format("WHEN {} THEN", join(one.conditions, " OR ")));
      body(one.statements, depth + 2);
    }
    indent(depth);
    result += "END";
  }

 private:
  void indent(int depth) { result.append(static_cast<std::size_t>(depth) * 2, ' '); }

  void line(int depth, const std::string& text) {
    indent(depth);
    result += text + "\n";
  }

  // Something must stand where statements do.
  void body(const Statements& list, int depth) {
    if (list.empty()) line(depth, "NULL;");
    statements(list, depth);
  }

  void node(const Comment& comment, int depth) {
    for (const std::string& text : split_lines(comment.text)) line(depth, "-- " + text);
  }

  void node(const Assign& assign, int depth) {
    line(depth, assign.variable + " := " + sql::print(assign.value, depth) + ";");
  }

  void node(const Run& run, int depth) {
    const auto* query = run.statement.as<sql::Select>();
    std::string text =
        query && run.into.empty() ? sql::print_performed(*query, depth) : sql::print(run.statement, depth);
    if (!run.into.empty())
      text += "\n" + std::string(static_cast<std::size_t>(depth) * 2, ' ') + "INTO " + join(run.into, ", ");
    line(depth, text + ";");
  }

  void node(const Execute& execute, int depth) {
    const std::string text = sql::print(execute.statement, depth + 1);
    const std::string tag = sql::dollar_tag("query", text);
    line(depth, "EXECUTE " + tag);
    line(depth + 1, text);
    line(depth, tag + " USING " + join(execute.parameters, ", ") + ";");
  }

  void node(const If& choice, int depth) {
    const char* word = "IF ";
    for (const Branch& branch : choice.branches) {
      line(depth, word + sql::print(branch.condition, depth) + " THEN");
      body(branch.statements, depth + 1);
      word = "ELSIF ";
    }
    if (!choice.otherwise.empty()) {
      line(depth, "ELSE");
      statements(choice.otherwise, depth + 1);
    }
    line(depth, "END IF;");
  }

  void node(const Loop& loop, int depth) {
    line(depth, "LOOP");
    body(loop.statements, depth + 1);
    line(depth, "END LOOP;");
  }

  void node(const ExitWhen& exit, int depth) { line(depth, "EXIT WHEN " + sql::print(exit.condition, depth) + ";"); }

  void node(const Return& out, int depth) {
    line(depth, out.value ? "RETURN " + sql::print(*out.value, depth) + ";" : "RETURN;");
  }

  void node(const Reraise&, int depth) { line(depth, "RAISE;"); }
  void node(const RowCount& count, int depth) { line(depth, "GET DIAGNOSTICS " + count.variable + " = ROW_COUNT;"); }

  void node(const Block& inner, int depth) {
    block(inner, depth);
    result += ";\n";
  }

  // As it is: a line of it may be inside a value.
  void node(const Printed& printed, int) { result += printed.text; }
};

std::string parameter_list(const std::vector<Parameter>& parameters) {
  std::vector<std::string> out;
  for (const Parameter& one : parameters)
    out.push_back((one.name.empty() ? "" : one.name + " ") + one.type +
                  (one.otherwise ? " DEFAULT " + sql::print(*one.otherwise) : std::string{}));
  return join(out, ", ");
}

}  // namespace

std::string print(const Statements& statements, int depth) {
  Printer printer;
  printer.statements(statements, depth);
  return std::move(printer.result);
}

std::string comment_lines(const std::string& text) {
  std::string out;
  for (const std::string& line : split_lines(text)) out += "-- " + line + "\n";
  return out;
}

std::string print(const Function& function) {
  Printer printer;
  printer.block(function.body, 0);
  std::string settings;
  for (const auto& [name, value] : function.settings) settings += fmt::format(" SET {} TO {}", name, value);
  const std::string tag = sql::dollar_tag("pgvista", printer.result);
  return fmt::format("{}CREATE {}FUNCTION {}({}) RETURNS {} LANGUAGE plpgsql{}{}{} AS {}\n{}{}\n{}",
                     comment_lines(function.comment), function.replace ? "OR REPLACE " : "", function.name.sql(),
                     parameter_list(function.parameters), function.returns, function.stable ? " STABLE" : "",
                     function.security_definer ? " SECURITY DEFINER" : "", settings, tag,
                     function.columns_first ? "#variable_conflict use_column\n" : "", printer.result, tag);
}

}  // namespace pgvista::plpgsql
