#pragma once
// What the planner thinks about one view while it decides.

#include <map>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "plan/plan.hpp"

namespace pgvista::plan {

enum class Change {
  none,
  create,   // there is nothing of that name
  replace,  // CREATE OR REPLACE VIEW: columns only appended
  rebuild,  // a new object
  repoint,  // CREATE OR REPLACE VIEW with its own definition, so that it reads a new object
};

struct Subject {
  sql::Name name;
  const schema::ViewDefinition* definition = nullptr;  // null: not managed
  const schema::Relation* live = nullptr;
  const catalog::Meaning* meaning = nullptr;
  schema::Kind kind = schema::Kind::view;
  Change change = Change::none;
  bool definition_changed = false;
  bool beside = false;  // built under another name before the transaction
  bool adopt = false;
  bool renamed = false;
  bool refresh_after = false;
  bool selected = true;  // named on the command line, or needed by such a one
  std::string reason;
  Status status = Status::exists;

  bool materialized() const { return kind == schema::Kind::materialized; }
  bool new_object() const { return change == Change::create || change == Change::rebuild; }
};

/// All subjects of a plan: the project's views, and the unmanaged views that a change reaches.
class Subjects {
 public:
  explicit Subjects(const Input& input, const Options& options);

  std::vector<Subject>& all() { return subjects_; }
  const std::vector<Subject>& all() const { return subjects_; }
  Subject* by_oid(schema::Oid oid);
  /// The subjects that read this one directly; unmanaged readers become subjects when `include_unmanaged`.
  std::vector<Subject*> readers(const Subject& subject);
  /// The subjects that this one reads directly.
  std::vector<Subject*> reads(const Subject& subject);
  void sort();

 private:
  void add_unmanaged(const Options& options);

  const Input& input_;
  std::vector<Subject> subjects_;
};

/// Fills in each subject's change, and the errors that forbid the plan.
/// `skipped`: views that wait for one that is refused.
void decide(Subjects& subjects, const Input& input, const Options& options, Plan& plan, std::vector<Error>& skipped);

}  // namespace pgvista::plan
