#include "parse/from_json.hpp"

namespace pgvista::parse {

namespace json = boost::json;

const json::value* find(const json::object& node, std::string_view field) { return node.if_contains(field); }

const json::object& object(const json::object& node, std::string_view field) {
  static const json::object none;
  const json::value* value = find(node, field);
  return value && value->is_object() ? value->get_object() : none;
}

const json::array& array(const json::object& node, std::string_view field) {
  static const json::array none;
  const json::value* value = find(node, field);
  return value && value->is_array() ? value->get_array() : none;
}

std::string string(const json::object& node, std::string_view field) {
  const json::value* value = find(node, field);
  return value && value->is_string() ? std::string(value->get_string()) : std::string{};
}

bool flag(const json::object& node, std::string_view field) {
  const json::value* value = find(node, field);
  return value && value->is_bool() && value->get_bool();
}

int integer(const json::object& node, std::string_view field) {
  const json::value* value = find(node, field);
  return value && value->is_int64() ? static_cast<int>(value->get_int64()) : 0;
}

sql::Location location(const json::object& node) {
  const json::value* value = find(node, "location");
  return {value && value->is_int64() ? static_cast<int>(value->get_int64()) : value ? -1 : 0};
}

Tagged tagged(const json::value& node) {
  if (!node.is_object() || node.get_object().size() != 1) return {{}, nullptr};
  const auto& only = *node.get_object().begin();
  return {only.key(), only.value().if_object()};
}

std::vector<std::string> strings(const json::object& node, std::string_view field) {
  std::vector<std::string> out;
  for (const json::value& element : array(node, field)) {
    const Tagged inner = tagged(element);
    if (inner.tag == "String" && inner.fields) out.push_back(string(*inner.fields, "sval"));
  }
  return out;
}

}  // namespace pgvista::parse
