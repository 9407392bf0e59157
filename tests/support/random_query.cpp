#include "support/random_query.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "base/text.hpp"

namespace pgvista::test {

namespace {

struct Table {
  std::string name;
  std::vector<std::string> numbers;
  std::vector<std::string> texts;
};

const std::vector<Table>& tables() {
  static const std::vector<Table> all = {{"a", {"id", "g", "v"}, {"name"}},
                                         {"b", {"id", "a_id", "x"}, {"s"}},
                                         {"c", {"b_id", "y"}, {"t"}},
                                         {"p", {"id", "k", "z"}, {}},
                                         {"i", {"id", "w"}, {}},
                                         {"p_low", {"id", "k", "z"}, {}}};
  return all;
}

class Queries {
 public:
  explicit Queries(const Choices& choices) : choices_(choices) {}

  std::string run() {
    switch (next(13)) {
      case 0:
      case 1: return plain();
      case 2:
      case 3:
      case 4: return grouped();
      case 5: return total();
      case 6: return "SELECT DISTINCT " + plain().substr(7);
      case 7: return windowed();
      case 8: return set_operation();
      case 9: return recursion();
      case 10: return read_late();
      case 11: return present_time();
      default: return over_subquery();
    }
  }

 private:
  struct Source {
    std::string alias;
    std::vector<std::string> numbers;
    std::vector<std::string> texts;
  };

  std::uint32_t next(std::uint32_t bound) { return at_ < choices_.size() ? choices_[at_++] % bound : 0; }
  template <class T>
  const T& one_of(const std::vector<T>& list) {
    return list[next(static_cast<std::uint32_t>(list.size()))];
  }

  // A table, a grouped or distinct subquery of one, or a filtered one, under a name of its own.
  std::string source() {
    const Table& table = one_of(tables());
    Source out;
    out.alias = fmt::format("r{}", sources_.size() + 1);
    const auto kind = next(8);
    std::string text;
    if (kind < 5) {
      out.numbers = table.numbers;
      out.texts = table.texts;
      text = table.name;
    } else if (kind == 5) {
      const std::string key = one_of(table.numbers);
      const std::string summed = one_of(table.numbers);
      out.numbers = {"k1", "n"};
      text = fmt::format("(SELECT {} AS k1, {} AS n FROM {} GROUP BY {})", key,
                         next(2) == 0 ? "count(*)" : "max(" + summed + ")", table.name, key);
    } else if (kind == 6) {
      out.numbers = {"k1", "k2"};
      text = fmt::format("(SELECT DISTINCT {} AS k1, {} AS k2 FROM {})", one_of(table.numbers), one_of(table.numbers),
                         table.name);
    } else {
      out.numbers = {"k1", "k2"};
      const std::string first = one_of(table.numbers);
      text = fmt::format("(SELECT {} AS k1, {} + 1 AS k2 FROM {} WHERE {} > {})", first, one_of(table.numbers),
                         table.name, one_of(table.numbers), next(3));
    }
    sources_.push_back(out);
    return text + " AS " + out.alias;
  }

  std::string number_of(const Source& one) { return one.alias + "." + one_of(one.numbers); }
  std::string number() { return number_of(one_of(sources_)); }
  std::string text() {
    const Source& one = one_of(sources_);
    return one.texts.empty() ? number_of(one) + "::text" : one.alias + "." + one_of(one.texts);
  }

  std::string condition() {
    switch (next(7)) {
      // Before or after the present time, by years.
      case 6: return fmt::format("to_timestamp({} * 600000000.0) {} now()", number(), next(2) == 0 ? "<" : ">");
      case 0: return fmt::format("{} > {}", number(), next(4));
      case 1: return fmt::format("{} IS NOT NULL", number());
      case 2: return fmt::format("{} % 2 = {}", number(), next(2));
      case 3: return fmt::format("{} < {}", number(), number());
      case 4: return fmt::format("({} = {} OR {} IS NULL)", number(), next(4), number());
      default: return fmt::format("{} IN (1, 2, {})", number(), next(5));
    }
  }

  const std::string& comparison() {
    static const std::vector<std::string> all = {">", "<", ">=", "<=", "=", "<>"};
    return one_of(all);
  }

  // One value of a table as a whole; NULL where it is of no rows.
  std::string threshold(const Table& table) {
    static const std::vector<std::string> calls = {"avg(q.{})", "max(q.{})", "min(q.{})", "count(q.{})",
                                                   "sum(q.{}) / 9"};
    const std::string call = replace_all(one_of(calls), "{}", one_of(table.numbers));
    const std::string some = next(2) == 0 ? "" : fmt::format(" WHERE q.{} < {}", one_of(table.numbers), next(4));
    return fmt::format("SELECT {} FROM {} AS q{}", call, table.name, some);
  }

