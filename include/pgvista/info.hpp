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

/// Where a member stands in its struct: a pointer to a data member is that offset in the Itanium C++ ABI. No function,
/// as it would be compiled once for each member of each model.
#define PGVISTA_OFFSET(member) __builtin_bit_cast(std::ptrdiff_t, member)
template <class C, class T>
std::ptrdiff_t offset_of(T C::*member) {
  return PGVISTA_OFFSET(member);
}

/// A member of a described struct, found by its place: its name is looked up when it is needed, as the struct's
/// description may still be under way.
struct MemberRef {
  InfoOf owner = nullptr;
  std::ptrdiff_t offset = 0;
  /// Throws Failure (unknown_member) when the description does not name it.
  std::string_view name() const;
};

/// How values of one C++ type are read and written, whatever struct they are in.
struct Codec {
  void (*decode)(void* member, const char* data, int length);  // length −1: NULL, of members that can be
  Parameter (*encode)(const void* member);
  void (*write)(const void* member, std::string& out);  // length and value, as COPY takes them
  bool (*blank)(const void* member);                    // is it as a new value of its type is?
};

/// One column of a model.
struct FieldInfo {
  std::string member;
  std::ptrdiff_t offset = 0;
  std::string column;
  std::string type;  // SQL
  unsigned oid = 0;
  unsigned array_oid = 0;
  bool as_text = false;  // read as text, as its binary form is not known
  bool nullable = false;
  InfoOf target = nullptr;  // of a foreign key
  Codec codec = {};
  /// Puts the object that was made of the target's columns into a foreign key.
  void (*attach_to)(void* member, const std::shared_ptr<void>& object) = nullptr;
  std::shared_ptr<void> (*make_target)() = nullptr;

  void decode(void* row, const char* data, int length) const {
    if (length < 0 && !nullable) wire::unexpected_null(member);
    codec.decode(static_cast<char*>(row) + offset, data, length);
  }
  Parameter encode(const void* row) const {
    Parameter out = codec.encode(static_cast<const char*>(row) + offset);
    if (as_text) {  // the server finds its type by the column
      out.oid = 0;
      out.binary = false;
    }
    return out;
  }
  bool blank(const void* row) const { return codec.blank(static_cast<const char*>(row) + offset); }
  void write(const void* row, std::string& out) const { codec.write(static_cast<const char*>(row) + offset, out); }

  std::optional<int> max_length;
  std::vector<std::string> choices;
  std::vector<std::string> labels;  // of a C++ enum
  std::optional<Decimal> least;
  std::optional<Decimal> most;
  std::string default_sql;
  bool computed_default = false;  // now(), gen_random_uuid(): also for a member that is as a new one is
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

/// How the rows of another model are found from a row of this one. The members `member` of both kinds, and foreign
/// keys, come down to one of these.
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
  std::ptrdiff_t offset = 0;
  InfoOf target = nullptr;
  bool many = false;
  MemberRef back;            // the target's member that refers to this model; no owner: define() did not say
  InfoOf through = nullptr;  // the model between, with these two foreign keys, …
  MemberRef through_own;
  MemberRef through_target;
  std::optional<Link::Between> table;  // … or a table that pgvista makes; names that are empty follow from the models

  /// Makes room for one more row in the member.
  void* (*append_to)(void* member) = nullptr;
  /// The member's rows are loaded, even if there are none.
  void (*begin_in)(void* member) = nullptr;
  void (*elements_of)(void* member, std::vector<void*>& out) = nullptr;
  void (*attach_to)(void* member, const std::shared_ptr<void>& object) = nullptr;  // One
  std::shared_ptr<void> (*make_target)() = nullptr;

  void* in(void* row) const { return static_cast<char*>(row) + offset; }
};

struct QuerySpec;
struct Node;

/// One column of a view that is written field by field, and what fills it.
struct Filling {
  std::string member;
  std::shared_ptr<const Node> value;
  bool aggregate = false;
};

enum class Kind { table, view, materialized };

struct ModelInfo {
  std::string type;           // the struct's name, for errors
  std::vector<InfoOf> bases;  // the structs that it is based on at once
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
  /// Of the member at this place. Throws Failure (unknown_member).
  std::string_view name_at(std::ptrdiff_t offset) const;
  const FieldInfo* column(std::string_view name) const;
  /// Is it of this model, or of a struct that it is based on?
  bool is_a(InfoOf other) const {
    return &other() == this || std::any_of(bases.begin(), bases.end(), [&](InfoOf base) { return base().is_a(other); });
  }
  /// Throws Failure (no_primary_key) unless it has one of a single column.
  const FieldInfo& single_key() const;
};

