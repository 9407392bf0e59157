#include "rest/call.hpp"

#include <fmt/format.h>

#include <unordered_set>
#include <algorithm>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "rest/body.hpp"
#include "rest/error.hpp"
#include "rest/filter.hpp"

namespace pgvista::rest {

namespace json = boost::json;
using schema::ApiFunction;
using schema::ApiParameter;

namespace {

struct Arguments {
  std::vector<std::string> names;  // without repetition
  Pairs values;                    // of a GET
  std::string json;                // of a POST: an object
  std::string raw;                 // the body itself
  std::string raw_type;            // json, text, xml, bytea: what one unnamed parameter may take
};

bool reserved(const std::string& key) {
  const std::string last = key.substr(key.rfind('.') == std::string::npos ? 0 : key.rfind('.') + 1);
  return last == "select" || last == "columns" || last == "on_conflict" || last == "order" || last == "limit" ||
         last == "offset" || last == "and" || last == "or";
}

// PostgREST's rule for GET: what reads as a filter is one, unless the function takes an argument of that name.
bool reads_as_filter(const std::string& key, const std::string& value) {
  try {
    parse_selection({{key, value}}, {}, {});
    return true;
  } catch (const Refusal& refusal) {
    return refusal.code == "PGRST108";
  }
}

std::string signature(const ApiFunction& function) {
  std::vector<std::string> out;
  for (const ApiParameter& one : function.parameters) out.push_back(fmt::format("{} => {}", one.name, one.type));
  return fmt::format("{}.{}({})", function.name.schema, function.name.name, join(out, ", "));
}

bool takes(const ApiFunction& function, const std::vector<std::string>& names) {
  const auto has = [](const std::vector<std::string>& all, const std::string& one) {
    return std::find(all.begin(), all.end(), one) != all.end();
  };
  for (const ApiParameter& one : function.parameters) {
    if (one.name.empty() || (one.required && !has(names, one.name))) return false;
  }
  return std::all_of(names.begin(), names.end(), [&](const std::string& name) {
    return std::any_of(function.parameters.begin(), function.parameters.end(),
                       [&](const ApiParameter& one) { return one.name == name; });
  });
}

class CallPlanner {
 public:
  CallPlanner(const Model& model, const Settings& settings, const Request& request, std::string name, Plan& plan)
      : model_(model), settings_(settings), request_(request), name_(std::move(name)), plan_(plan) {}

  void run() {
    for (const ApiFunction& one : model_.api.functions) {
      if (one.name.name == name_ && one.name.schema == plan_.schema) named_.push_back(&one);
    }
    read_arguments();
    const ApiFunction& function = choose();
    plan_.function = &function;
    plan_.relation = function.relation ? model_.api.relation(function.relation) : nullptr;
    plan_.read_only = request_.method != "POST" || function.volatility != 'v';
    build(function);
  }

 private:
  bool get() const { return request_.method != "POST"; }

  void read_arguments() {
    if (get()) {
      for (const auto& [key, value] : request_.query) {
        if (reserved(key)) {
          filters_.emplace_back(key, value);
          continue;
        }
        if (!is_parameter(key) && reads_as_filter(key, value)) {
          filters_.emplace_back(key, value);
        } else {
          arguments_.values.emplace_back(key, value);
          note(key);
        }
      }
      return;
    }
    filters_ = request_.query;
    const std::string type =
        lower(trim(request_.header("content-type").substr(0, request_.header("content-type").find(';'))));
    arguments_.raw = request_.body;
    if (type == "text/plain" || type == "text/xml" || type == "application/octet-stream") {
      arguments_.raw_type = type == "text/plain" ? "text" : type == "text/xml" ? "xml" : "bytea";
      return;
    }
    arguments_.raw_type = "json";
    if (request_.body.empty()) {
      arguments_.json = "{}";
      return;
    }
    const bool form = type == "application/x-www-form-urlencoded" && !trim(request_.body).starts_with('{');
    const bool plain_json =
        type.empty() || type == "application/json" || (type == "application/x-www-form-urlencoded" && !form);
    json::value value = plain_json ? parse_json(request_.body, settings_) : json::value{};
    if (plain_json && !value.is_object() &&
        !(value.is_array() && !value.get_array().empty() && value.get_array().front().is_object())) {
      arguments_.json = "{}";
      return;
    }
    const Body body = read_body(request_, settings_);
    arguments_.json = body.json;
    arguments_.json_is_rows = true;
    const std::string* columns = request_.parameter("columns");
    for (const std::string& key : columns ? parse_names("columns parameter", *columns) : body.keys) note(key);
  }

