#include "server/told.hpp"

#include <set>

#include "rest/openapi.hpp"

namespace pgvista::server {

Told::Known& Told::known(const std::shared_ptr<const Served>& served, const std::string& role) {
  constexpr std::size_t most = 16;
  if (of_ != served || (by_role_.size() >= most && !by_role_.contains(role))) by_role_.clear();
  of_ = served;
  Known& out = by_role_[role];
  if (!out.model) out.model = std::make_unique<rest::Model>(schema::told_to(served->model.api, role));
  return out;
}

const std::string& Told::description(const std::shared_ptr<const Served>& served, const std::string& role) {
  Known& out = known(served, role);
  if (out.description.empty()) out.description = boost::json::serialize(rest::openapi(*out.model, PGVISTA_VERSION));
  return out.description;
}

const schema::ApiRelation* Told::relation(const std::shared_ptr<const Served>& served, const std::string& role,
                                          const std::string& name) {
  const schema::Api& api = known(served, role).model->api;
  return api.find(api.schemas.front(), name);
}

rest::Refusal Told::in_other_words(const std::shared_ptr<const Served>& served, const std::string& role,
                                   const rest::Refusal& refusal, const std::function<void(const rest::Model&)>& plan) {
  // Those that speak of the catalogue: what is not there, what might be meant, what can be done with it.
  static const std::set<std::string> speaking = {"PGRST117", "PGRST200", "PGRST201", "PGRST202", "PGRST203",
                                                 "PGRST204", "PGRST205", "PGRST125", "42703"};
  const bool says_more = !refusal.hint.empty() || !refusal.details.is_null() || !refusal.headers.empty();
  if (!served || !says_more || !speaking.contains(refusal.code)) return refusal;
  try {
    plan(*known(served, role).model);
  } catch (const rest::Refusal& told) {
    if (told.code == refusal.code) return told;
  }
  rest::Refusal out = refusal;
  out.hint.clear();
  out.details = nullptr;
  for (auto& [name, value] : out.headers) {
    if (name == "Allow") value = rest::all_methods;
  }
  return out;
}

}  // namespace pgvista::server
