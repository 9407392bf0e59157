#include "ivm/strategy/declared.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"
#include "sql/index.hpp"

namespace pgvista::ivm {

using sql::shorten_identifier;

namespace {

std::set<std::string> words_of(const std::string& text) {
  std::set<std::string> out;
  std::string word;
  const auto end = [&] {
    if (!word.empty()) out.insert({word, lower(word)});
    word.clear();
  };
  for (const char c : text) {
    const bool part =
        std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || static_cast<unsigned char>(c) > 127;
    part ? word += c : (end(), word);
  }
  end();
  return out;
}

// After the rows are there, as it is quicker that way.
void add_indexes(Program& program, const Request& request) {
  std::vector<StoreIndex>& indexes = program.stores.back().indexes;
  for (const schema::IndexDefinition& index : request.indexes) {
    const std::string name = store_index_name(program.name, index);
    const bool twice =
        std::any_of(indexes.begin(), indexes.end(), [&](const StoreIndex& one) { return one.name == name; });
    if (!twice) indexes.push_back({name, sql::create_index(index, name, program.store)});
  }
  if (!request.storage.empty())
    program.create.push_back(
        fmt::format("ALTER TABLE {} SET {}", program.store.sql(), sql::option_list(request.storage)));
  program.stores.back().finish.push_back("ANALYZE " + program.store.sql());
}

// What readers of the view tell its rows apart by: what is known to, where it can be seen, or a unique index.
std::vector<std::string> visible_key(const Program& program, const Request& request) {
  const auto visible = [&](const std::vector<std::string>& names) {
    return !names.empty() && std::all_of(names.begin(), names.end(), [&](const std::string& name) {
      return std::any_of(request.outputs.begin(), request.outputs.end(),
                         [&](const ColumnFact& one) { return one.name == name; });
    });
  };
  if (!request.key.empty()) return request.key;
  if (visible(program.telling)) return program.telling;
  for (const schema::IndexDefinition& index : request.indexes) {
    std::vector<std::string> names;
    for (const std::string& column : index.columns) names.push_back(column);
    if (index.unique && index.where.empty() && visible(names)) return names;
  }
  return {};
}

// One message a transaction, however often its rows change in it: the server leaves out equal ones.
void add_notification(Program& program, const Request& request) {
  const std::string store = program.store.sql();
  std::string arguments = sql::quote_literal(request.view.sql());
  for (const std::string& column : program.row_key) arguments += ", " + sql::quote_literal(column);
  const auto trigger = [&](const char* name, const char* event, const char* rows) {
    program.create.push_back(
        fmt::format("CREATE TRIGGER {} AFTER {} ON {}{} FOR EACH STATEMENT EXECUTE FUNCTION pgvista.notify_change({})",
                    name, event, store, rows, arguments));
  };
  trigger("pgvista_notify_insert", "INSERT", " REFERENCING NEW TABLE AS changed");
  trigger("pgvista_notify_update", "UPDATE", " REFERENCING NEW TABLE AS changed");
  trigger("pgvista_notify_delete", "DELETE", " REFERENCING OLD TABLE AS changed");
  trigger("pgvista_notify_truncate", "TRUNCATE", "");
}

}  // namespace

// By what it is, and not by its place in the header: another one beside it leaves it as it is.
std::string store_index_name(const std::string& program, const schema::IndexDefinition& index) {
  const std::string of_both = stable_hash_hex(program + sql::create_index(index, "", {}), 8);
  return shorten_identifier(index.name.empty() ? program : index.name, "_" + of_both);
}

std::set<std::string> indexed_columns(const Request& request) {
  std::set<std::string> out;
  for (const schema::IndexDefinition& index : request.indexes) {
    for (const std::string& text : index.columns) out.merge(words_of(text));
    for (const std::string& text : index.include) out.insert(text);
    out.merge(words_of(index.where));
  }
  return out;
}

void add_declared(Program& program, const Request& request) {
  add_indexes(program, request);
  program.row_key = visible_key(program, request);
  if (request.notify) add_notification(program, request);
}

}  // namespace pgvista::ivm
