// Requests and answers as files: tests/golden/rest, over tests/server/schema.sql. Each file has a database of its own.

#include <gtest/gtest.h>

#include <algorithm>
#include <fstream>
#include <iterator>

#include <fmt/format.h>

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
  static const std::vector<std::string> left_out = {"server-timing", "etag", "content-length", "connection",
                                                    "proxy-status"};
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
      const bool reads =
          golden.section(name).starts_with("GET /rest/v1/") && golden.section(name).find("/rpc/") == std::string::npos;
      if (reads) {
        EXPECT_EQ(shown(send(server.port(), golden.section(name))), answer);
      }
    }
  }
}

// What GET shows can be sent back as it is, by PATCH and by PUT: nothing changes, and with a change only that does.
TEST(Rest, WhatIsReadCanBeWrittenBack) {
  std::ifstream file(std::string(PGVISTA_SOURCE_DIR) + "/tests/server/schema.sql");
  Workspace work;
  work.execute({std::istreambuf_iterator<char>(file), {}});
  work.execute(
      "CREATE TABLE code (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY, name text, project_id int REFERENCES "
      "project); INSERT INTO code (name, project_id) VALUES ('a', 1), ('b', 1);"
      "CREATE TABLE twin (project_id int UNIQUE REFERENCES project, id uuid PRIMARY KEY DEFAULT "
      "'00000000-0000-0000-0000-000000000001', size numeric); INSERT INTO twin VALUES (1, DEFAULT, "
      "1.2345678901234567890123);"
      "GRANT ALL ON code, twin TO web_anon");
  work.folder().write("pgvista.toml", "[server]\nworkers = 1\nanonymous_role = \"web_anon\"\n");
  HttpServer server(work);
  const auto rows = [&] {
    std::string out;
    for (const char* table :
         {"client", "project", "task", "person", "profile", "task_person", "address", "invoice", "code", "twin"})
      out += work.value(fmt::format("SELECT string_agg(t::text, '|' ORDER BY t::text) FROM {} t", table)) + "\n";
    return out;
  };
  const std::string before = rows();
  for (const std::string path :
       {"project/1?select=*,client(*),task(*),code(*),twin(*)",
        "project/1?select=*,owner:client(*),jobs:task(*,person(*))", "project/4?select=*,client(*),task(*),twin(*)",
        "person/1?select=*,profile(*),task(*)", "person/3?select=*,profile(*)", "person/1?select=*,profile(bio)",
        "invoice/1?select=*,from:address!billing(*),to:address!shipping(*)",
        "client/1?select=*,project(*,task(*,project(*)))"}) {
    for (const char* method : {"PATCH", "PUT"}) {
      SCOPED_TRACE(std::string(method) + " " + path);
      const std::string read = http(server.port(), "GET", "/rest/v1/" + path).body;
      const HttpAnswer answer = http(server.port(), method, "/rest/v1/" + path,
                                     {{"Content-Type", "application/json"}, {"Prefer", "return=representation"}}, read);
      EXPECT_EQ(answer.status, 200) << answer.body;
      EXPECT_EQ(answer.body, read);
      EXPECT_EQ(rows(), before);
    }
  }
}

}  // namespace pgvista::test
