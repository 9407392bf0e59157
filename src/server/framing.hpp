#pragma once
// Whether a request says without doubt where it ends and whom it is for: what two readers could take in two ways is
// refused.

#include <boost/beast/http/fields.hpp>
#include <boost/beast/http/message.hpp>
#include <string>

namespace pgvista::server {

/// Why a header (RFC 9112, sections 3.2 and 6) is to be answered by 400 and a closed connection; "" when it is sound.
std::string framing_fault(const boost::beast::http::request_header<>& header);

}  // namespace pgvista::server
