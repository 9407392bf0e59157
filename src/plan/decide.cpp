// Which views change, and how far each change reaches.

#include <fmt/format.h>

#include <algorithm>
#include <functional>

#include "base/text.hpp"
#include "plan/steps.hpp"

namespace pgvista::plan {

using schema::Kind;
using schema::Relation;

namespace {

Error refusal(const Subject& subject, std::string code, std::string message, std::string hint) {
  Error error;
  error.code = std::move(code);
  error.message = std::move(message);
  error.hint = std::move(hint);
  if (subject.definition) error.file = subject.definition->source.file;
  return error;
}

const char* kind_word(char relkind) {
  switch (relkind) {
    case 'r':
    case 'p': return "table";
    case 'v': return "view";
    case 'm': return "materialized view";
    case 'f': return "foreign table";
    case 'S': return "sequence";
    case 'i':
    case 'I': return "index";
    case 'c': return "composite type";
    default: return "relation";
  }
}

bool appended_only(const std::vector<schema::LiveColumn>& before, const std::vector<schema::LiveColumn>& after) {
  return before.size() <= after.size() && std::equal(before.begin(), before.end(), after.begin());
}

class Decider {
 public:
  Decider(Subjects& subjects, const Input& input, const Options& options, Plan& plan, std::vector<Error>& skipped)
      : subjects_(subjects), input_(input), options_(options), plan_(plan), skipped_(skipped) {}

  void run() {
    for (Subject& subject : subjects_.all()) {
      if (subject.definition && subject.selected) own_change(subject);
    }
    select_readers_of_stores();
    spread();
    choose_beside();
    skip_with_refused();
    check_dependents();
    mark_refreshes();
  }

 private:
  void refuse(Subject& subject, Error error) {
    subject.status = Status::refused;
    subject.change = Change::none;
    plan_.errors.push_back(std::move(error));
  }

  const schema::Record* record(const Subject& subject) const {
    const auto found = input_.database.records.find(subject.live ? subject.live->name : subject.name);
    return found == input_.database.records.end() ? nullptr : &found->second;
  }

  void own_change(Subject& subject) {
    const auto number = static_cast<std::size_t>(subject.definition - input_.views.data());
    const catalog::Maintained& kept = input_.maintenance.views[number];
    const bool cannot = schema::maintained(*subject.definition) && !kept.program && !kept.current;
    if (!subject.meaning->known || cannot || (kept.program && !kept.program->blockers.empty())) {
      subject.status = Status::refused;  // its errors are in the plan already
      return;
    }
    if (!subject.live) {
      subject.change = Change::create;
      subject.reason = "it does not exist";
      return;
    }
    const Relation& live = *subject.live;
    if (live.taken) {
      subject.change = Change::rebuild;
      subject.reason = "it was taken away for a change below it";
      return;
    }
    if (!live.view() && !live.materialized()) {
      return refuse(subject, refusal(subject, "name_taken",
                                     fmt::format("there is {} {} named \"{}\" already",
                                                 live.kind == 'i' || live.kind == 'I' ? "an" : "a",
                                                 kind_word(live.kind), live.name.display()),
                                     "Rename one of the two; pgvista never touches what is not a view."));
    }
    if (live.extension_member) {
      return refuse(subject, refusal(subject, "extension_member",
                                     fmt::format("\"{}\" belongs to an extension", live.name.display()),
                                     "Give this definition another name or schema."));
    }
    compare(subject);
    // Dropped and made again by hand, or restored from a dump: the name is in the ledger, so it is ours.
    if (!record(subject)) adopt(subject);
  }

  void compare(Subject& subject) {
    const Relation& live = *subject.live;
    const catalog::InstalledProgram* current =
        input_.maintenance.views[static_cast<std::size_t>(subject.definition - input_.views.data())].current;
    // Put aside by hand: what its readers get meanwhile is no change of its definition.
    if (current && current->state == "paused") return;
    const auto text = input_.meanings.live.find(live.oid);
    const bool same_kind = live.materialized() == subject.materialized();
    // A plain view that still reads the store of the maintained one that it was.
    const bool was_maintained =
        !schema::maintained(*subject.definition) && live.view() && !input_.maintenance.of(live.name).empty();
    const bool same_text =
        text != input_.meanings.live.end() && text->second == subject.meaning->canonical && !was_maintained;
    if (same_kind && same_text && live.columns == subject.meaning->columns) {
      if (program_fits(input_, subject)) return;
      subject.change = Change::replace;
      subject.reason = "what keeps it is to be built anew";
      return;
    }
    subject.definition_changed = !same_text;
    subject.reason = !same_kind ? fmt::format("it is a {}", kind_word(live.kind)) : why_other(subject);
    if (!same_kind || subject.materialized()) {
      subject.change = Change::rebuild;
    } else {
      const bool in_place = appended_only(live.columns, subject.meaning->columns);
      subject.change = in_place ? Change::replace : Change::rebuild;
      if (!in_place) subject.reason += ", and with it columns that are not just appended";
    }
  }

