#pragma once
// The ways to learn what definitions mean, in the order in which they are tried. Each takes what is known by then, and
// returns it with what it has learned. For meaning.cpp alone.

#include "catalog/meaning.hpp"

namespace pgvista::catalog {

struct MeaningTask {
  db::Connection& connection;
  schema::Database& database;
  const std::vector<schema::ViewDefinition>& views;
  const analyze::ViewGraph& graph;
  const MeaningOptions& options;
};

using ViewNumbers = std::vector<std::size_t>;

const schema::Record* record_of(const MeaningTask& task, const schema::ViewDefinition& view);

/// Views that stand as they stood, by the catalogue and the ledger alone.
Meanings known_meanings(const MeaningTask& task);

/// Declared indexes of a view whose live counterpart the ledger does not name.
ViewNumbers unmatched_indexes(const MeaningTask& task, std::size_t view);

/// Where there are no temporary views (a standby, a role that may only read): by comparing with the ledger.
Meanings by_record(const MeaningTask& task, const ViewNumbers& unknown, Meanings known);

/// Temporary views that stand for the definitions, in a transaction that is rolled back; and their indexes.
Meanings by_stand_ins(const MeaningTask& task, const ViewNumbers& unknown, Meanings known);

/// The indexes of a view with these columns, made on a temporary table. Requires a transaction that is rolled back.
void learn_indexes(const MeaningTask& task, std::size_t view, Meanings& out);

/// What may be meant by a name that the server does not know; "" where nothing is near.
std::string hint_for(const MeaningTask& task, const Error& error, const schema::ViewDefinition& view);

}  // namespace pgvista::catalog
