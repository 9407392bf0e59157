#include "support/rest_cases.hpp"

#include <fmt/format.h>
#include <toml++/toml.h>

#include "base/text.hpp"
#include "base/toml.hpp"
#include "rest/error.hpp"

namespace pgvista::test {

namespace {

const char* word(rest::Action action) {
  constexpr const char* words[] = {"read", "insert", "update", "put", "remove", "call"};
  return words[static_cast<int>(action)];
}

std::string statement_text(const std::string& title, const rest::Statement& statement) {
  std::string out = title + ":\n" + statement.sql + "\n";
  for (std::size_t i = 0; i < statement.values.size(); ++i) {
    const auto& value = statement.values[i];
    out += fmt::format("  ${} = {}\n", i + 1, value ? "'" + *value + "'" : "NULL");
  }
  return out;
}

std::string flags(const rest::Plan& plan) {
  std::string out;
  const auto add = [&](bool is, const char* text) {
    if (is) out += std::string(", ") + text;
  };
  add(plan.read_only, "read only");
  add(plan.judged, "judged");
  add(plan.inserted_column, "tells what was inserted");
  add(plan.affected_only, "no rows");
  add(plan.bare, "bare");
  add(plan.single_value, "one value");
  add(!plan.with_body, "no body");
  add(plan.by_key, "by key");
  add(plan.of_relation_alone, "of the relation alone");
  add(plan.nothing, "nothing to write");
  add(plan.media == rest::Media::csv, "csv");
  add(plan.media == rest::Media::object, "one object");
  add(plan.media == rest::Media::events, "events");
  return out;
}

}  // namespace

rest::Request request_of(const std::string& text) {
  const std::vector<std::string> lines = split_lines(text);
  rest::Request out;
  const std::size_t space = lines[0].find(' ');
  out.method = lines[0].substr(0, space);
  std::size_t i = 1;
  for (; i < lines.size() && !lines[i].empty(); ++i) {
    const std::size_t colon = lines[i].find(": ");
    const std::string name = lower(lines[i].substr(0, colon));
    if (name != "token") out.headers[name] = lines[i].substr(colon + 2);
  }
  for (++i; i < lines.size(); ++i) out.body += lines[i] + (i + 1 < lines.size() ? "\n" : "");
  out.body = std::string(trim(out.body));
  if (!out.body.empty() && !out.headers.contains("content-type")) out.headers["content-type"] = "application/json";
  rest::read_target(out, lines[0].substr(space + 1));
  return out;
}

rest::Settings rest_settings_of(const GoldenCase& golden) {
  rest::Settings out;
  out.max_rows = 10'000;
  if (!golden.has("settings")) return out;
  const toml::table table = toml::parse(golden.section("settings"));
  out.aggregates = table["aggregates"].value_or(false);
  if (const auto most = table["max_rows"].value<std::int64_t>()) out.max_rows = *most;
  out.transaction_end = table.contains("transaction_end");
  return out;
}

std::vector<std::string> schemas_of(const GoldenCase& golden) {
  if (!golden.has("settings")) return {"public"};
  const toml::table table = toml::parse(golden.section("settings"));
  std::vector<std::string> out;
  if (const toml::array* schemas = table["schemas"].as_array()) {
    for (const toml::node& one : *schemas) out.push_back(one.value_or(std::string{}));
  }
  return out.empty() ? std::vector<std::string>{"public"} : out;
}

std::string plan_text(const rest::Model& model, const rest::Settings& settings, const std::string& text,
                      rest::PlanCache* cache) {
  constexpr std::string_view root = "/rest/v1";
  try {
    const rest::Request request = request_of(text);
    // The root is the description of all.
    if (request.raw_path.size() <= root.size() + 1) return "the description of all\n";
    const std::vector<std::string> segments =
        rest::path_segments(std::string_view(request.raw_path).substr(root.size()));
    // `cache`: where the plan may be kept.
    const rest::Plan plan = cache ? cache->plan(model, settings, request, segments, {})
                                  : rest::make_plan(model, settings, request, segments);
    std::string out = fmt::format("{} {}{}\n", word(plan.action),
                                  plan.relation   ? plan.relation->name.display()
                                  : plan.function ? plan.function->name.display() + "()"
                                                  : "",
                                  flags(plan));
    for (std::size_t i = 0; i < plan.before.size(); ++i)
      out += statement_text(fmt::format("before, {}", i + 1), plan.before[i]);
    out += statement_text("main", plan.main);
    std::vector<std::string> columns;
    for (const rest::OutputColumn& one : plan.columns) columns.push_back(one.key);
    out += "columns: " + join(columns, ", ") + "\n";
    if (plan.count) out += statement_text("count", *plan.count);
    if (plan.planned) out += statement_text("planned", *plan.planned);
    return out;
  } catch (const rest::Refusal& refusal) {
    return fmt::format("{} {}\n", refusal.status, refusal.body());
  }
}

std::filesystem::path api_file(const GoldenCase& golden) {
  const std::filesystem::path folder = std::filesystem::path(PGVISTA_SOURCE_DIR) / "tests/golden/rest_sql";
  const bool own = golden.has("sql") || golden.has("view kept") || schemas_of(golden).size() > 1;
  return folder / (own ? golden.file.stem().string() + ".jsonl" : std::string("api.jsonl"));
}

}  // namespace pgvista::test
