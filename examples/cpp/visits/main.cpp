// Page visits: every query of the talk "Aggregating data in Django using database views", its view and its materialized
// view.
//   visits sync | refresh | status | …   the commands of pgvista over the views below
//   visits show                          makes the tables, fills them, and prints what the queries say
// The database is the one of DATABASE_URL.

#include <cstdlib>
#include <iostream>
#include <pgvista/pgvista.hpp>

using namespace pgvista;

struct PageVisit;

struct User {
  std::int32_t id{};
  std::string username;
  std::string email;
  std::string first_name;
  std::string last_name;
  Many<PageVisit> visits;
  static void define(Table<User>& t) { t.name("auth_user").column(&User::username, unique(), max_length(150)); }
};
BOOST_DESCRIBE_STRUCT(User, (), (id, username, email, first_name, last_name, visits))

struct PageVisit {
  static constexpr auto table = "visits_pagevisit";
  std::int64_t id{};
  Ref<User, std::int32_t> user;
  std::string section;
  TimestampTz visit_time{};
  static void define(Table<PageVisit>& t) {
    t.column(&PageVisit::user, on_delete(OnDelete::cascade))
        .column(&PageVisit::section, max_length(100))
        .index(&PageVisit::user);
  }
};
BOOST_DESCRIBE_STRUCT(PageVisit, (), (id, user, section, visit_time))

// A row of both views. It needs no id: the user, the section and the day tell rows apart.
struct VisitsSummary {
  Ref<User, std::int32_t> user;
  std::string section;
  Date visit_date;
  std::int64_t count{};
};
BOOST_DESCRIBE_STRUCT(VisitsSummary, (), (user, section, visit_date, count))

// Visits per user, section and day.
Selection<VisitsSummary> summary() {
  using V = VisitsSummary;
  const auto day = cast<Date>(at_time_zone(col(&PageVisit::visit_time), "UTC"));
  return from<PageVisit>()
      .group_by(col(&PageVisit::user), col(&PageVisit::section), day)
      .into(field(&V::user, col(&PageVisit::user)), field(&V::section, col(&PageVisit::section)),
            field(&V::visit_date, day), field(&V::count, count(col(&PageVisit::id))));
}

// Evaluated at every read.
struct VisitsSummaryView : VisitsSummary {
  static void define(View<VisitsSummaryView>& v) { v.name("visits_visitssummaryview").as(summary()); }
};
BOOST_DESCRIBE_STRUCT(VisitsSummaryView, (VisitsSummary), ())

// Stored, and refreshed when asked; with a unique index readers need not wait for that.
struct VisitsSummaryMaterializedView : VisitsSummary {
  static void define(View<VisitsSummaryMaterializedView>& v) {
    using V = VisitsSummaryMaterializedView;
    v.name("visits_visitssummarymaterializedview")
        .materialized()
        .as(summary())
        .unique(&V::user, &V::section, &V::visit_date)
        .comment("Visits per user, section and day");
  }
};
BOOST_DESCRIBE_STRUCT(VisitsSummaryMaterializedView, (VisitsSummary), ())

// Stored, and never stale.
struct VisitsSummaryLive : VisitsSummary {
  static void define(View<VisitsSummaryLive>& v) {
    v.name("visits_visitssummarylive").materialized(Maintenance::immediate).as(summary());
  }
};
BOOST_DESCRIBE_STRUCT(VisitsSummaryLive, (VisitsSummary), ())

const Registry& registry() {
  static const Registry all =
      Registry().add<User, PageVisit, VisitsSummaryView, VisitsSummaryMaterializedView, VisitsSummaryLive>();
  return all;
}

std::string day(Date date) {
  const std::chrono::year_month_day parts(date);
  return std::to_string(static_cast<int>(parts.year())) + "-" + std::to_string(static_cast<unsigned>(parts.month())) +
         "-" + std::to_string(static_cast<unsigned>(parts.day()));
}

