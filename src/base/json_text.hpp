#pragma once

#include <boost/json/value.hpp>
#include <string>

namespace pgvista {

/// The text of a JSON string. Throws std::invalid_argument where it is none.
inline std::string json_text(const boost::json::value& value) { return std::string(value.as_string()); }

}  // namespace pgvista
