// The joins of a query: those that it names, and those that its paths lead through.

#include <utility>

#include "model/sql_writer.hpp"

namespace pgvista::model {

// The source that a member of another one leads to; joined when it is named for the first time.
std::size_t SqlWriter::path_source(std::size_t from, std::string_view member, bool load) {
  const std::string path = std::to_string(from) + "." + std::string(member);
  for (std::size_t i = 0; i < sources_.size(); ++i) {
    if (sources_[i].path == path) return use(i);
  }
  const Link link = model::link(sources_[from].model, member);
  // Only of a table's own foreign key does the server know that the row is there.
  const ModelInfo& owner = sources_[from].model();
  const bool certain = owner.kind == Kind::table && owner.managed && sources_[from].text.empty();
  const bool left = link.maybe_none || sources_[from].left || (load && !certain);
  const std::string alias =
      path_alias(from == 0 ? std::string(member) : sources_[from].alias + "_" + std::string(member));
  reserved_ = alias;
  std::size_t own = from;
  std::string own_column = link.own_column;
  if (link.between) {
    own = add_source({link.target, path + "#", path_alias(link.between->table), {}, left, table_between(*link.between)},
                     link.between->own_column, from, link.own_column);
    own_column = link.between->target_column;
  }
  const std::size_t added = add_source({link.target, path, alias, {}, left}, link.target_column, own, own_column);
  sources_[added].many = link.many;
  return added;
}

std::size_t SqlWriter::add_source(Source source, const std::string& own_column, std::size_t from,
                                  const std::string& from_column) {
  source.on = quote_identifier(source.alias) + "." + quote_identifier(own_column) + " = " + column(from, from_column);
  source.from = from;
  root_.all_aliases_.insert(source.alias);
  sources_.push_back(std::move(source));
  return use(sources_.size() - 1);
}

// Explicit joins in their order, each behind what its condition names; then all other paths.
void SqlWriter::place_joins() {
  for (std::size_t i = 0; i < query_.joins.size(); ++i) {
    used_.clear();
    std::string on = join_condition(i);
    sources_[i + 1].on = std::move(on);
    for (const std::size_t one : used_) {
      if (starts_at(one, i + 1))
        throw Failure(usage_error(
            "join_condition",
            "the condition of a join follows a path that starts at the joined " + sources_[i + 1].model().type,
            "Name the path in where(), or join along the member first."));
    }
    for (const std::size_t one : used_) place(one);
    place(i + 1);
  }
}

void SqlWriter::place(std::size_t i) {
  if (i == 0 || sources_[i].placed) return;
  sources_[i].placed = true;
  if (i > query_.joins.size()) place(sources_[i].from);
  order_.push_back(i);
}

bool SqlWriter::starts_at(std::size_t source, std::size_t start) const {
  while (source > query_.joins.size()) source = sources_[source].from;
  return source == start;
}

std::string SqlWriter::join_condition(std::size_t i) {
  const JoinSpec& join = query_.joins[i];
  if (join.condition) return expression(*join.condition);
  const std::size_t from = explicit_source(join.to.owner);
  const Link link = model::link(sources_[from].model, join.to.member);
  const std::string target = quote_identifier(sources_[i + 1].alias) + "." + quote_identifier(link.target_column);
  if (!link.between) return target + " = " + column(from, link.own_column);
  const std::size_t between = add_source({link.target,
                                          "join#" + std::to_string(i),
                                          unique_alias(link.between->table),
                                          {},
                                          join.left,
                                          table_between(*link.between)},
                                         link.between->own_column, from, link.own_column);
  return target + " = " + column(between, link.between->target_column);
}

std::string SqlWriter::from_on(bool with_order) {
  place_joins();
  // Conditions first: they bring in the joins.
  std::vector<std::string> filters;
  if (query_.related_member.data()) filters.push_back(relation_condition());
  if (query_.batch) filters.push_back(batch_key() + " = ANY (" + given(query_.batch->keys) + ")");
  refuse_many(query_.where);
  for (const OrderNode& one : query_.order) refuse_many({one.value});
  const bool reuse = std::exchange(reuse_, false);
  const std::string where = conditions(" WHERE ", query_.where, std::move(filters));
  reuse_ = reuse;
  const std::string group = groups();
  const std::string having = conditions(" HAVING ", query_.having);
  const std::string order = !with_order ? ""
                            : query_.batch && query_.batch->with_key && query_.order.empty()
                                ? " ORDER BY " + batch_order()
                                : order_by(query_.order);
  refuse_multiplied();
  refuse_ungrouped(query_);
  return tables() + where + group + having + order + bounds() + (with_order ? lock() : std::string{});
}

std::string SqlWriter::tables() {
  for (std::size_t i = query_.joins.size() + 1; i < sources_.size(); ++i) place(i);
  std::string out = " FROM " + aliased(sources_.front());
  for (const std::size_t i : order_)
    out += std::string(sources_[i].left ? " LEFT JOIN " : " JOIN ") + aliased(sources_[i]) + " ON " + sources_[i].on;
  return out;
}

}  // namespace pgvista::model
