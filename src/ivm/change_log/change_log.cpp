#include "ivm/change_log/change_log.hpp"

#include "ivm/change_log/pending.hpp"
#include "ivm/change_log/queue.hpp"
#include "ivm/functions/key_condition.hpp"
#include "ivm/functions/rows.hpp"
#include "sql/make.hpp"

namespace pgvista::ivm {

using namespace sql;
namespace make = sql::make;
using plpgsql::If;
using plpgsql::Run;
using plpgsql::Statements;

namespace {

class Immediate : public ChangeLog {
 public:
  const char* when() const override { return "at the end of every statement"; }
  bool waits() const override { return false; }
  bool locks() const override { return true; }
  Statements record(const Logged& to, const std::vector<std::size_t>& entries, Event event) const override {
    return {hand_on(to, entries, event, false)};
  }
  plpgsql::Statement record_everything(const Logged& to) const override { return maintain_everything(to.names); }
  bool keeps_text(const Entry&, Noting) const override { return false; }
  std::optional<std::vector<QueueColumn>> queued(const Shape&, const TableFact&) const override { return std::nullopt; }
  void add_replay(Program&, const Names&, const Shape&, const Style&) const override {}
  void finish(Program&) const override {}
};

class OnCommit : public ChangeLog {
 public:
  const char* when() const override { return "at commit"; }
  bool waits() const override { return true; }
  bool locks() const override { return true; }
  Statements record(const Logged& to, const std::vector<std::size_t>& entries, Event event) const override {
    Statements out;
    for (const std::size_t i : entries) {
      if (auto note = note_statement(to.program, to.names, to.shape.entries[i], i + 1, event, to.style.noting))
        out.push_back(std::move(*note));
    }
    return out;
  }
  plpgsql::Statement record_everything(const Logged& to) const override {
    return note_everything(to.program, to.names);
  }
  bool keeps_text(const Entry& entry, Noting noting) const override { return depends_on_settings(entry, noting); }
  std::optional<std::vector<QueueColumn>> queued(const Shape&, const TableFact&) const override { return std::nullopt; }
  void add_replay(Program& program, const Names& names, const Shape& shape, const Style& style) const override {
    add_function(program, pending_function(names, shape, style));
  }
  void finish(Program&) const override {}
};

// What a batch takes from the queues is noted as a transaction would have; changes of its parts are, too.
class Deferred : public OnCommit {
 public:
  const char* when() const override { return "by pgvista watch"; }
  // One process applies all, in one snapshot.
  bool locks() const override { return false; }
  // A queue holds whole rows, whatever the strategy needs of them.
  bool keeps_text(const Entry& entry, Noting) const override { return depends_on_settings(entry, Noting::with_sign); }
  std::optional<std::vector<QueueColumn>> queued(const Shape& shape, const TableFact& table) const override {
    return table.part ? std::nullopt : std::optional(queued_columns(shape, table));
  }
  void add_replay(Program& program, const Names& names, const Shape& shape, const Style& style) const override {
    OnCommit::add_replay(program, names, shape, style);
    add_function(program, take_function(program.level, names, shape, style));
    program.takes.push_back(names.function("take").sql());
  }
  void finish(Program& program) const override { add_waits_function(program); }
};

}  // namespace

const ChangeLog& change_log(Maintenance mode) {
  static const Immediate immediate;
  static const OnCommit on_commit;
  static const Deferred deferred;
  if (mode == Maintenance::deferred) return deferred;
  if (mode == Maintenance::on_commit) return on_commit;
  return immediate;
}

plpgsql::Statement hand_on(const Logged& to, const std::vector<std::size_t>& entries, Event event, bool locks_only) {
  const Shape& shape = to.shape;
  plpgsql::Block out;
  Exprs arguments;
  Exprs any;
  for (const std::size_t i : entries) {
    const Entry& entry = shape.entries[i];
    std::vector<Target> aggregates;
    std::vector<std::string> variables;
    for (std::size_t k = 0; k < entry.columns.size(); ++k) {
      variables.push_back(argument_name(i, k));
      out.variables.push_back({variables.back(), entry.table->column(entry.columns[k])->type + "[]"});
      aggregates.push_back(make::target(make::call("array_agg", {make::name(entry.columns[k])})));
      arguments.push_back(make::named(parameter_name(i, k), make::name(variables.back())));
    }
    out.statements.push_back(
        {Run{make::select(std::move(aggregates), {make::subquery(changed_rows(entry, event), "d")}), variables}});
    any.push_back(make::is_not_null(make::name(variables.front())));
  }
  if (locks_only) arguments.push_back(make::named("locks_only", make::boolean(true)));
  Select call = make::select({make::target(make::call(to.names.function("maintain"), std::move(arguments)))});
  call.note = to.names.told(shape.entries[entries.front()].table->name.display());
  out.statements.push_back({If{{{make::any_of(any), {{Run{std::move(call)}}}}}}});
  return {std::move(out)};
}

}  // namespace pgvista::ivm
