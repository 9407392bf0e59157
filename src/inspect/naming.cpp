#include "inspect/naming.hpp"

#include "base/text.hpp"

namespace pgvista::inspect {

namespace {

bool letter(char c) { return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z'); }
bool digit(char c) { return c >= '0' && c <= '9'; }

}  // namespace

std::string type_name(const std::string& relation) {
  std::string out;
  bool start = true;
  for (const char c : relation) {
    if (!letter(c) && !digit(c)) {
      start = true;
      continue;
    }
    out += start && c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
    start = false;
  }
  if (out.empty() || digit(out.front())) out = "View" + out;
  return out;
}

std::string escaped(const std::string& text, char quote) {
  constexpr const char* digits = "0123456789abcdef";
  std::string out;
  for (const char c : text) {
    if (c == quote || c == '\\') {
      out += '\\';
      out += c;
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f) {
      // Octal in C++ and Python alike, and it ends after three digits in both.
      out += '\\';
      out += digits[(static_cast<unsigned char>(c) >> 6) & 7];
      out += digits[(static_cast<unsigned char>(c) >> 3) & 7];
      out += digits[static_cast<unsigned char>(c) & 7];
    } else {
      out += c;
    }
  }
  return out;
}

std::string Members::add(const std::string& column) {
  std::string name;
  for (const char c : lower(column)) {
    const char plain = letter(c) || digit(c) ? c : '_';
    if (plain == '_' && (name.empty() || name.back() == '_')) continue;
    name += plain;
  }
  while (!name.empty() && name.back() == '_') name.pop_back();
  if (name.empty() || digit(name.front())) name = "field_" + name;
  if (keywords_.contains(name)) name += "_field";
  std::string unique = name;
  for (int i = 2; !used_.insert(unique).second; ++i) unique = name + "_" + std::to_string(i);
  return unique;
}

const std::set<std::string>& cpp_keywords() {
  static const std::set<std::string> words = {"alignas",     "alignof",       "and",          "asm",
                                              "auto",        "bool",          "break",        "case",
                                              "catch",       "char",          "class",        "concept",
                                              "const",       "consteval",     "constexpr",    "constinit",
                                              "continue",    "decltype",      "default",      "delete",
                                              "do",          "double",        "else",         "enum",
                                              "explicit",    "export",        "extern",       "false",
                                              "float",       "for",           "friend",       "goto",
                                              "if",          "inline",        "int",          "long",
                                              "mutable",     "namespace",     "new",          "noexcept",
                                              "not",         "nullptr",       "operator",     "or",
                                              "private",     "protected",     "public",       "register",
                                              "requires",    "return",        "short",        "signed",
                                              "sizeof",      "static",        "struct",       "switch",
                                              "template",    "this",          "throw",        "true",
                                              "try",         "typedef",       "typeid",       "typename",
                                              "union",       "unsigned",      "using",        "virtual",
                                              "void",        "volatile",      "while",        "xor",
                                              "table",       "key",           "char8_t",      "char16_t",
                                              "char32_t",    "wchar_t",       "co_await",     "co_return",
                                              "co_yield",    "const_cast",    "dynamic_cast", "reinterpret_cast",
                                              "static_cast", "static_assert", "thread_local", "typename",
                                              "and_eq",      "bitand",        "bitor",        "compl",
                                              "not_eq",      "or_eq",         "xor_eq"};
  return words;
}

const std::set<std::string>& python_keywords() {
  static const std::set<std::string> words = {
      "false", "none",  "true",    "and",      "as",     "assert",  "async", "await", "break",  "class", "continue",
      "def",   "del",   "elif",    "else",     "except", "finally", "for",   "from",  "global", "if",    "import",
      "in",    "is",    "lambda",  "nonlocal", "not",    "or",      "pass",  "raise", "return", "try",   "while",
      "with",  "yield", "objects", "check",    "clean",  "delete",  "save",  "pk"};
  return words;
}

}  // namespace pgvista::inspect
