#pragma once
// One trigger per base table and event for all views: it runs what each view has to do, in one order.

#include <string>
#include <vector>

#include "ivm/values/program.hpp"

namespace pgvista::ivm {

/// A capture with the program that it belongs to.
struct InstalledCapture {
  std::string program;
  int level = 0;
  Capture capture;
  Settings settings = {};    // under which the program computes
  bool asks = false;         // it has a function that tells whether it may run (ivm/functions/sound)
  bool catches = false;      // its errors put it aside
  bool table_exists = true;  // false: the table was dropped or renamed, and its triggers went or go by another name
  std::optional<Clock> clock = {};  // that whoever changes the table moves
};

/// The triggers of one base table, from all captures that there are for it; without any, what takes the triggers away.
/// `before`: those that the triggers there are were made from.
std::vector<std::string> dispatch_sql(const sql::Name& table, const std::vector<InstalledCapture>& captures,
                                      const std::vector<InstalledCapture>& before);

/// The names of the triggers that these captures need on their table. Without that for turns, which is for speed alone.
std::vector<std::string> trigger_names(const std::vector<InstalledCapture>& captures);

/// The trigger of ours on a table that an event fires.
std::string trigger_name(Event event);

}  // namespace pgvista::ivm
