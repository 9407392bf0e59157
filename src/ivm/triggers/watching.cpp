#include "ivm/triggers/watching.hpp"

#include "base/text.hpp"
#include "ivm/change_log/queue.hpp"
#include "ivm/triggers/install.hpp"

namespace pgvista::ivm {

Program watching_program(const sql::Name& view, const std::vector<const TableFact*>& tables, const std::string& salt) {
  Program out;
  out.strategy = "full";
  std::string content = view.sql() + salt;
  for (const TableFact* table : tables) {
    // A queue of its own: those of deferred views leave out what changes nothing for them. No schema can be named so.
    const sql::Name queue{"pg_touch", table_word(table->name)};
    for (const Event event : {Event::insert, Event::update, Event::remove, Event::truncate})
      add_for_family(out, *table, {table->name, event, {}, queue, {}}, true);
    out.tables.push_back({table->name, "full", "the whole view"});
    content += " " + table->name.sql();
    for (sql::Name& one : table->family()) out.base_tables.push_back(std::move(one));
  }
  for (const Capture& one : out.captures) content += " " + one.table.sql();
  out.name = sql::shorten_identifier(view.name + "_" + stable_hash_hex(content, 8));
  add_waits_function(out);
  return out;
}

}  // namespace pgvista::ivm