  bool is_parameter(const std::string& name) const {
    return std::any_of(named_.begin(), named_.end(), [&](const ApiFunction* one) {
      return std::any_of(one->parameters.begin(), one->parameters.end(),
                         [&](const ApiParameter& each) { return each.name == name; });
    });
  }

  void note(const std::string& name) {
    if (noted_.insert(name).second) arguments_.names.push_back(name);
  }

  const ApiFunction& choose() {
    std::vector<const ApiFunction*> found;
    for (const ApiFunction* one : named_) {
      if (takes(*one, arguments_.names) && (get() || arguments_.raw_type == "json")) found.push_back(one);
    }
    if (found.empty() && !get()) {
      for (const ApiFunction* one : named_) {
        if (one->parameters.size() != 1 || !one->parameters[0].name.empty()) continue;
        const std::string& type = one->parameters[0].type;
        if (type == arguments_.raw_type || (arguments_.raw_type == "json" && type == "jsonb")) found.push_back(one);
      }
      unnamed_ = !found.empty();
    }
    if (found.empty()) refuse_none();
    if (found.size() > 1) {
      std::stable_sort(found.begin(), found.end(), [](const ApiFunction* left, const ApiFunction* right) {
        return left->parameters.size() < right->parameters.size();
      });
      std::vector<std::string> signatures;
      for (const ApiFunction* one : found) signatures.push_back(signature(*one));
      throw Refusal(
          300, "PGRST203", "Could not choose the best candidate function between: " + join(signatures, ", "), nullptr,
          "Try renaming the parameters or the function itself in the database so function overloading can be resolved");
    }
    return *found.front();
  }

  [[noreturn]] void refuse_none() const {
    std::vector<std::string> sorted = arguments_.names;
    std::sort(sorted.begin(), sorted.end());
    const std::string full = plan_.schema + "." + name_;
    const std::string list = sorted.empty() ? " without parameters" : "(" + join(sorted, ", ") + ")";
    std::string searched = sorted.empty()
                               ? "without parameters"
                               : fmt::format("with parameter{} {}", sorted.size() > 1 ? "s" : "", join(sorted, ", "));
    if (!get() && arguments_.raw_type == "json") searched += " or with a single unnamed json/jsonb parameter";
    if (!get() && arguments_.raw_type != "json")
      searched = fmt::format("with a single unnamed {} parameter", arguments_.raw_type);
    std::string hint;
    if (named_.empty()) {
      std::vector<std::string> names;
      for (const ApiFunction& one : model_.api.functions) {
        if (one.name.schema == plan_.schema) names.push_back(one.name.name);
      }
      if (const auto guess = nearest(name_, names))
        hint = fmt::format("Perhaps you meant to call the function {}.{}", plan_.schema, *guess);
    } else {
      std::vector<std::string> parameters;
      for (const ApiParameter& one : named_.front()->parameters) parameters.push_back(one.name);
      std::sort(parameters.begin(), parameters.end());
      hint = fmt::format("Perhaps you meant to call the function {}({})", full, join(parameters, ", "));
    }
    throw Refusal(
        404, "PGRST202", fmt::format("Could not find the function {}{} in the schema cache", full, list),
        json::value(fmt::format("Searched for the function {} {}, but no matches were found in the schema cache.", full,
                                searched)),
        hint);
  }

  // "name" := value, of each argument; of a POST the values are columns of p.
  struct Call {
    std::string arguments;  // the relation p; "" where the call has its own
    std::string function;
    /// As an item of FROM.
    std::string from() const { return arguments.empty() ? function : arguments + ", LATERAL " + function; }
    /// As an item of FROM with a row each of its rows.
    std::string rows() const { return arguments.empty() ? function : fmt::format("(SELECT f.* FROM {} f)", from()); }
  };

  Call call(const ApiFunction& function) {
    Call out;
    std::vector<std::string> given;
    if (unnamed_) {
      given.push_back(raw_value(function.parameters[0].type));
    } else if (get()) {
      for (const ApiParameter& one : function.parameters) {
        std::vector<std::string> values;
        for (const auto& [key, value] : arguments_.values) {
          if (key == one.name) values.push_back(value);
        }
        if (values.empty()) continue;
        const std::string value =
            one.variadic && !(values.size() == 1 && values[0].starts_with('{')) ? array_text(values) : values.back();
        given.push_back(fmt::format("{}{} := CAST({} AS {})", one.variadic ? "VARIADIC " : "",
                                    sql::quote_identifier(one.name), plan_.main.parameter(value), one.type));
      }
    } else if (!arguments_.names.empty()) {
      std::vector<std::string> typed;
      for (const ApiParameter& one : function.parameters) {
        if (std::find(arguments_.names.begin(), arguments_.names.end(), one.name) == arguments_.names.end()) continue;
        const std::string name = sql::quote_identifier(one.name);
        typed.push_back(name + " " + one.type);
        given.push_back(fmt::format("{}{} := p.{}", one.variadic ? "VARIADIC " : "", name, name));
      }
      out.arguments =
          fmt::format("pg_catalog.json_to_record({}::json{}) AS p({})", plan_.main.parameter(arguments_.json),
                      arguments_.json_is_rows ? " -> 0" : "", join(typed, ", "));
    }
    out.function = fmt::format("{}({})", function.name.sql(), join(given, ", "));
    return out;
  }

