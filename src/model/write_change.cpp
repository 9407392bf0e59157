// UPDATE and DELETE of the rows that a query chooses.

#include <algorithm>
#include <pgvista/error.hpp>

#include "base/text.hpp"
#include "model/sql_writer.hpp"
#include "sql/identifier.hpp"

namespace pgvista::model {

using sql::quote_identifier;

namespace {

Failure path_in_assignment(const ModelInfo& model) {
  return Failure(usage_error("path_in_assignment",
                             "an assignment of " + model.type + " computes with a column of another row",
                             "Use scalar(from<…>().where(… == outer(&…)).select(…))."));
}

Failure no_key_to_change_by(const ModelInfo& info) {
  return Failure(Error{"no_primary_key",
                       "rows of " + info.type +
                           " that joins or limits choose are changed by their primary key, which the model has not got",
                       {},
                       "Name it in define(): t.primary_key(&…).",
                       {},
                       {},
                       0,
                       0,
                       ExitCode::usage});
}

}  // namespace

std::string SqlWriter::update(const std::vector<Named>& assignments) {
  if (assignments.empty())
    throw Failure(usage_error("no_assignment", "an update of " + query_.model().type + " sets nothing",
                              "Give it set(&…, value)."));
  for (const Named& one : assignments) {
    if (follows_path(one.value)) throw path_in_assignment(query_.model());
    // A subquery tells its own columns from those of the changed row by their qualifiers.
    if (names_other_rows(one.value)) sources_.qualify(true);
  }
  std::vector<std::string> sets;
  for (const Named& one : assignments) {
    const FieldInfo& field = query_.model().at(one.name);
    const bool plain = one.value->kind == Node::Kind::parameter;
    if (plain) validate_value(query_.model(), field, one.value->value);
    const bool text = field.as_text && plain;
    sets.push_back(quote_identifier(field.column) + " = " +
                   (text ? given(as_text(one.value->value)) : expression(*one.value)));
  }
  if (sources_.size() > 1) throw path_in_assignment(query_.model());
  return "UPDATE " + table_name(query_.model()) + " SET " + join(sets, ", ") + rows();
}

std::string SqlWriter::remove() { return "DELETE FROM " + table_name(query_.model()) + rows(); }

std::string SqlWriter::returning() const {
  std::vector<std::string> out;
  for (const FieldInfo& field : query_.model().fields) out.push_back(as_read(field, quote_identifier(field.column)));
  return " RETURNING " + join(out, ", ");
}

std::string SqlWriter::rows() {
  const bool plain = query_.joins.empty() && !query_.limit && !query_.offset && !query_.batch &&
                     !query_.related_member.data() &&
                     std::none_of(query_.where.begin(), query_.where.end(), follows_path);
  if (plain) {
    const std::size_t before = whole_.parameters.size();
    std::string where = conditions(" WHERE ", query_.where);
    if (sources_.size() == 1) return where;
    // A subquery has named a column behind a foreign key of these rows: that takes a join.
    whole_.parameters.resize(before);
  }
  const ModelInfo& info = query_.model();
  if (info.primary_key.empty()) throw no_key_to_change_by(info);
  std::vector<std::string> key;
  std::vector<std::string> inner;
  for (const std::string& one : info.primary_key) {
    key.push_back(quote_identifier(one));
    inner.push_back(sources_.column(0, one));
  }
  return " WHERE " + (key.size() == 1 ? key.front() : "(" + join(key, ", ") + ")") + " IN (SELECT " +
         join(inner, ", ") + from_on() + ")";
}

}  // namespace pgvista::model
