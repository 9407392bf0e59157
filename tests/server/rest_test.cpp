// Requests and answers as files: tests/golden/rest, over tests/server/schema.sql. Each file has a database of its own.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include "base/text.hpp"
#include "support/golden.hpp"
#include "support/http.hpp"

namespace pgvista::test {

namespace {

const std::string secret = "a secret that is long enough for a test";

// "GET /path", then headers, an empty line, the body.
HttpAnswer send(int port, const std::string& text) {
  const std::vector<std::string> lines = split_lines(text);
  const std::size_t space = lines[0].find(' ');
  std::map<std::string, std::string> headers;
  std::string body;
  std::size_t i = 1;
  for (; i < lines.size() && !lines[i].empty(); ++i) {
    const std::size_t colon = lines[i].find(": ");
    std::string value = lines[i].substr(colon + 2);
    // "Token: {claims}" stands for a signed one.
    if (lines[i].substr(0, colon) == "Token") {
      headers["Authorization"] = "Bearer " + token(value, secret);
    } else {
      headers[lines[i].substr(0, colon)] = value;
    }
  }
  for (++i; i < lines.size(); ++i) body += lines[i] + (i + 1 < lines.size() ? "\n" : "");
  if (!body.empty() && !headers.contains("Content-Type")) headers["Content-Type"] = "application/json";
  return http(port, lines[0].substr(0, space), lines[0].substr(space + 1), headers, std::string(trim(body)));
}

std::string shown(const HttpAnswer& answer) {
  static const std::vector<std::string> left_out = {"server-timing", "etag", "content-length", "connection", "proxy-status"};
  std::string out = std::to_string(answer.status) + "\n";
  for (const auto& [name, value] : answer.headers) {
    if (std::find(left_out.begin(), left_out.end(), lower(name)) != left_out.end()) continue;
    out += name + ": " + (name == "Age" ? "(seconds)" : value) + "\n";
  }
  // A row a line.
  if (!answer.body.empty()) out += "\n" + replace_all(replace_all(answer.body, "},{", "},\n{"), ", \n {", ",{") + "\n";
  return out;
}

}  // namespace

TEST(Rest, GoldenCases) {
  auto cases = golden_cases("rest");
  EXPECT_GT(cases.size(), 15u);
  std::ifstream file(std::string(PGVISTA_SOURCE_DIR) + "/tests/server/schema.sql");
  const std::string tables{std::istreambuf_iterator<char>(file), {}};
  for (GoldenCase& golden : cases) {
    SCOPED_TRACE(golden.file.filename().string());
    Workspace work;
    work.execute(tables);
    std::string settings = "[server]\nworkers = 1\nanonymous_role = \"web_anon\"\n";
    if (golden.has("settings")) settings += golden.section("settings");
    work.folder().write("pgvista.toml", settings + "\n[server.jwt]\nsecret = \"" + secret + "\"\n");
    if (golden.has("sql")) work.execute(golden.section("sql"));
    if (golden.has("view kept")) {
      work.view("kept", golden.section("view kept"));
      work.sync();
    }
    HttpServer server(work);
    std::vector<std::string> names;
    for (const auto& [name, text] : golden.sections) names.push_back(name);
    for (const std::string& name : names) {
      if (name.starts_with("after sql")) work.execute(golden.section(name));
      if (!name.starts_with("request")) continue;
      SCOPED_TRACE(name);
      const std::string answer = shown(send(server.port(), golden.section(name)));
      expect_golden(golden, "answer" + name.substr(7), answer);
      // What is kept of a first answer is no other answer.
      const bool reads = golden.section(name).starts_with("GET /rest/v1/") && golden.section(name).find("/rpc/") == std::string::npos;
      if (reads) {
        EXPECT_EQ(shown(send(server.port(), golden.section(name))), answer);
      }
    }
  }
}

}  // namespace pgvista::test
