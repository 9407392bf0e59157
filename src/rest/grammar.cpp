#include "rest/grammar.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <charconv>

#include "base/text.hpp"
#include "rest/error.hpp"

namespace pgvista::rest {

namespace {

constexpr std::array aggregates = {"sum",      "avg",        "count",       "max",      "min",
                                   "stddev",   "stddev_pop", "stddev_samp", "variance", "var_pop",
                                   "var_samp", "bool_and",   "bool_or",     "bit_and",  "bit_or"};

template <class List>
bool among(const List& list, std::string_view word) {
  return std::find(list.begin(), list.end(), word) != list.end();
}

// Names may hold letters of any script, digits, spaces, '_', '$', and '-' unless it begins an arrow.
bool name_byte(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') || c == '_' || c == ' ' ||
         c == '$' || (static_cast<unsigned char>(c) & 0x80) != 0;
}

// Reads one parameter's text from left to right.
class Reader {
 public:
  Reader(std::string what, std::string_view text, const GrammarLimits& limits)
      : what_(std::move(what)), text_(text), limits_(limits) {}

  std::vector<SelectItem> select() {
    std::vector<SelectItem> out;
    if (!done()) out = items(0);
    if (!done()) fail("a comma or the end");
    return out;
  }

  std::vector<OrderTerm> order() {
    std::vector<OrderTerm> out;
    do {
      out.push_back(order_term());
    } while (take(','));
    if (!done()) fail("a comma or the end");
    return out;
  }

  Logic tree(Logic::Form form, bool negated) {
    Logic out = operands(form, 0);
    out.negated = negated;
    if (!done()) fail("the end");
    return out;
  }

  /// The text after the '=': "not.eq.5", "in.(1,2)", …
  Filter filter(Field field) {
    Filter out = operation(std::move(field));
    if (out.op == FilterOperator::in) {
      out.values = list();
      if (!done()) fail("the end");
    } else {
      out.value = std::string(text_.substr(at_));
    }
    return out;
  }

  Field field() {
    Field out{name(), {}};
    while (rest().starts_with("->")) {
      JsonStep step;
      at_ += 2;
      step.as_text = take('>');
      const std::size_t from = at_;
      take('-');
      while (!done() && peek() >= '0' && peek() <= '9') ++at_;
      const bool ended =
          done() || peek() == '-' || peek() == ',' || peek() == '.' || peek() == ':' || peek() == ')' || peek() == '=';
      const std::string digits(text_.substr(from, at_ - from));
      if (ended && !digits.empty() && digits != "-" && digits.size() <= 9) {
        step.key = digits;
        step.index = true;
      } else {
        at_ = from;
        step.key = json_key();
      }
      out.path.push_back(std::move(step));
      count();
    }
    return out;
  }

  std::vector<std::string> names() {
    std::vector<std::string> out;
    do {
      out.push_back(name());
    } while (take(','));
    if (!done()) fail("a comma or the end");
    return out;
  }

  bool done() const { return at_ >= text_.size(); }

  [[noreturn]] void fail(const std::string& expected) const {
    const std::string found =
        done() ? "end of input" : fmt::format("'{}'", std::string(prefix_utf8(text_.substr(at_), 4)));
    throw Refusal(
        400, "PGRST100",
        fmt::format("\"failed to parse {} ({})\" (line 1, column {})", what_, std::string(prefix_utf8(text_, 200)),
                    length_utf8(text_.substr(0, std::min(at_, text_.size()))) + 1),
        boost::json::value(fmt::format("unexpected {} expecting {}", found, expected)));
  }

 private:
  std::string_view rest() const { return text_.substr(std::min(at_, text_.size())); }
  char peek() const { return text_[at_]; }
  bool take(char c) {
    if (done() || peek() != c) return false;
    ++at_;
    return true;
  }
  bool take(std::string_view word) {
    if (!rest().starts_with(word)) return false;
    at_ += word.size();
    return true;
  }
  void expect(char c) {
    if (!take(c)) fail(fmt::format("'{}'", c));
  }
  void count() {
    if (++counted_ > limits_.elements)
      throw Refusal(400, "PGRST100", fmt::format("the parameter {} has more than {} parts", what_, limits_.elements));
  }
  void deeper(int depth) const {
    if (depth > limits_.depth)
      throw Refusal(400, "PGRST100", fmt::format("the parameter {} is nested more than {} deep", what_, limits_.depth),
                    nullptr, "Ask for the inner part by a request of its own.");
  }

