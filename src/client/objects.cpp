// Queries of whole objects: read, with what they load beside.

#include <pgvista/query.hpp>
#include <unordered_map>

#include "model/load.hpp"

namespace pgvista::model {

namespace {

// The objects of one query, those of the rows and those of each joined load.
struct Loaded {
  std::vector<void*> rows;
  std::vector<std::vector<void*>> at_load;  // a list for each joined load
};

void load_many(const At& at, const LoadPlan& plan, const Loaded& loaded);

void note(const LoadPlan& plan, std::vector<void*>& of_row, Loaded& loaded) {
  for (std::size_t i = 0; i < plan.joined.size(); ++i) {
    if (of_row[i]) loaded.at_load[i].push_back(of_row[i]);
  }
  of_row.clear();
}

// The rows of one Many member for all owners at once.
void load_member(const At& at, const ManyLoad& load, const std::vector<void*>& owners) {
  const RelationInfo& relation = *load.owner().relation(load.member);
  const Link link = model::link(load.owner, load.member);
  const FieldInfo& key = *load.owner().column(link.own_column);
  std::unordered_map<std::string, std::vector<void*>> by_key;
  std::vector<Parameter> keys;
  for (void* owner : owners) {
    relation.begin(owner);
    Parameter value = key.encode(owner);
    if (!value.bytes) continue;
    auto& same = by_key[*value.bytes];
    same.push_back(owner);
    if (same.size() == 1) keys.push_back(std::move(value));
  }
  if (keys.empty()) return;
  QuerySpec query;
  query.model = link.target;
  query.loads = load.rest;
  query.batch = Batch{link, array_parameter(key, keys)};
  const LoadPlan plan = plan_loads(query);
  const RowReader reader(query, plan);
  const Result rows = at.run(select_statement(query));
  if (rows.size() > 0) reader.check(rows);
  Loaded loaded;
  loaded.at_load.resize(plan.joined.size());
  std::vector<void*> of_row;
  for (int row = 0; row < rows.size(); ++row) {
    for (void* owner : by_key[std::string(rows.bytes(row, reader.width()))]) {
      reader.read(rows, row, relation.append(owner), &of_row);
      note(plan, of_row, loaded);
    }
  }
  // Only now do the elements stay where they are.
  for (const auto& [value, same] : by_key) {
    for (void* owner : same) relation.elements(owner, loaded.rows);
  }
  load_many(at, plan, loaded);
}

void load_many(const At& at, const LoadPlan& plan, const Loaded& loaded) {
  for (const ManyLoad& load : plan.many) load_member(at, load, load.parent < 0 ? loaded.rows : loaded.at_load[static_cast<std::size_t>(load.parent)]);
}

void read_all(const At& at, const Result& rows, const LoadPlan& plan, const RowReader& reader, const Store& store) {
  store.resize(store.all, static_cast<std::size_t>(rows.size()));
  if (rows.size() == 0) return;
  reader.check(rows);
  if (plan.many.empty()) {
    for (int row = 0; row < rows.size(); ++row) reader.read(rows, row, store.at(store.all, static_cast<std::size_t>(row)));
    return;
  }
  Loaded loaded;
  loaded.at_load.resize(plan.joined.size());
  std::vector<void*> of_row;
  for (int row = 0; row < rows.size(); ++row) {
    loaded.rows.push_back(store.at(store.all, static_cast<std::size_t>(row)));
    reader.read(rows, row, loaded.rows.back(), &of_row);
    if (!of_row.empty()) note(plan, of_row, loaded);
  }
  load_many(at, plan, loaded);
}

}  // namespace

struct ReadPlan {
  explicit ReadPlan(const QuerySpec& query) : plan(plan_loads(query)), reader(query, plan) {}
  LoadPlan plan;
  RowReader reader;
};

std::shared_ptr<const ReadPlan> read_plan(const QuerySpec& query) { return std::make_shared<const ReadPlan>(query); }

void fetch_planned(const At& at, const Statement& statement, const ReadPlan& plan, const Store& store) { read_all(at, at.run(statement), plan.plan, plan.reader, store); }

void fetch_objects(const At& at, const QuerySpec& query, const Store& store) { fetch_planned(at, select_statement(query), ReadPlan(query), store); }

void fetch_rows(const At& at, const Statement& statement, const ModelInfo& info, const Store& store) {
  const Result rows = at.run(statement);
  store.resize(store.all, static_cast<std::size_t>(rows.size()));
  if (rows.size() > 0) check_columns(info, rows, 0);
  for (int row = 0; row < rows.size(); ++row) decode_object(info, rows, row, 0, store.at(store.all, static_cast<std::size_t>(row)));
}

void fetch_named(const At& at, const Statement& statement, const ModelInfo& info, const Store& store) {
  const Result rows = at.run(statement);
  std::vector<int> columns;
  for (const FieldInfo& field : info.fields) columns.push_back(named_column(info, field, rows));
  store.resize(store.all, static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) {
    void* object = store.at(store.all, static_cast<std::size_t>(row));
    for (std::size_t i = 0; i < info.fields.size(); ++i) info.fields[i].decode(object, rows.data(row, columns[i]), rows.length(row, columns[i]));
  }
}

void stream_objects(const At& at, const QuerySpec& query, const std::function<void*()>& object, const std::function<void()>& handle) {
  const ReadPlan plan(query);
  if (!plan.plan.many.empty()) throw Failure(usage_error("not_streamed", "rows that come one by one load no Many member: it takes a query for all of them", "Use fetch(), or load the member of some rows at a time."));
  bool checked = false;
  at.stream(select_statement(query), [&](const Result& rows) {
    if (!checked) plan.reader.check(rows);
    checked = true;
    for (int row = 0; row < rows.size(); ++row) {
      plan.reader.read(rows, row, object());
      handle();
    }
  });
}

}  // namespace pgvista::model
