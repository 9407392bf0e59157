#pragma once
// Connecting as somebody else, who proves who he is by his password alone: nothing that the program itself may know or
// be (a password file, a service, a certificate, a ticket, its user of the operating system) speaks for him.

#include <memory>
#include <string>

#include "db/connection.hpp"

namespace pgvista::db {

/// What a connection's place is: host, port, database and how it is encrypted, with nothing that proves an identity.
struct Place {
  std::vector<std::pair<std::string, std::string>> words;  // libpq keyword and value
};

/// Where `connection` leads to, its service file and variables of the environment resolved.
Place place_of(Connection& connection);

/// A libpq keyword string: this place, for this role and its password alone.
/// Throws Failure (empty_password) where the role or the password is empty or holds a NUL: libpq takes an empty one for
/// "not given", and looks for another.
std::string url_for(const Place& place, const std::string& role, const std::string& password);

enum class Proof {
  password,  // the server asked for it
  nobody,    // the server takes anybody for anybody (trust)
  other
};  // it is convinced by something that is not the visitor's (peer, ident, a ticket, a certificate)

/// What convinced the server of a connection made by url_for().
Proof proof_of(Connection& connection, const Place& place);

}  // namespace pgvista::db
