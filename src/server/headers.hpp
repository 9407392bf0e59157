#pragma once
// What headers say: of a request, and of an answer that a client may have.

#include <boost/json.hpp>
#include <optional>
#include <string>
#include <string_view>

#include "rest/request.hpp"

namespace pgvista::server {

/// Where nobody signs in, a page of another site must not be able to speak for whoever is at this machine: neither by
/// requests across sites nor under a name of its own that leads here. Throws rest::Refusal (403, PGVISTA103).
void keep_strangers_out(const rest::Request& request);

/// Cache-Control: how old the rows may be, in seconds; none: as old as they are.
std::optional<long long> wanted_age(const rest::Request& request);

std::string etag_of(const std::string& body);
/// `header`: If-None-Match.
bool etag_matches(const std::string& header, const std::string& etag);

/// For the database's code: headers without those that prove who somebody is, and cookies.
boost::json::object request_headers(const rest::Request& request);
boost::json::object request_cookies(const rest::Request& request);

/// May the database's code set this header? A name of RFC 9110, not of those that frame a message; a value of one line.
bool may_be_set(std::string_view name, std::string_view value);

}  // namespace pgvista::server
