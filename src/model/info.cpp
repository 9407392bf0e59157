#include <pgvista/error.hpp>
#include <pgvista/query.hpp>

#include <algorithm>
#include <cctype>

#include "sql/identifier.hpp"

namespace pgvista::model {

namespace {

Failure failure(const char* code, const std::string& message, const std::string& hint) {
  return Failure(Error{code, message, {}, hint, {}, {}, 0, 0, ExitCode::usage});
}

// CustomerOrder -> customer_order
std::string snake_case(const std::string& name) {
  std::string out;
  for (std::size_t i = 0; i < name.size(); ++i) {
    const auto c = static_cast<unsigned char>(name[i]);
    const bool before_lower = i + 1 < name.size() && std::islower(static_cast<unsigned char>(name[i + 1])) != 0;
    const bool after_lower = i > 0 && std::isupper(static_cast<unsigned char>(name[i - 1])) == 0;
    if (std::isupper(c) != 0 && i > 0 && (after_lower || before_lower)) out.push_back('_');
    out.push_back(static_cast<char>(std::tolower(c)));
  }
  return out;
}

}  // namespace

const FieldInfo* ModelInfo::field(std::string_view member) const {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const FieldInfo& one) { return one.member == member; });
  return found == fields.end() ? nullptr : &*found;
}

const FieldInfo& ModelInfo::at(std::string_view member) const {
  if (const FieldInfo* found = field(member)) return *found;
  throw failure("unknown_member", "the model " + type + " has no column for a member \"" + std::string(member) + "\"",
                "Name the member in the model's BOOST_DESCRIBE_STRUCT line.");
}

const RelationInfo* ModelInfo::relation(std::string_view member) const {
  const auto found =
      std::find_if(relations.begin(), relations.end(), [&](const RelationInfo& one) { return one.member == member; });
  return found == relations.end() ? nullptr : &*found;
}

const FieldInfo* ModelInfo::column(std::string_view name) const {
  const auto found =
      std::find_if(fields.begin(), fields.end(), [&](const FieldInfo& one) { return one.column == name; });
  return found == fields.end() ? nullptr : &*found;
}

const FieldInfo& ModelInfo::single_key() const {
  if (primary_key.size() == 1) {
    if (const FieldInfo* found = column(primary_key.front())) return *found;
  }
  throw failure("no_primary_key", "the model " + type + " is referred to and has no primary key of one column",
                "Name it in define(): t.primary_key(&…).");
}

std::string_view ModelInfo::name_at(std::ptrdiff_t offset) const {
  for (const FieldInfo& field : fields) {
    if (field.offset == offset) return field.member;
  }
  for (const RelationInfo& relation : relations) {
    if (relation.offset == offset) return relation.member;
  }
  throw failure("unknown_member", "a member of " + type + " is used that its BOOST_DESCRIBE_STRUCT line does not name",
                "Name every member that is a column there.");
}

std::string_view MemberRef::name() const { return owner().name_at(offset); }

void not_loaded(InfoOf target) {
  throw failure("not_loaded", "the " + target().type + " behind a foreign key or relation is used but was not loaded",
                "Load it with the query: with(&…).");
}

void rename_column(ModelInfo& info, const std::string& before, const std::string& now) {
  std::replace(info.primary_key.begin(), info.primary_key.end(), before, now);
  for (IndexInfo& index : info.indexes)
    std::replace(index.columns.begin(), index.columns.end(), quoted(before), quoted(now));
}

std::string quoted(const std::string& name) { return sql::quote_identifier(name); }