  std::string quoted() {
    std::string out;
    expect('"');
    for (;;) {
      if (done()) fail("a closing '\"'");
      const char c = text_[at_++];
      if (c == '"') return out;
      if (c == '\\' && !done()) {
        out += text_[at_++];
      } else {
        out += c;
      }
    }
  }

  std::string name() {
    count();
    if (!done() && peek() == '"') return quoted();
    const std::size_t from = at_;
    while (!done() && (name_byte(peek()) || (peek() == '-' && !rest().starts_with("->")))) ++at_;
    const std::string_view out = trim(text_.substr(from, at_ - from));
    if (out.empty()) fail("field name (* or [a..z0..9_$])");
    return std::string(out);
  }

  // Of JSON: any text but what means something else here.
  std::string json_key() {
    if (!done() && peek() == '"') return quoted();
    const std::size_t from = at_;
    while (!done() && std::string_view("(:.,>)").find(peek()) == std::string_view::npos && !rest().starts_with("->"))
      ++at_;
    if (at_ == from) fail("any non reserved character different from: .,>()");
    return std::string(text_.substr(from, at_ - from));
  }

  // --- select
  // ---------------------------------------------------------------------------------------------------------
  std::vector<SelectItem> items(int depth) {
    deeper(depth);
    std::vector<SelectItem> out;
    do {
      if (done() || peek() == ')') break;  // a trailing comma is none of our business
      out.push_back(item(depth));
    } while (take(','));
    return out;
  }

  SelectItem item(int depth) {
    SelectItem out;
    count();
    if (take("...")) out.spread = true;
    if (take('*')) {
      out.field.name = "*";
      return out;
    }
    out.field = field();
    if (out.field.path.empty() && !done() && peek() == ':' && !rest().starts_with("::")) {
      ++at_;
      out.alias = std::move(out.field.name);
      if (take('*')) fail("a field name");
      out.field = field();
    }
    modifiers(out);
    if (take('(')) {
      if (out.field.name == "count" && out.field.path.empty() && take(')')) return whole_count(out);
      out.embedded = std::make_shared<Selection>();
      out.embedded->items = items(depth + 1);
      expect(')');
      return out;
    }
    if (out.spread || !out.hint.empty() || out.inner) fail("'('");
    casts_and_aggregate(out);
    return out;
  }

  void modifiers(SelectItem& out) {
    while (take('!')) {
      const std::string word = name();
      if (word == "inner") {
        out.inner = true;
      } else if (word != "left") {
        if (!out.hint.empty()) fail("'('");
        out.hint = word;
      }
    }
  }

  SelectItem whole_count(SelectItem out) {
    out.field.name.clear();
    out.aggregate = "count";
    if (take("::")) out.aggregate_cast = type_word();
    return out;
  }

  void casts_and_aggregate(SelectItem& out) {
    if (take("::")) out.cast = type_word();
    if (!take('.')) return;
    const std::string word = name();
    if (!among(aggregates, word)) fail("an aggregate: sum(), avg(), count(), max() or min()");
    expect('(');
    expect(')');
    out.aggregate = word;
    if (take("::")) out.aggregate_cast = type_word();
  }

  std::string type_word() {
    const std::size_t from = at_;
    while (!done() && (name_byte(peek()) || peek() == '[' || peek() == ']')) ++at_;
    const std::string_view out = trim(text_.substr(from, at_ - from));
    if (out.empty()) fail("a type");
    return std::string(out);
  }

  // --- order
  // ----------------------------------------------------------------------------------------------------------
  OrderTerm order_term() {
    OrderTerm out;
    out.field = field();
    if (out.field.path.empty() && take('(')) {
      if (out.field.name == "count" && take(')')) {
        out.aggregate = std::exchange(out.field.name, {});
      } else {
        out.relation = std::move(out.field.name);
        out.field = field();
        expect(')');
      }
    }
    while (take('.')) {
      const std::string word = name();
      if (out.aggregate.empty() && out.relation.empty() && among(aggregates, word) && take('(')) {
        expect(')');
        out.aggregate = word;
        continue;
      }
      const bool direction = out.direction == OrderTerm::Direction::unset && out.nulls == OrderTerm::Nulls::unset;
      if (word == "asc" && direction) {
        out.direction = OrderTerm::Direction::ascending;
      } else if (word == "desc" && direction) {
        out.direction = OrderTerm::Direction::descending;
      } else if (word == "nullsfirst" && out.nulls == OrderTerm::Nulls::unset) {
        out.nulls = OrderTerm::Nulls::first;
      } else if (word == "nullslast" && out.nulls == OrderTerm::Nulls::unset) {
        out.nulls = OrderTerm::Nulls::last;
      } else {
        fail("\"asc\", \"desc\", \"nullsfirst\" or \"nullslast\"");
      }
    }
    return out;
  }

