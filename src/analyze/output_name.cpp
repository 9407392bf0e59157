#include "analyze/dependencies.hpp"
#include "sql/tree.hpp"

namespace pgvista::analyze {

using namespace sql;

namespace {

// FigureColnameInternal of PostgreSQL's parse_target.c: the name and how good it is (0 none, 1 a type's, 2 a real one).
struct Figured {
  std::string name;
  int strength = 0;
};

Figured figure(const Expr& expr);

struct Figure {
  Figured operator()(const ColumnRef& ref) const {
    if (ref.star || ref.parts.empty()) return {};
    return {ref.parts.back(), 2};
  }
  Figured operator()(const Indirection& indirection) const {
    for (auto step = indirection.steps.rbegin(); step != indirection.steps.rend(); ++step) {
      if (step->form == Step::Form::field) return {step->field, 2};
    }
    return figure(*indirection.operand);
  }
  Figured operator()(const FunctionCall& call) const { return {call.name.back(), 2}; }
  Figured operator()(const NullIf&) const { return {"nullif", 2}; }
  Figured operator()(const Cast& cast) const {
    Figured inner = figure(*cast.operand);
    if (inner.strength > 0) return inner.strength > 1 ? inner : Figured{cast.type.name.back(), 1};
    return {cast.type.name.back(), 1};
  }
  Figured operator()(const Collate& collate) const { return figure(*collate.operand); }
  Figured operator()(const Grouping&) const { return {"grouping", 2}; }
  Figured operator()(const Sublink& sublink) const {
    switch (sublink.form) {
      case Sublink::Form::exists: return {"exists", 2};
      case Sublink::Form::array: return {"array", 2};
      case Sublink::Form::scalar: {
        const Select* query = &*sublink.query;
        while (query->operation != Select::Operation::none) query = &*query->left;
        if (query->targets.empty()) return {};
        const Target& target = query->targets.front();
        return target.alias.empty() ? figure(*target.value) : Figured{target.alias, 2};
      }
      default: return {};
    }
  }
  Figured operator()(const Case& branches) const {
    Figured inner = branches.otherwise ? figure(*branches.otherwise) : Figured{};
    return inner.strength > 1 ? inner : Figured{"case", 1};
  }
  Figured operator()(const ArrayLiteral&) const { return {"array", 2}; }
  Figured operator()(const Row&) const { return {"row", 2}; }
  Figured operator()(const Coalesce&) const { return {"coalesce", 2}; }
  Figured operator()(const Extremum& extremum) const { return {extremum.greatest ? "greatest" : "least", 2}; }
  Figured operator()(const SqlValue& value) const {
    std::string name;
    for (const char c : value.name) name += static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    return {name, 2};
  }
  Figured operator()(const Xml& xml) const {
    switch (xml.form) {
      case Xml::Form::concat: return {"xmlconcat", 2};
      case Xml::Form::element: return {"xmlelement", 2};
      case Xml::Form::forest: return {"xmlforest", 2};
      case Xml::Form::parse: return {"xmlparse", 2};
      case Xml::Form::pi: return {"xmlpi", 2};
      case Xml::Form::root: return {"xmlroot", 2};
      case Xml::Form::serialize: return {"xmlserialize", 2};
      case Xml::Form::is_document: return {};
    }
    return {};
  }
  template <class T>
  Figured operator()(const T&) const {
    return {};
  }
};

Figured figure(const Expr& expr) { return std::visit(Figure{}, expr.node); }

}  // namespace

std::string output_name(const Target& target) {
  if (!target.alias.empty()) return target.alias;
  const Figured figured = figure(*target.value);
  return figured.strength > 0 ? figured.name : "?column?";
}

}  // namespace pgvista::analyze
