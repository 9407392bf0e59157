#include "catalog/program_json.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

#include "base/json_text.hpp"
#include "parse/parse.hpp"

namespace pgvista::catalog {

namespace json = boost::json;

namespace {

ivm::Event event_of(const std::string& name) {
  for (const ivm::Event event : {ivm::Event::insert, ivm::Event::update, ivm::Event::remove, ivm::Event::truncate}) {
    if (name == ivm::to_string(event)) return event;
  }
  return ivm::Event::truncate;
}

json::array texts_json(const std::vector<std::string>& texts) {
  json::array out;
  for (const std::string& one : texts) out.emplace_back(one);
  return out;
}

std::vector<std::string> texts_of(const json::value& stored) {
  std::vector<std::string> out;
  for (const json::value& one : stored.as_array()) out.push_back(json_text(one));
  return out;
}

json::array name_json(const sql::Name& name) { return {name.schema, name.name}; }
sql::Name name_of(const json::value& stored) { return {json_text(stored.at(0)), json_text(stored.at(1))}; }

sql::Select query_of(const json::value& stored) {
  const std::string text = json_text(stored);
  return text.empty() ? sql::Select{} : parse::parse_select(text);
}

json::array store_indexes_json(const std::vector<ivm::StoreIndex>& indexes) {
  json::array out;
  for (const ivm::StoreIndex& one : indexes) out.push_back(json::array{one.name, one.sql});
  return out;
}

json::array stores_json(const std::vector<ivm::Store>& stores) {
  json::array out;
  for (const ivm::Store& one : stores)
    out.push_back(json::object{{"name", name_json(one.name)},
                               {"create", texts_json(one.create)},
                               {"columns", one.columns},
                               {"fill", one.fill},
                               {"finish", texts_json(one.finish)},
                               {"indexes", store_indexes_json(one.indexes)},
                               {"filled", texts_json(one.filled)}});
  return out;
}

std::vector<ivm::Store> stores_of(const json::value& stored) {
  std::vector<ivm::Store> out;
  for (const json::value& one : stored.as_array()) {
    ivm::Store store{name_of(one.at("name")), texts_of(one.at("create")), json_text(one.at("columns")),
                     json_text(one.at("fill")), texts_of(one.at("finish"))};
    // Programs of 0.2.0 do not have them.
    if (const json::value* filled = one.as_object().if_contains("filled")) store.filled = texts_of(*filled);
    if (const json::value* indexes = one.as_object().if_contains("indexes")) {
      for (const json::value& index : indexes->as_array())
        store.indexes.push_back({json_text(index.at(0)), json_text(index.at(1))});
    }
    out.push_back(std::move(store));
  }
  return out;
}

json::array tables_json(const std::vector<ivm::TableStrategy>& tables) {
  json::array out;
  for (const ivm::TableStrategy& one : tables)
    out.push_back(json::object{{"table", name_json(one.table)}, {"strategy", one.strategy}, {"path", one.path}});
  return out;
}

json::array indexes_json(const std::vector<ivm::MissingIndex>& indexes) {
  json::array out;
  for (const ivm::MissingIndex& one : indexes)
    out.push_back(one.partitioned ? json::array{name_json(one.table), one.column, true}
                                  : json::array{name_json(one.table), one.column});
  return out;
}

json::array whole_rows_json(const std::map<sql::Name, std::vector<std::string>>& whole_rows) {
  json::array out;
  for (const auto& [table, columns] : whole_rows) out.push_back(json::array{name_json(table), texts_json(columns)});
  return out;
}

json::array names_json(const std::vector<sql::Name>& names) {
  json::array out;
  for (const sql::Name& one : names) out.push_back(name_json(one));
  return out;
}

}  // namespace

std::vector<ivm::MissingIndex> missing_indexes_of(const json::value& stored) {
  std::vector<ivm::MissingIndex> out;
  for (const json::value& one : stored.as_array())
    out.push_back({name_of(one.at(0)), json_text(one.at(1)), one.as_array().size() > 2});
  return out;
}

namespace {

void read_lists(const json::value& document, ivm::Program& out) {
  for (const json::value& one : document.at("tables").as_array())
    out.tables.push_back({name_of(one.at("table")), json_text(one.at("strategy")), json_text(one.at("path"))});
  out.missing_indexes = missing_indexes_of(document.at("missing_indexes"));
  for (const json::value& one : document.at("whole_rows").as_array())
    out.whole_rows[name_of(one.at(0))] = texts_of(one.at(1));
  for (const json::value& one : document.at("base_tables").as_array()) out.base_tables.push_back(name_of(one));
  for (const json::value& one : document.at("captures").as_array()) out.captures.push_back(capture_of(one.as_object()));
}

}  // namespace

json::array captures_json(const std::vector<ivm::Capture>& captures) {
  json::array out;
  for (const ivm::Capture& one : captures) {
    out.push_back(json::object{{"schema", one.table.schema},
                               {"table", one.table.name},
                               {"event", ivm::to_string(one.event)},
                               {"counted", one.counted},
                               {"body", one.body},
                               {"follows", one.follows},
                               {"locks", one.locks}});
    if (!one.queue) continue;
    json::array columns;
    for (const ivm::QueueColumn& column : one.queued) columns.push_back(json::array{column.name, column.type});
    out.back().as_object()["queue"] = json::array{one.queue->schema, one.queue->name};
    out.back().as_object()["queued"] = std::move(columns);
  }
  return out;
}

json::array settings_json(const ivm::Settings& settings) {
  json::array out;
  for (const auto& [name, value] : settings) out.push_back(json::array{name, value});
  return out;
}

ivm::Settings settings_of(const json::value& stored) {
  ivm::Settings out;
  for (const json::value& one : stored.as_array()) out.emplace_back(json_text(one.at(0)), json_text(one.at(1)));
  return out;
}

ivm::Capture capture_of(const json::object& stored) {
  ivm::Capture out{{json_text(stored.at("schema")), json_text(stored.at("table"))},
                   event_of(json_text(stored.at("event"))),
                   json_text(stored.at("body"))};
  out.counted = stored.at("counted").as_bool();
  // Before versions 3 and 6 of the schema they do not say.
  if (const json::value* follows = stored.if_contains("follows")) out.follows = follows->as_bool();
  if (const json::value* locks = stored.if_contains("locks")) out.locks = locks->as_bool();
  if (const json::value* queue = stored.if_contains("queue")) {
    out.queue = sql::Name{json_text(queue->at(0)), json_text(queue->at(1))};
    for (const json::value& column : stored.at("queued").as_array())
      out.queued.push_back({json_text(column.at(0)), json_text(column.at(1))});
  }
  return out;
}

json::object program_json(const ivm::Program& program) {
  // One that keeps no rows has no queries.
  const auto query_text = [&](const sql::Select& query) {
    return program.store.name.empty() ? std::string{} : parse::print_checked(query);
  };
  return {{"version", program_document},
          {"name", program.name},
          {"strategy", program.strategy},
          {"level", program.level},
          {"key", texts_json(program.key)},
          {"row_key", texts_json(program.row_key)},
          {"unique_key", program.unique_key},
          {"tables", tables_json(program.tables)},
          {"reasons", texts_json(program.reasons)},
          {"missing_indexes", indexes_json(program.missing_indexes)},
          {"settings", settings_json(program.settings)},
          {"catches", program.catches},
          {"stale_reads", program.stale_reads},
          {"functions", program.functions},
          {"clock", program.clock ? json::value{name_json(program.clock->table), program.clock->every} : json::value{}},
          {"store", name_json(program.store)},
          {"stored", query_text(program.stored)},
          {"anchor", query_text(program.anchor)},
          {"visible", query_text(program.visible)},
          {"stores", stores_json(program.stores)},
          {"create", texts_json(program.create)},
          {"captures", captures_json(program.captures)},
          {"repair", texts_json(program.repair)},
          {"takes", texts_json(program.takes)},
          {"drop", texts_json(program.drop)},
          {"whole_rows", whole_rows_json(program.whole_rows)},
          {"base_tables", names_json(program.base_tables)}};
}

ivm::Program program_of(const json::value& document) {
  if (document.at("version").to_number<int>() != program_document) {
    Error error;
    error.code = "program_version";
    error.message = "a maintenance program of another version of pgvista stands in the ledger";
    error.hint = "Run pgvista sync --recompile with this one.";
    throw Failure(std::move(error));
  }
  ivm::Program out;
  out.name = json_text(document.at("name"));
  out.strategy = json_text(document.at("strategy"));
  out.level = document.at("level").to_number<int>();
  out.key = texts_of(document.at("key"));
  out.row_key = texts_of(document.at("row_key"));
  out.unique_key = document.at("unique_key").as_bool();
  out.reasons = texts_of(document.at("reasons"));
  out.settings = settings_of(document.at("settings"));
  out.catches = document.at("catches").as_bool();
  out.stale_reads = json_text(document.at("stale_reads"));
  // Before version 8 of the schema there were none.
  if (const json::value* functions = document.as_object().if_contains("functions"))
    out.functions = json_text(*functions);
  if (const json::value* clock = document.as_object().if_contains("clock"); clock && !clock->is_null())
    out.clock = ivm::Clock{name_of(clock->at(0)), json_text(clock->at(1))};
  out.store = name_of(document.at("store"));
  out.stored = query_of(document.at("stored"));
  out.anchor = query_of(document.at("anchor"));
  out.visible = query_of(document.at("visible"));
  out.stores = stores_of(document.at("stores"));
  out.create = texts_of(document.at("create"));
  out.repair = texts_of(document.at("repair"));
  out.takes = texts_of(document.at("takes"));
  out.drop = texts_of(document.at("drop"));
  read_lists(document, out);
  return out;
}

}  // namespace pgvista::catalog