  // Of a view whose stored query is not what its definition means.
  std::string why_other(const Subject& subject) const {
    const schema::Record* known = record(subject);
    if (!known || known->query != subject.definition->query ||
        known->rule_fingerprint == subject.live->rule_fingerprint)
      return "its definition changed";
    const std::vector<const catalog::InstalledProgram*> programs = input_.maintenance.of(subject.live->name);
    const bool restored = std::any_of(programs.begin(), programs.end(), [](const auto* one) { return one->restored; });
    if (std::any_of(programs.begin(), programs.end(), [](const auto* one) { return one->state == "stale"; }))
      return "it was put aside";
    const int major = input_.database.server_version / 10000;
    if (known->server_major != major)
      return fmt::format("PostgreSQL is {} now, and was {} when it was made", major, known->server_major);
    return restored ? "its rows came from a dump" : "it was changed by hand";
  }

  void adopt(Subject& subject) {
    const bool known = std::find(options_.ours.begin(), options_.ours.end(), subject.name) != options_.ours.end();
    if (subject.change != Change::none && !options_.adopt && !known) {
      return refuse(
          subject,
          refusal(subject, "not_managed",
                  fmt::format("the {} \"{}\" exists, is not managed by pgvista, and differs from its definition",
                              kind_word(subject.live->kind), subject.live->name.display()),
                  "Run with --adopt to take it over and make it match."));
    }
    subject.adopt = true;
  }

  bool plain(const Subject& subject) const { return !subject.materialized(); }

  // A named view that is to be changed may reach others whose files changed too: they come along, with what they read.
  void select(Subject& subject) {
    if (subject.selected || !subject.definition) return;
    subject.selected = true;
    for (Subject* read : subjects_.reads(subject)) select(*read);
    own_change(subject);
  }

  // A maintained view that reads another one's store is built anew with it.
  void select_readers_of_stores() {
    for (bool changed = true; changed;) {
      changed = false;
      for (Subject& subject : subjects_.all()) {
        if (subject.selected || !subject.definition || program_fits(input_, subject)) continue;
        const std::vector<Subject*> reads = subjects_.reads(subject);
        if (std::none_of(reads.begin(), reads.end(),
                         [](const Subject* read) { return read->selected && read->change != Change::none; }))
          continue;
        select(subject);
        changed = true;
      }
    }
  }

  // Do columns that stay change their type? Of a view without a definition nobody asked the server: it may be.
  static bool retyped(const Subject& subject) {
    if (!subject.meaning) return true;
    for (const schema::LiveColumn& before : subject.live->columns) {
      for (const schema::LiveColumn& after : subject.meaning->columns) {
        if (before.name == after.name && !(before == after)) return true;
      }
    }
    return false;
  }

  // A new object takes those along that name the old one.
  void spread() {
    for (bool changed = true; changed;) {
      changed = false;
      for (Subject& subject : subjects_.all()) {
        if (subject.change != Change::rebuild) continue;
        for (Subject* reader : subjects_.readers(subject)) {
          select(*reader);
          // A view on changed types cannot be replaced in place; of managed ones their own definitions tell.
          const bool anew = reader->materialized() || (!reader->definition && retyped(subject));
          const bool follows = anew ? reader->change == Change::rebuild : reader->change != Change::none;
          if (follows || reader->status == Status::refused) continue;
          reader->change = anew ? Change::rebuild : Change::repoint;
          reader->reason = fmt::format("it reads {}, which becomes a new object", subject.name.display());
          changed = true;
        }
      }
    }
  }

  // A view that is refused stays as it is: what reads it, or would take it along, waits for it.
  void skip_with_refused() {
    for (bool changed = true; changed;) {
      changed = false;
      for (Subject& subject : subjects_.all()) {
        if (!subject.definition || subject.change == Change::none || subject.status == Status::refused) continue;
        const Subject* cause = nullptr;
        for (const Subject* read : subjects_.reads(subject)) cause = read->status == Status::refused ? read : cause;
        for (const Subject* reader :
             subject.change == Change::rebuild ? subjects_.readers(subject) : std::vector<Subject*>{})
          cause = reader->status == Status::refused ? reader : cause;
        if (!cause) continue;
        skipped_.push_back(refusal(
            subject, "waits_for_refused",
            fmt::format("\"{}\" is left as it is: \"{}\" is refused", subject.name.display(), cause->name.display()),
            "Mend that one first."));
        subject.status = Status::refused;
        subject.change = Change::none;
        subject.beside = false;
        changed = true;
      }
    }
  }

  bool touches_live() const {
    return std::any_of(subjects_.all().begin(), subjects_.all().end(),
                       [](const Subject& s) { return s.change == Change::rebuild || s.change == Change::replace; });
  }

  bool has_unmanaged_reader(const Subject& subject) const {
    return std::any_of(subjects_.all().begin(), subjects_.all().end(), [&](const Subject& other) {
      return !other.definition && other.live && subject.live &&
             std::find(other.live->reads.begin(), other.live->reads.end(), subject.live->oid) !=
                 other.live->reads.end();
    });
  }

