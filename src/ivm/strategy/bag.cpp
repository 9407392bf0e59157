#include "ivm/strategy/bag.hpp"

#include <fmt/format.h>

#include "ivm/functions/rows.hpp"
#include "sql/make.hpp"
#include "sql/print.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;

namespace {

constexpr const char* hashed = "pgvista_hash";
constexpr const char* number = "pgvista_number";  // among equal rows
constexpr const char* place = "pgvista_place";

std::string image_name(std::size_t i) { return fmt::format("pgvista_image_{}", i + 1); }

Window by(Exprs values) {
  Window out;
  out.partition_by = std::move(values);
  return out;
}

}  // namespace

Bag::Bag(Name store, std::vector<ColumnFact> columns) : store_(std::move(store)), facts_(std::move(columns)) {
  for (const ColumnFact& one : facts_) names_.push_back(one.name);
  images_ = image_columns(facts_);
}

// Equal values have equal hashes; of what has none, nothing is said.
Expr Bag::hash(const std::string& qualifier) const {
  Exprs fields;
  for (const ColumnFact& one : facts_) {
    if (one.kind.hashable && one.kind.comparable)
      fields.push_back(qualifier.empty() ? make::name(one.name) : make::column(qualifier, one.name));
  }
  if (fields.empty()) return make::cast(make::number(0), "bigint");
  return make::call("hash_record_extended", {make::row(std::move(fields)), make::number(0)});
}

std::string Bag::index(const Names& names) const {
  return fmt::format("CREATE INDEX {} ON {} (({}))", quote_identifier(shorten_identifier(names.base, "_rows")),
                     store_.sql(), print(hash("")));
}

// Each row with its hash and its number among the rows that look the same; of the store, with its place.
Select Bag::numbered(Select rows, bool places) const {
  std::vector<Target> targets = make::targets(make::columns("", names_));
  Exprs images;
  for (std::size_t i = 0; i < images_.size(); ++i) {
    targets.push_back(make::target(*images_[i].value, image_name(i)));
    images.push_back(*images_[i].value);
  }
  targets.push_back(make::target(hash(""), hashed));
  Expr order = make::call("row_number");
  order.as<FunctionCall>()->over = by(std::move(images));
  targets.push_back(make::target(std::move(order), number));
  if (places) targets.push_back(make::target(make::name(place)));
  return make::select(std::move(targets), {make::subquery(std::move(rows), "r")});
}

Expr Bag::same_numbered(const std::string& left, const std::string& right) const {
  Exprs out = {make::op("=", make::column(left, hashed), make::column(right, hashed)),
               make::op("=", make::column(left, number), make::column(right, number))};
  for (std::size_t i = 0; i < images_.size(); ++i)
    out.push_back(make::not_distinct(make::column(left, image_name(i)), make::column(right, image_name(i))));
  return make::all_of(out);
}

Expr Bag::same(const std::string& left, const std::string& right) const {
  Exprs out = {make::op("=", hash(left), hash(right))};
  for (const std::string& name : names_)
    out.push_back(make::not_distinct(make::column(left, name), make::column(right, name)));
  return make::all_of(out);
}

Select Bag::equal_row(Select query, const std::string& row) const {
  return make::select({}, {make::subquery(std::move(query), "pgvista_q", names_)}, same("pgvista_q", row));
}

Select Bag::unknown(Select query) const {
  const Select stored = make::select(make::targets(make::columns("", names_)), {make::table(store_)});
  return make::select(make::targets(make::columns("u", names_)), {make::subquery(std::move(query), "u", names_)},
                      make::negation(make::exists(equal_row(stored, "u"))));
}

Insert Bag::make_equal(const Select& query) const {
  std::vector<Target> there = make::targets(make::columns("", names_));
  there.push_back(make::target(make::name("ctid"), place));
  const auto missing = [&](const char* in, const char* of) {
    return make::negation(make::exists(make::select({}, {make::rows(in)}, same_numbered(in, of))));
  };
  const Select fresh = make::select(make::targets(make::columns("q", names_)), {make::subquery(query, "q", names_)});
  Delete gone;
  gone.table = make::table(store_, "s");
  gone.using_items = {make::rows("stored")};
  gone.where = make::all_of(
      {make::op("=", make::column("s", "ctid"), make::column("stored", place)), missing("fresh", "stored")});
  Insert out;
  out.with = {make::with("fresh", numbered(fresh, false), CommonTable::Materialized::always),
              make::with("stored", numbered(make::select(std::move(there), {make::table(store_)}), true),
                         CommonTable::Materialized::always),
              make::with("gone", std::move(gone))};
  out.table = make::table(store_);
  out.columns = names_;
  out.query = make::select(make::targets(make::columns("", names_)), {make::rows("fresh")}, missing("stored", "fresh"));
  return out;
}

Delete Bag::remove(std::vector<CommonTable> with, Select rows) const {
  std::vector<Target> there = make::targets(make::columns("s", names_));
  there.push_back(make::target(make::column("s", "ctid"), place));
  const Select hashes = make::select(make::targets({make::name(hashed)}), {make::rows("gone")});
  // As an array: then they are looked up, however many the planner takes them for.
  Select stored =
      make::select(std::move(there), {make::table(store_, "s")}, make::equals_any(hash("s"), make::array_of(hashes)));
  Delete out;
  out.with = std::move(with);
  out.recursive = true;
  out.with.push_back(make::with("gone", numbered(std::move(rows), false), CommonTable::Materialized::always));
  out.with.push_back(make::with("stored", numbered(std::move(stored), true), CommonTable::Materialized::always));
  out.table = make::table(store_, "s");
  out.using_items = {
      make::join(Join::Type::inner, make::rows("stored"), make::rows("gone"), same_numbered("stored", "gone"))};
  out.where = make::op("=", make::column("s", "ctid"), make::column("stored", place));
  return out;
}

}  // namespace pgvista::ivm
