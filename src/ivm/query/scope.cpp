#include "ivm/query/scope.hpp"

#include "ivm/query/block.hpp"
#include "sql/visit.hpp"

namespace pgvista::ivm {

using namespace sql;

namespace {

void add_names(const FromItem& item, std::set<std::string>& out) {
  if (const auto* join = item.as<Join>()) {
    add_names(*join->left, out);
    add_names(*join->right, out);
    out.insert(join->alias.name);
    out.insert(join->using_alias);
  } else if (const auto* table = item.as<TableRef>()) {
    out.insert(name_of(*table));
  } else if (const auto* sub = item.as<SubqueryRef>()) {
    out.insert(sub->alias.name);
  } else if (const auto* function = item.as<FunctionRef>()) {
    out.insert(function->alias.name);
    if (function->alias.name.empty() && !function->functions.empty()) {
      if (const auto* call = function->functions.front().call->as<FunctionCall>()) out.insert(last(call->name));
    }
  } else if (const auto* sample = item.as<Sample>()) {
    add_names(*sample->item, out);
  } else if (const auto* xml = item.as<XmlTable>()) {
    out.insert(xml->alias.name);
  }
}

bool names(const ColumnRef& ref, const std::string& name) {
  if (ref.parts.empty()) return false;
  if (ref.star) return ref.parts.back() == name;
  return ref.parts.size() == 1 ? ref.parts.front() == name : ref.parts[ref.parts.size() - 2] == name;
}

void visit_references(Node node, const std::string& name, const Callback<void(Expr&)>& visit) {
  for_each_child(node, [&](Node child) {
    if (const auto* query = child.as<Select>(); query && names_in_scope(query->from).contains(name)) return;
    auto* expression = child.as<Expr>();
    const auto* ref = expression ? expression->as<ColumnRef>() : nullptr;
    if (ref && names(*ref, name)) {
      visit(*expression);
    } else {
      visit_references(child, name, visit);
    }
  });
}

void rename_in(FromItem& item, const std::string& from, const std::string& to) {
  if (auto* join = item.as<Join>()) {
    rename_in(*join->left, from, to);
    rename_in(*join->right, from, to);
    if (join->alias.name == from) join->alias.name = to;
    if (join->using_alias == from) join->using_alias = to;
  } else if (auto* table = item.as<TableRef>()) {
    if (name_of(*table) == from) table->alias.name = to;
  } else if (auto* sub = item.as<SubqueryRef>()) {
    if (sub->alias.name == from) sub->alias.name = to;
  } else if (auto* function = item.as<FunctionRef>()) {
    if (function->alias.name == from) function->alias.name = to;
  }
}

}  // namespace

std::set<std::string> names_in_scope(const std::vector<FromItem>& from) {
  std::set<std::string> out;
  for (const FromItem& item : from) add_names(item, out);
  out.erase("");
  return out;
}

std::set<std::string> all_names(const Select& query) {
  std::set<std::string> out;
  each<const Select>(query, [&](const Select& one) { out.merge(names_in_scope(one.from)); });
  return out;
}

void each_reference(Select& block, const std::string& name, Callback<void(Expr&)> visit) {
  visit_references(block, name, visit);
}

bool is_whole_row(const ColumnRef& ref) { return ref.star || ref.parts.size() == 1; }

void rename_item(Select& block, const std::string& from, const std::string& to) {
  each_reference(block, from, [&](Expr& reference) {
    auto& parts = reference.as<ColumnRef>()->parts;
    parts[parts.size() > 1 && !reference.as<ColumnRef>()->star ? parts.size() - 2 : parts.size() - 1] = to;
  });
  for (FromItem& item : block.from) rename_in(item, from, to);
}

}  // namespace pgvista::ivm