  // --- filters
  // --------------------------------------------------------------------------------------------------------
  Filter operation(Field field) {
    Filter out;
    out.field = std::move(field);
    while (take("not.")) out.negated = !out.negated;
    const std::size_t from = at_;
    while (!done() && peek() >= 'a' && peek() <= 'z') ++at_;
    const auto op = filter_operator(text_.substr(from, at_ - from));
    if (!op) {
      at_ = from;
      fail("operator (eq, gt, ...)");
    }
    out.op = *op;
    if (take('(')) argument(out);
    expect('.');
    return out;
  }

  void argument(Filter& out) {
    const OperatorFacts facts = facts_of(out.op);
    if (facts.form == OperatorFacts::Form::text_search) {
      out.language = name();
    } else if (facts.quantified) {
      const std::string word = name();
      if (word != "any" && word != "all") fail("\"any\" or \"all\"");
      out.quantifier = word == "any" ? Filter::Quantifier::any : Filter::Quantifier::all;
    } else {
      fail("'.'");
    }
    expect(')');
  }

  // "(a,b,"c,d")"; the quotes only where they stand around the whole element.
  std::vector<std::string> list() {
    std::vector<std::string> out;
    expect('(');
    if (take(')')) return out;
    do {
      count();
      out.push_back(element());
    } while (take(','));
    expect(')');
    return out;
  }

  std::string element() {
    if (!done() && peek() == '"') {
      const std::size_t from = at_;
      std::string out = quoted();
      if (done() || peek() == ',' || peek() == ')') return out;
      at_ = from;
    }
    const std::size_t from = at_;
    while (!done() && peek() != ',' && peek() != ')') ++at_;
    return std::string(text_.substr(from, at_ - from));
  }

  Logic operands(Logic::Form form, int depth) {
    deeper(depth);
    Logic out;
    out.form = form;
    expect('(');
    do {
      count();
      out.operands.push_back(operand(depth));
    } while (take(','));
    expect(')');
    return out;
  }

  Logic operand(int depth) {
    while (!done() && peek() == ' ') ++at_;
    const std::size_t from = at_;
    bool negated = false;
    while (take("not.")) negated = !negated;
    for (const auto& [word, form] : {std::pair{std::string_view("and"), Logic::Form::conjunction},
                                     {std::string_view("or"), Logic::Form::disjunction}}) {
      if (!rest().starts_with(word) || rest().size() <= word.size() || rest()[word.size()] != '(') continue;
      at_ += word.size();
      Logic out = operands(form, depth + 1);
      out.negated = negated;
      return out;
    }
    at_ = from;
    Logic out;
    Field path = field();
    expect('.');
    out.filter = operation(std::move(path));
    if (out.filter.op == FilterOperator::in) {
      out.filter.values = list();
    } else {
      out.filter.value = value_in_tree();
    }
    return out;
  }

  std::string value_in_tree() {
    if (!done() && peek() == '{') {
      const std::size_t from = at_;
      bool inside = false;
      while (!done()) {
        const char c = text_[at_++];
        if (c == '\\' && !done()) {
          ++at_;
        } else if (c == '"') {
          inside = !inside;
        } else if (c == '}' && !inside && (done() || peek() == ',' || peek() == ')')) {
          return std::string(text_.substr(from, at_ - from));
        }
      }
      at_ = from;
    }
    return element();
  }

