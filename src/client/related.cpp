#include <pgvista/related.hpp>

#include "model/load.hpp"
#include "model/write.hpp"
#include "sql/identifier.hpp"

namespace pgvista::model {

namespace {

using sql::quote_identifier;

// A member of one row, and the SQL around it.
class PairWriter {
 public:
  PairWriter(InfoOf owner, std::string_view member, const Parameter& key)
      : link_(link(owner, member)), own_key_(*owner().column(link_.own_column)), row_key_(key) {}

  Statement add(const std::vector<const void*>& others) const {
    if (!link_.between) {
      const std::string column = quote_identifier(link_.target_column);
      return {"UPDATE " + table() + " SET " + column + " = $1 WHERE " + others_key() + " = ANY ($2)",
              {row_key_, keys(others)}};
    }
    return {"INSERT INTO " + between() + " (" + own() + ", " + target() + ") SELECT $1::" + own_key_.type +
                ", one FROM unnest($2::" + other_key().type + "[]) AS one EXCEPT SELECT " + own() + ", " + target() +
                " FROM " + between() + " WHERE " + own() + " = $1 ON CONFLICT DO NOTHING",
            {row_key_, keys(others)}};
  }

  // Of these rows, or of all but these.
  Statement remove(const std::vector<const void*>& others, bool all_but) const {
    const std::string of = std::string(all_but ? " <> ALL" : " = ANY") + " ($2)";
    if (link_.between)
      return {"DELETE FROM " + between() + " WHERE " + own() + " = $1 AND " + target() + of, {row_key_, keys(others)}};
    const FieldInfo& back = *link_.target().column(link_.target_column);
    if (!back.nullable)
      throw Failure(usage_error("not_nullable", "rows of " + link_.target().type + " cannot be without " + back.member,
                                "Remove the rows themselves, or give them another " + back.member + "."));
    const std::string column = quote_identifier(link_.target_column);
    return {"UPDATE " + table() + " SET " + column + " = NULL WHERE " + column + " = $1 AND " + others_key() + of,
            {row_key_, keys(others)}};
  }

  // Would setting to these rows take any away?
  Statement others_there(const std::vector<const void*>& others) const {
    return {"SELECT count(*) FROM " + table() + " WHERE " + quote_identifier(link_.target_column) + " = $1 AND " +
                others_key() + " <> ALL ($2)",
            {row_key_, keys(others)}};
  }

  bool removable() const { return link_.between || link_.target().column(link_.target_column)->nullable; }
  const Link& where() const { return link_; }
  const Parameter& row_key() const { return row_key_; }
  const FieldInfo& own_key() const { return own_key_; }

 private:
  const FieldInfo& other_key() const {
    return link_.between ? *link_.target().column(link_.target_column) : link_.target().single_key();
  }
  std::string others_key() const { return quote_identifier(other_key().column); }
  std::string table() const { return table_name(link_.target()); }
  std::string between() const { return sql::Name{link_.between->schema, link_.between->table}.sql(); }
  std::string own() const { return quote_identifier(link_.between->own_column); }
  std::string target() const { return quote_identifier(link_.between->target_column); }
  Parameter keys(const std::vector<const void*>& others) const {
    std::vector<Parameter> out;
    for (const void* one : others) out.push_back(other_key().encode(one));
    return array_parameter(other_key(), out);
  }

  Link link_;
  const FieldInfo& own_key_;
  Parameter row_key_;
};

}  // namespace

std::int64_t add_related(const At& at, InfoOf owner, std::string_view member, const Parameter& key,
                         const std::vector<const void*>& others) {
  const PairWriter one(owner, member, key);
  const std::int64_t count = at.run(one.add(others)).affected();
  // A row that has never been inserted cannot be found.
  if (!one.where().between && count < static_cast<std::int64_t>(others.size()))
    throw Failure(Error{"no_row",
                        "a row of " + one.where().target().type + " that is to be added is not in the database",
                        {},
                        "Insert it first.",
                        {},
                        at.place.file,
                        at.place.line,
                        0,
                        ExitCode::failed});
  return count;
}

std::int64_t remove_related(const At& at, InfoOf owner, std::string_view member, const Parameter& key,
                            const std::vector<const void*>& others) {
  return at.run(PairWriter(owner, member, key).remove(others, false)).affected();
}

void set_related(const At& at, InfoOf owner, std::string_view member, const Parameter& key,
                 const std::vector<const void*>& others) {
  const PairWriter one(owner, member, key);
  Transaction transaction(at.db);
  const bool nothing_to_remove =
      !one.removable() && decode_value<std::int64_t>(at.run(one.others_there(others)), 0, 0) == 0;
  if (!nothing_to_remove) at.run(one.remove(others, true));
  at.run(one.add(others));
  transaction.commit();
}

Parameter related_key(InfoOf owner, std::string_view member, const void* row) {
  return owner().column(link(owner, member).own_column)->encode(row);
}

SpecPtr query_related(InfoOf owner, std::string_view member, const Parameter& key) {
  const PairWriter one(owner, member, key);
  auto out = std::make_shared<QuerySpec>();
  out->model = one.where().target;
  out->batch = Batch{one.where(), &one.own_key(), array_parameter(one.own_key(), {one.row_key()}), false};
  return out;
}

}  // namespace pgvista::model
