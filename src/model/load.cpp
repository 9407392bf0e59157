#include "model/load.hpp"

#include <algorithm>
#include <pgvista/error.hpp>

namespace pgvista::model {

namespace {

class LoadPlanner {
 public:
  void add(InfoOf model, int parent, const std::vector<std::string_view>& path, std::size_t step = 0) {
    if (step == path.size()) return;
    const Link link = model::link(model, path[step]);
    if (link.many) {
      add_many(model, parent, path, step);
      return;
    }
    add(link.target, joined(model, parent, path[step], link.target), path, step + 1);
  }

  LoadPlan plan;

 private:
  int joined(InfoOf model, int parent, std::string_view member, InfoOf target) {
    const auto found = std::find_if(plan.joined.begin(), plan.joined.end(), [&](const JoinedLoad& one) {
      return one.parent == parent && one.member == member;
    });
    if (found == plan.joined.end()) {
      plan.joined.push_back({parent, model, member, target});
      return static_cast<int>(plan.joined.size()) - 1;
    }
    return static_cast<int>(found - plan.joined.begin());
  }

  void add_many(InfoOf model, int parent, const std::vector<std::string_view>& path, std::size_t step) {
    auto found = std::find_if(plan.many.begin(), plan.many.end(),
                              [&](const ManyLoad& one) { return one.parent == parent && one.member == path[step]; });
    if (found == plan.many.end()) found = plan.many.insert(found, ManyLoad{parent, model, path[step], {}});
    if (step + 1 < path.size())
      found->rest.emplace_back(path.begin() + static_cast<std::ptrdiff_t>(step) + 1, path.end());
  }
};

}  // namespace

LoadPlan plan_loads(const QuerySpec& query) {
  LoadPlanner planning;
  for (const auto& path : query.loads) planning.add(query.model, -1, path);
  return std::move(planning.plan);
}

RowReader::RowReader(const QuerySpec& query, const LoadPlan& plan)
    : info_(query.model()), width_(static_cast<int>(info_.fields.size())) {
  for (const JoinedLoad& load : plan.joined) {
    const ModelInfo& owner = load.owner();
    const ModelInfo& target = load.target();
    const FieldInfo* field = owner.field(load.member);
    const RelationInfo* relation = owner.relation(load.member);
    const std::string column = link(load.owner, load.member).target_column;
    const auto key = std::find_if(target.fields.begin(), target.fields.end(),
                                  [&](const FieldInfo& one) { return one.column == column; }) -
                     target.fields.begin();
    parts_.push_back({load.parent, &target, width_, width_ + static_cast<int>(key),
                      (field ? field->offset : relation->offset), field ? field->attach_to : relation->attach_to,
                      field ? field->make_target : relation->make_target});
    width_ += static_cast<int>(target.fields.size());
  }
}

void RowReader::check(const Result& rows) const {
  check_columns(info_, rows, 0);
  for (const Part& part : parts_) check_columns(*part.target, rows, part.first);
}

void decode_object(const ModelInfo& info, const Result& rows, int row, int column, void* object) {
  const FieldInfo* at = nullptr;
  try {
    for (const FieldInfo& field : info.fields) {
      at = &field;
      field.decode(object, rows.data(row, column), rows.length(row, column));
      ++column;
    }
  } catch (const Failure& failure) {
    Error error = failure.error();
    if (at) error.message = info.type + "::" + at->member + ": " + error.message;
    throw Failure(std::move(error));
  }
}

void RowReader::read(const Result& rows, int row, void* object, std::vector<void*>* at_load) const {
  decode_object(info_, rows, row, 0, object);
  if (parts_.empty()) return;
  std::vector<void*> objects;
  for (const Part& part : parts_) {
    void* owner = part.parent < 0 ? object : objects[static_cast<std::size_t>(part.parent)];
    const bool none = !owner || rows.null(row, part.key);
    const std::shared_ptr<void> target = none ? nullptr : part.make();
    if (target) decode_object(*part.target, rows, row, part.first, target.get());
    if (owner) part.attach(static_cast<char*>(owner) + part.offset, target);
    objects.push_back(target.get());
  }
  if (at_load) *at_load = std::move(objects);
}

bool readable(unsigned member, unsigned oid) {
  constexpr unsigned first_of_user = 16384;
  const auto any = [&](std::initializer_list<unsigned> list) {
    return std::find(list.begin(), list.end(), oid) != list.end();
  };
  if (oid == member || member == 0) return true;
  switch (member) {
    case Type<std::int64_t>::oid: return any({Type<std::int16_t>::oid, Type<std::int32_t>::oid});
    case Type<std::int32_t>::oid: return any({Type<std::int16_t>::oid});
    case Type<double>::oid: return any({Type<float>::oid});
    // varchar, char(n), name, "char", citext and enums: all come as their text.
    case Type<std::string>::oid: return any({1043, 1042, 19, 18, 705}) || oid >= first_of_user;
    case Type<Json>::oid: return any({114});
    case Type<std::vector<std::string>>::oid: return any({1015, 1014, 1003}) || oid >= first_of_user;
    case Type<std::vector<std::int64_t>>::oid:
      return any({Type<std::vector<std::int32_t>>::oid, Type<std::vector<std::int16_t>>::oid});
    default: return false;
  }
}

namespace {

void check_column(const ModelInfo& info, const FieldInfo& field, unsigned oid) {
  if (readable(field.oid, oid)) return;
  throw Failure(Error{"column_type",
                      info.type + "::" + field.member + " is read as " + field.type + ", and the column \"" +
                          field.column + "\" has another type (oid " + std::to_string(oid) + ")",
                      {},
                      "Change the member's type, or cast the column; pgvista check names the types.",
                      {},
                      {},
                      0,
                      0,
                      ExitCode::failed});
}

}  // namespace

void check_types(const Result& rows, const std::vector<unsigned>& types) {
  for (int column = 0; column < static_cast<int>(types.size()) && column < rows.columns(); ++column) {
    const unsigned wanted = types[static_cast<std::size_t>(column)];
    if (readable(wanted, rows.type(column))) continue;
    throw Failure(Error{"column_type",
                        "column " + std::to_string(column + 1) + " (" + std::string(rows.name(column)) +
                            ") of the result has another type (oid " + std::to_string(rows.type(column)) +
                            ") than the C++ type that it is read into (oid " + std::to_string(wanted) + ")",
                        {},
                        "Say its real type: raw<T>, call<T>, aggregate<T>; or cast<T>(…) it.",
                        {},
                        {},
                        0,
                        0,
                        ExitCode::failed});
  }
}

void check_columns(const ModelInfo& info, const Result& rows, int first) {
  for (const FieldInfo& field : info.fields) check_column(info, field, rows.type(first++));
}

int named_column(const ModelInfo& info, const FieldInfo& field, const Result& rows) {
  for (int column = 0; column < rows.columns(); ++column) {
    if (rows.name(column) != field.column) continue;
    check_column(info, field, rows.type(column));
    return column;
  }
  throw Failure(Error{
      "unknown_column",
      "the query gives no column \"" + field.column + "\", which " + info.type + "::" + field.member + " is read from",
      {},
      "Name an output so (AS " + field.column + ").",
      {},
      {},
      0,
      0,
      ExitCode::failed});
}

Parameter array_parameter(const FieldInfo& field, const std::vector<Parameter>& values) {
  Parameter out{field.array_oid, field.array_oid != 0, std::string(), 0};
  if (field.array_oid == 0 || field.as_text) {
    out.oid = 0;
    out.binary = false;
    for (const Parameter& one : values) wire::array_text_element(*one.bytes, false, *out.bytes);
    *out.bytes += out.bytes->empty() ? "{}" : "}";
    return out;
  }
  wire::array_header(*out.bytes, values.size(), false, field.oid);
  for (const Parameter& one : values) {
    wire::put<std::int32_t>(*out.bytes, static_cast<std::int32_t>(one.bytes->size()));
    *out.bytes += *one.bytes;
  }
  return out;
}

}  // namespace pgvista::model
