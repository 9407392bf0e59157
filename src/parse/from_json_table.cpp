// Statements about tables, from libpg_query's JSON.

#include <fmt/format.h>

#include <algorithm>
#include <map>

#include "parse/from_json.hpp"
#include "parse/from_json_table.hpp"
#include "sql/print.hpp"
#include "sql/visit.hpp"

namespace pgvista::parse {

namespace json = boost::json;
using sql::TableConstraint;

namespace {

sql::Name relation(const json::object& node, std::string_view field) {
  const json::object& range = object(node, field);
  return {string(range, "schemaname"), string(range, "relname")};
}

// Of a list like {"List": {"items": [...]}} or of an array of strings.
sql::Name name_of(const std::vector<std::string>& parts) {
  if (parts.empty()) return {};
  return {parts.size() > 1 ? parts[parts.size() - 2] : "", parts.back()};
}

std::string action(const std::string& letter) {
  static const std::map<std::string, std::string> words = {
      {"c", "CASCADE"}, {"n", "SET NULL"}, {"d", "SET DEFAULT"}, {"r", "RESTRICT"}};
  const auto found = words.find(letter);
  return found == words.end() ? "" : found->second;
}

// An expression that our tree has no place for says so by name.
std::string expression_text(const Reader& reader, const json::value& node) {
  return sql::print(reader.expression(node));
}

std::vector<std::string> columns_in(const sql::Expr& expression) {
  std::vector<std::string> out;
  sql::each<const sql::ColumnRef>(expression, [&](const sql::ColumnRef& column) {
    if (!column.parts.empty() && std::find(out.begin(), out.end(), column.parts.back()) == out.end())
      out.push_back(column.parts.back());
  });
  return out;
}

class TableReader {
 public:
  TableReader(const Reader& reader, sql::ScriptStatement& out) : reader_(reader), out_(out) {}

  void read(std::string_view tag, const json::object& node) {
    if (tag == "CreateStmt") return create(node);
    if (tag == "AlterTableStmt") return alter(node);
    if (tag == "RenameStmt") return rename(node);
    if (tag == "IndexStmt") return index(node);
    if (tag == "DropStmt") return drop(node);
    if (tag == "CommentStmt") return comment(node);
    if (tag == "AlterObjectSchemaStmt" && string(node, "objectType") == "OBJECT_TABLE") {
      const sql::Name table = relation(node, "relation");
      return add(sql::RenameTable{table, {string(node, "newschema"), table.name}});
    }
    out_.transaction = tag == "TransactionStmt";
    out_.complete = false;
  }

 private:
  template <class T>
  void add(T change) {
    out_.changes.emplace_back(std::move(change));
  }

  void refuse(const char* what, bool is) {
    if (is && out_.unsupported.empty()) out_.unsupported = what;
  }

  TableConstraint constraint(const json::object& node) {
    refuse("ON DELETE SET … (columns)", !array(node, "fk_del_set_cols").empty());
    refuse("WITH (…) or TABLESPACE of a constraint", !array(node, "options").empty() || find(node, "indexspace"));
    // Checked later, by VALIDATE CONSTRAINT: of a state that is to be it says nothing.
    if (flag(node, "skip_validation")) out_.complete = false;
    TableConstraint out;
    const std::string type = string(node, "contype");
    using Kind = TableConstraint::Kind;
    out.kind = type == "CONSTR_PRIMARY"   ? Kind::primary_key
               : type == "CONSTR_UNIQUE"  ? Kind::unique
               : type == "CONSTR_FOREIGN" ? Kind::foreign_key
                                          : Kind::check;
    out.name = string(node, "conname");
    out.columns = strings(node, out.kind == Kind::foreign_key ? "fk_attrs" : "keys");
    out.include = strings(node, "including");
    out.deferrable = flag(node, "deferrable");
    out.deferred = flag(node, "initdeferred");
    out.nulls_not_distinct = flag(node, "nulls_not_distinct");
    out.no_inherit = flag(node, "is_no_inherit");
    if (out.kind == Kind::check) {
      const sql::Expr expression = reader_.expression(*find(node, "raw_expr"));
      out.expression = sql::print(expression);
      out.columns = columns_in(expression);
    }
    if (out.kind == Kind::foreign_key) {
      out.target = relation(node, "pktable");
      out.target_columns = strings(node, "pk_attrs");
      out.match_full = string(node, "fk_matchtype") == "f";
      out.on_update = action(string(node, "fk_upd_action"));
      out.on_delete = action(string(node, "fk_del_action"));
    }
    return out;
  }