namespace {

bool declared(const RelationInfo& relation) { return relation.back.owner || relation.through || relation.table; }

std::vector<const FieldInfo*> foreign_keys(const ModelInfo& from, InfoOf to) {
  std::vector<const FieldInfo*> out;
  for (const FieldInfo& field : from.fields) {
    if (field.target == to) out.push_back(&field);
  }
  return out;
}

// By the foreign key that leads back from the other model.
Link through_key(const ModelInfo& own, const RelationInfo& relation, const FieldInfo& key) {
  return {relation.target, relation.many, true, own.single_key().column, key.column, {}};
}

// By a table of pairs, whose names follow from the models where they are not given.
Link through_table(const ModelInfo& own, const RelationInfo& relation) {
  const ModelInfo& target = relation.target();
  Link out{relation.target, relation.many, true, own.single_key().column, target.single_key().column, Link::Between{}};
  if (relation.through) {
    const ModelInfo& between = relation.through();
    *out.between = {between.schema, between.table, between.at(relation.through_own.name()).column,
                    between.at(relation.through_target.name()).column};
    return out;
  }
  if (relation.table) *out.between = *relation.table;
  const bool itself = &own == &target;
  const auto fill = [](std::string& name, const std::string& otherwise) {
    if (name.empty()) name = otherwise;
  };
  out.between->schema = own.schema;
  fill(out.between->table, own.table + "_" + relation.member);
  fill(out.between->own_column, (itself ? "from_" : "") + snake_case(own.type) + "_id");
  fill(out.between->target_column, (itself ? "to_" : "") + snake_case(target.type) + "_id");
  return out;
}

// The same pairs, seen from the other side.
Link turned(const Link& link, InfoOf target) {
  return {
      target,
      true,
      true,
      link.target_column,
      link.own_column,
      Link::Between{link.between->schema, link.between->table, link.between->target_column, link.between->own_column}};
}

bool is_unique(const ModelInfo& info, const FieldInfo& field) {
  if (field.unique || info.primary_key == std::vector<std::string>{field.column}) return true;
  return std::any_of(info.indexes.begin(), info.indexes.end(), [&](const IndexInfo& one) {
    return one.unique && one.where.empty() && one.columns == std::vector<std::string>{quoted(field.column)};
  });
}

// What define() left open: the one foreign key that leads back, or a table of pairs.
Link guessed(InfoOf model, const RelationInfo& relation) {
  const ModelInfo& own = model();
  const ModelInfo& target = relation.target();
  const std::vector<const FieldInfo*> keys = foreign_keys(target, model);
  const bool single = keys.size() == 1 && (relation.many || is_unique(target, *keys.front()));
  if (single) return through_key(own, relation, *keys.front());
  const std::string what = own.type + "::" + relation.member;
  if (!relation.many)
    throw failure("unknown_relation", "no single unique foreign key of " + target.type + " says what " + what + " is",
                  "Say it in define(): t.reverse(&" + what + ", &" + target.type + "::…).");
  const bool mutual =
      &own != &target && std::any_of(target.relations.begin(), target.relations.end(),
                                     [&](const RelationInfo& one) { return one.target == model && !declared(one); });
  if (!keys.empty() || mutual)
    throw failure("ambiguous_relation", what + " can be found in more than one way",
                  "Say it in define(): t.reverse(…) or t.many_to_many(…).");
  return through_table(own, relation);
}

}  // namespace

Link link(InfoOf model, std::string_view member) {
  const ModelInfo& own = model();
  if (const FieldInfo* field = own.field(member)) {
    if (!field->target)
      throw failure("unknown_relation", own.type + "::" + field->member + " leads to no other model", {});
    return {field->target, false, field->nullable, field->column, field->target().single_key().column, {}};
  }
  const RelationInfo* relation = own.relation(member);
  if (!relation) own.at(member);
  if (relation->through || relation->table) return through_table(own, *relation);
  if (!relation->back.owner) return guessed(model, *relation);
  const ModelInfo& target = relation->target();
  if (const FieldInfo* key = target.field(relation->back.name())) return through_key(own, *relation, *key);
  return turned(link(relation->target, relation->back.name()), relation->target);
}

namespace {

// The query of a view that is written field by field.
SpecPtr field_by_field(const ModelInfo& info) {
  const ModelInfo& parent = info.source();
  std::vector<Named> outputs;
  std::vector<NodePtr> groups;
  bool aggregates = false;
  for (const FieldInfo& field : info.fields) {
    const auto given = std::find_if(info.fillings.begin(), info.fillings.end(),
                                    [&](const Filling& one) { return one.member == field.member; });
    const FieldInfo* same = parent.field(field.member);
    if (given == info.fillings.end() && (!same || same->oid != field.oid || (same->nullable && !field.nullable))) {
      throw failure("unfilled_member",
                    "nothing fills " + info.type + "::" + field.member + ": " + parent.type +
                        (same ? " has a member of this name and another type" : " has no member of this name"),
                    "Say its source: .field(&" + info.type + "::" + field.member + ", …).");
    }
    const NodePtr value = given != info.fillings.end()
                              ? given->value
                              : column_node(info.source, {MemberRef{info.source, same->offset}}, false);
    const bool aggregate = given != info.fillings.end() && given->aggregate;
    outputs.push_back({field.column, value});
    if (!aggregate) groups.push_back(value);
    aggregates = aggregates || aggregate;
  }
  SpecPtr query = from_model(info.source);
  for (const NodePtr& filter : info.source_filters) query = add_where(query, filter, false);
  if (aggregates) query = add_group(query, std::move(groups));
  return set_select(query, std::move(outputs));
}

}  // namespace

