// foo, bar and baz, after "Postgres VIEW from a Django queryset": what that ORM could not say — a join to a subquery —
// as a query, as a view that is joined and loaded like a table, and a change of the view's query that is noticed.
//   foo sync | plan | …   the commands of pgvista
//   foo show              makes the tables, fills them, and prints the rows

#include <cstdlib>
#include <iostream>
#include <pgvista/pgvista.hpp>

using namespace pgvista;

struct Bar;

struct Foo {
  std::int64_t a{};
  std::string b;
  One<Bar> bar;
  static void define(Table<Foo>& t);
};
BOOST_DESCRIBE_STRUCT(Foo, (), (a, b, bar))

struct Baz {
  std::int64_t id{};
  Ref<Foo> a;
  std::string c;
  static void define(Table<Baz>& t) { t.column(&Baz::a, column_name("a")); }
};
BOOST_DESCRIBE_STRUCT(Baz, (), (id, a, c))

// A row of the view: one for each foo that has any baz.
struct Bar {
  Ref<Foo> a;
  std::vector<std::string> d;
  static void define(View<Bar>& v);
};
BOOST_DESCRIBE_STRUCT(Bar, (), (a, d))

// The same rows from a subquery.
struct Collected {
  Ref<Foo> a;
  std::vector<std::string> d;
};
BOOST_DESCRIBE_STRUCT(Collected, (), (a, d))

void Foo::define(Table<Foo>& t) { t.primary_key(&Foo::a).reverse(&Foo::bar, &Bar::a); }

void Bar::define(View<Bar>& v) {
  auto rows = from<Baz>();
  // A second version of the query, as the post's migration makes one: plan and sync notice the change.
  if (std::getenv("BAR_ONLY_QUX")) rows = rows.where(col(&Baz::c).starts_with("qux"));
  v.column(&Bar::a, column_name("a"))
      .as(rows.group_by(col(&Baz::a))
              .into(field(&Bar::a, col(&Baz::a)),
                    field(&Bar::d, array_agg(col(&Baz::c)).order_by(col(&Baz::c).asc()))));
}

const Registry& registry() {
  static const Registry all = Registry().add<Foo, Baz, Bar>();
  return all;
}

std::string listed(const std::vector<std::string>& words) {
  std::string out;
  for (const std::string& one : words) out += (out.empty() ? "" : ",") + one;
  return "{" + out + "}";
}

int show() {
  Database db(std::getenv("DATABASE_URL") ? std::getenv("DATABASE_URL") : "");
  db.execute(registry().create_tables());
  std::vector<Foo> foos{{.b = "one", .bar = {}}, {.b = "two", .bar = {}}, {.b = "three", .bar = {}}};
  db.insert_returning(foos);
  db.insert_all(
      std::vector<Baz>{{.a = foos[0].a, .c = "qux 1"}, {.a = foos[0].a, .c = "other"}, {.a = foos[1].a, .c = "qux 2"}});

  const auto collected = from<Baz>()
                             .group_by(col(&Baz::a))
                             .into(field(&Collected::a, col(&Baz::a)),
                                   field(&Collected::d, array_agg(col(&Baz::c)).order_by(col(&Baz::c).asc())));
  const auto joined = from<Foo>()
                          .join(collected, col(&Foo::a) == col(&Collected::a))
                          .order_by(col(&Foo::a).asc())
                          .select(col(&Foo::a), col(&Foo::b), col(&Collected::d));
  std::cout << joined.statement().sql << "\n";
  for (const auto& [a, b, d] : joined.fetch(db)) std::cout << "  " << a << " " << b << " " << listed(d) << "\n";

  const char* words[] = {"foo", "sync", "--quiet"};
  std::cout.flush();
  if (const int failed = pgvista::run(3, words, registry())) return failed;
  const auto loaded = from<Foo>().with(&Foo::bar).order_by(col(&Foo::a).asc());
  std::cout << loaded.statement().sql << "\n";
  for (const Foo& foo : loaded.fetch(db))
    std::cout << "  " << foo.a << " " << foo.b << " " << (foo.bar ? listed(foo.bar->d) : "none") << "\n";
  std::cout << "with many: "
            << from<Foo>().where(any(&Foo::bar, call<std::int32_t>("cardinality", col(&Bar::d)) > 1)).count(db) << "\n";
  return 0;
}

int main(int argc, char** argv) {
  try {
    return argc > 1 && std::string_view(argv[1]) == "show" ? show() : pgvista::run(argc, argv, registry());
  } catch (const Failure& failure) {
    std::cerr << format_error(failure.error());
    return 1;
  }
}
