#include "sql/dump.hpp"

#include <fmt/format.h>

#include <boost/mp11.hpp>

#include "sql/describe.hpp"
#include "sql/visit.hpp"

namespace pgvista::sql {

namespace {

struct Dumper {
  std::string out;

  void line(int depth, const std::string& text) {
    out += std::string(static_cast<std::size_t>(depth) * 2, ' ') + text + '\n';
  }

  template <class T>
  void node(const T& value, int depth, const std::string& label) {
    if constexpr (Holder<T>) {
      std::visit([&](const auto& inner) { node(inner, depth, label); }, value.node);
    } else {
      line(depth, label + std::string(T::kind));
      const T standard{};
      boost::mp11::mp_for_each<boost::describe::describe_members<T, boost::describe::mod_public>>([&](auto member) {
        const auto& field_value = value.*member.pointer;
        if (!(field_value == standard.*member.pointer)) field(field_value, depth + 1, member.name);
      });
    }
  }

  template <class T>
  void field(const T& value, int depth, const std::string& name) {
    if constexpr (std::is_same_v<T, std::string>) {
      line(depth, fmt::format("{} = {:?}", name, value));
    } else if constexpr (std::is_same_v<T, bool>) {
      line(depth, name);
    } else if constexpr (std::is_enum_v<T>) {
      line(depth, fmt::format("{} = {}", name, static_cast<int>(value)));
    } else if constexpr (std::is_integral_v<T>) {
      line(depth, fmt::format("{} = {}", name, value));
    } else if constexpr (TreeNode<T>) {
      node(value, depth, name + ": ");
    } else if constexpr (requires { value.begin(); }) {
      for (const auto& element : value) field(element, depth, name);
    } else {
      field(*value, depth, name);
    }
  }
};

}  // namespace

std::string dump(const Select& query) {
  Dumper dumper;
  dumper.node(query, 0, "");
  return dumper.out;
}

}  // namespace pgvista::sql
