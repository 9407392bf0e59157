#pragma once
// Models: plain structs with one BOOST_DESCRIBE_STRUCT line each, and a static define() where there is more to say.
//
//   struct Customer {
//     static constexpr auto table = "shop_customer";
//     std::int64_t id{};
//     std::string name;
//     static void define(pgvista::Table<Customer>& t) { t.column(&Customer::name, pgvista::max_length(80)); }
//   };
//   BOOST_DESCRIBE_STRUCT(Customer, (), (id, name))

#include <boost/describe.hpp>
#include <boost/mp11/algorithm.hpp>
#include <concepts>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include <pgvista/types.hpp>

namespace pgvista {

/// A foreign key: the value of the other row's primary key, and that row where it was loaded.
template <class M, class Key = std::int64_t>
class Ref {
 public:
  using Model = M;
  using KeyType = Key;

  Ref() = default;
  template <class K>
  requires std::convertible_to<K, Key>
  Ref(K key) : key(std::move(key)) {}  // NOLINT(google-explicit-constructor): a reference is its key

  Key key{};

  bool loaded() const { return row_ != nullptr; }
  /// Requires that the row was loaded, by with(&…); throws Failure (not_loaded) otherwise.
  const M& operator*() const { return *get(); }
  const M* operator->() const { return get(); }
  void load(std::shared_ptr<const M> row) { row_ = std::move(row); }

  friend bool operator==(const Ref& a, const Ref& b) { return a.key == b.key; }

 private:
  const M* get() const;
  std::shared_ptr<const M> row_;
};

namespace model {

struct ModelInfo;
/// Lazily, as two models may name each other.
using InfoOf = const ModelInfo& (*)();

[[noreturn]] void not_loaded(const char* what);

/// One column of a model.
struct FieldInfo {
  std::string member;
  std::string column;
  std::string type;  // SQL
  unsigned oid = 0;
  bool nullable = false;
  InfoOf target = nullptr;                                            // of a foreign key
  void (*decode)(void* row, const char* data, int length) = nullptr;  // length −1: NULL
  Parameter (*encode)(const void* row) = nullptr;
  /// Puts the object that `load` made of the target's columns into a foreign key.
  void (*attach)(void* row, const std::shared_ptr<void>& object) = nullptr;
  std::shared_ptr<void> (*make_target)() = nullptr;

  std::optional<int> max_length;
  std::vector<std::string> choices;
  std::string default_sql;
  std::string on_delete;
  std::string comment;
  bool identity = false;  // the server makes the value
  bool unique = false;
};

struct IndexInfo {
  std::vector<std::string> columns;
  bool unique = false;
  std::string name;
};

struct QuerySpec;

enum class Kind { table,
                  view,
                  materialized };

struct ModelInfo {
  std::string type;  // the struct's name, for errors
  std::string schema;
  std::string table;
  bool managed = true;
  std::vector<FieldInfo> fields;
  std::vector<std::string> primary_key;  // columns
  std::vector<IndexInfo> indexes;
  std::vector<std::pair<std::string, std::string>> checks;  // name and condition
  std::string comment;

  Kind kind = Kind::table;
  std::string maintenance;                 // "manual", "immediate", "on_commit"
  std::string sql;                         // of a view written as SQL
  std::shared_ptr<const QuerySpec> query;  // of a view written as a query

