#pragma once
// Where the changed rows of base tables go, until the view's rows follow: nowhere (immediate), into pgvista.pending
// until the transaction commits (on_commit), into the queue of each table until pgvista watch takes them (deferred).

#include "ivm/functions/style.hpp"

namespace pgvista::ivm {

/// What is being compiled, as its change log must know it.
struct Logged {
  const Program& program;
  const Names& names;
  const Shape& shape;
  const Style& style;
};

class ChangeLog {
 public:
  virtual ~ChangeLog() = default;
  /// When the view's rows follow, for people: "at the end of every statement".
  virtual const char* when() const = 0;
  /// Do the rows wait? No: `record` makes them follow at once.
  virtual bool waits() const = 0;
  /// Do the rows follow in a transaction of somebody who writes, beside which others write, too? Then keys are locked.
  virtual bool locks() const = 0;

  /// What a trigger does with the rows that an event changed, of these entries of its table (numbers from 0). Nothing:
  /// none of it matters.
  virtual plpgsql::Statements record(const Logged& to, const std::vector<std::size_t>& entries, Event event) const = 0;
  /// … so that every key is reached.
  virtual plpgsql::Statement record_everything(const Logged& to) const = 0;
  /// Are rows of this entry written down as texts, which the program's settings must not change?
  virtual bool keeps_text(const Entry& entry, Noting noting) const = 0;
  /// What the trigger of a base table leaves for others to read, in the place of statements; nullopt: it has
  /// statements.
  virtual std::optional<std::vector<QueueColumn>> queued(const Shape& shape, const TableFact& table) const = 0;

  /// The functions of a store that hand what waits to its function `maintain`; appended to the program.
  virtual void add_replay(Program& program, const Names& names, const Shape& shape, const Style& style) const = 0;
  /// What the whole program needs beside.
  virtual void finish(Program& program) const = 0;
};

/// That of a mode. It has no state, and lives as long as the process.
const ChangeLog& change_log(Maintenance mode);

/// The changed rows of these entries, as arrays for `maintain`; `locks_only`: up to the locks and no further.
plpgsql::Statement hand_on(const Logged& to, const std::vector<std::size_t>& entries, Event event, bool locks_only);

}  // namespace pgvista::ivm