  // Views that a build reads directly or through plain views, as far as the plan changes them.
  std::vector<Subject*> changed_below(const Subject& subject) {
    std::vector<Subject*> out;
    std::set<const Subject*> seen;
    const std::function<void(const Subject&)> visit = [&](const Subject& at) {
      for (Subject* read : subjects_.reads(at)) {
        if (!seen.insert(read).second) continue;
        if (read->change != Change::none) out.push_back(read);
        if (plain(*read)) visit(*read);
      }
    };
    visit(subject);
    return out;
  }

  // May this plain view become a new object, so that it can be built beside?
  bool promotable(const Subject& subject) const {
    return plain(subject) && (options_.force || !has_unmanaged_reader(subject));
  }

  // What one build beside asks of the views below it; false: it cannot be built beside. `changed` tells of promotions.
  bool prepare_below(const Subject& subject, bool& changed) {
    for (Subject* below : changed_below(subject)) {
      if (below->new_object()) {
        if (below->materialized() && !below->beside) return false;
        changed |= !below->beside;
        below->beside = true;
      } else if (promotable(*below)) {
        below->change = Change::rebuild;
        below->beside = changed = true;
      } else {
        return false;
      }
    }
    return true;
  }

  // A materialized view is filled before the transaction, so that no reader waits for it: then what it reads must be
  // there before, too. Every round promotes a view or gives one up for good, so the rounds come to an end.
  void choose_beside() {
    if (!touches_live()) return;
    std::set<sql::Name> given_up;
    for (bool changed = true; changed;) {
      changed = false;
      for (Subject& subject : subjects_.all()) {
        const bool candidate = subject.materialized() && subject.new_object() && !given_up.contains(subject.name);
        changed |= candidate && !subject.beside;
        subject.beside = subject.materialized() ? candidate : subject.beside;
      }
      for (Subject& subject : subjects_.all()) {
        if (!subject.beside || !subject.materialized() || prepare_below(subject, changed)) continue;
        subject.beside = false;
        given_up.insert(subject.name);
        changed = true;
      }
      if (changed) spread();
    }
  }

  void check_dependents() {
    std::map<const Subject*, std::vector<std::string>> blocking;
    for (Subject& subject : subjects_.all()) {
      if (subject.change != Change::rebuild) continue;
      for (const Subject* reader : subjects_.readers(subject)) {
        if (reader->definition) continue;
        const bool recorded = input_.database.records.contains(reader->name);
        blocking[&subject].push_back(fmt::format("{} {}{}", kind_word(reader->live->kind), reader->name.display(),
                                                 recorded ? " (its file is gone: --prune drops it)" : ""));
      }
      for (const schema::OtherDependent& other : input_.database.other_dependents) {
        if (!subject.live || other.on != subject.live->oid) continue;
        refuse(subject, refusal(subject, "dependent_not_restorable",
                                fmt::format("{} needs a new object, but {} depends on it", subject.name.display(),
                                            other.description),
                                "Drop that dependent, run sync, and make it again: pgvista restores views and "
                                "materialized views only."));
      }
    }
    for (const auto& [subject, names] : blocking) {
      Subject& at = const_cast<Subject&>(*subject);
      if (!at.definition || at.status == Status::refused) continue;
      if (options_.force) {
        at.status = Status::forced;
        continue;
      }
      at.status = Status::force_required;
      plan_.errors.push_back(refusal(
          at, "force_required",
          fmt::format("{} needs a new object ({}), and views that pgvista does not manage depend on it: {}",
                      at.name.display(), at.reason, join(names, ", ")),
          "Run with --force: they are kept, with their owner, grants, comments and all, reading the new object."));
    }
  }

  // What keeps its object but shows other rows now.
  void mark_refreshes() {
    std::set<const Subject*> moved;
    for (const Subject& subject : subjects_.all()) {
      if (subject.change == Change::rebuild || subject.change == Change::replace) moved.insert(&subject);
    }
    for (Subject& subject : subjects_.all()) {
      const bool below = std::any_of(
          subject.live ? subject.live->reads.begin() : std::vector<schema::Oid>::const_iterator{},
          subject.live ? subject.live->reads.end() : std::vector<schema::Oid>::const_iterator{}, [&](schema::Oid oid) {
            const Subject* read = subjects_.by_oid(oid);
            return read && moved.contains(read);
          });
      if (!below) continue;
      moved.insert(&subject);
      if (subject.materialized() && subject.change == Change::none && subject.live->populated)
        subject.refresh_after = true;
    }
  }

  Subjects& subjects_;
  const Input& input_;
  const Options& options_;
  Plan& plan_;
  std::vector<Error>& skipped_;
};

}  // namespace

void decide(Subjects& subjects, const Input& input, const Options& options, Plan& plan, std::vector<Error>& skipped) {
  Decider(subjects, input, options, plan, skipped).run();
}

}  // namespace pgvista::plan
