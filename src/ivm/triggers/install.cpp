#include "ivm/triggers/install.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "ivm/change_log/pending.hpp"
#include "ivm/change_log/queue.hpp"
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
                   const std::string& title) {
  const auto as_text = [&](const Entry& one) {
    return depends_on_settings(one, style.mode == Maintenance::deferred ? Noting::with_sign : style.noting);
  };
  if (style.mode != Maintenance::immediate && !lossless(style.settings) &&
      std::any_of(shape.entries.begin(), shape.entries.end(), as_text)) {
    program.blockers.push_back(
        {"the database's default DateStyle, IntervalStyle or extra_float_digits: rows that wait could not be noted "
         "without loss; use \"immediate\"",
         -1});
  }
  add_function(program, maintain_function(names, shape, apply, style, title));
  program.repair.push_back(fmt::format("SELECT {}(everything => true)", names.function("maintain").sql()));
  if (style.mode != Maintenance::immediate) add_function(program, pending_function(names, shape, style));
  if (style.mode != Maintenance::deferred) return;
  add_function(program, take_function(program.level, names, shape, style));
  program.takes.push_back(names.function("take").sql());
}

}  // namespace pgvista::ivm
