#pragma once
// Names in the files of recorded values.

#include <boost/describe.hpp>
#include <boost/json.hpp>
#include <map>

#include "sql/identifier.hpp"

namespace pgvista::sql {
BOOST_DESCRIBE_STRUCT(Name, (), (schema, name))

// By names, as pairs.
template <class T>
void tag_invoke(boost::json::value_from_tag, boost::json::value& out, const std::map<Name, T>& from) {
  boost::json::array& pairs = out.emplace_array();
  for (const auto& [name, value] : from) {
    boost::json::array& pair = pairs.emplace_back(boost::json::array_kind).get_array();
    pair.emplace_back(boost::json::value_from(name));
    pair.emplace_back(boost::json::value_from(value));
  }
}

template <class T>
std::map<Name, T> tag_invoke(boost::json::value_to_tag<std::map<Name, T>>, const boost::json::value& from) {
  std::map<Name, T> out;
  for (const boost::json::value& one : from.as_array())
    out.emplace(boost::json::value_to<Name>(one.at(0)), boost::json::value_to<T>(one.at(1)));
  return out;
}
}  // namespace pgvista::sql
