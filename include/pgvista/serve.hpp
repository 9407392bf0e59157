#pragma once
// Paths of a program's own, beside those that `runserver` gives to tables and views.

#include <functional>
#include <map>
#include <string>
#include <utility>
#include <vector>

namespace pgvista {

class Database;

struct HttpRequest {
  std::string method;                                      // upper case
  std::string path;                                        // decoded
  std::map<std::string, std::string> parameters;           // of {name} in the pattern
  std::vector<std::pair<std::string, std::string>> query;  // decoded, in order
  std::map<std::string, std::string> headers;              // lower-case names
  std::string body;
};

struct HttpReply {
  int status = 200;
  std::string body = {};
  std::string type = "application/json; charset=utf-8";
  std::vector<std::pair<std::string, std::string>> headers = {};
};

/// Called on a thread of its own kind, with a connection that is that thread's: the program's rights, whoever asks.
/// A Failure becomes 500 (503 where the database is out of reach).
using HttpHandler = std::function<HttpReply(const HttpRequest&, Database&)>;

struct OwnPath {
  std::string method;
  std::string pattern;  // "/reports/{year}/"
  HttpHandler handler;
};

}  // namespace pgvista
