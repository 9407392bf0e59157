#include "support/programs.hpp"

#include <boost/json.hpp>
#include <fmt/format.h>

#include <stdexcept>

#include "base/text.hpp"
#include "ivm/query/normalize.hpp"
#include "parse/parse.hpp"
#include "sql/print.hpp"

namespace pgvista::test {

namespace json = boost::json;

namespace {

// The same wherever the files are made.
const ivm::Settings fixed_settings = {
    {"DateStyle", "ISO, MDY"}, {"IntervalStyle", "postgres"}, {"TimeZone", "Etc/UTC"}, {"extra_float_digits", "1"}};

std::string text_of(const json::value& value) { return std::string(value.as_string()); }

json::array texts_json(const std::vector<std::string>& texts) {
  json::array out;
  for (const std::string& one : texts) out.emplace_back(one);
  return out;
}

std::vector<std::string> texts_of(const json::value& value) {
  std::vector<std::string> out;
  for (const json::value& one : value.as_array()) out.push_back(text_of(one));
  return out;
}

json::array name_json(const sql::Name& name) { return {name.schema, name.name}; }
sql::Name name_of(const json::value& value) { return {text_of(value.at(0)), text_of(value.at(1))}; }

json::array names_json(const std::vector<sql::Name>& names) {
  json::array out;
  for (const sql::Name& one : names) out.push_back(name_json(one));
  return out;
}

std::vector<sql::Name> names_of(const json::value& value) {
  std::vector<sql::Name> out;
  for (const json::value& one : value.as_array()) out.push_back(name_of(one));
  return out;
}

json::object column_json(const ivm::ColumnFact& column) {
  const ivm::TypeFact& kind = column.kind;
  return {{"name", column.name},        {"type", column.type}, {"not_null", column.not_null},
          {"bounded", column.bounded},  {"base", kind.base},   {"comparable", kind.comparable},
          {"hashable", kind.hashable},  {"forms", kind.forms}, {"array", kind.array},
          {"composite", kind.composite}};
}

ivm::ColumnFact column_of(const json::value& value) {
  const auto flag = [&](const char* key) { return value.at(key).as_bool(); };
  ivm::ColumnFact out;
  out.name = text_of(value.at("name"));
  out.type = text_of(value.at("type"));
  out.not_null = flag("not_null");
  out.bounded = flag("bounded");
  out.kind = {text_of(value.at("base")), flag("comparable"), flag("hashable"), flag("forms"), flag("array"),
              flag("composite")};
  return out;
}

json::array columns_json(const std::vector<ivm::ColumnFact>& columns) {
  json::array out;
  for (const ivm::ColumnFact& one : columns) out.push_back(column_json(one));
  return out;
}

std::vector<ivm::ColumnFact> columns_of(const json::value& value) {
  std::vector<ivm::ColumnFact> out;
  for (const json::value& one : value.as_array()) out.push_back(column_of(one));
  return out;
}

json::array parents_json(const std::vector<ivm::Parent>& parents) {
  json::array out;
  for (const ivm::Parent& one : parents) out.push_back(json::array{name_json(one.name), texts_json(one.columns)});
  return out;
}

json::object table_json(const ivm::TableFact& table) {
  json::array keys;
  for (const auto& key : table.unique_keys) keys.push_back(texts_json(key));
  return {{"table", name_json(table.name)},
          {"kind", std::string(1, table.kind)},
          {"columns", columns_json(table.columns)},
          {"unique_keys", std::move(keys)},
          {"indexed", texts_json(table.indexed)},
          {"ancestors", names_json(table.ancestors)},
          {"parents", parents_json(table.parents)},
          {"descendants", names_json(table.descendants)},
          {"obstacle", table.obstacle}};
}

ivm::TableFact table_of(const json::value& value) {
  ivm::TableFact out;
  out.name = name_of(value.at("table"));
  out.kind = value.at("kind").as_string().front();
  out.columns = columns_of(value.at("columns"));
  for (const json::value& key : value.at("unique_keys").as_array()) out.unique_keys.push_back(texts_of(key));
  out.indexed = texts_of(value.at("indexed"));
  out.ancestors = names_of(value.at("ancestors"));
  for (const json::value& one : value.at("parents").as_array())
    out.parents.push_back({name_of(one.at(0)), texts_of(one.at(1))});
  out.descendants = names_of(value.at("descendants"));
  out.obstacle = text_of(value.at("obstacle"));
  return out;
}

std::string lines(const std::string& title, const std::vector<std::string>& texts) {
  std::string out;
  for (const std::string& one : texts) out += "== " + title + "\n" + one + (one.ends_with('\n') ? "" : "\n");
  return out;
}

std::string captures_text(const ivm::Program& program) {
  std::string out;
  for (const ivm::Capture& one : program.captures) {
    out +=
        fmt::format("== {} of {}{}\n", ivm::to_string(one.event), one.table.display(), one.counted ? ", counted" : "");
    if (one.queue) {
      out += "queue of " + one.queue->display() + ":";
      for (const ivm::QueueColumn& column : one.queued) out += " " + column.name + " " + column.type + ";";
      out += "\n";
    }
    out += one.body;
  }
  return out;
}

}  // namespace

std::string program_text(const ivm::Program& program) {
  std::string out =
      fmt::format("{}: {}, level {}\nkey: {}{}\nrow key: {}\n", program.name, program.strategy, program.level,
                  join(program.key, ", "), program.unique_key ? ", one row each" : "", join(program.row_key, ", "));
  for (const ivm::TableStrategy& one : program.tables)
    out += fmt::format("{}: {}, {}\n", one.table.display(), one.strategy, one.path);
  for (const std::string& one : program.reasons) out += "reason: " + one + "\n";
  for (const ivm::Blocker& one : program.blockers) out += "blocker: " + one.text + "\n";
  for (const ivm::MissingIndex& one : program.missing_indexes) out += "missing: " + one.sql() + "\n";
  if (!program.blockers.empty()) return out;
  for (const ivm::Store& one : program.stores) {
    out += lines("store " + one.name.display(), one.create) + lines("fill", {one.fill}) + lines("finish", one.finish);
  }
  out += lines("anchor", {sql::print(program.anchor)}) + lines("visible", {sql::print(program.visible)});
  return out + lines("create", program.create) + captures_text(program) + lines("take", program.takes) +
         lines("repair", program.repair) + lines("drop", program.drop);
}

std::string facts_text(const ivm::Facts& facts) {
  std::string out =
      json::serialize(json::object{{"aggregates", texts_json({facts.aggregates.begin(), facts.aggregates.end()})}}) +
      "\n";
  out += json::serialize(
             json::object{{"set_returning", texts_json({facts.set_returning.begin(), facts.set_returning.end()})}}) +
         "\n";
  for (const auto& [name, table] : facts.tables) out += json::serialize(table_json(table)) + "\n";
  return out;
}

ivm::Facts facts_of(const std::string& text) {
  ivm::Facts out;
  out.settings = fixed_settings;
  out.search_path = {"public"};
  for (const std::string& line : split_lines(text)) {
    if (line.empty()) continue;
    const json::value one = json::parse(line);
    const json::object& object = one.as_object();
    if (const json::value* names = object.if_contains("aggregates")) {
      for (std::string& name : texts_of(*names)) out.aggregates.insert(std::move(name));
    } else if (const json::value* returning = object.if_contains("set_returning")) {
      for (std::string& name : texts_of(*returning)) out.set_returning.insert(std::move(name));
    } else {
      ivm::TableFact table = table_of(one);
      out.tables.emplace(table.name, std::move(table));
    }
  }
  return out;
}

namespace {

json::array calls_json(const std::vector<ivm::UnstableCall>& calls) {
  json::array out;
  for (const ivm::UnstableCall& one : calls)
    out.push_back(json::array{static_cast<int>(one.kind), one.name, one.text, one.hint});
  return out;
}

std::vector<ivm::UnstableCall> calls_of(const json::value& calls) {
  std::vector<ivm::UnstableCall> out;
  for (const json::value& one : calls.as_array())
    out.push_back({static_cast<ivm::UnstableCall::Kind>(one.at(0).to_number<int>()), text_of(one.at(1)),
                   text_of(one.at(2)), text_of(one.at(3))});
  return out;
}

}  // namespace

std::string answers_text(const ivm::Answers& answers) {
  std::string out;
  for (const auto& [query, columns] : answers.columns)
    out += json::serialize(json::object{{"describe", query}, {"columns", columns_json(columns)}}) + "\n";
  for (const auto& [query, calls] : answers.unstable)
    out += json::serialize(json::object{{"unstable", query}, {"calls", calls_json(calls)}}) + "\n";
  return out;
}

ivm::Answers answers_of(const std::string& text) {
  ivm::Answers out;
  for (const std::string& line : split_lines(text)) {
    if (line.empty()) continue;
    const json::value one = json::parse(line);
    if (const json::value* query = one.as_object().if_contains("describe")) {
      out.columns[text_of(*query)] = columns_of(one.at("columns"));
    } else {
      out.unstable[text_of(one.at("unstable"))] = calls_of(one.at("calls"));
    }
  }
  return out;
}

void fix_settings(ivm::Facts& facts) {
  facts.settings = fixed_settings;
  facts.search_path = {"public"};
  facts.server_major = ivm::Facts{}.server_major;
}

ivm::Request program_request(const std::string& name, const std::string& query, const std::string& mode) {
  ivm::Request out;
  out.view = {"public", name};
  out.query = parse::parse_select(query);
  out.mode = mode == "deferred"    ? schema::Maintenance::deferred
             : mode == "on_commit" ? schema::Maintenance::on_commit
                                   : schema::Maintenance::immediate;
  return out;
}

std::variant<ivm::Program, ivm::Question> compile_case(ivm::Request request, const ivm::Facts& facts) {
  const sql::Select query = ivm::describable(ivm::inlined(request.query, facts), facts);
  const auto outputs = facts.answers->columns.find(sql::print(query));
  if (outputs == facts.answers->columns.end()) return ivm::Question{ivm::Question::Kind::columns, query};
  request.outputs = outputs->second;
  return ivm::compile(request, facts);
}

}  // namespace pgvista::test
