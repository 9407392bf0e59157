#include "plan/subject.hpp"

#include <algorithm>
#include <functional>

namespace pgvista::plan {

using schema::Oid;
using schema::Relation;

Subjects::Subjects(const Input& input, const Options& options) : input_(input) {
  std::set<std::size_t> selected;
  const std::function<void(std::size_t)> select = [&](std::size_t view) {
    if (!selected.insert(view).second) return;
    for (const std::size_t read : input.graph.reads[view]) select(read);
  };
  for (std::size_t i = 0; i < input.views.size(); ++i) {
    const bool named = std::find(options.only.begin(), options.only.end(), input.views[i].name) != options.only.end();
    if (options.only.empty() || named) select(i);
  }
  for (const std::size_t i : input.graph.order) {
    Subject subject;
    subject.name = input.views[i].name;
    subject.definition = &input.views[i];
    subject.meaning = &input.meanings.views[i];
    subject.kind = schema::object_kind(input.views[i]);
    subject.live = catalog::live_of(input.database, input.views[i]);
    subject.selected = selected.contains(i);
    subject.renamed = subject.live && subject.live->name != subject.name;
    subjects_.push_back(std::move(subject));
  }
  add_unmanaged(options);
  sort();
}

// Views that the project does not know, when they read, directly or not, one that it does.
void Subjects::add_unmanaged(const Options& options) {
  std::set<Oid> known;
  for (const Subject& subject : subjects_) {
    if (subject.live) known.insert(subject.live->oid);
  }
  std::vector<Oid> open(known.begin(), known.end());
  while (!open.empty()) {
    const Oid oid = open.back();
    open.pop_back();
    for (const Oid reader : input_.database.readers(oid)) {
      if (!known.insert(reader).second) continue;
      // What --prune is to drop is in nobody's way.
      if (options.prune && options.only.empty() &&
          input_.database.records.contains(input_.database.relations.at(reader).name))
        continue;
      const Relation& relation = input_.database.relations.at(reader);
      Subject subject;
      subject.name = relation.name;
      subject.live = &relation;
      subject.kind = relation.materialized() ? schema::Kind::materialized : schema::Kind::view;
      subjects_.push_back(std::move(subject));
      open.push_back(reader);
    }
  }
}

Subject* Subjects::by_oid(Oid oid) {
  const auto found =
      std::find_if(subjects_.begin(), subjects_.end(), [&](const Subject& s) { return s.live && s.live->oid == oid; });
  return found == subjects_.end() ? nullptr : &*found;
}

std::vector<Subject*> Subjects::reads(const Subject& subject) {
  std::vector<Subject*> out;
  if (subject.definition) {
    // What it is to read, which may differ from what it reads now.
    const auto index = static_cast<std::size_t>(subject.definition - input_.views.data());
    for (const std::size_t read : input_.graph.reads[index]) {
      for (Subject& other : subjects_) {
        if (other.definition == &input_.views[read]) out.push_back(&other);
      }
    }
  }
  if (!subject.definition || subject.change == Change::none) {
    for (const Oid oid : subject.live ? subject.live->reads : std::vector<Oid>{}) {
      Subject* other = by_oid(oid);
      if (other && std::find(out.begin(), out.end(), other) == out.end()) out.push_back(other);
    }
  }
  return out;
}

std::vector<Subject*> Subjects::readers(const Subject& subject) {
  std::vector<Subject*> out;
  if (!subject.live) return out;
  for (const Oid oid : input_.database.readers(subject.live->oid)) {
    if (Subject* reader = by_oid(oid)) out.push_back(reader);
  }
  return out;
}

void Subjects::sort() {
  std::map<const Subject*, int> state;
  std::vector<const Subject*> order;
  const std::function<void(Subject&)> visit = [&](Subject& subject) {
    if (state[&subject]++ > 0) return;
    for (Subject* read : reads(subject)) visit(*read);
    order.push_back(&subject);
  };
  for (Subject& subject : subjects_) visit(subject);
  std::vector<Subject> sorted;
  for (const Subject* subject : order) sorted.push_back(*subject);
  subjects_ = std::move(sorted);
}

}  // namespace pgvista::plan
