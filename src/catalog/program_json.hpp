#pragma once
// A maintenance program as a document: what stands of it in the ledger.

#include <boost/json/value.hpp>

#include "ivm/values/program.hpp"

namespace pgvista::catalog {

/// Of the form of the document; goes up when that changes.
inline constexpr int program_document = 1;

/// The whole program. Queries are printed.
boost::json::object program_json(const ivm::Program& program);
/// The program of such a document. Throws Failure where its version is another.
ivm::Program program_of(const boost::json::value& document);

std::vector<ivm::MissingIndex> missing_indexes_of(const boost::json::value& stored);
boost::json::array captures_json(const std::vector<ivm::Capture>& captures);
ivm::Capture capture_of(const boost::json::object& stored);
boost::json::array settings_json(const ivm::Settings& settings);
ivm::Settings settings_of(const boost::json::value& stored);

}  // namespace pgvista::catalog
