#pragma once
// The rows that a One or Many member of one object stands for: read, added, taken away.

#include <pgvista/query.hpp>

namespace pgvista {

namespace model {

/// `others`: rows of the other model. How many pairs came, how many went; what is there already stays.
std::int64_t add_related(const At& at, InfoOf owner, std::string_view member, const Parameter& key,
                         const std::vector<const void*>& others);
std::int64_t remove_related(const At& at, InfoOf owner, std::string_view member, const Parameter& key,
                            const std::vector<const void*>& others);
/// These and no others.
void set_related(const At& at, InfoOf owner, std::string_view member, const Parameter& key,
                 const std::vector<const void*>& others);
SpecPtr query_related(InfoOf owner, std::string_view member, const Parameter& key);
/// What of this row the member goes by.
Parameter related_key(InfoOf owner, std::string_view member, const void* row);

/// Made by related(post, &Post::tags). Of a member that a foreign key of the other model leads back from, adding sets
/// that key, and taking away makes it NULL; of pairs in a table between, rows of that table come and go.
template <class M, class Other>
class Related {
 public:
  Related(const M& row, std::string_view member)
      : key_(model::related_key(&model::info<M>, member, &row)), member_(member) {}

  /// The rows, as a query to go on from.
  Query<Other> query() const { return Query<Other>(model::query_related(&model::info<M>, member_, key_)); }
  std::vector<Other> fetch(At at) const { return query().fetch(at); }

  /// How many came.
  template <class... Rows>
  std::int64_t add(At at, const Rows&... others) const {
    return model::add_related(at, &model::info<M>, member_, key_, {pointer(others)...});
  }
  std::int64_t add(At at, const std::vector<Other>& others) const {
    return model::add_related(at, &model::info<M>, member_, key_, pointers(others));
  }
  /// How many went.
  template <class... Rows>
  std::int64_t remove(At at, const Rows&... others) const {
    return model::remove_related(at, &model::info<M>, member_, key_, {pointer(others)...});
  }
  std::int64_t remove(At at, const std::vector<Other>& others) const {
    return model::remove_related(at, &model::info<M>, member_, key_, pointers(others));
  }
  /// These rows and no others, in one transaction.
  void set(At at, const std::vector<Other>& others) const {
    model::set_related(at, &model::info<M>, member_, key_, pointers(others));
  }
  void clear(At at) const { set(at, {}); }

 private:
  template <class Row>
  static const void* pointer(const Row& row) {
    static_assert(std::is_same_v<Row, Other>, "pgvista: these rows are of another model than the member leads to");
    return &row;
  }
  static std::vector<const void*> pointers(const std::vector<Other>& rows) {
    std::vector<const void*> out;
    for (const Other& one : rows) out.push_back(&one);
    return out;
  }
  Parameter key_;
  std::string_view member_;
};

}  // namespace model

template <class M, class C, class R>
auto related(const M& row, R C::*member) {
  using Other = typename model::Leads<R>::Model;
  static_assert(!std::is_void_v<Other> && !model::Leads<R>::column, "pgvista: related() takes a One or Many member");
  static_assert(std::is_base_of_v<C, M>, "pgvista: this member belongs to another model");
  return model::Related<M, Other>(row, model::member_name(member));
}

}  // namespace pgvista
