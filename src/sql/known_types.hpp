#pragma once
// What the types of PostgreSQL can do, and what each is called elsewhere: the one place that knows.

#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace pgvista::sql {

enum class TypeKind { number, text, moment, json, other };

/// Added up in KnownType::abilities.
enum TypeAbility : unsigned {
  compares = 1,    // it has the equality and the hash that "=" means under every search path
  one_form = 2,    // equal values look the same
  any_length = 4,  // a value may be longer than an index takes, whatever its modifier allows
  in_queues = 8,   // a queue keeps arrays of it; of others, texts
  in_notes = 16    // what is noted for the commit keeps it as it is
};

struct KnownType {
  std::string_view name;      // as format_type prints it, without a modifier: "timestamp with time zone"
  std::string_view internal;  // pg_type.typname: "timestamptz"
  TypeKind kind;
  std::string_view hash;  // "", or the name of those whose equal values have equal hashes, across types
  unsigned abilities;
  std::string_view json = "string";  // "" is any
  std::string_view json_format = {};
  std::string_view cpp = {};     // "" travels as text
  std::string_view django = {};  // "" is a TextField

  bool can(TypeAbility one) const { return (abilities & one) != 0; }
};

/// All of them, each once.
std::span<const KnownType> known_types();

/// Of a name without a modifier; null of what is none of these: arrays, domains, enums, types of extensions.
const KnownType* known_type(std::string_view name);

/// What names of types whose equal values have equal hashes have in common.
std::string hash_family(const std::string& name);

/// typname of those whose equal values look the same.
std::vector<std::string> one_form_types();

/// "timestamp with time zone" of "timestamp(3) with time zone".
std::string without_modifier(const std::string& type);

}  // namespace pgvista::sql