  static bool is_constraint(const std::string& type) {
    return type == "CONSTR_PRIMARY" || type == "CONSTR_UNIQUE" || type == "CONSTR_FOREIGN" || type == "CONSTR_CHECK";
  }

  // A column, and the constraints that were written behind it.
  sql::TableColumn column(const json::object& node, std::vector<TableConstraint>& constraints) {
    sql::TableColumn out;
    out.name = string(node, "colname");
    refuse("COMPRESSION of a column", find(node, "compression"));
    out.type = type_text(reader_.type(object(node, "typeName")));
    if (const json::object& clause = object(node, "collClause"); !clause.empty())
      out.collation = sql::quote_path(strings(clause, "collname"));
    for (const json::value& element : array(node, "constraints")) {
      const json::object& one = *tagged(element).fields;
      const std::string type = string(one, "contype");
      if (type == "CONSTR_NOTNULL") out.not_null = true;
      if (type == "CONSTR_DEFAULT") out.default_value = expression_text(reader_, *find(one, "raw_expr"));
      if (type == "CONSTR_IDENTITY") {
        refuse("options of an identity", !array(one, "options").empty());
        out.identity = string(one, "generated_when") == "a" ? "ALWAYS" : "BY DEFAULT";
        out.not_null = true;
      }
      if (type == "CONSTR_GENERATED") out.generated = expression_text(reader_, *find(one, "raw_expr"));
      if (is_constraint(type)) {
        TableConstraint made = constraint(one);
        if (made.kind != TableConstraint::Kind::check) made.columns = {out.name};
        constraints.push_back(std::move(made));
      }
      // They stand behind the constraint that they are of.
      if (!constraints.empty()) {
        if (type == "CONSTR_ATTR_DEFERRABLE") constraints.back().deferrable = true;
        if (type == "CONSTR_ATTR_DEFERRED") constraints.back().deferrable = constraints.back().deferred = true;
      }
    }
    return out;
  }

  void create(const json::object& node) {
    sql::CreateTable out;
    out.table.name = relation(node, "relation");
    out.if_not_exists = flag(node, "if_not_exists");
    refuse("PARTITION BY", find(node, "partspec"));
    refuse("PARTITION OF", find(node, "partbound"));
    refuse("INHERITS", !array(node, "inhRelations").empty());
    refuse("OF TYPE", find(node, "ofTypename"));
    refuse("WITH (…)", !array(node, "options").empty());
    refuse("TABLESPACE", find(node, "tablespacename"));
    refuse("USING", find(node, "accessMethod"));
    refuse("TEMPORARY or UNLOGGED", string(object(node, "relation"), "relpersistence") != "p");
    for (const json::value& element : array(node, "tableElts")) {
      const Tagged part = tagged(element);
      if (part.tag == "ColumnDef") {
        out.table.columns.push_back(column(*part.fields, out.table.constraints));
      } else if (part.tag == "Constraint" && is_constraint(string(*part.fields, "contype"))) {
        out.table.constraints.push_back(constraint(*part.fields));
      } else {
        refuse(part.tag == "TableLikeClause" ? "LIKE" : "EXCLUDE", true);
      }
    }
    add(std::move(out));
  }

