#include "rest/plan_cache.hpp"

#include <algorithm>
#include <string_view>

#include "rest/error.hpp"

namespace pgvista::rest {

namespace {

constexpr std::size_t most_templates = 1000;
constexpr std::size_t longest_shape = 2000;

// How many characters of "gt.5" say what is compared; 0: the whole of it belongs to the shape.
std::size_t operator_length(std::string_view value) {
  for (const std::string_view word : {"eq.", "gt.", "lt.", "gte.", "lte.", "neq."}) {
    if (value.starts_with(word)) return word.size();
  }
  return 0;
}

bool is_filter(std::string_view name) {
  const std::string_view last = name.substr(name.rfind('.') + 1);
  return last != "select" && last != "order" && last != "limit" && last != "offset" && last != "columns" &&
         last != "on_conflict";
}

/// Calls value(text) for each value that is only compared with, in their order, and shape(text) for everything else
/// that a plan is made of.
template <class Shape, class Value>
void part(const Request& request, const std::vector<std::string>& segments, const Shape& shape, const Value& value) {
  shape(request.method);
  shape(segments[0]);
  if (segments.size() > 1) value(segments[1]);
  for (const auto& [name, text] : request.query) {
    shape(name);
    const std::size_t length = is_filter(name) ? operator_length(text) : 0;
    shape(length == 0 ? std::string_view(text) : std::string_view(text).substr(0, length));
    if (length != 0) value(std::string_view(text).substr(length));
  }
  for (const char* name : {"accept", "accept-profile", "prefer", "range", "range-unit"}) {
    const auto found = request.headers.find(name);
    shape(found == request.headers.end() ? std::string_view() : std::string_view(found->second));
  }
}

bool is_plain_read(const Request& request, const std::vector<std::string>& segments, const PlanOptions& options) {
  const bool alone = segments.size() == 1 || (segments.size() == 2 && segments[0] != "rpc" &&
                                              segments[1].find_first_of(",%") == std::string::npos);
  return alone && request.method == "GET" && !options.keys && !options.from_query && !options.single_made;
}

}  // namespace

// What is a value and what is not is found out, not guessed: the request is planned once more with other values, and
// must come to the same statement with these in the places of its own.
PlanCache::Template PlanCache::learn(const Plan& plan, const Model& model, const Settings& settings, Request request,
                                     std::vector<std::string> segments) {
  Template out;
  if (plan.action != Action::read || plan.media == Media::events || plan.count || plan.planned || !plan.before.empty())
    return out;
  std::vector<std::string> own;
  part(
      request, segments, [](std::string_view) {}, [&](std::string_view text) { own.emplace_back(text); });
  int next = 0;
  const auto mark = [&] { return "pgvista:value:" + std::to_string(next++); };
  if (segments.size() > 1) segments[1] = mark();
  for (auto& [name, text] : request.query) {
    const std::size_t length = is_filter(name) ? operator_length(text) : 0;
    if (length != 0) text = text.substr(0, length) + mark();
  }
  std::vector<std::string> marks;
  part(
      request, segments, [](std::string_view) {}, [&](std::string_view text) { marks.emplace_back(text); });
  try {
    const Plan marked = make_plan(model, settings, request, segments);
    if (marked.main.sql != plan.main.sql || marked.main.values.size() != plan.main.values.size() ||
        marked.main.mismatch != plan.main.mismatch)
      return out;
    std::vector<bool> found(marks.size());
    for (std::size_t i = 0; i < plan.main.values.size(); ++i) {
      const auto at = std::find(marks.begin(), marks.end(), marked.main.values[i].value_or(""));
      const auto slot = static_cast<std::size_t>(at - marks.begin());
      const bool same =
          at == marks.end() ? marked.main.values[i] == plan.main.values[i] : plan.main.values[i] == own[slot];
      if (!same) return out;
      out.slots.push_back(at == marks.end() ? -1 : static_cast<int>(slot));
      if (at != marks.end()) found[slot] = true;
    }
    out.usable = std::all_of(found.begin(), found.end(), [](bool one) { return one; });
  } catch (const Refusal&) {
    return out;
  }
  if (out.usable) out.plan = plan;
  return out;
}

Plan PlanCache::plan(const Model& model, const Settings& settings, const Request& request,
                     const std::vector<std::string>& segments, const PlanOptions& options) {
  if (!is_plain_read(request, segments, options)) return make_plan(model, settings, request, segments, options);
  std::string shape;
  std::vector<std::string_view> values;
  // A NUL can be in no part of a request, and tells a key in the path from none.
  part(
      request, segments, [&](std::string_view text) { shape.append(text).push_back('\0'); },
      [&](std::string_view text) {
        values.push_back(text);
        shape.append("\0\0", 2);
      });
  const auto known = templates_.find(shape);
  if (known != templates_.end() && known->second.usable) {
    Plan out = known->second.plan;
    for (std::size_t i = 0; i < known->second.slots.size(); ++i) {
      if (const int slot = known->second.slots[i]; slot >= 0)
        out.main.values[i] = std::string(values[static_cast<std::size_t>(slot)]);
    }
    return out;
  }
  Plan out = make_plan(model, settings, request, segments, options);
  if (known == templates_.end() && shape.size() <= longest_shape) {
    if (templates_.size() >= most_templates) templates_.clear();
    templates_.emplace(std::move(shape), learn(out, model, settings, request, segments));
  }
  return out;
}

}  // namespace pgvista::rest
