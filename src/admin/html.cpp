#include "admin/html.hpp"

namespace pgvista::admin {

std::string escaped(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  for (const char c : text) {
    switch (c) {
      case '&': out += "&amp;"; break;
      case '<': out += "&lt;"; break;
      case '>': out += "&gt;"; break;
      case '"': out += "&quot;"; break;
      case '\'': out += "&#39;"; break;
      default: out += c;
    }
  }
  return out;
}

Html& Html::open(std::string_view tag, const std::vector<std::pair<std::string, std::string>>& attributes) {
  out_ += '<';
  out_ += tag;
  for (const auto& [name, value] : attributes) {
    out_ += ' ' + name;
    if (!value.empty() || name == "value" || name == "alt") out_ += "=\"" + escaped(value) + '"';
  }
  out_ += '>';
  return *this;
}

Html& Html::close(std::string_view tag) {
  out_ += "</";
  out_ += tag;
  out_ += '>';
  return *this;
}

Html& Html::element(std::string_view tag, std::string_view text,
                    const std::vector<std::pair<std::string, std::string>>& attributes) {
  return open(tag, attributes).text(text).close(tag);
}

Html& Html::link(const std::string& target, std::string_view text,
                 const std::vector<std::pair<std::string, std::string>>& attributes) {
  auto all = attributes;
  all.insert(all.begin(), {"href", target});
  return element("a", text, all);
}

}  // namespace pgvista::admin
