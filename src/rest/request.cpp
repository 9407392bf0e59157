#include "rest/request.hpp"

#include "base/text.hpp"
#include "rest/error.hpp"

namespace pgvista::rest {

namespace {

int hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

}  // namespace

std::optional<std::string> percent_decoded(std::string_view text, bool query) {
  std::string out;
  out.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    char c = text[i];
    if (c == '%') {
      if (i + 2 >= text.size()) return std::nullopt;
      const int high = hex_digit(text[i + 1]);
      const int low = hex_digit(text[i + 2]);
      if (high < 0 || low < 0) return std::nullopt;
      c = static_cast<char>(high * 16 + low);
      i += 2;
    } else if (c == '+' && query) {
      c = ' ';
    }
    if (c == '\0') return std::nullopt;
    out += c;
  }
  if (invalid_utf8(out) != std::string::npos) return std::nullopt;
  return out;
}

std::string percent_encoded(std::string_view text) {
  static constexpr char digits[] = "0123456789ABCDEF";
  std::string out;
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if ((c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '-' || c == '_' ||
        c == '.' || c == '~') {
      out += c;
    } else {
      out += '%';
      out += digits[byte >> 4];
      out += digits[byte & 15];
    }
  }
  return out;
}

namespace {

std::string decoded(std::string_view text, bool query) {
  auto out = percent_decoded(text, query);
  if (!out)
    throw Refusal(400, "PGRST100", "the URL holds a broken escape, a NUL, or bytes that are no UTF-8", nullptr,
                  "Percent-encode it as UTF-8.");
  return std::move(*out);
}

}  // namespace

Pairs read_form(std::string_view text) {
  Pairs out;
  while (!text.empty()) {
    const std::string_view part = text.substr(0, text.find('&'));
    text = part.size() == text.size() ? std::string_view{} : text.substr(part.size() + 1);
    const std::size_t equals = part.find('=');
    if (equals == std::string_view::npos) continue;  // says nothing
    out.emplace_back(decoded(part.substr(0, equals), true), decoded(part.substr(equals + 1), true));
  }
  return out;
}

void read_target(Request& request, std::string_view target) {
  target = target.substr(0, target.find('#'));
  const std::size_t mark = target.find('?');
  request.raw_path = std::string(target.substr(0, mark));
  request.path = decoded(request.raw_path, false);
  request.query.clear();
  if (mark != std::string_view::npos) request.query = read_form(target.substr(mark + 1));
}

std::vector<std::string> path_parts(std::string_view raw_path) {
  std::vector<std::string> out;
  while (!raw_path.empty()) {
    const std::size_t slash = std::min(raw_path.find('/'), raw_path.size());
    if (slash > 0) out.emplace_back(raw_path.substr(0, slash));
    raw_path = raw_path.substr(std::min(slash + 1, raw_path.size()));
  }
  return out;
}

std::vector<std::string> path_segments(std::string_view raw_path) {
  std::vector<std::string> out = path_parts(raw_path);
  const bool keyed = out.size() == 2 && out[0] != "rpc";
  for (std::size_t i = 0; i < out.size(); ++i) {
    if (!(keyed && i == 1)) out[i] = percent_decoded(out[i], false).value_or("");
  }
  return out;
}

Pairs cookies_of(const Request& request) {
  Pairs out;
  const std::string header = request.header("cookie");
  for (std::string_view rest = header; !rest.empty();) {
    const std::size_t end = std::min(rest.find(';'), rest.size());
    const std::string_view one = trim(rest.substr(0, end));
    rest = rest.substr(std::min(end + 1, rest.size()));
    if (const std::size_t equals = one.find('='); equals != std::string_view::npos)
      out.emplace_back(one.substr(0, equals), one.substr(equals + 1));
  }
  return out;
}

std::vector<std::string> header_list(std::string_view value) {
  std::vector<std::string> out;
  while (!value.empty()) {
    const std::string_view part = value.substr(0, value.find(','));
    value = part.size() == value.size() ? std::string_view{} : value.substr(part.size() + 1);
    if (const std::string_view kept = trim(part); !kept.empty()) out.emplace_back(kept);
  }
  return out;
}

}  // namespace pgvista::rest