  std::string subquery_condition() {
    const Table& table = one_of(tables());
    const std::string column = one_of(table.numbers);
    const std::string outer = number();
    switch (next(6)) {
      case 4:
      case 5: return fmt::format("{} {} ({})", outer, comparison(), threshold(table));
      case 0: return fmt::format("EXISTS (SELECT FROM {} AS q WHERE q.{} = {})", table.name, column, outer);
      case 1:
        return fmt::format("NOT EXISTS (SELECT FROM {} AS q WHERE q.{} = {} AND q.{} > {})", table.name, column, outer,
                           one_of(table.numbers), next(3));
      case 2:
        return fmt::format("{} IN (SELECT q.{} FROM {} AS q WHERE q.{} < {})", outer, column, table.name,
                           one_of(table.numbers), 1 + next(4));
      default:
        return fmt::format("{} > (SELECT count(*) FROM {} AS q WHERE q.{} = {})", number(), table.name, column, outer);
    }
  }

  std::string from() {
    sources_.clear();
    std::string out = source();
    const auto joins = next(3);
    for (std::uint32_t i = 0; i < joins; ++i) {
      const Source left = one_of(sources_);
      const std::string right = source();
      static const std::vector<std::string> kinds = {"JOIN",      "JOIN",       "LEFT JOIN",
                                                     "LEFT JOIN", "RIGHT JOIN", "FULL JOIN"};
      const std::string& kind = one_of(kinds);
      const Source& added = sources_.back();
      std::string on = fmt::format("{} = {}", number_of(added), number_of(left));
      if (next(4) == 3)
        on += fmt::format(" AND {} {} {}", number_of(added), kind == "FULL JOIN" ? "=" : "<", number_of(left));
      if (next(5) == 4 && kind != "FULL JOIN") on += fmt::format(" AND {} > {}", number_of(added), next(3));
      out += fmt::format(" {} {} ON {}", kind, right, on);
    }
    return " FROM " + out;
  }

  std::string where() {
    std::vector<std::string> all;
    if (next(2) == 1) all.push_back(condition());
    if (next(4) == 3) all.push_back(subquery_condition());
    return all.empty() ? std::string{} : " WHERE " + join(all, " AND ");
  }

  // FROM comes first, so that there is something to name; the text is put together in the usual order.
  std::string rest() { return from_ + where(); }

  std::string expression() {
    switch (next(7)) {
      case 0:
      case 1:
      case 2: return number();
      case 3: return fmt::format("coalesce({}, 0) * 2", number());
      case 4: return fmt::format("CASE WHEN {} THEN {} END", condition(), number());
      case 5: return text();
      default: return fmt::format("{} + {}", number(), number());
    }
  }

  std::string outputs() {
    from_ = from();
    std::vector<std::string> list;
    const auto count = 1 + next(3);
    for (std::uint32_t i = 0; i < count; ++i) list.push_back(fmt::format("{} AS o{}", expression(), i + 1));
    if (next(6) == 5) {
      const Table& table = one_of(tables());
      list.push_back(fmt::format("(SELECT {}(q.{}) FROM {} AS q WHERE q.{} = {}) AS o9", next(2) == 0 ? "count" : "max",
                                 one_of(table.numbers), table.name, one_of(table.numbers), number()));
    }
    outputs_ = list.size();
    return join(list, ", ");
  }

  std::string plain() {
    const std::string list = outputs();
    const std::string query = "SELECT " + list + rest();
    return query + tail();
  }

  // ORDER BY every output, so that what LIMIT leaves is never a matter of chance.
  std::string tail() {
    if (next(3) != 2) return {};
    std::vector<std::string> list;
    for (std::size_t i = 0; i < outputs_; ++i)
      list.push_back(fmt::format("{}{}", i + 1, next(2) == 0 ? "" : " DESC NULLS LAST"));
    return fmt::format(" ORDER BY {} LIMIT {}", join(list, ", "), 1 + next(5));
  }

  std::string aggregate() {
    const std::string value = number();
    switch (next(14)) {
      case 0: return "count(*)";
      case 1: return fmt::format("count({})", value);
      case 2: return fmt::format("sum({})", value);
      case 3: return fmt::format("avg({})", value);
      case 4: return fmt::format("min({})", value);
      case 5: return fmt::format("max({})", text());
      case 6: return fmt::format("string_agg({0}, ',' ORDER BY {0})", text());
      case 7: return fmt::format("array_agg({0} ORDER BY {0})", value);
      case 8: return fmt::format("count(DISTINCT {})", value);
      case 9: return fmt::format("sum({}) FILTER (WHERE {})", value, condition());
      case 10: return fmt::format("bool_or({})", condition());
      case 11: return fmt::format("jsonb_agg({0} ORDER BY {0})", value);
      case 12: return fmt::format("stddev({}::numeric)", value);
      default: return fmt::format("sum({} * 2 + 1)", value);
    }
  }