void fill(Database& db) {
  Transaction transaction(db);
  db.execute(registry().create_tables());
  std::vector<User> users(10);
  for (std::size_t i = 0; i < users.size(); ++i) {
    const std::string number = std::to_string(i + 1);
    users[i] = {.username = "user" + number,
                .email = "user" + number + "@example.org",
                .first_name = "First " + number,
                .last_name = "Last " + number,
                .visits = {}};
  }
  db.insert_returning(users);
  const TimestampTz begin{std::chrono::sys_days{std::chrono::year{2024} / 6 / 1}};
  std::vector<PageVisit> visits;
  for (int i = 0; i < 3000; ++i) {
    static constexpr const char* sections[] = {"index", "dashboard", "settings"};
    visits.push_back({.user = users[static_cast<std::size_t>(i * 7 % 10)].id,
                      .section = sections[i * 13 % 3],
                      .visit_time = begin + i * std::chrono::minutes(11)});
  }
  db.insert_all(visits);
  transaction.commit();
}

template <class V>
void show_summary(Database& db, const char* title) {
  // With the user of each row, in the same query.
  const auto rows = from<V>()
                        .with(&V::user)
                        .order_by(col_of<V>(&V::count).desc(), col_of<V>(&V::user).asc(), col_of<V>(&V::section).asc(),
                                  col_of<V>(&V::visit_date).asc())
                        .limit(3)
                        .fetch(db);
  std::cout << title << ":\n";
  for (const V& one : rows)
    std::cout << "  " << one.user->username << " <" << one.user->email << "> " << one.section << " "
              << day(one.visit_date) << " " << one.count << "\n";
}

int show() {
  Database db(std::getenv("DATABASE_URL") ? std::getenv("DATABASE_URL") : "");
  fill(db);
  const auto index = from<PageVisit>().where(col(&PageVisit::section) == "index");
  std::cout << "visits: " << from<PageVisit>().count(db) << ", of index: " << index.count(db) << "\n";
  const auto [all, latest, earliest] =
      index.aggregate(db, count(), max(col(&PageVisit::visit_time)), min(col(&PageVisit::visit_time)));
  std::cout << "of index: " << all << ", from " << day(std::chrono::floor<std::chrono::days>(*earliest)) << " to "
            << day(std::chrono::floor<std::chrono::days>(*latest)) << "\n";
  for (const auto& [user, total] : from<User>()
                                       .annotate(count(col(&User::visits, &PageVisit::id)))
                                       .order_by(col(&User::id).asc())
                                       .limit(3)
                                       .fetch(db))
    std::cout << "  " << user.username << " " << total << "\n";
  for (const auto& [section, last] : from<PageVisit>()
                                         .group_by(col(&PageVisit::section))
                                         .select(col(&PageVisit::section), max(col(&PageVisit::visit_time)))
                                         .order_by(col(&PageVisit::section).asc())
                                         .fetch(db)) {
    std::cout << "  last of " << section << ": " << day(std::chrono::floor<std::chrono::days>(last)) << "\n";
  }
  const char* words[] = {"visits", "sync", "--quiet"};
  std::cout.flush();
  if (const int failed = pgvista::run(3, words, registry())) return failed;
  show_summary<VisitsSummaryView>(db, "the view");
  show_summary<VisitsSummaryMaterializedView>(db, "the materialized view");
  db.insert_all(
      std::vector<PageVisit>(5, {.user = 1,
                                 .section = "index",
                                 .visit_time = TimestampTz{std::chrono::sys_days{std::chrono::year{2024} / 6 / 1}}}));
  show_summary<VisitsSummaryView>(db, "after five more visits, the view");
  show_summary<VisitsSummaryMaterializedView>(db, "the materialized view, which nobody refreshed");
  show_summary<VisitsSummaryLive>(db, "the maintained one");
  db.refresh_concurrently<VisitsSummaryMaterializedView>();
  show_summary<VisitsSummaryMaterializedView>(db, "the materialized view, refreshed");
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
