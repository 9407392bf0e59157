#pragma once
// What is known of a model at run time: made once from its struct's description, read by everything else.

#include <boost/describe.hpp>
#include <algorithm>
#include <boost/mp11/algorithm.hpp>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>

#include <pgvista/relation.hpp>
#include <pgvista/types.hpp>

namespace pgvista {

namespace model {

/// One column of a model.
struct FieldInfo {
  std::string member;
  std::string column;
  std::string type;  // SQL
  unsigned oid = 0;
  unsigned array_oid = 0;
  bool as_text = false;  // read as text, as its binary form is not known
  bool nullable = false;
  InfoOf target = nullptr;                                            // of a foreign key
  void (*decode)(void* row, const char* data, int length) = nullptr;  // length −1: NULL
  Parameter (*encode)(const void* row) = nullptr;
  void (*write)(const void* row, std::string& out) = nullptr;  // length and value, as COPY takes them
  /// Puts the object that `load` made of the target's columns into a foreign key.
  void (*attach)(void* row, const std::shared_ptr<void>& object) = nullptr;
  std::shared_ptr<void> (*make_target)() = nullptr;

  std::optional<int> max_length;
  std::vector<std::string> choices;
  std::vector<std::string> labels;  // of a C++ enum
  std::optional<Decimal> least;
  std::optional<Decimal> most;
  std::string default_sql;
  std::string on_delete;
  std::string comment;
  bool identity = false;  // the server makes the value
  bool unique = false;
};

/// What is said of an index beside its columns; the words are those of CREATE INDEX.
struct IndexInfo {
  std::vector<std::string> columns = {};  // as SQL: quoted names, or expressions
  bool unique = false;
  std::string name = {};
  std::string where = {};
  std::string method = {};  // gin, brin, …
  std::vector<std::string> include = {};
};

/// How the rows of another model are found from a row of this one. The members `member` of both kinds, and foreign keys,
/// come down to one of these.
struct Link {
  InfoOf target = nullptr;
  bool many = false;
  bool maybe_none = true;
  std::string own_column;     // equals …
  std::string target_column;  // … this one, or each of a pair in the table between
  struct Between {
    std::string schema;
    std::string table;
    std::string own_column;
    std::string target_column;
  };
  std::optional<Between> between;
};

/// A One or Many member: no column, rows of another model.
struct RelationInfo {
  std::string member;
  InfoOf target = nullptr;
  bool many = false;
  std::string back;          // the target's member that refers to this model; "": define() did not say
  InfoOf through = nullptr;  // the model between, with these two foreign keys, …
  std::string through_own;   // (members)
  std::string through_target;
  std::optional<Link::Between> table;  // … or a table that pgvista makes; names that are empty follow from the models

  /// Makes room for one more row in the member of `row`.
  void* (*append)(void* row) = nullptr;
  /// The member's rows are loaded, even if there are none.
  void (*begin)(void* row) = nullptr;
  void (*elements)(void* row, std::vector<void*>& out) = nullptr;
  void (*attach)(void* row, const std::shared_ptr<void>& object) = nullptr;  // One
  std::shared_ptr<void> (*make_target)() = nullptr;
};

struct QuerySpec;
struct Node;

/// One column of a view that is written field by field, and what fills it.
struct Filling {
  std::string member;
  std::shared_ptr<const Node> value;
  bool aggregate = false;
};

enum class Kind { table,
                  view,
                  materialized };

struct ModelInfo {
  std::string type;           // the struct's name, for errors
  std::vector<InfoOf> bases;  // structs that it shares with others
  std::string schema;
  std::string table;
  bool managed = true;
  std::vector<FieldInfo> fields;
  std::vector<RelationInfo> relations;
  std::vector<std::string> primary_key;  // columns
  std::vector<IndexInfo> indexes;
  std::vector<std::pair<std::string, std::string>> checks;  // name and condition
  std::string comment;