  const FieldInfo* field(std::string_view member) const;
  /// Requires that it is there.
  const FieldInfo& at(std::string_view member) const;
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

/// The described data members of a struct, those of its bases too.
template <class M>
using Members = boost::describe::describe_members<M, boost::describe::mod_public | boost::describe::mod_inherited>;

template <class M>
concept Described = boost::describe::has_describe_members<M>::value;

template <class M>
const ModelInfo& info();

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
    return Parameter{Type<typename P::type>::oid, Type<typename P::type>::oid != 0, std::nullopt};
  } else {
    return plain(member);
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
  out.nullable = P::nullable;
  out.decode = [](void* row, const char* data, int length) { decode_member(static_cast<M*>(row)->*D::pointer, data, length, D::name); };
  out.encode = [](const void* row) { return encode_member(static_cast<const M*>(row)->*D::pointer); };
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

template <class M, class Key>
const M* Ref<M, Key>::get() const {
  if (!row_) model::not_loaded(model::info<M>().type.c_str());
  return row_.get();
}

/// Options of a column, for Table::column.
struct ColumnOption {
  std::function<void(model::FieldInfo&)> apply;
};
/// At most so many characters; also a CHECK constraint.
ColumnOption max_length(int characters);
/// One of these texts; also a CHECK constraint.
ColumnOption choices(std::vector<std::string> values);
/// A literal of the column's type.
ColumnOption default_to(const std::string& text);
ColumnOption default_to(long long number);
/// An SQL expression such as now().
ColumnOption default_sql(std::string expression);
ColumnOption column_name(std::string name);
ColumnOption unique();
ColumnOption comment(std::string text);
/// The server makes the value (GENERATED BY DEFAULT AS IDENTITY).
ColumnOption identity();

enum class OnDelete { no_action,
                      restrict_,
                      cascade,
                      set_null,
                      set_default };
ColumnOption on_delete(OnDelete action);

/// What a model says of its table. Every function returns the builder.
template <class M>
class Table {
 public:
  explicit Table(model::ModelInfo& info) : info_(info) {}

  Table& name(std::string table, std::string schema = {}) {
    info_.table = std::move(table);
    info_.schema = std::move(schema);
    return *this;
  }
  /// The table exists already: pgvista reads and writes its rows, and never its definition.
  Table& unmanaged() {
    info_.managed = false;
    return *this;
  }
  Table& comment(std::string text) {
    info_.comment = std::move(text);
    return *this;
  }

  template <class C, class T, class... Options>
  Table& column(T C::*member, const Options&... options) {
    model::FieldInfo& field = find(member);
    (options.apply(field), ...);
    return *this;
  }

  template <class... Ps>
  Table& primary_key(Ps... members) {
    info_.primary_key = columns(members...);
    return *this;
  }
  template <class... Ps>
  Table& index(Ps... members) {
    info_.indexes.push_back({columns(members...), false, {}});
    return *this;
  }
  template <class... Ps>
  Table& unique(Ps... members) {
    info_.indexes.push_back({columns(members...), true, {}});
    return *this;
  }
  /// A condition in SQL over the table's columns.
  Table& check(std::string name, std::string condition) {
    info_.checks.emplace_back(std::move(name), std::move(condition));
    return *this;
  }

 protected:
  template <class C, class T>
  model::FieldInfo& find(T C::*member) {
    static_assert(std::is_base_of_v<C, M>, "pgvista: this member belongs to another model");
    const std::string_view name = model::member_name(member);
    model::require_member(name, info_.type.c_str());
    return const_cast<model::FieldInfo&>(info_.at(name));
  }
  template <class... Ps>
  std::vector<std::string> columns(Ps... members) {
    return {find(members).column...};
  }

  model::ModelInfo& info_;
};

template <class M>
class View;

namespace model {

template <class M>
std::string_view type_name() {
  const std::string_view all = __PRETTY_FUNCTION__;
  const std::size_t begin = all.find("M = ") + 4;
  const std::string_view name = all.substr(begin, all.find_first_of(";]", begin) - begin);
  const std::size_t colon = name.rfind(':');
  return colon == std::string_view::npos ? name : name.substr(colon + 1);
}

/// Fills in what follows from the rest: the table's name, the key.
void complete(ModelInfo& info);

template <class M>
ModelInfo build() {
  static_assert(Described<M>, "pgvista: a model needs a BOOST_DESCRIBE_STRUCT line that names its members");
  ModelInfo out;
  out.type = type_name<M>();
  boost::mp11::mp_for_each<Members<M>>([&](auto d) { out.fields.push_back(field_of<M, decltype(d)>()); });
  if constexpr (requires { std::string_view(M::table); }) out.table = M::table;
  if constexpr (requires(Table<M> & t) { M::define(t); }) {
    Table<M> table(out);
    M::define(table);
  } else if constexpr (requires(View<M> & v) { M::define(v); }) {
    View<M> view(out);
    M::define(view);
  }
  complete(out);
  return out;
}

template <class M>
const ModelInfo& info() {
  static const ModelInfo built = build<M>();
  return built;
}

}  // namespace model

}  // namespace pgvista
