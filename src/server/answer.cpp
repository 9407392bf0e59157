#include "server/answer.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "base/text.hpp"

#include "server/headers.hpp"

namespace pgvista::server {

namespace json = boost::json;
using rest::Action;
using rest::Media;
using rest::Plan;
using rest::Refusal;

namespace {

long long number_at(const PGresult* rows, int row, int column) {
  long long out = 0;
  const char* text = PQgetvalue(rows, row, column);
  std::from_chars(text, text + PQgetlength(rows, row, column), out);
  return out;
}

long long affected_by(const PGresult* rows) {
  long long out = 0;
  const char* text = PQcmdTuples(const_cast<PGresult*>(rows));
  std::from_chars(text, text + std::char_traits<char>::length(text), out);
  return out;
}

// Rows that a write changed, or that a read found.
long long rows_of(const PlanResults& results) {
  const PGresult* main = results.main();
  return PQresultStatus(main) == PGRES_TUPLES_OK && PQnfields(main) > 0 ? PQntuples(main) : affected_by(main);
}

std::optional<long long> planned_rows(const PGresult* result) {
  if (!result || PQntuples(result) == 0) return std::nullopt;
  boost::system::error_code failure;
  const json::value plan = json::parse(PQgetvalue(result, 0, 0), failure);
  if (failure) return std::nullopt;
  const json::value& rows = plan.at(0).at("Plan").at("Plan Rows");
  return rows.is_int64() ? rows.get_int64() : static_cast<long long>(rows.to_number<double>());
}

std::optional<long long> total_of(const PlanResults& results) {
  const std::string& kind = results.plan.preferences.count;
  const auto planned = planned_rows(results.planned());
  if (!results.count()) return planned;
  const long long counted = number_at(results.count(), 0, 0);
  if (kind != "estimated") return counted;
  const bool reached =
      results.plan.count->sql.find(" LIMIT ") != std::string::npos && results.plan.most && counted > *results.plan.most;
  // Without a cap the count is exact, and PostgREST gives the greater of the two.
  return reached || !results.plan.most ? std::max(counted, planned.value_or(0)) : counted;
}

bool inserted_any(const PlanResults& results) {
  const PGresult* main = results.main();
  const int column = PQnfields(main) - 1;
  for (int row = 0; row < PQntuples(main); ++row) {
    if (PQgetvalue(main, row, column)[0] == 't') return true;
  }
  return false;
}

std::string content_range(const std::optional<std::pair<long long, long long>>& range,
                          const std::optional<long long>& total) {
  const std::string span = range ? fmt::format("{}-{}", range->first, range->second) : "*";
  return fmt::format("{}/{}", span, total ? std::to_string(*total) : "*");
}

const char* media_type(const Plan& plan) {
  const bool stripped = plan.strip_nulls;
  switch (plan.media) {
    case Media::csv: return "text/csv; charset=utf-8";
    case Media::object:
      if (!plan.vendor_type) return "application/json; charset=utf-8";
      return stripped ? "application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8"
                      : "application/vnd.pgrst.object+json; charset=utf-8";
    default:
      return stripped && plan.vendor_type ? "application/vnd.pgrst.array+json;nulls=stripped; charset=utf-8"
                                          : "application/json; charset=utf-8";
  }
}

// --- bodies
// ------------------------------------------------------------------------------------------------------------

void write_csv_value(std::string& out, std::string_view text) {
  if (!text.empty() && text.find_first_of(",\"\n\r") == std::string_view::npos) {
    out += text;
    return;
  }
  out += '"';
  for (const char c : text) {
    if (c == '"') out += '"';
    out += c;
  }
  out += '"';
}

std::string csv_body(const PlanResults& results) {
  const PGresult* main = results.main();
  std::string out;
  for (std::size_t i = 0; i < results.plan.columns.size(); ++i) {
    if (i > 0) out += ',';
    write_csv_value(out, results.plan.columns[i].key);
  }
  for (int row = 0; row < PQntuples(main); ++row) {
    out += '\n';
    for (int column = 0; column < static_cast<int>(results.plan.columns.size()); ++column) {
      if (column > 0) out += ',';
      if (PQgetisnull(main, row, column) == 0)
        write_csv_value(out, {PQgetvalue(main, row, column), static_cast<std::size_t>(PQgetlength(main, row, column))});
    }
  }
  return out;
}

std::string body_of(const PlanResults& results) {
  const Plan& plan = results.plan;
  if (plan.media == Media::csv) return csv_body(results);
  const int rows = PQntuples(results.main());
  const ObjectWriter objects(plan.columns, plan.strip_nulls);
  std::string out;
  const auto write_element = [&](int row) {
    if (plan.bare) return write_json(out, results.main(), row, 0);
    objects.write(out, results.main(), row);
  };
  if (plan.media == Media::object || plan.single_value) {
    if (rows == 0) {
      out = "null";
    } else {
      write_element(0);
    }
    return out;
  }
  out.reserve(static_cast<std::size_t>(rows) * (plan.columns.size() * 24 + 8) + 2);
  out += '[';
  for (int row = 0; row < rows; ++row) {
    if (row > 0) out += ',';
    write_element(row);
  }
  out += ']';
  return out;
}

std::string location_of(const PlanResults& results) {
  const PGresult* main = results.main();
  std::string out = "/rest/v1/" + rest::percent_encoded(results.plan.relation->name.name) + "?";
  for (std::size_t i = 0; i < results.plan.location_keys.size(); ++i) {
    const bool null = PQgetisnull(main, 0, static_cast<int>(i)) != 0;
    out += fmt::format("{}{}={}", i > 0 ? "&" : "", rest::percent_encoded(results.plan.location_keys[i]),
                       null ? "is.null" : "eq." + rest::percent_encoded(PQgetvalue(main, 0, static_cast<int>(i))));
  }
  return out;
}

// --- statuses
// ----------------------------------------------------------------------------------------------------------

int write_status(const PlanResults& results) {
  const Plan& plan = results.plan;
  switch (plan.action) {
    case Action::insert:
      return plan.inserted_column && plan.preferences.resolution == "merge-duplicates" && !inserted_any(results) ? 200
                                                                                                                 : 201;
    case Action::put: return !plan.with_body ? 204 : inserted_any(results) ? 201 : 200;
    default: return plan.with_body ? 200 : 204;
  }
}

void finish_write(const PlanResults& results, Response& out) {
  const Plan& plan = results.plan;
  out.status = write_status(results);
  const long long rows = plan.before.empty() ? rows_of(results) : PQntuples(results.main());
  const bool counted = plan.preferences.count == "exact" || plan.preferences.count == "estimated";
  const auto total = counted ? std::optional(rows) : std::nullopt;
  if (plan.action == Action::update) {
    out.set("Content-Range", content_range(rows > 0 ? std::optional(std::pair{0LL, rows - 1}) : std::nullopt, total));
  } else if (plan.action != Action::put) {
    out.set("Content-Range", content_range(std::nullopt, total));
  }
  if (!plan.location_keys.empty() && PQntuples(results.main()) == 1) out.set("Location", location_of(results));
}

void finish_read(const PlanResults& results, Response& out) {
  const Plan& plan = results.plan;
  const long long rows = plan.bare && plan.single_value ? 1 : PQntuples(results.main());
  const bool all_here = plan.action == Action::call && !plan.count && !plan.planned && !plan.most && plan.offset == 0 &&
                        !plan.preferences.count.empty() && plan.preferences.count != "planned";
  const auto total = plan.single_value && !plan.preferences.count.empty() ? std::optional(1LL)
                     : all_here                                           ? std::optional(rows)
                                                                          : total_of(results);
  out.set("Content-Range",
          content_range(rows > 0 ? std::optional(std::pair<long long, long long>{plan.offset, plan.offset + rows - 1})
                                 : std::nullopt,
                        total));
  if (total && rows < *total) out.status = 206;
}

[[noreturn]] void refuse_single(const Plan& plan, long long rows) {
  if (plan.by_key && rows == 0)
    throw Refusal(404, "PGRST116", "There is no such row", json::value("The result contains 0 rows"));
  throw Refusal(406, "PGRST116", "Cannot coerce the result to a single JSON object",
                json::value(fmt::format("The result contains {} rows", rows)));
}

}  // namespace

void judge(const PlanResults& results) {
  const Plan& plan = results.plan;
  const long long rows = plan.before.empty() ? rows_of(results) : PQntuples(results.main());
  if (plan.action == Action::put && rows != 1)
    throw Refusal(400, "PGRST115", "Payload values do not match URL in primary key column(s)");
  if (plan.preferences.max_affected && plan.preferences.strict() && rows > *plan.preferences.max_affected &&
      plan.action != Action::read) {
    throw Refusal(400, "PGRST124", "Query result exceeds max-affected preference constraint",
                  json::value(fmt::format("The query affects {} rows", rows)));
  }
  if (plan.nothing) return;
  if (plan.by_key && plan.action != Action::read && rows == 0) refuse_single(plan, 0);
  if (plan.media == Media::object && plan.action != Action::put && rows != 1 && !plan.single_value)
    refuse_single(plan, rows);
  if (plan.action != Action::read && plan.action != Action::call) return;
  const auto total = plan.preferences.count.empty() || plan.single_value ? std::nullopt : total_of(results);
  if (total && plan.offset > *total) {
    Refusal refusal(
        416, "PGRST103", "Requested range not satisfiable",
        json::value(fmt::format("An offset of {} was requested, but there are only {} rows.", plan.offset, *total)));
    refusal.headers.emplace_back("Content-Range", content_range(std::nullopt, total));
    throw refusal;
  }
}

Response answer(const PlanResults& results, const rest::Request& request, bool several_schemas) {
  const Plan& plan = results.plan;
  Response out;
  const bool write = plan.action != Action::read && plan.action != Action::call;
  if (write) {
    finish_write(results, out);
  } else {
    finish_read(results, out);
  }
  if (plan.function && plan.function->nothing) out.status = 204;
  if (plan.with_body && out.status != 204) {
    out.body = body_of(results);
    out.set("Content-Type", media_type(plan));
  }
  if (several_schemas || plan.profile_asked) out.set("Content-Profile", plan.schema);
  if (!plan.applied.empty()) out.set("Preference-Applied", plan.applied);
  out.without_body = request.method == "HEAD";
  return out;
}

// --- refusals
// ------------------------------------------------------------------------------------------------------------

Response answer(const Refusal& refusal) {
  Response out;
  out.status = refusal.status;
  out.body = refusal.body();
  out.set("Content-Type", "application/json; charset=utf-8");
  out.set("Proxy-Status", "pgvista; error=" + refusal.code);
  for (const auto& [name, value] : refusal.headers) out.set(name, value);
  return out;
}

namespace {

int status_of(const SqlFailure& failure, bool anonymous) {
  const std::string& state = failure.sqlstate;
  const auto in = [&](const char* prefix) { return state.starts_with(prefix); };
  if (in("08") || state == "57P01" || state == "57P02" || state == "57P03") return 503;
  if (state == "57014") return 504;  // statement_timeout: PostgREST's 500 tells nobody what to do
  if (in("0L") || in("0P") || in("28")) return 403;
  if (state == "23503" || state == "23505") return 409;
  if (state == "25006") return 405;
  if (state == "55000" && failure.message.find("has not been populated") != std::string::npos) return 503;
  if (in("53") && state != "53400") return 503;
  if (state == "42883") return 404;
  if (state == "42P01") return 404;
  if (state == "42501") return anonymous ? 401 : 403;
  if (state == "22023")
    return failure.message.starts_with("role ") && failure.message.ends_with("does not exist") ? 401 : 400;
  if (state == "P0001") return 400;
  if (in("PT") && state.size() == 5) {
    int number = 0;
    std::from_chars(state.data() + 2, state.data() + 5, number);
    // What is below is no final answer (RFC 9110).
    return number >= 200 && number < 600 ? number : 500;
  }
  if (state == "40001" || state == "40P01") return 409;
  for (const char* prefix :
       {"09", "25", "2D", "38", "39", "3B", "40", "53", "54", "55", "57", "58", "F0", "HV", "P0", "XX", "21"}) {
    if (in(prefix)) return 500;
  }
  if (state == "42P17") return 500;
  return 400;
}

}  // namespace

// RAISE SQLSTATE 'PGRST': a function's own answer. MESSAGE is the body, DETAIL says status and headers.
Response answer_of_function(const SqlFailure& failure) {
  boost::system::error_code bad_message;
  boost::system::error_code bad_detail;
  const json::value message = json::parse(failure.message, bad_message);
  const json::value detail = json::parse(failure.detail, bad_detail);
  const auto text = [](const json::value& value, const char* name) {
    const json::value* found = value.is_object() ? value.get_object().if_contains(name) : nullptr;
    return found && found->is_string() ? std::optional(std::string(found->get_string())) : std::nullopt;
  };
  if (bad_message || !text(message, "code") || !text(message, "message")) {
    return answer(Refusal(
        500, "PGRST121", "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error",
        json::value("Invalid JSON value for MESSAGE: '" + failure.message + "'"),
        "MESSAGE must be a JSON object with obligatory keys: 'code', 'message' and optional keys: 'details', 'hint'."));
  }
  const json::value* status = !bad_detail && detail.is_object() ? detail.get_object().if_contains("status") : nullptr;
  const json::value* headers = !bad_detail && detail.is_object() ? detail.get_object().if_contains("headers") : nullptr;
  if (!status || !status->is_int64() || status->get_int64() < 200 || status->get_int64() > 599 || !headers ||
      !headers->is_object()) {
    return answer(Refusal(
        500, "PGRST121", "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error",
        json::value(failure.has_detail ? "Invalid JSON value for DETAIL: '" + failure.detail + "'"
                                       : "DETAIL is missing in the RAISE statement"),
        "DETAIL must be a JSON object with obligatory keys: 'status', 'headers' and optional key: 'status_text'."));
  }
  const auto details = text(message, "details");
  Refusal refusal(static_cast<int>(status->get_int64()), *text(message, "code"), *text(message, "message"),
                  details ? json::value(*details) : json::value(nullptr), text(message, "hint").value_or(""));
  for (const auto& header : headers->get_object()) {
    if (header.value().is_string() && may_be_set(header.key(), header.value().get_string()))
      refusal.headers.emplace_back(header.key(), header.value().get_string());
  }
  return answer(refusal);
}

Response answer(const SqlFailure& failure, const Plan* plan, std::size_t first, bool anonymous) {
  if (failure.sqlstate == "PGRST") return answer_of_function(failure);
  if (plan && failure.statement >= first && failure.sqlstate == "22P02" &&
      failure.message.find(rest::mismatch_mark) != std::string::npos) {
    const std::size_t index = failure.statement - first;
    const std::string text = index < plan->before.size() ? plan->before[index].mismatch : "a row is missing";
    return answer(
        Refusal(plan->by_key && plan->action == rest::Action::update && index == (plan->body_kept ? 1 : 0) ? 404 : 409,
                "PGVISTA102", text, nullptr, "Nothing was written."));
  }
  Refusal refusal(status_of(failure, anonymous), failure.sqlstate, failure.message,
                  failure.has_detail ? json::value(failure.detail) : json::value(nullptr), failure.hint);
  if (refusal.status == 401) refusal.headers.emplace_back("WWW-Authenticate", "Bearer");
  if (refusal.status == 503) refusal.headers.emplace_back("Retry-After", "1");
  if (failure.sqlstate == "55000" && refusal.status == 503)
    refusal.hint = "It holds no rows until its first refresh: pgvista refresh.";
  return answer(refusal);
}

Response unavailable(const Outcome& outcome) {
  Refusal refusal = outcome.too_busy ? Refusal(504, "PGRST003", "Timed out acquiring connection from connection pool.")
                                     : Refusal(503, "PGRST001", "Database client error. Retrying the connection.",
                                               json::value(std::string(trim(outcome.unavailable))));
  refusal.headers.emplace_back("Retry-After", "1");
  return answer(refusal);
}

}  // namespace pgvista::server
