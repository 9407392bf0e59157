#include "rest/operators.hpp"

namespace pgvista::rest {

OperatorFacts facts_of(FilterOperator op) {
  using enum OperatorFacts::Form;
  switch (op) {
    case FilterOperator::eq: return {"eq", comparison, "=", true};
    case FilterOperator::neq: return {"neq", comparison, "<>"};
    case FilterOperator::gt: return {"gt", comparison, ">", true};
    case FilterOperator::gte: return {"gte", comparison, ">=", true};
    case FilterOperator::lt: return {"lt", comparison, "<", true};
    case FilterOperator::lte: return {"lte", comparison, "<=", true};
    case FilterOperator::like: return {"like", pattern, "LIKE", true};
    case FilterOperator::ilike: return {"ilike", pattern, "ILIKE", true};
    case FilterOperator::match: return {"match", comparison, "~", true};
    case FilterOperator::imatch: return {"imatch", comparison, "~*", true};
    case FilterOperator::in: return {"in", list, "="};
    case FilterOperator::is: return {"is", OperatorFacts::Form::is, "IS"};
    case FilterOperator::isdistinct: return {"isdistinct", comparison, "IS DISTINCT FROM"};
    case FilterOperator::cs: return {"cs", comparison, "@>"};
    case FilterOperator::cd: return {"cd", comparison, "<@"};
    case FilterOperator::ov: return {"ov", comparison, "&&"};
    case FilterOperator::sl: return {"sl", comparison, "<<"};
    case FilterOperator::sr: return {"sr", comparison, ">>"};
    case FilterOperator::nxr: return {"nxr", comparison, "&<"};
    case FilterOperator::nxl: return {"nxl", comparison, "&>"};
    case FilterOperator::adj: return {"adj", comparison, "-|-"};
    case FilterOperator::fts: return {"fts", text_search, "to_tsquery"};
    case FilterOperator::plfts: return {"plfts", text_search, "plainto_tsquery"};
    case FilterOperator::phfts: return {"phfts", text_search, "phraseto_tsquery"};
    case FilterOperator::wfts: return {"wfts", text_search, "websearch_to_tsquery"};
  }
  return {};
}

std::optional<FilterOperator> filter_operator(std::string_view name) {
  for (int i = 0; i <= static_cast<int>(FilterOperator::wfts); ++i) {
    const auto one = static_cast<FilterOperator>(i);
    if (facts_of(one).name == name) return one;
  }
  return std::nullopt;
}

}  // namespace pgvista::rest