  void alter(const json::object& node) {
    if (string(node, "objtype") != "OBJECT_TABLE") {
      out_.complete = false;
      return;
    }
    const sql::Name table = relation(node, "relation");
    for (const json::value& element : array(node, "cmds")) alter_one(table, *tagged(element).fields);
  }

  void alter_one(const sql::Name& table, const json::object& command) {
    const std::string what = string(command, "subtype");
    const std::string name = string(command, "name");
    const Tagged definition = find(command, "def") ? tagged(*find(command, "def")) : Tagged{};
    if (what == "AT_AddColumn") {
      sql::AddColumn out{table, {}, {}, flag(command, "missing_ok")};
      out.column = column(*definition.fields, out.constraints);
      return add(std::move(out));
    }
    if (what == "AT_DropColumn") return add(sql::DropColumn{table, name, flag(command, "missing_ok")});
    if (what == "AT_DropExpression") return add(sql::DropExpression{table, name});
    if (what == "AT_AlterColumnType") {
      const json::object& clause = object(*definition.fields, "collClause");
      return add(sql::AlterType{table, name, type_text(reader_.type(object(*definition.fields, "typeName"))),
                                clause.empty() ? "" : sql::quote_path(strings(clause, "collname"))});
    }
    if (what == "AT_ColumnDefault")
      return add(
          sql::SetDefault{table, name, definition.fields ? expression_text(reader_, *find(command, "def")) : ""});
    if (what == "AT_SetNotNull" || what == "AT_DropNotNull")
      return add(sql::SetNotNull{table, name, what == "AT_SetNotNull"});
    if (what == "AT_AddIdentity")
      return add(
          sql::SetIdentity{table, name, string(*definition.fields, "generated_when") == "a" ? "ALWAYS" : "BY DEFAULT"});
    if (what == "AT_SetIdentity") return set_identity(table, name, *find(command, "def"));
    if (what == "AT_DropIdentity") return add(sql::SetIdentity{table, name, ""});
    if (what == "AT_DropConstraint") return add(sql::DropConstraint{table, name});
    if (what == "AT_AddConstraint" && definition.fields && is_constraint(string(*definition.fields, "contype")))
      return add(sql::AddConstraint{table, constraint(*definition.fields), string(*definition.fields, "indexname")});
    if (what != "AT_ValidateConstraint") out_.complete = false;
  }

  // SET GENERATED ALWAYS, among what is said of the sequence.
  void set_identity(const sql::Name& table, const std::string& column, const json::value& options) {
    for (const json::value& element : array(*tagged(options).fields, "items")) {
      const json::object& option = *tagged(element).fields;
      if (string(option, "defname") != "generated") {
        out_.complete = false;
        continue;
      }
      add(sql::SetIdentity{table, column, option_value(option) == std::to_string('a') ? "ALWAYS" : "BY DEFAULT"});
    }
  }

  void rename(const json::object& node) {
    const std::string what = string(node, "renameType");
    const sql::Name table = relation(node, "relation");
    const std::string from = string(node, "subname");
    const std::string to = string(node, "newname");
    if (what == "OBJECT_TABLE") return add(sql::RenameTable{table, {table.schema, to}});
    if (what == "OBJECT_COLUMN" && string(node, "relationType") == "OBJECT_TABLE")
      return add(sql::RenameColumn{table, from, to});
    if (what == "OBJECT_TABCONSTRAINT") return add(sql::RenameConstraint{table, from, to});
    if (what == "OBJECT_INDEX") return add(sql::RenameIndex{table, to});
    out_.complete = false;
  }

  static std::string option_value(const json::object& option) {
    const Tagged value = find(option, "arg") ? tagged(*find(option, "arg")) : Tagged{};
    if (value.tag == "Integer") return std::to_string(integer(*value.fields, "ival"));
    if (value.tag == "Float") return string(*value.fields, "fval");
    if (value.tag == "String") return string(*value.fields, "sval");
    // A word of the grammar, such as off and none.
    if (value.tag == "TypeName") {
      const json::array& names = array(*value.fields, "names");
      return names.empty() ? "true" : string(*tagged(names.back()).fields, "sval");
    }
    return "true";
  }

