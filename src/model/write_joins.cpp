// The conditions of joins, and of rows that a relation of another query's rows leads to.

#include "model/sql_writer.hpp"
#include "sql/identifier.hpp"

namespace pgvista::model {

std::string SqlWriter::join_condition(std::size_t i) {
  const JoinSpec& join = query_.joins[i];
  if (join.condition) return expression(*join.condition);
  const std::size_t from = sources_.of(join.to.owner);
  const Link link = model::link(sources_[from].model, join.to.member);
  const std::string target =
      sql::quote_identifier(sources_[i + 1].alias) + "." + sql::quote_identifier(link.target_column);
  if (!link.between) return target + " = " + sources_.column(from, link.own_column);
  const std::size_t between = sources_.add({link.target,
                                            "join#" + std::to_string(i),
                                            sources_.unique_alias(link.between->table),
                                            {},
                                            join.left,
                                            table_between(*link.between)},
                                           link.between->own_column, from, link.own_column);
  return target + " = " + sources_.column(between, link.between->target_column);
}

// The column that equals the key of the row which the link starts from; a table of pairs is joined to the own rows.
std::string SqlWriter::reached_by(const Link& link) {
  if (!link.between) return sources_.column(0, link.target_column);
  return sources_.column(sources_.pairs(link), link.between->own_column);
}

// The rows of the query around, by the member that leads here.
std::string SqlWriter::relation_condition() {
  const Sources& outer = around_->sources_;
  const std::size_t from = outer.of(query_.related_owner);
  const Link link = model::link(outer[from].model, query_.related_member);
  return reached_by(link) + " = " + outer.column(from, link.own_column);
}

// As the type of the key that it is compared with in the program.
std::string SqlWriter::read_key() {
  const Link& link = query_.batch->link;
  const FieldInfo& own = *query_.batch->own_key;
  const FieldInfo* target = link.between ? nullptr : link.target().column(link.target_column);
  const std::string key = reached_by(link);
  if (own.as_text) return key + "::text";
  return target && target->type == own.type ? key : key + "::" + own.type;
}

// Loaded rows come in the same order each time.
std::string SqlWriter::batch_order() const {
  const std::vector<std::string>& key = sources_.front().model().primary_key;
  return sources_.column(0, key.empty() ? query_.batch->link.target_column : key.front());
}

}  // namespace pgvista::model