  // The body as it is. Parameters are text, which holds no NUL.
  std::string raw_value(const std::string& type) {
    if (type == "bytea") {
      static constexpr char digits[] = "0123456789abcdef";
      std::string hex;
      for (const char c : arguments_.raw) {
        hex += digits[static_cast<unsigned char>(c) >> 4];
        hex += digits[static_cast<unsigned char>(c) & 15];
      }
      return fmt::format("pg_catalog.decode({}, 'hex')", plan_.main.parameter(std::move(hex)));
    }
    if (arguments_.raw.find('\0') != std::string::npos || invalid_utf8(arguments_.raw) != std::string::npos)
      throw Refusal(400, "PGRST102", "The body is not text in UTF-8");
    return fmt::format("CAST({} AS {})", plan_.main.parameter(arguments_.raw), type);
  }

  void build(const ApiFunction& function) {
    const Call calling = call(function);
    const bool rows = plan_.relation || !function.columns.empty();
    if (!rows) {
      plan_.bare = true;
      plan_.single_value = !function.set;
      plan_.columns.push_back({function.name.name});
      Selection selection = parse_selection(filters_, {"columns", "on_conflict"}, settings_.grammar);
      if (get()) apply_range(request_, selection);
      const bool plain =
          function.type_oid < 16384 && function.category != 'A' && function.type != "record" && !function.composite;
      const std::string value = plain || plan_.media == Media::csv ? "t0.v" : "pg_catalog.to_json(t0.v)";
      plan_.main.sql = fmt::format("SELECT {} FROM {} AS t0(v)", value, calling.from());
      if (function.type == "record" || function.composite)
        plan_.main.sql = fmt::format("SELECT pg_catalog.to_json(t0.v) FROM (SELECT {} AS v{}{}) t0", calling.function,
                                     calling.arguments.empty() ? "" : " FROM ", calling.arguments);
      if (function.nothing) plan_.with_body = false;
      if (function.set) {
        plan_.main.sql +=
            ReadPlanner(model_.api, model_.relationships, settings_, plan_.main, false, false).limits(selection, true);
        plan_.offset = selection.offset.value_or(0);
        plan_.most = selection.limit;
      }
      return;
    }
    plan_.single_value = !function.set;
    Selection selection = parse_selection(filters_, {"columns", "on_conflict"}, settings_.grammar);
    if (get()) apply_range(request_, selection);
    Source source;
    source.relation = plan_.relation;
    source.columns = plan_.relation ? &plan_.relation->columns : &function.columns;
    source.whole_row = calling.arguments.empty();
    source.from = calling.rows();
    ReadPlanner reading(model_.api, model_.relationships, settings_, plan_.main, plan_.strip_nulls,
                        plan_.media == Media::csv);
    plan_.main.sql = reading.select(source, selection, {}, plan_.columns);
    plan_.offset = selection.offset.value_or(0);
    plan_.most = selection.limit;
    if (plan_.preferences.count.empty() || plan_.preferences.count == "planned" || !plan_.read_only) return;
    Statement count;
    Plan scratch;
    std::swap(scratch.main, plan_.main);
    const Call again = call(function);
    std::swap(scratch.main, plan_.main);
    count.values = scratch.main.values;
    Source counted = source;
    counted.from = again.rows();
    ReadPlanner counting(model_.api, model_.relationships, settings_, count, false, false);
    count.sql = counting.count(counted, selection, {}, std::nullopt);
    plan_.count = std::move(count);
  }

  struct Given : Arguments {
    bool json_is_rows = false;
  };

  const Model& model_;
  const Settings& settings_;
  const Request& request_;
  std::string name_;
  Plan& plan_;
  std::vector<const ApiFunction*> named_;
  Given arguments_;
  Pairs filters_;
  bool unnamed_ = false;
  std::unordered_set<std::string> noted_;
};

}  // namespace

void plan_call(const Model& model, const Settings& settings, const Request& request, const std::string& name,
               Plan& plan) {
  CallPlanner(model, settings, request, name, plan).run();
}

}  // namespace pgvista::rest