  void index(const json::object& node) {
    sql::CreateIndex out;
    out.table = relation(node, "relation");
    out.concurrently = flag(node, "concurrent");
    out.if_not_exists = flag(node, "if_not_exists");
    out.index.name = string(node, "idxname");
    out.index.method = string(node, "accessMethod");
    if (out.index.method == "btree") out.index.method.clear();
    out.index.unique = flag(node, "unique");
    out.index.nulls_not_distinct = flag(node, "nulls_not_distinct");
    out.index.tablespace = string(node, "tableSpace");
    for (const json::value& element : array(node, "indexParams"))
      out.index.columns.push_back(sql::print(reader_.index_column(*tagged(element).fields)));
    for (const json::value& element : array(node, "indexIncludingParams"))
      out.index.include.push_back(string(*tagged(element).fields, "name"));
    for (const json::value& element : array(node, "options")) {
      const json::object& option = *tagged(element).fields;
      out.index.storage[string(option, "defname")] = option_value(option);
    }
    if (const json::value* where = find(node, "whereClause")) out.index.where = expression_text(reader_, *where);
    add(std::move(out));
  }

  void drop(const json::object& node) {
    const std::string what = string(node, "removeType");
    if (what != "OBJECT_TABLE" && what != "OBJECT_INDEX") {
      out_.complete = false;
      return;
    }
    for (const json::value& element : array(node, "objects")) {
      const sql::Name name = name_of(strings(*tagged(element).fields, "items"));
      if (what == "OBJECT_TABLE") {
        add(sql::DropTable{name});
      } else {
        add(sql::DropIndex{name, flag(node, "concurrent")});
      }
    }
  }

  void comment(const json::object& node) {
    const std::string what = string(node, "objtype");
    const Tagged named = find(node, "object") ? tagged(*find(node, "object")) : Tagged{};
    if (named.tag != "List" || (what != "OBJECT_TABLE" && what != "OBJECT_COLUMN" && what != "OBJECT_INDEX")) {
      out_.complete = what.starts_with("OBJECT_TABCONSTRAINT");  // of a constraint: nobody keeps account of it
      return;
    }
    std::vector<std::string> path = strings(*named.fields, "items");
    sql::CommentOn out;
    if (what == "OBJECT_COLUMN" && !path.empty()) {
      out.column = path.back();
      path.pop_back();
    }
    out.relation = name_of(path);
    out.index = what == "OBJECT_INDEX";
    if (const std::string text = string(node, "comment"); !text.empty()) out.comment = text;
    add(std::move(out));
  }

  const Reader& reader_;
  sql::ScriptStatement& out_;
};

}  // namespace

std::string type_text(sql::TypeName type) {
  static const std::vector<std::string> short_names = {"int2",   "int4",    "int8",      "bool",        "float4",
                                                       "float8", "varchar", "timestamp", "timestamptz", "time",
                                                       "timetz", "numeric", "varbit",    "bpchar"};
  if (type.name.size() == 1 && std::find(short_names.begin(), short_names.end(), type.name[0]) != short_names.end())
    type.name.insert(type.name.begin(), "pg_catalog");
  if (type.name.size() == 1 && type.name[0] == "decimal") type.name = {"pg_catalog", "numeric"};
  std::string out = sql::print(type);
  for (const char* prefix : {"pg_catalog.bpchar", "pg_catalog."}) {
    if (out.starts_with(prefix))
      out = (std::string_view(prefix).ends_with('r') ? "character" : "") + out.substr(std::string_view(prefix).size());
  }
  return out;
}

void read_statement(const Reader& reader, std::string_view tag, const json::object& node, sql::ScriptStatement& out) {
  TableReader(reader, out).read(tag, node);
  if (!out.unsupported.empty()) out.complete = false;
}

}  // namespace pgvista::parse
