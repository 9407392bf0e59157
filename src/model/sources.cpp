#include "model/sources.hpp"

#include <algorithm>
#include <optional>
#include <pgvista/error.hpp>

#include "model/write.hpp"
#include "sql/identifier.hpp"

namespace pgvista::model {

using sql::quote_identifier;

namespace {

std::string aliased(const Source& source) {
  const std::string table = source.text.empty() ? table_name(source.model()) : source.text;
  const bool same =
      source.text.empty() ? source.alias == source.model().table : source.text == quote_identifier(source.alias);
  return table + (same ? std::string{} : " AS " + quote_identifier(source.alias));
}

Failure unknown_column(InfoOf model) {
  return Failure(usage_error("unknown_column",
                             "a column of " + model().type + " is named in a query that does not read it",
                             "Join it, or use outer() for the query around this one."));
}

Failure ambiguous_column(InfoOf model, InfoOf one, InfoOf other) {
  return Failure(usage_error("ambiguous_column",
                             "a column of " + model().type + " may be of " + one().type + " or of " + other().type,
                             "Say which: col_of<" + other().type + ">(&…)."));
}

}  // namespace

std::string table_between(const Link::Between& between) { return sql::Name{between.schema, between.table}.sql(); }

void Sources::name(Source source) {
  if (std::any_of(all_.begin(), all_.end(), [&](const Source& one) { return one.model == source.model; })) {
    throw Failure(
        usage_error("joined_twice",
                    source.model().type +
                        " is joined to a query that reads it already, and its columns would be told apart by nothing",
                    "Join a struct that is based on it: struct Other : " + source.model().type +
                        " {}; with its own BOOST_DESCRIBE_STRUCT line."));
  }
  all_.push_back(std::move(source));
  ++named_;
}

void Sources::keep_names() {
  for (const Source& one : all_) everywhere_.insert(one.alias);
}

std::ptrdiff_t Sources::many() const {
  return std::count_if(all_.begin(), all_.end(), [](const Source& one) { return one.many; });
}

bool Sources::names(InfoOf model) const {
  return std::any_of(all_.begin(), all_.end(),
                     [&](const Source& one) { return one.path.empty() && one.model().is_a(model); });
}

std::size_t Sources::of(InfoOf model) const {
  std::optional<std::size_t> found;
  for (std::size_t i = 0; i < all_.size(); ++i) {
    if (!all_[i].path.empty()) continue;
    if (all_[i].model == model) return i;
    if (!all_[i].model().is_a(model)) continue;
    if (found) throw ambiguous_column(model, all_[*found].model, all_[i].model);
    found = i;
  }
  if (!found) throw unknown_column(model);
  return *found;
}

std::string Sources::column(std::size_t source, const std::string& name) const {
  return (qualified_ ? quote_identifier(all_[source].alias) + "." : std::string{}) + quote_identifier(name);
}

std::size_t Sources::along(std::size_t from, std::string_view member, bool load) {
  const std::string path = std::to_string(from) + "." + std::string(member);
  for (std::size_t i = 0; i < all_.size(); ++i) {
    if (all_[i].path == path) return use(i);
  }
  const Link link = model::link(all_[from].model, member);
  // Only of a table's own foreign key does the server know that the row is there.
  const ModelInfo& owner = all_[from].model();
  const bool certain = owner.kind == Kind::table && owner.managed && all_[from].text.empty();
  const bool left = link.maybe_none || all_[from].left || (load && !certain);
  const std::string alias = path_alias(from == 0 ? std::string(member) : all_[from].alias + "_" + std::string(member));
  reserved_ = alias;
  std::size_t own = from;
  std::string own_column = link.own_column;
  if (link.between) {
    own = add({link.target, path + "#", path_alias(link.between->table), {}, left, table_between(*link.between)},
              link.between->own_column, from, link.own_column);
    own_column = link.between->target_column;
  }
  const std::size_t added = add({link.target, path, alias, {}, left}, link.target_column, own, own_column);
  all_[added].many = link.many;
  return added;
}

std::size_t Sources::pairs(const Link& link) {
  const std::string path = "pairs of " + link.between->table;
  const auto known = std::find_if(all_.begin(), all_.end(), [&](const Source& one) { return one.path == path; });
  if (known != all_.end()) return static_cast<std::size_t>(known - all_.begin());
  return add({link.target, path, path_alias(link.between->table), {}, false, table_between(*link.between)},
             link.between->target_column, 0, link.target_column);
}

std::size_t Sources::add(Source source, const std::string& own_column, std::size_t from,
                         const std::string& from_column) {
  source.on = quote_identifier(source.alias) + "." + quote_identifier(own_column) + " = " + column(from, from_column);
  source.from = from;
  everywhere_.insert(source.alias);
  all_.push_back(std::move(source));
  return use(all_.size() - 1);
}

std::string Sources::unique_alias(const std::string& wanted) const {
  std::string out = wanted;
  for (int i = 2; taken(out); ++i) out = wanted + "_" + std::to_string(i);
  return out;
}

// Not one that an inner query uses either: it may name this source by outer().
std::string Sources::path_alias(const std::string& wanted) const {
  std::string out = wanted;
  for (int i = 2; taken(out) || everywhere_.contains(out); ++i) out = wanted + "_" + std::to_string(i);
  return out;
}

bool Sources::taken(const std::string& alias) const {
  return alias == reserved_ ||
         std::any_of(all_.begin(), all_.end(), [&](const Source& one) { return one.alias == alias; }) ||
         (around_ && around_->taken(alias));
}

std::size_t Sources::use(std::size_t source) {
  used_.push_back(source);
  return source;
}

void Sources::place_join(std::size_t i, std::string on) {
  all_[i].on = std::move(on);
  for (const std::size_t one : used_) {
    if (starts_at(one, i))
      throw Failure(usage_error(
          "join_condition", "the condition of a join follows a path that starts at the joined " + all_[i].model().type,
          "Name the path in where(), or join along the member first."));
  }
  for (const std::size_t one : used_) place(one);
  place(i);
}

void Sources::place(std::size_t i) {
  if (i == 0 || all_[i].placed) return;
  all_[i].placed = true;
  if (i >= named_) place(all_[i].from);
  order_.push_back(i);
}

bool Sources::starts_at(std::size_t source, std::size_t start) const {
  while (source >= named_) source = all_[source].from;
  return source == start;
}

std::string Sources::tables() {
  for (std::size_t i = named_; i < all_.size(); ++i) place(i);
  std::string out = " FROM " + aliased(all_.front());
  for (const std::size_t i : order_)
    out += std::string(all_[i].left ? " LEFT JOIN " : " JOIN ") + aliased(all_[i]) + " ON " + all_[i].on;
  return out;
}

}  // namespace pgvista::model
