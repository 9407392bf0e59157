#pragma once
// What a query loads beside its own rows: a tree of members, cut into those that join and those that take a query more.

#include "model/node.hpp"

namespace pgvista::model {

/// A foreign key or One member whose row comes in the same query.
struct JoinedLoad {
  int parent = -1;  // the load that its owner comes from; −1: the query's own rows
  InfoOf owner = nullptr;
  std::string_view member;
  InfoOf target = nullptr;
};

/// A Many member, with what is loaded behind it.
struct ManyLoad {
  int parent = -1;
  InfoOf owner = nullptr;
  std::string_view member;
  std::vector<std::vector<std::string_view>> rest;
};

struct LoadPlan {
  std::vector<JoinedLoad> joined;  // parents before their children: the order of their columns in the result
  std::vector<ManyLoad> many;
};

LoadPlan plan_loads(const QuerySpec& query);

/// Reads one row of a result into an object of the query's model, and into those that it loads beside.
class RowReader {
 public:
  RowReader(const QuerySpec& query, const LoadPlan& plan);
  /// Throws Failure (column_type) where a column has a type that its member cannot hold.
  void check(const Result& rows) const;
  /// `at_load`, if not null, is given the object of each joined load, null where there is none.
  void read(const Result& rows, int row, void* object, std::vector<void*>* at_load = nullptr) const;
  /// Columns of the objects.
  int width() const { return width_; }

 private:
  struct Part {
    int parent;
    const ModelInfo* target;
    int first;
    int key;                // NULL there: no row
    std::ptrdiff_t offset;  // of the member in its owner
    void (*attach)(void* member, const std::shared_ptr<void>& object);
    std::shared_ptr<void> (*make)();
  };
  const ModelInfo& info_;
  std::vector<Part> parts_;
  int width_ = 0;
};

/// Can a column of type `oid` be read into a member of type `member`? 0 travels as text, and reads anything.
bool readable(unsigned member, unsigned oid);
/// Throws Failure (column_type) unless the result's columns from `first` on can be read into the model's members.
void check_columns(const ModelInfo& info, const Result& rows, int first);

/// The column of the result that has the field's name. Throws Failure (unknown_column, column_type).
int named_column(const ModelInfo& info, const FieldInfo& field, const Result& rows);

/// Values of one column as an array.
Parameter array_parameter(const FieldInfo& field, const std::vector<Parameter>& values);

}  // namespace pgvista::model