/// Of a foreign key or a One or Many member. Throws Failure (unknown_relation, ambiguous_relation).
Link link(InfoOf model, std::string_view member);

template <class P>
struct Member;
template <class M, class T>
struct Member<T M::*> {
  using Owner = M;
  using type = T;
};

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

template <class M>
concept Described = boost::describe::has_describe_members<M>::value;

/// The described data members of a struct, those of its bases too. Without bases it is quicker to compile so.
template <class M>
struct MembersOf {
  using type = boost::describe::describe_members<M, boost::describe::mod_public | boost::describe::mod_inherited>;
};
template <class M>
requires(boost::mp11::mp_empty<
         boost::describe::describe_bases<M, boost::describe::mod_any_access>>::value) struct MembersOf<M> {
  using type = boost::describe::describe_members<M, boost::describe::mod_public>;
};
template <class M>
using Members = typename MembersOf<M>::type;

template <class T>
void decode_member(T& member, const char* data, int length) {
  using P = Plain<T>;
  if constexpr (P::nullable) {
    if (length < 0) {
      member = std::nullopt;
      return;
    }
  }
  member = Type<typename P::type>::decode({data, static_cast<std::size_t>(length)});
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

/// One for each C++ type, shared by all its members.
template <class T>
constexpr Codec codec_of() {
  return {[](void* member, const char* data, int length) { decode_member(*static_cast<T*>(member), data, length); },
          [](const void* member) { return encode_member(*static_cast<const T*>(member)); },
          [](const void* member, std::string& out) { write_member(*static_cast<const T*>(member), out); },
          [](const void* member) { return encode_member(*static_cast<const T*>(member)) == encode_member(T{}); }};
}

/// A column for a member of type T.
template <class T>
FieldInfo field_of(const char* name, std::ptrdiff_t offset) {
  using P = Plain<T>;
  static_assert(Mapped<typename P::type>,
                "pgvista: this member's type has no PostgreSQL type: specialise pgvista::Type for it");
  FieldInfo out;
  out.member = name;
  out.offset = offset;
  out.column = name;
  out.type = Type<typename P::type>::name;
  out.oid = Type<typename P::type>::oid;
  out.array_oid = Type<typename P::type>::array;
  out.as_text = wire::read_as_text<typename P::type>;
  out.nullable = P::nullable;
  out.codec = codec_of<T>();
  if constexpr (DescribedEnum<typename P::type>) out.labels = wire::labels<typename P::type>();
  if constexpr (!std::is_void_v<typename P::Model>) {
    out.column += "_id";
    out.target = &info<typename P::Model>;
    out.make_target = []() -> std::shared_ptr<void> { return std::make_shared<typename P::Model>(); };
    out.attach_to = [](void* member, const std::shared_ptr<void>& object) {
      auto target = std::static_pointer_cast<const typename P::Model>(object);
      if constexpr (P::nullable) {
        if (*static_cast<T*>(member)) (*static_cast<T*>(member))->load(std::move(target));
      } else {
        static_cast<T*>(member)->load(std::move(target));
      }
    };
  }
  return out;
}

template <class T>
RelationInfo relation_of(const char* name, std::ptrdiff_t offset) {
  using Target = typename Leads<T>::Model;
  RelationInfo out;
  out.member = name;
  out.offset = offset;
  out.target = &info<Target>;
  out.many = Leads<T>::many;
  if constexpr (Leads<T>::many) {
    out.begin_in = [](void* member) { static_cast<T*>(member)->storage(); };
    out.append_to = [](void* member) -> void* { return &static_cast<T*>(member)->storage().emplace_back(); };
    out.elements_of = [](void* member, std::vector<void*>& all) {
      for (Target& one : static_cast<T*>(member)->storage()) all.push_back(&one);
    };
  } else {
    out.make_target = []() -> std::shared_ptr<void> { return std::make_shared<Target>(); };
    out.attach_to = [](void* member, const std::shared_ptr<void>& object) {
      static_cast<T*>(member)->load(std::static_pointer_cast<const Target>(object));
    };
  }
  return out;
}

/// The member of a struct, which may be a base of the model.
template <class C, class T>
MemberRef member_of(T C::*pointer) {
  static_assert(Described<C>, "pgvista: this struct has no BOOST_DESCRIBE_STRUCT line");
  return {&info<C>, offset_of(pointer)};
}
/// A member given by a pointer of type P, likewise without a function for each.
#define PGVISTA_MEMBER(P, pointer) \
  (pgvista::model::MemberRef{&pgvista::model::info<typename pgvista::model::Member<P>::Owner>, PGVISTA_OFFSET(pointer)})
template <class C, class T>
std::string_view member_name(T C::*pointer) {
  return member_of(pointer).name();
}

}  // namespace model

}  // namespace pgvista