  std::string what_;
  std::string_view text_;
  const GrammarLimits& limits_;
  std::size_t at_ = 0;
  int counted_ = 0;
};

// "a.b.column" -> {"a", "b", "column"}; dots in quotes, and those after an arrow, are none.
std::vector<std::string> key_parts(const std::string& key) {
  std::vector<std::string> out(1);
  bool quoted = false;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (key[i] == '"') quoted = !quoted;
    if (key[i] == '.' && !quoted && out.back().find("->") == std::string::npos) {
      out.emplace_back();
    } else {
      out.back() += key[i];
    }
  }
  return out;
}

std::string unquoted(const std::string& text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' ? text.substr(1, text.size() - 2) : text;
}

Selection& embedded_at(Selection& top, const std::vector<std::string>& parts, std::size_t depth) {
  Selection* at = &top;
  for (std::size_t i = 0; i < depth; ++i) {
    const std::string wanted = unquoted(parts[i]);
    const auto aliased = [&](const SelectItem& item) { return item.embedded && item.alias == wanted; };
    const auto named = [&](const SelectItem& item) { return item.embedded && item.field.name == wanted; };
    auto found = std::find_if(at->items.begin(), at->items.end(), aliased);
    if (found == at->items.end()) {
      found = std::find_if(at->items.begin(), at->items.end(), named);
      if (std::count_if(at->items.begin(), at->items.end(), named) > 1) {
        throw Refusal(400, "PGRST108", fmt::format("'{}' is embedded more than once in this request", wanted), nullptr,
                      "Name the one that is meant by its alias.");
      }
    }
    if (found == at->items.end()) {
      throw Refusal(400, "PGRST108", fmt::format("'{}' is not an embedded resource in this request", wanted), nullptr,
                    fmt::format("Verify that '{}' is included in the 'select' query parameter.", wanted));
    }
    at = found->embedded.get();
  }
  return *at;
}

// What is no number is as if it were not there, as PostgREST has it.
std::optional<std::int64_t> whole_number(const std::string& text) {
  std::int64_t out = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  if (error == std::errc::result_out_of_range && text.find_first_not_of("0123456789") == std::string::npos)
    return std::numeric_limits<std::int64_t>::max();
  if (error != std::errc{} || end != text.data() + text.size()) return std::nullopt;
  return out;
}

class Parameters {
 public:
  Parameters(Selection& top, const GrammarLimits& limits) : top_(top), limits_(limits) {}

  void read(const std::string& key, const std::string& value) {
    const std::vector<std::string> parts = key_parts(key);
    const std::string& last = parts.back();
    if (last == "order") return read_order(at(parts, 1), value);
    if (last == "limit" || last == "offset") return read_number(at(parts, 1), last, value);
    if ((last == "and" || last == "or") && value.starts_with('(')) return read_tree(parts, value);
    Reader name("filter name", last, limits_);
    Field field = name.field();
    if (!name.done()) name.fail("'='");
    Logic leaf;
    leaf.filter = Reader("filter", value, limits_).filter(std::move(field));
    at(parts, 1).where.push_back(std::move(leaf));
  }

 private:
  Selection& at(const std::vector<std::string>& parts, std::size_t own) {
    return embedded_at(top_, parts, parts.size() - own);
  }

  void read_order(Selection& selection, const std::string& value) {
    selection.order = Reader("order", value, limits_).order();
  }

  static void read_number(Selection& selection, const std::string& what, const std::string& value) {
    const auto number = whole_number(value);
    if (!number) return;
    if (*number < 0 && what == "limit")
      throw Refusal(416, "PGRST103", "Requested range not satisfiable",
                    boost::json::value("Limit should be greater than or equal to zero."));
    (what == "limit" ? selection.limit : selection.offset) = std::max<std::int64_t>(*number, 0);
  }

  void read_tree(const std::vector<std::string>& parts, const std::string& value) {
    const bool negated = parts.size() > 1 && parts[parts.size() - 2] == "not";
    const auto form = parts.back() == "and" ? Logic::Form::conjunction : Logic::Form::disjunction;
    at(parts, negated ? 2 : 1).where.push_back(Reader("logic tree", value, limits_).tree(form, negated));
  }

  Selection& top_;
  const GrammarLimits& limits_;
};

}  // namespace

Selection parse_selection(const Pairs& query, const std::vector<std::string>& skipped, const GrammarLimits& limits) {
  Selection out;
  bool selected = false;
  for (const auto& [key, value] : query) {
    if (key != "select" || selected) continue;
    out.items = Reader("select parameter", value, limits).select();
    selected = true;
  }
  if (out.items.empty()) {
    SelectItem all;
    all.field.name = "*";
    out.items.push_back(std::move(all));
  }
  Parameters parameters(out, limits);
  for (const auto& [key, value] : query) {
    if (key != "select" && !among(skipped, key)) parameters.read(key, value);
  }
  return out;
}

std::vector<std::string> parse_names(const std::string& what, const std::string& text) {
  const GrammarLimits limits;
  return Reader(what, text, limits).names();
}

}  // namespace pgvista::rest