  std::string aggregates() {
    std::vector<std::string> list;
    const auto count = 1 + next(3);
    for (std::uint32_t i = 0; i < count; ++i) list.push_back(fmt::format("{} AS x{}", aggregate(), i + 1));
    return join(list, ", ");
  }

  std::string grouped() {
    from_ = from();
    std::vector<std::string> keys;
    const auto count = 1 + next(2);
    for (std::uint32_t i = 0; i < count; ++i) {
      const auto kind = next(5);
      keys.push_back(kind == 3 ? text() : kind == 4 ? number() + " % 2" : number());
    }
    std::vector<std::string> shown;
    for (std::size_t i = 0; i < keys.size(); ++i) shown.push_back(fmt::format("{} AS k{}", keys[i], i + 1));
    const std::string values = aggregates();
    static const std::vector<std::string> forms = {"{}", "{}", "{}", "{}", "ROLLUP ({})", "CUBE ({})"};
    // Of a group that is there it never fails; of what a statement adds to it, it may.
    const std::string ratio = next(4) == 3 ? fmt::format(", sum({}) / count(*) AS ratio", number()) : std::string{};
    std::string out = fmt::format("SELECT {}, {}{}{}", join(shown, ", "), values, ratio, rest());
    out += " GROUP BY " + replace_all(one_of(forms), "{}", join(keys, ", "));
    switch (next(8)) {
      case 6: return out + fmt::format(" HAVING count(*) > {}", next(3));
      case 7: return out + fmt::format(" HAVING sum({}) {} ({})", number(), comparison(), threshold(one_of(tables())));
      default: return out;
    }
  }

  std::string total() {
    from_ = from();
    const std::string values = aggregates();
    return "SELECT " + values + rest();
  }

  std::string windowed() {
    const std::string list = outputs();
    static const std::vector<std::string> calls = {"count(*)", "sum({})", "rank()", "max({})"};
    const std::string call = replace_all(one_of(calls), "{}", number());
    const std::string order = call == "rank()" || next(2) == 0 ? " ORDER BY " + number() : std::string{};
    return fmt::format("SELECT {}, {} OVER (PARTITION BY {}{}) AS w{}", list, call, number(), order, rest());
  }

  // Windows that share no partition: computed when they are read.
  std::string read_late() {
    const std::string list = outputs();
    static const std::vector<std::string> calls = {"rank()", "dense_rank()", "sum({})", "count({})", "max({})"};
    const auto window = [&] {
      return fmt::format("{} OVER ({}ORDER BY {})", replace_all(one_of(calls), "{}", number()),
                         next(2) == 0 ? std::string{} : "PARTITION BY " + number() + " ", number());
    };
    const std::string first = window();
    const std::string query = fmt::format("SELECT {}, {} AS w1, {} AS w2{}", list, first, window(), rest());
    if (next(3) != 2) return query;
    return fmt::format("SELECT q.o1, q.w1 FROM ({}) AS q WHERE q.w2 > {}", query, next(4));
  }

  // Nothing of it changes while a test runs.
  std::string present_time() {
    const std::string list = outputs();
    return fmt::format("SELECT {}, CASE WHEN now() > to_timestamp({}) THEN to_char({}, 'FM00') END AS shown{}", list,
                       number(), number(), rest());
  }

  // At most three steps, as the rows may go round in circles.
  std::string recursion() {
    const std::string start = branch();
    const Table& table = one_of(tables());
    const std::string step =
        fmt::format("SELECT q.{}::bigint, q.{}::bigint, r.d + 1 FROM r JOIN {} AS q ON q.{} = r.o{}{} WHERE r.d < {}",
                    one_of(table.numbers), one_of(table.numbers), table.name, one_of(table.numbers), 1 + next(2),
                    next(4) == 3 ? " JOIN c ON c.y = q." + table.numbers.front() : std::string{}, 1 + next(3));
    const std::string with = fmt::format(
        "WITH RECURSIVE r(o1, o2, d) AS (SELECT o1::bigint, o2::bigint, 0 FROM ({}) AS "
        "s {} {}) ",
        start, next(2) == 0 ? "UNION" : "UNION ALL", step);
    switch (next(4)) {
      case 0: return with + "SELECT o1, count(*) AS n, min(d) AS d FROM r GROUP BY o1";
      case 1: return with + "SELECT r.o1, r.d, a.name FROM r LEFT JOIN a ON a.id = r.o2";
      case 2: return with + "SELECT o2, o1, d FROM r WHERE d < 2";
      default: return with + "SELECT * FROM r";
    }
  }

