#include <algorithm>
#include <fmt/format.h>
#include <functional>

#include "analyze/order.hpp"
#include "analyze/tables.hpp"
#include <pgvista/error.hpp>
#include "base/suggest.hpp"

namespace pgvista::analyze {

using schema::ViewDefinition;

namespace {

class OrderFinder {
 public:
  OrderFinder(const std::vector<ViewDefinition>& views, const std::vector<std::string>& path,
              const RelationExists& other)
      : views_(views), path_(path), other_(other), state_(views.size(), State::unseen) {
    for (std::size_t i = 0; i < views.size(); ++i) by_name_[views[i].name] = i;
  }

  ViewGraph run() {
    for (const ViewDefinition& view : views_) graph_.reads.push_back(reads(view));
    for (std::size_t i = 0; i < views_.size(); ++i) visit(i);
    return std::move(graph_);
  }

 private:
  enum class State { unseen, open, done };

  std::optional<std::size_t> resolve(const std::string& schema, const std::string& name) const {
    if (!schema.empty()) {
      const auto found = by_name_.find({schema, name});
      return found == by_name_.end() ? std::nullopt : std::optional(found->second);
    }
    for (const std::string& candidate : path_) {
      const sql::Name full{candidate, name};
      if (const auto found = by_name_.find(full); found != by_name_.end()) return found->second;
      if (other_ && other_(full)) return std::nullopt;
    }
    return std::nullopt;
  }

  std::vector<std::size_t> reads(const ViewDefinition& view) const {
    std::vector<std::size_t> out;
    const auto add = [&](std::optional<std::size_t> found) {
      if (found && std::find(out.begin(), out.end(), *found) == out.end()) out.push_back(*found);
    };
    for_each_table(view.tree, [&](const sql::TableRef& ref) { add(resolve(ref.schema, ref.name)); });
    for (const std::string& name : view.depends_on) add(declared(view, name));
    return out;
  }

  std::size_t declared(const ViewDefinition& view, const std::string& name) const {
    std::vector<std::string> names;
    const std::size_t dot = name.find('.');
    const auto found =
        dot == std::string::npos ? resolve("", name) : resolve(name.substr(0, dot), name.substr(dot + 1));
    if (found) return *found;
    for (const ViewDefinition& known : views_) names.push_back(known.name.display());
    Error error;
    error.code = "unknown_dependency";
    error.message =
        fmt::format("\"{}\" depends on \"{}\", which is no view of this project", view.name.display(), name);
    error.hint = did_you_mean(name, names);
    schema::locate_key(error, view, "depends_on");
    throw Failure(std::move(error));
  }

  void visit(std::size_t view) {
    if (state_[view] == State::done) return;
    path_now_.push_back(view);
    if (state_[view] == State::open) throw_cycle();
    state_[view] = State::open;
    for (const std::size_t read : graph_.reads[view]) visit(read);
    state_[view] = State::done;
    path_now_.pop_back();
    graph_.order.push_back(view);
  }

  [[noreturn]] void throw_cycle() const {
    const auto start = std::find(path_now_.begin(), path_now_.end(), path_now_.back());
    std::string path;
    for (auto at = start; at != path_now_.end(); ++at) {
      if (!path.empty()) path += " -> ";
      path += views_[*at].name.display();
    }
    Error error;
    error.code = "dependency_cycle";
    error.message = "views depend on each other in a cycle: " + path;
    error.hint = "Take one of these references out.";
    error.file = views_[path_now_.back()].source.file;
    throw Failure(std::move(error));
  }

  const std::vector<ViewDefinition>& views_;
  const std::vector<std::string>& path_;
  const RelationExists& other_;
  std::map<sql::Name, std::size_t> by_name_;
  std::vector<State> state_;
  std::vector<std::size_t> path_now_;
  ViewGraph graph_;
};

}  // namespace

ViewGraph order_views(const std::vector<ViewDefinition>& views, const std::vector<std::string>& search_path,
                      const RelationExists& other_relation) {
  return OrderFinder(views, search_path, other_relation).run();
}

}  // namespace pgvista::analyze
