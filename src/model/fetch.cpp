// Queries of whole objects, and what they load beside: which statement comes next, and where its rows go. Pure, so that
// the waiting is somebody else's.

#include <deque>
#include <pgvista/error.hpp>
#include <pgvista/query.hpp>
#include <unordered_map>

#include "model/load.hpp"

namespace pgvista::model {

struct ReadPlan {
  explicit ReadPlan(const QuerySpec& query) : plan(plan_loads(query)), reader(query, plan) {}
  LoadPlan plan;
  RowReader reader;
};

std::shared_ptr<const ReadPlan> read_plan(const QuerySpec& query) { return std::make_shared<const ReadPlan>(query); }

struct Fetch::Inside {
  // A Many member whose rows are still to come, for all its owners.
  struct Work {
    ManyLoad load;
    std::vector<void*> owners;
  };
  // Objects that were read, those of the rows and those of each joined load.
  struct Loaded {
    std::vector<void*> rows;
    std::vector<std::vector<void*>> at_load;
  };

  std::optional<Statement> first;
  std::shared_ptr<const ReadPlan> first_plan;
  Store store;
  std::deque<Work> waiting;

  // The query that is under way.
  std::optional<Work> current;
  std::shared_ptr<const ReadPlan> plan;
  std::unordered_map<std::string, std::vector<void*>> by_key;

  void add_work(const LoadPlan& loads, const Loaded& loaded) {
    for (const ManyLoad& load : loads.many)
      waiting.push_back({load, load.parent < 0 ? loaded.rows : loaded.at_load[static_cast<std::size_t>(load.parent)]});
  }

  static void note(std::vector<void*>& of_row, Loaded& loaded) {
    for (std::size_t i = 0; i < of_row.size(); ++i) {
      if (of_row[i]) loaded.at_load[i].push_back(of_row[i]);
    }
    of_row.clear();
  }

  // The rows of one Many member, for all owners at once; nullopt where no owner can have any.
  std::optional<Statement> statement_of(const Work& work) {
    const RelationInfo& relation = *work.load.owner().relation(work.load.member);
    const Link link = model::link(work.load.owner, work.load.member);
    const FieldInfo& key = *work.load.owner().column(link.own_column);
    by_key.clear();
    std::vector<Parameter> keys;
    for (void* owner : work.owners) {
      relation.begin_in(relation.in(owner));
      Parameter value = key.encode(owner);
      if (!value.bytes) continue;
      auto& same = by_key[*value.bytes];
      same.push_back(owner);
      if (same.size() == 1) keys.push_back(std::move(value));
    }
    if (keys.empty()) return std::nullopt;
    QuerySpec query;
    query.model = link.target;
    query.loads = work.load.rest;
    query.batch = Batch{link, &key, array_parameter(key, keys), true};
    plan = read_plan(query);
    return select_statement(query);
  }

  void read_first(const Result& rows) {
    store.resize(store.all, static_cast<std::size_t>(rows.size()));
    if (rows.size() == 0) return;
    first_plan->reader.check(rows);
    Loaded loaded;
    loaded.at_load.resize(first_plan->plan.joined.size());
    const bool more = !first_plan->plan.many.empty();
    std::vector<void*> of_row;
    for (int row = 0; row < rows.size(); ++row) {
      void* object = store.at(store.all, static_cast<std::size_t>(row));
      first_plan->reader.read(rows, row, object, more ? &of_row : nullptr);
      if (!more) continue;
      loaded.rows.push_back(object);
      note(of_row, loaded);
    }
    add_work(first_plan->plan, loaded);
  }

  void read_many(const Result& rows) {
    const RelationInfo& relation = *current->load.owner().relation(current->load.member);
    if (rows.size() > 0) plan->reader.check(rows);
    Loaded loaded;
    loaded.at_load.resize(plan->plan.joined.size());
    std::vector<void*> of_row;
    for (int row = 0; row < rows.size(); ++row) {
      const auto owners = by_key.find(std::string(rows.bytes(row, plan->reader.width())));
      if (owners == by_key.end()) continue;
      for (void* owner : owners->second) {
        plan->reader.read(rows, row, relation.append_to(relation.in(owner)), &of_row);
        note(of_row, loaded);
      }
    }
    // Only now do the elements stay where they are.
    for (const auto& [value, same] : by_key) {
      for (void* owner : same) relation.elements_of(relation.in(owner), loaded.rows);
    }
    add_work(plan->plan, loaded);
  }
};

Fetch::Fetch(Statement statement, std::shared_ptr<const ReadPlan> plan, const Store& store)
    : inside_(std::make_unique<Inside>()) {
  inside_->first = std::move(statement);
  inside_->first_plan = std::move(plan);
  inside_->store = store;
}
Fetch::Fetch(const QuerySpec& query, const Store& store) : Fetch(select_statement(query), read_plan(query), store) {}
Fetch::~Fetch() = default;

std::optional<Statement> Fetch::next() {
  if (inside_->first) return std::exchange(inside_->first, std::nullopt);
  while (!inside_->waiting.empty()) {
    inside_->current = std::move(inside_->waiting.front());
    inside_->waiting.pop_front();
    if (auto statement = inside_->statement_of(*inside_->current)) return statement;
  }
  return std::nullopt;
}

void Fetch::give(const Result& rows) {
  if (inside_->current) {
    inside_->read_many(rows);
  } else {
    inside_->read_first(rows);
  }
}

void read_rows(const Result& rows, const ModelInfo& info, const Store& store) {
  store.resize(store.all, static_cast<std::size_t>(rows.size()));
  if (rows.size() > 0) check_columns(info, rows, 0);
  for (int row = 0; row < rows.size(); ++row)
    decode_object(info, rows, row, 0, store.at(store.all, static_cast<std::size_t>(row)));
}

void read_named(const Result& rows, const ModelInfo& info, const Store& store) {
  std::vector<int> columns;
  for (const FieldInfo& field : info.fields) columns.push_back(named_column(info, field, rows));
  store.resize(store.all, static_cast<std::size_t>(rows.size()));
  for (int row = 0; row < rows.size(); ++row) {
    void* object = store.at(store.all, static_cast<std::size_t>(row));
    for (std::size_t i = 0; i < info.fields.size(); ++i)
      info.fields[i].decode(object, rows.data(row, columns[i]), rows.length(row, columns[i]));
  }
}

void stream_objects(const At& at, const QuerySpec& query, const std::function<void*()>& object,
                    const std::function<void()>& handle) {
  const ReadPlan plan(query);
  if (!plan.plan.many.empty())
    throw Failure(usage_error("not_streamed",
                              "rows that come one by one load no Many member: it takes a query for all of them",
                              "Use fetch(), or load the member of some rows at a time."));
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