void inherit(ModelInfo& info) {
  for (const InfoOf base : info.bases) {
    const ModelInfo& shared = base();
    for (const FieldInfo& said : shared.fields) {
      FieldInfo& own = const_cast<FieldInfo&>(info.at(said.member));
      own.column = said.column;
      own.type = said.type;
      own.as_text = said.as_text;
      own.max_length = said.max_length;
      own.choices = said.choices;
      own.least = said.least;
      own.most = said.most;
      own.default_sql = said.default_sql;
      own.computed_default = said.computed_default;
      own.on_delete = said.on_delete;
      own.comment = said.comment;
      own.unique = said.unique;
    }
    for (const RelationInfo& said : shared.relations) {
      RelationInfo& own = const_cast<RelationInfo&>(*info.relation(said.member));
      own.back = said.back;
      own.through = said.through;
      own.through_own = said.through_own;
      own.through_target = said.through_target;
      own.table = said.table;
    }
    info.indexes.insert(info.indexes.end(), shared.indexes.begin(), shared.indexes.end());
    info.checks.insert(info.checks.end(), shared.checks.begin(), shared.checks.end());
  }
}

void complete(ModelInfo& info) {
  if (info.table.empty()) info.table = snake_case(info.type);
  if (info.source) info.query = field_by_field(info);
  if (info.kind != Kind::table) return;
  if (info.primary_key.empty() && info.field("id")) info.primary_key = {info.at("id").column};
  for (FieldInfo& field : info.fields) {
    const bool whole_key = info.primary_key.size() == 1 && info.primary_key.front() == field.column;
    const bool counts = field.type == "bigint" || field.type == "integer" || field.type == "smallint";
    if (whole_key && counts && !field.target && field.default_sql.empty()) field.identity = true;
    if (field.type == "text" && field.choices.empty()) field.choices = field.labels;
  }
}

}  // namespace pgvista::model

namespace pgvista {

ColumnOption max_length(int characters) {
  return {[=](model::FieldInfo& field) { field.max_length = characters; }};
}
ColumnOption choices(std::vector<std::string> values) {
  return {[values = std::move(values)](model::FieldInfo& field) { field.choices = values; }};
}
ColumnOption between(const Decimal& least, const Decimal& most) {
  return {[=](model::FieldInfo& field) {
    field.least = least;
    field.most = most;
  }};
}
ColumnOption between(double least, double most) { return between(exact_decimal(least), exact_decimal(most)); }
ColumnOption at_least(const Decimal& least) {
  return {[=](model::FieldInfo& field) { field.least = least; }};
}
ColumnOption at_most(const Decimal& most) {
  return {[=](model::FieldInfo& field) { field.most = most; }};
}
ColumnOption column_type(std::string sql) {
  return {[sql = std::move(sql)](model::FieldInfo& field) {
    static const std::vector<std::string> texts = {"text", "varchar", "character", "char", "name", "citext", "bpchar"};
    field.type = sql;
    // What is no text to the server is made one on the way.
    const bool text =
        std::any_of(texts.begin(), texts.end(), [&](const std::string& one) { return sql.starts_with(one); });
    if (field.oid == Type<std::string>::oid && !text) field.as_text = true;
  }};
}
namespace {

ColumnOption literal_default(std::string sql) {
  return {[sql = std::move(sql)](model::FieldInfo& field) { field.default_sql = sql; }};
}

}  // namespace

ColumnOption default_to(const std::string& text) { return literal_default(sql::quote_literal(text)); }
ColumnOption default_to(long long number) { return literal_default(std::to_string(number)); }
ColumnOption default_sql(std::string expression) {
  return {[expression = std::move(expression)](model::FieldInfo& field) {
    field.default_sql = expression;
    field.computed_default = true;
  }};
}
ColumnOption column_name(std::string name) {
  return {[name = std::move(name)](model::FieldInfo& field) { field.column = name; }};
}
ColumnOption unique() {
  return {[](model::FieldInfo& field) { field.unique = true; }};
}
ColumnOption comment(std::string text) {
  return {[text = std::move(text)](model::FieldInfo& field) { field.comment = text; }};
}
ColumnOption identity() {
  return {[](model::FieldInfo& field) { field.identity = true; }};
}
ColumnOption on_delete(OnDelete action) {
  static constexpr const char* names[] = {"NO ACTION", "RESTRICT", "CASCADE", "SET NULL", "SET DEFAULT"};
  return {[=](model::FieldInfo& field) { field.on_delete = names[static_cast<int>(action)]; }};
}

}  // namespace pgvista
