#pragma once
#include "cli/session.hpp"

namespace pgvista::cli {

/// What the command line asks of a plan: of the options that a command has not, nothing.
plan::Options plan_options(Session& session);

/// {views, steps, strays, pending, error?} of the contract. `pending` is what is still to be done afterwards.
boost::json::object plan_json(const plan::Plan& plan, bool pending);

/// The steps and what else there is to say, for people; `sql` shows every statement.
void print_plan(const Session& session, const plan::Plan& plan, bool sql);
/// "sales_by_day  (the definition changed), without index by_hand, which it cannot have": a step, for people.
std::string step_text(const plan::Step& step);
/// "orders has no index on cust_id: …": what a change costs without it, and with.
std::string lacking_text(const plan::Lacking& lacking);
boost::json::array lacking_json(const std::vector<plan::Lacking>& lacking);
void print_lacking(const Session& session, const plan::Plan& plan);
void print_strays(const Session& session, const plan::Plan& plan, bool pruned);

}  // namespace pgvista::cli
