#pragma once
// Rows and failures of the database -> the answer, with PostgREST's statuses and headers.

#include "rest/error.hpp"
#include "rest/plan.hpp"
#include "server/lane.hpp"
#include "server/response.hpp"

namespace pgvista::server {

/// The results of a plan's own statements, in order: those before, main, count, planned. `first`: where they begin.
struct PlanResults {
  const rest::Plan& plan;
  const Outcome& outcome;
  std::size_t first;

  const PGresult* main() const { return outcome.results[first + plan.before.size()].get(); }
  const PGresult* count() const { return plan.count ? outcome.results[first + plan.before.size() + 1].get() : nullptr; }
  const PGresult* planned() const {
    return plan.planned ? outcome.results[first + plan.before.size() + 1 + (plan.count ? 1 : 0)].get() : nullptr;
  }
};

/// Throws Refusal where the rows are not what was asked for (PGRST103, PGRST115, PGRST116, PGRST124).
void judge(const PlanResults& results);
/// Requires judge() to have passed.
Response answer(const PlanResults& results, const rest::Request& request, bool several_schemas);

Response answer(const rest::Refusal& refusal);
/// `anonymous`: the request came without a token, so that a missing right means: sign in.
Response answer(const SqlFailure& failure, const rest::Plan* plan, std::size_t first, bool anonymous);
Response unavailable(const Outcome& outcome);

/// A value of the database as JSON, by its type; appended to `out`.
void write_json(std::string& out, const PGresult* rows, int row, int column);
void write_json_string(std::string& out, std::string_view text);
/// Rows as objects, of their first columns as many as there are names.
class ObjectWriter {
 public:
  ObjectWriter(const std::vector<rest::OutputColumn>& columns, bool strip_nulls);
  void write(std::string& out, const PGresult* rows, int row) const;

 private:
  std::vector<std::string> keys_;  // each with its comma and colon
  bool strip_nulls_;
};

}  // namespace pgvista::server
