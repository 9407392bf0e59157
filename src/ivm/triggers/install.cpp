#include "ivm/triggers/install.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ivm/functions/maintain.hpp"

namespace pgvista::ivm {

// Texts from which every value can be read again to the last digit.
static bool lossless(const Settings& settings) {
  return std::all_of(settings.begin(), settings.end(), [](const auto& one) {
    if (one.first == "DateStyle") return one.second.starts_with("ISO") || one.second.starts_with("iso");
    if (one.first == "IntervalStyle") return one.second == "postgres" || one.second == "iso_8601";
    return one.first != "extra_float_digits" || (!one.second.starts_with('-') && one.second != "0");
  });
}

void add_functions(Program& program, const Names& names, const Shape& shape, const Apply& apply, const Style& style,
                   const ChangeLog& log, const std::string& title) {
  const auto as_text = [&](const Entry& one) { return log.keeps_text(one, style.noting); };
  if (!lossless(style.settings) && std::any_of(shape.entries.begin(), shape.entries.end(), as_text)) {
    program.blockers.push_back(
        {"the database's default DateStyle, IntervalStyle or extra_float_digits: rows that wait could not be noted "
         "without loss; use \"immediate\""});
  }
  add_function(program, maintain_function(names, shape, apply, style, title));
  program.repair.push_back(fmt::format("SELECT {}(everything => true)", names.function("maintain").sql()));
  log.add_replay(program, names, shape, style);
}

}  // namespace pgvista::ivm
