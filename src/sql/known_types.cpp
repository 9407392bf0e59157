#include "sql/known_types.hpp"

#include <algorithm>
#include <array>

namespace pgvista::sql {

namespace {

using enum TypeKind;
constexpr unsigned none = 0;
constexpr unsigned queued = compares | one_form | in_queues;
constexpr unsigned every = queued | in_notes;

// Values of character without a declared length have forms: blanks at the end do not count. With one they have not.
constexpr auto all = std::to_array<KnownType>({
    // clang-format off
    {"boolean", "bool", other, "", every, "boolean", "", "bool", "BooleanField"},
    {"smallint", "int2", number, "integer", every, "integer", "int32", "std::int16_t", "SmallIntegerField"},
    {"integer", "int4", number, "integer", every, "integer", "int32", "std::int32_t", "IntegerField"},
    {"bigint", "int8", number, "integer", every, "integer", "int64", "std::int64_t", "BigIntegerField"},
    {"numeric", "numeric", number, "", compares | in_queues | in_notes, "number", "", "pgvista::Decimal",
     "DecimalField"},
    {"real", "float4", number, "float", compares | in_queues, "number", "", "float", "FloatField"},
    {"double precision", "float8", number, "float", compares | in_queues, "number", "", "double", "FloatField"},
    {"text", "text", text, "text", every | any_length, "string", "", "std::string", "TextField"},
    {"character varying", "varchar", text, "text", every | any_length, "string", "", "std::string", "CharField"},
    {"character", "bpchar", text, "", compares | any_length | in_queues | in_notes, "string", "",
     "std::string", "CharField"},
    {"bpchar", "bpchar", text, "", compares | any_length},
    {"name", "name", other, "", compares | one_form, "string", "", "std::string"},
    {"citext", "citext", text, "", none, "string", "", "std::string"},
    {"uuid", "uuid", other, "", every, "string", "uuid", "pgvista::Uuid", "UUIDField"},
    {"date", "date", moment, "", queued, "string", "date", "pgvista::Date", "DateField"},
    {"timestamp without time zone", "timestamp", moment, "", queued, "string", "date-time",
     "pgvista::Timestamp", "DateTimeField"},
    {"timestamp with time zone", "timestamptz", moment, "", queued, "string", "date-time",
     "pgvista::TimestampTz", "DateTimeField"},
    {"time without time zone", "time", other, "", queued, "string", "", "pgvista::TimeOfDay", "TimeField"},
    {"time with time zone", "timetz", other, "", one_form | in_queues, "string", "", "", "TimeField"},
    {"interval", "interval", other, "", compares | in_queues, "string", "", "pgvista::Interval", "DurationField"},
    {"bytea", "bytea", other, "", queued | any_length, "string", "", "pgvista::Bytes", "BinaryField"},
    {"json", "json", json, "", in_queues, "", "", "pgvista::Json", "JSONField"},
    {"jsonb", "jsonb", json, "", compares | any_length | in_queues, "", "", "pgvista::Json", "JSONField"},
    {"inet", "inet", other, "", queued, "string", "", "", "GenericIPAddressField"},
    {"cidr", "cidr", other, "", one_form | in_queues},
    {"oid", "oid", other, "", compares | one_form, "string", "", "", "BigIntegerField"},
    {"tsvector", "tsvector", other, "", any_length, "string", "", "", "SearchVectorField"},
    {"path", "path", other, "", any_length},
    {"polygon", "polygon", other, "", any_length},
    {"bit varying", "varbit", other, "", one_form | any_length},
    {"macaddr", "macaddr", other, "", one_form},
    {"macaddr8", "macaddr8", other, "", one_form},
    {"money", "money", other, "", one_form},
    {"bit", "bit", other, "", one_form},
    {"pg_lsn", "pg_lsn", other, "", one_form},
    {"xid8", "xid8", other, "", one_form},
    {"regclass", "regclass", other, "", one_form},
    {"regtype", "regtype", other, "", one_form},
    {"\"char\"", "char", other, "", one_form},
    {"int4range", "int4range", other, "", none, "string", "", "pgvista::Range<std::int32_t>"},
    {"int8range", "int8range", other, "", none, "string", "", "pgvista::Range<std::int64_t>"},
    {"numrange", "numrange", other, "", none, "string", "", "pgvista::Range<pgvista::Decimal>"},
    {"daterange", "daterange", other, "", none, "string", "", "pgvista::Range<pgvista::Date>"},
    {"tsrange", "tsrange", other, "", none, "string", "", "pgvista::Range<pgvista::Timestamp>"},
    {"tstzrange", "tstzrange", other, "", none, "string", "", "pgvista::Range<pgvista::TimestampTz>"},
    // clang-format on
});

}  // namespace

std::span<const KnownType> known_types() { return all; }

const KnownType* known_type(std::string_view name) {
  const auto* const found =
      std::find_if(all.begin(), all.end(), [&](const KnownType& one) { return one.name == name; });
  return found == all.end() ? nullptr : found;
}

std::string hash_family(const std::string& name) {
  const KnownType* known = known_type(name);
  return known && !known->hash.empty() ? std::string(known->hash) : name;
}

std::vector<std::string> one_form_types() {
  std::vector<std::string> out;
  for (const KnownType& one : all) {
    if (one.can(one_form)) out.emplace_back(one.internal);
  }
  return out;
}

std::string without_modifier(const std::string& type) {
  const std::size_t open = type.find('(');
  return open == std::string::npos ? type : type.substr(0, open) + type.substr(type.find(')') + 1);
}

}  // namespace pgvista::sql
