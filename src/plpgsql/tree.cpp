#include "plpgsql/tree.hpp"

#include <utility>

namespace pgvista::plpgsql {

If::If(std::vector<Branch> all) : branches(std::move(all)) {}
If::If(std::vector<Branch> all, Statements rest) : branches(std::move(all)), otherwise(std::move(rest)) {}

void each_statement(const Statements& statements, Callback<void(const Statement&)> visit) {
  for (const Statement& one : statements) {
    visit(one);
    if (const auto* choice = one.as<If>()) {
      for (const Branch& branch : choice->branches) each_statement(branch.statements, visit);
      each_statement(choice->otherwise, visit);
    }
    if (const auto* loop = one.as<Loop>()) each_statement(loop->statements, visit);
    if (const auto* block = one.as<Block>()) {
      each_statement(block->statements, visit);
      for (const Handler& handler : block->handlers) each_statement(handler.statements, visit);
    }
  }
}

bool declares(const Statements& statements) {
  bool found = false;
  each_statement(statements, [&](const Statement& one) {
    const auto* block = one.as<Block>();
    found |= block && !block->variables.empty();
  });
  return found;
}

}  // namespace pgvista::plpgsql
