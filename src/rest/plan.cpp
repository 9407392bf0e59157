#include "rest/plan.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/suggest.hpp"
#include "base/text.hpp"
#include "rest/call.hpp"
#include "rest/error.hpp"
#include "rest/read.hpp"
#include "rest/write.hpp"

namespace pgvista::rest {

using schema::ApiRelation;

namespace {

struct Accepted {
  std::string type;
  bool stripped = false;
  double quality = 1;
};

std::vector<Accepted> accepted(const std::string& header) {
  std::vector<Accepted> out;
  for (const std::string& one : header_list(header)) {
    Accepted entry;
    std::size_t from = 0;
    for (bool first = true; from <= one.size(); first = false) {
      const std::size_t to = std::min(one.find(';', from), one.size());
      const std::string part = lower(trim(std::string_view(one).substr(from, to - from)));
      from = to + 1;
      if (first) {
        entry.type = part;
      } else if (part.starts_with("q=")) {
        std::from_chars(part.data() + 2, part.data() + part.size(), entry.quality);
      } else if (part == "nulls=stripped") {
        entry.stripped = true;
      }
    }
    out.push_back(std::move(entry));
  }
  std::stable_sort(out.begin(), out.end(),
                   [](const Accepted& left, const Accepted& right) { return left.quality > right.quality; });
  return out;
}

void choose_media(const Request& request, Plan& plan) {
  const std::string header = request.header("accept");
  if (header.empty()) return;
  std::vector<std::string> asked;
  for (const Accepted& one : accepted(header)) {
    asked.push_back(one.type);
    const auto is = [&](const char* name) { return one.type == name || one.type == std::string(name) + "+json"; };
    if (one.type == "*/*" || one.type == "application/*" || one.type == "application/json") return;
    plan.strip_nulls = one.stripped;
    if (is("application/vnd.pgrst.array")) {
      plan.vendor_type = one.stripped;
      return;
    }
    if (is("application/vnd.pgrst.object")) {
      plan.media = Media::object;
      plan.vendor_type = true;
      return;
    }
    plan.strip_nulls = false;
    if (one.type == "text/csv") {
      plan.media = Media::csv;
      return;
    }
    if (one.type == "text/event-stream") {
      plan.media = Media::events;
      return;
    }
  }
  throw Refusal(406, "PGRST107", "None of these media types are available: " + join(asked, ", "));
}

std::string schema_of(const Model& model, const Request& request, bool writes, bool& asked) {
  const std::string profile = request.header(writes ? "content-profile" : "accept-profile");
  asked = !profile.empty();
  if (profile.empty()) return model.api.schemas.front();
  if (std::find(model.api.schemas.begin(), model.api.schemas.end(), profile) != model.api.schemas.end()) return profile;
  throw Refusal(406, "PGRST106", "Invalid schema: " + profile, nullptr,
                "Only the following schemas are exposed: " + join(model.api.schemas, ", "));
}

const ApiRelation& relation_named(const Model& model, const std::string& schema, const std::string& name) {
  if (const ApiRelation* found = model.api.find(schema, name)) return *found;
  std::vector<std::string> names;
  for (const auto& [oid, relation] : model.api.relations) {
    if (relation.served && relation.name.schema == schema) names.push_back(relation.name.name);
  }
  const auto guess = nearest(name, names);
  throw Refusal(404, "PGRST205", fmt::format("Could not find the table '{}.{}' in the schema cache", schema, name),
                nullptr, guess ? fmt::format("Perhaps you meant the table '{}.{}'", schema, *guess) : "");
}

std::string trimmed_query(const std::string& text) {
  std::string_view out = trim(text);
  if (out.ends_with(';')) out.remove_suffix(1);
  return std::string(out);
}

bool only_columns(const ApiRelation& relation, const std::vector<Logic>& trees) {
  return std::all_of(trees.begin(), trees.end(), [&](const Logic& one) {
    return one.form == Logic::Form::leaf ? relation.column(one.filter.field.name) != nullptr
                                         : only_columns(relation, one.operands);
  });
}

bool of_relation_alone(const ApiRelation& relation, const Selection& selection) {
  const auto known = [&](const std::string& name) { return name == "*" || name.empty() || relation.column(name); };
  return only_columns(relation, selection.where) &&
         std::all_of(selection.items.begin(), selection.items.end(),
                     [&](const SelectItem& item) { return !item.embedded && known(item.field.name); }) &&
         std::all_of(selection.order.begin(), selection.order.end(),
                     [&](const OrderTerm& term) { return term.relation.empty() && known(term.field.name); });
}

// "t0.(key) is one of these", and the row's own key as JSON.
std::string one_of_keys(Statement& statement, const ApiRelation& relation, const std::string& keys, std::string& own) {
  if (relation.key.empty())
    throw Refusal(406, "PGRST107",
                  fmt::format("'{}' has no key: its changes cannot be told apart", relation.name.name));
  std::vector<std::string> names;
  std::vector<std::string> values;
  for (std::size_t i = 0; i < relation.key.size(); ++i) {
    names.push_back("t0." + sql::quote_identifier(relation.key[i]));
    values.push_back(fmt::format("CAST(k.v ->> {} AS {})", i, relation.column(relation.key[i])->type));
  }
  own = fmt::format("pg_catalog.json_build_array({})::text", join(names, ", "));
  if (keys == "*") return "true";
  const std::string asked = fmt::format("pg_catalog.json_array_elements({}::json) AS k(v)", statement.parameter(keys));
  // Each column by itself, which an index can be asked for; then the key as a whole.
  std::vector<std::string> conditions;
  std::vector<std::string> same;
  for (std::size_t i = 0; i < names.size(); ++i) {
    conditions.push_back(
        fmt::format("({0} = ANY (ARRAY(SELECT {1} FROM {2} WHERE (k.v ->> {3}) IS NOT NULL)) OR ({0} IS NULL AND "
                    "EXISTS (SELECT FROM {2} WHERE (k.v ->> {3}) IS NULL)))",
                    names[i], values[i], asked, i));
    same.push_back(fmt::format("{} IS NOT DISTINCT FROM {}", names[i], values[i]));
  }
  if (names.size() > 1)
    conditions.push_back(fmt::format("EXISTS (SELECT FROM {} WHERE {})", asked, join(same, " AND ")));
  return join(conditions, " AND ");
}

void plan_read(const Model& model, const Settings& settings, const Request& request, const PlanOptions& options,
               Selection selection, const std::vector<std::string>& key_values, Plan& plan) {
  apply_range(request, selection);
  const ApiRelation& relation = *plan.relation;
  const bool from_query = options.from_query && !relation.definition.empty();
  const Source source{&relation, &relation.columns,
                      from_query ? "(" + trimmed_query(relation.definition) + ")" : relation.name.sql(), !from_query};
  const auto conditions = [&](Statement& statement) {
    return key_values.empty() ? std::vector<std::string>{} : key_conditions(statement, relation, key_values);
  };
  plan.of_relation_alone = of_relation_alone(relation, selection);
  if (options.keys) {
    std::string own;
    const std::string chosen = one_of_keys(plan.main, relation, *options.keys, own);
    selection.limit.reset();
    if (options.keys == "*") selection.limit = PlanOptions::most_keys + 1;
    selection.offset.reset();
    const Settings whole = uncapped(settings);
    plan.main.sql = ReadPlanner(model.api, model.relationships, whole, plan.main, plan.strip_nulls, false)
                        .select(source, selection, {chosen}, plan.columns, own);
    return;
  }
  const auto reading = [&](Statement& statement) {
    return ReadPlanner(model.api, model.relationships, settings, statement, plan.strip_nulls, plan.media == Media::csv);
  };
  plan.main.sql = reading(plan.main).select(source, selection, conditions(plan.main), plan.columns);
  plan.offset = selection.offset.value_or(0);
  plan.most = selection.limit;
  if (settings.max_rows) plan.most = std::min(plan.most.value_or(*settings.max_rows), *settings.max_rows);
  const std::string& kind = plan.preferences.count;
  if (kind == "exact" || kind == "estimated") {
    Statement& count = plan.count.emplace();
    const bool capped = kind == "estimated" && settings.max_rows;
    count.sql = reading(count).count(source, selection, conditions(count),
                                     capped ? std::optional(*settings.max_rows + 1) : std::nullopt);
  }
  if (kind == "planned" || kind == "estimated") {
    Statement& planned = plan.planned.emplace();
    Selection all = selection;
    all.limit.reset();
    all.offset.reset();
    std::vector<OutputColumn> unused;
    const Settings whole = uncapped(settings);
    planned.sql = "EXPLAIN (FORMAT JSON) " + ReadPlanner(model.api, model.relationships, whole, planned, false, false)
                                                 .select(source, all, conditions(planned), unused);
  }
}

// Which preferences were heeded, in PostgREST's order.
std::string applied_preferences(const Settings& settings, const Plan& plan) {
  const Preferences& asked = plan.preferences;
  std::vector<std::string> out;
  const auto add = [&](bool here, const char* name, const std::string& value) {
    if (here && !value.empty()) out.push_back(std::string(name) + "=" + value);
  };
  const bool insert = plan.action == Action::insert;
  const bool update = plan.action == Action::update;
  const bool remove = plan.action == Action::remove;
  const bool put = plan.action == Action::put;
  add(insert, "resolution", asked.resolution);
  add(insert || update, "missing", asked.missing);
  add(insert || update || put || remove, "return", asked.returned);
  add(true, "count", asked.count);
  add(settings.transaction_end, "tx", asked.tx);
  add(true, "handling", asked.handling);
  add(true, "timezone", asked.timezone);
  add((update || remove || plan.action == Action::call) && asked.strict() && asked.max_affected, "max-affected",
      asked.max_affected ? std::to_string(*asked.max_affected) : "");
  return join(out, ", ");
}

Action action_of(const Request& request, const ApiRelation& relation) {
  if (request.method == "GET" || request.method == "HEAD") return Action::read;
  if (request.method == "POST") return Action::insert;
  if (request.method == "PATCH") return Action::update;
  if (request.method == "PUT") return Action::put;
  if (request.method == "DELETE") return Action::remove;
  Refusal refusal(405, "PGRST117", "Unsupported HTTP method: " + request.method);
  refusal.headers.emplace_back("Allow", allowed_methods(relation));
  throw refusal;
}

// "311", or "de,berlin" of a key of two columns; still encoded.
std::vector<std::string> key_values_of(const std::string& segment, const ApiRelation& relation) {
  std::vector<std::string> out;
  if (relation.key.size() < 2) return {percent_decoded(segment, false).value_or("")};
  std::string_view rest = segment;
  for (;;) {
    const std::size_t comma = rest.find(',');
    out.push_back(percent_decoded(rest.substr(0, comma), false).value_or(""));
    if (comma == std::string_view::npos) return out;
    rest = rest.substr(comma + 1);
  }
}

// A time zone that there is not is like any other unknown preference.
Preferences preferences_of(const Model& model, const Request& request) {
  Preferences out = parse_preferences(request.header("prefer"));
  if (out.timezone.empty() || model.api.timezones.contains(out.timezone)) return out;
  if (out.strict())
    throw Refusal(400, "PGRST122", "Invalid preferences given with handling=strict",
                  boost::json::value("Invalid preferences: timezone=" + out.timezone));
  out.timezone.clear();
  return out;
}

Plan plan_function(const Model& model, const Settings& settings, const Request& request, const std::string& name) {
  Plan plan;
  plan.action = Action::call;
  const bool get = request.method == "GET" || request.method == "HEAD";
  if (!get && request.method != "POST")
    throw Refusal(405, "PGRST101", fmt::format("Cannot use the {} method on RPC", request.method));
  plan.schema = schema_of(model, request, !get, plan.profile_asked);
  plan.preferences = preferences_of(model, request);
  choose_media(request, plan);
  plan_call(model, settings, request, name, plan);
  if (plan.preferences.max_affected && plan.preferences.strict()) {
    if (!plan.function->set)
      throw Refusal(400, "PGRST128",
                    "Function must return SETOF or TABLE when max-affected preference is used with handling=strict");
    plan.judged = true;
  }
  if (!plan.read_only && plan.media == Media::object) plan.judged = true;
  if (!plan.read_only && plan.preferences.tx == "rollback" && settings.transaction_end) plan.judged = true;
  plan.applied = applied_preferences(settings, plan);
  return plan;
}

}  // namespace

std::string allowed_methods(const ApiRelation& relation) {
  std::string out = "OPTIONS,GET,HEAD";
  if (relation.insertable) out += ",POST";
  if (relation.insertable && relation.updatable && !relation.key.empty()) out += ",PUT";
  if (relation.updatable) out += ",PATCH";
  if (relation.deletable) out += ",DELETE";
  return out;
}

Plan make_plan(const Model& model, const Settings& settings, const Request& request,
               const std::vector<std::string>& segments, const PlanOptions& options) {
  if (segments.size() == 2 && segments[0] == "rpc") return plan_function(model, settings, request, segments[1]);
  if (segments.empty() || segments.size() > 2) throw Refusal(404, "PGRST125", "Invalid path specified in request URL");
  Plan plan;
  const bool reads = request.method == "GET" || request.method == "HEAD";
  plan.schema = schema_of(model, request, !reads, plan.profile_asked);
  plan.relation = &relation_named(model, plan.schema, segments[0]);
  plan.action = action_of(request, *plan.relation);
  plan.preferences = preferences_of(model, request);
  choose_media(request, plan);
  const Selection selection = parse_selection(request.query, {"columns", "on_conflict"}, settings.grammar);
  std::vector<std::string> key_values;
  if (segments.size() == 2) {
    if (plan.action == Action::insert)
      throw Refusal(405, "PGRST117", "POST makes a row, it has no address yet", nullptr,
                    fmt::format("POST to /{}, or PUT here.", segments[0]));
    key_values = key_values_of(segments[1], *plan.relation);
    Statement probe;
    key_conditions(probe, *plan.relation, key_values);
    plan.by_key = true;
    if (plan.media == Media::json) plan.media = Media::object;
  }
  const bool one_object = options.single_made && plan.action == Action::insert && !trim(request.body).empty() &&
                          trim(request.body).front() == '{';
  if (one_object && plan.media == Media::json) plan.media = Media::object;
  if (plan.action == Action::read) {
    plan_read(model, settings, request, options, selection, key_values, plan);
  } else {
    plan_write(model, settings, request, selection, key_values, plan);
  }
  if (plan.by_key && plan.action != Action::read && plan.action != Action::put) plan.judged = true;
  plan.applied = applied_preferences(settings, plan);
  return plan;
}

}  // namespace pgvista::rest