  Kind kind = Kind::table;
  std::string sql;                         // of a view written as SQL
  std::shared_ptr<const QuerySpec> query;  // of a view written as a query
  InfoOf source = nullptr;                 // of a view written field by field: the parent model
  std::vector<Filling> fillings;
  std::vector<std::shared_ptr<const Node>> source_filters;
  std::vector<std::pair<std::string, std::string>> settings;  // of a view: key and TOML value, as in a view file
  std::vector<std::string> never_null;                        // columns of which the program knows more than the server

  const FieldInfo* field(std::string_view member) const;
  /// Requires that it is there.
  const FieldInfo& at(std::string_view member) const;
  const RelationInfo* relation(std::string_view member) const;
  const FieldInfo* column(std::string_view name) const;
  /// Is it of this model, or of a struct that it is based on?
  bool is_a(InfoOf other) const { return &other() == this || std::find(bases.begin(), bases.end(), other) != bases.end(); }
  /// Throws Failure (no_primary_key) unless it has one of a single column.
  const FieldInfo& single_key() const;
};

/// Of a foreign key or a One or Many member. Throws Failure (unknown_relation, ambiguous_relation).
Link link(InfoOf model, std::string_view member);

template <class T>
struct Plain {
  using type = T;  // without optional and Ref: what the column holds
  static constexpr bool nullable = false;
  using Model = void;
};
template <class T>
struct Plain<std::optional<T>> : Plain<T> {
  static constexpr bool nullable = true;
};
template <class M, class K>
struct Plain<Ref<M, K>> {
  using type = K;
  static constexpr bool nullable = false;
  using Model = M;
};

/// The model that a member leads to, void if none; `plain_type` tells whether the member is a column.
template <class T>
struct Leads {
  using Model = typename Plain<T>::Model;
  static constexpr bool column = true;
  static constexpr bool many = false;
  static constexpr bool maybe_none = Plain<T>::nullable;
};
template <class M>
struct Leads<One<M>> {
  using Model = M;
  static constexpr bool column = false;
  static constexpr bool many = false;
  static constexpr bool maybe_none = true;
};
template <class M>
struct Leads<Many<M>> {
  using Model = M;
  static constexpr bool column = false;
  static constexpr bool many = true;
  static constexpr bool maybe_none = true;
};

/// The described data members of a struct, those of its bases too.
template <class M>
using Members = boost::describe::describe_members<M, boost::describe::mod_public | boost::describe::mod_inherited>;

template <class M>
concept Described = boost::describe::has_describe_members<M>::value;

template <class T>
void decode_member(T& member, const char* data, int length, const char* name) {
  using P = Plain<T>;
  if (length < 0) {
    if constexpr (P::nullable) {
      member = std::nullopt;
      return;
    } else {
      wire::unexpected_null(name);
    }
  } else {
    member = Type<typename P::type>::decode({data, static_cast<std::size_t>(length)});
  }
}

template <class T>
Parameter encode_member(const T& member) {
  using P = Plain<T>;
  const auto plain = [](const auto& value) {
    if constexpr (requires { value.key; }) {
      return parameter(value.key);
    } else {
      return parameter(value);
    }
  };
  if constexpr (P::nullable) {
    if (member) return plain(*member);
    return Parameter{Type<typename P::type>::oid, Type<typename P::type>::oid != 0, std::nullopt, 0};
  } else {
    return plain(member);
  }
}

template <class T>
void write_member(const T& member, std::string& out) {
  using P = Plain<T>;
  const std::size_t at = out.size();
  wire::put<std::int32_t>(out, -1);
  const auto plain = [&](const auto& value) {
    if constexpr (requires { value.key; }) {
      Type<typename P::type>::encode(value.key, out);
    } else {
      Type<typename P::type>::encode(value, out);
    }
    wire::put_at(out, at, static_cast<std::int32_t>(out.size() - at - sizeof(std::int32_t)));
  };
  if constexpr (P::nullable) {
    if (member) plain(*member);
  } else {
    plain(member);
  }
}

template <class M, class D>
FieldInfo field_of() {
  using T = std::remove_cvref_t<decltype(std::declval<M&>().*D::pointer)>;
  using P = Plain<T>;
  static_assert(Mapped<typename P::type>, "pgvista: this member's type has no PostgreSQL type: specialise pgvista::Type for it");
  FieldInfo out;
  out.member = D::name;
  out.column = D::name;
  out.type = Type<typename P::type>::name;
  out.oid = Type<typename P::type>::oid;
  out.array_oid = Type<typename P::type>::array;
  out.as_text = wire::read_as_text<typename P::type>;
  out.nullable = P::nullable;
  if constexpr (DescribedEnum<typename P::type>) out.labels = wire::labels<typename P::type>();
  out.decode = [](void* row, const char* data, int length) { decode_member(static_cast<M*>(row)->*D::pointer, data, length, D::name); };
  out.encode = [](const void* row) { return encode_member(static_cast<const M*>(row)->*D::pointer); };
  out.write = [](const void* row, std::string& bytes) { write_member(static_cast<const M*>(row)->*D::pointer, bytes); };
  if constexpr (!std::is_void_v<typename P::Model>) {
    out.column += "_id";
    out.target = &info<typename P::Model>;
    out.make_target = []() -> std::shared_ptr<void> { return std::make_shared<typename P::Model>(); };
    out.attach = [](void* row, const std::shared_ptr<void>& object) {
      auto& member = static_cast<M*>(row)->*D::pointer;
      auto target = std::static_pointer_cast<const typename P::Model>(object);
      if constexpr (P::nullable) {
        if (member) member->load(std::move(target));
      } else {
        member.load(std::move(target));
      }
    };
  }
  return out;
}

template <class M, class D>
RelationInfo relation_of() {
  using T = std::remove_cvref_t<decltype(std::declval<M&>().*D::pointer)>;
  using Target = typename Leads<T>::Model;
  RelationInfo out;
  out.member = D::name;
  out.target = &info<Target>;
  out.many = Leads<T>::many;
  if constexpr (Leads<T>::many) {
    out.begin = [](void* row) { (static_cast<M*>(row)->*D::pointer).storage(); };
    out.append = [](void* row) -> void* { return &(static_cast<M*>(row)->*D::pointer).storage().emplace_back(); };
    out.elements = [](void* row, std::vector<void*>& all) {
      for (Target& one : (static_cast<M*>(row)->*D::pointer).storage()) all.push_back(&one);
    };
  } else {
    out.make_target = []() -> std::shared_ptr<void> { return std::make_shared<Target>(); };
    out.attach = [](void* row, const std::shared_ptr<void>& object) { (static_cast<M*>(row)->*D::pointer).load(std::static_pointer_cast<const Target>(object)); };
  }
  return out;
}

/// The name that a member goes by in its struct's description; the struct may be a base of the model.
template <class C, class T>
std::string_view member_name(T C::*pointer) {
  static_assert(Described<C>, "pgvista: this struct has no BOOST_DESCRIBE_STRUCT line");
  std::string_view out;
  boost::mp11::mp_for_each<Members<C>>([&](auto d) {
    if constexpr (std::is_same_v<std::remove_cvref_t<decltype(d.pointer)>, T C::*>) {
      if (d.pointer == pointer) out = d.name;
    } else if constexpr (std::is_convertible_v<std::remove_cvref_t<decltype(d.pointer)>, T C::*>) {
      if (static_cast<T C::*>(d.pointer) == pointer) out = d.name;
    }
  });
  return out;
}

/// Throws Failure (unknown_member) when the member is not in the description.
void require_member(std::string_view name, const char* type);

}  // namespace model

}  // namespace pgvista