  std::string branch() {
    from_ = from();
    const std::string first = number();
    const std::string second = number();
    return fmt::format("SELECT {} AS o1, {} AS o2{}", first, second, rest());
  }

  std::string set_operation() {
    static const std::vector<std::string> kinds = {"UNION ALL", "UNION",      "EXCEPT",
                                                   "INTERSECT", "EXCEPT ALL", "INTERSECT ALL"};
    const std::string& kind = one_of(kinds);
    const std::string left = branch();
    return left + " " + kind + " " + branch();
  }

  std::string over_subquery() {
    const std::string inner = next(2) == 0 ? set_operation() : branch();
    switch (next(3)) {
      case 0: return fmt::format("SELECT q.o1, count(*) AS n, sum(q.o2) AS s FROM ({}) AS q GROUP BY q.o1", inner);
      case 1: return fmt::format("SELECT q.o1, a.name FROM ({}) AS q LEFT JOIN a ON a.id = q.o2", inner);
      default:
        return fmt::format("WITH q AS ({}) SELECT l.o1, l.o2, r.o2 AS o3 FROM q AS l JOIN q AS r ON r.o1 = l.o1",
                           inner);
    }
  }

  const Choices& choices_;
  std::size_t at_ = 0;
  std::vector<Source> sources_;
  std::string from_;
  std::size_t outputs_ = 0;
};

}  // namespace

std::string random_settings(const Choices& choices) {
  static const std::vector<std::string> all = {"SET datestyle = 'SQL, DMY'",
                                               "SET timezone = 'America/New_York'",
                                               "SET intervalstyle = 'sql_standard'",
                                               "SET extra_float_digits = -5",
                                               "SET bytea_output = 'escape'",
                                               "SET array_nulls = off",
                                               "SET quote_all_identifiers = on",
                                               "SET transform_null_equals = on",
                                               "SET search_path = pg_temp, public",
                                               "SET plan_cache_mode = force_custom_plan",
                                               "SET enable_seqscan = off"};
  std::string out;
  for (std::size_t i = 0; i < choices.size(); ++i) {
    if (choices[i] % 3 == 2) out += all[i % all.size()] + "; ";
  }
  return out;
}

std::string random_query(const Choices& choices) { return Queries(choices).run(); }

std::string random_schema(const Choices& choices) {
  std::string out = maintenance_schema();
  std::size_t at = 0;
  const auto vary = [&](const std::string& text, const std::vector<std::string>& others) {
    const std::uint32_t number =
        at < choices.size() ? choices[at++] % static_cast<std::uint32_t>(others.size() + 1) : 0;
    if (number > 0) out = replace_all(out, text, others[number - 1]);
  };
  vary("v int NOT NULL DEFAULT 0", {"v int DEFAULT 0", "v numeric NOT NULL DEFAULT 0"});
  vary("TABLE a (id int PRIMARY KEY", {"TABLE a (id int UNIQUE"});
  vary("TABLE b (id int PRIMARY KEY", {"TABLE b (id int UNIQUE", "TABLE b (id bigint NOT NULL UNIQUE"});
  vary("REFERENCES a ON DELETE CASCADE ON UPDATE CASCADE",
       {"REFERENCES a (id) ON DELETE SET NULL ON UPDATE CASCADE", "REFERENCES a (id) ON UPDATE CASCADE", ""});
  vary("REFERENCES b ON DELETE SET NULL ON UPDATE CASCADE",
       {"REFERENCES b (id) ON DELETE CASCADE ON UPDATE CASCADE", ""});
  out = replace_all(replace_all(out, "REFERENCES a ON", "REFERENCES a (id) ON"), "REFERENCES b ON",
                    "REFERENCES b (id) ON");
  vary(", x int, s text", {", x bigint, s varchar(20)", ", x numeric(8, 2), s text", ", x smallint, s text"});
  vary("PRIMARY KEY (id, k)) PARTITION", {"UNIQUE (id, k)) PARTITION", "CHECK (true)) PARTITION"});
  vary("CREATE INDEX ON b (a_id);", {""});
  vary("d numeric(8, 2)", {"d numeric", "d double precision"});
  // Types of the user's own, under names that no search path of ours knows.
  vary("a_id int", {"a_id \"Odd.Types\".\"Some Id\""});
  vary("name text", {"name \"Odd.Types\".word"});
  if (out.find("Odd.Types") != std::string::npos)
    out =
        "CREATE SCHEMA \"Odd.Types\"; CREATE DOMAIN \"Odd.Types\".\"Some Id\" AS int; CREATE DOMAIN \"Odd.Types\".word "
        "AS text;\n" +
        out;
  return out;
}

}  // namespace pgvista::test
