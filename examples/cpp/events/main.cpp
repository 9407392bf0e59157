// Events, after the newsletter "Materialized Views with Django": a view in raw SQL with a row struct, a materialized
// view over it with a full-text index, a view that somebody else made, and the SQL as text for whoever runs it himself.
//   events sync | refresh | status | …   the commands of pgvista
//   events show                          makes the table, fills it, and prints what the views say

#include <cstdlib>
#include <iostream>
#include <pgvista/pgvista.hpp>

using namespace pgvista;

struct Event {
  static constexpr auto table = "foo_events";
  std::int64_t id{};
  std::string event;
  std::int32_t count{};
  static void define(Table<Event>& t) { t.column(&Event::event, max_length(100)); }
};
BOOST_DESCRIBE_STRUCT(Event, (), (id, event, count))

struct EventView {
  static constexpr auto table = "foo_view";
  std::string event;
  std::optional<std::int64_t> total;
  static void define(View<EventView>& v) {
    v.sql("SELECT foo_events.event, sum(foo_events.count) AS total\nFROM foo_events\nGROUP BY foo_events.event");
  }
};
BOOST_DESCRIBE_STRUCT(EventView, (), (event, total))

struct EventMatView {
  static constexpr auto table = "foo_mat_view";
  std::string event;
  std::optional<std::int64_t> total;
  static void define(View<EventMatView>& v) {
    v.sql("SELECT foo_view.*, to_tsvector('english', event) AS search FROM foo_view")
        .materialized()
        .unique(&EventMatView::event)
        .index({.columns = {"search"}, .name = "foo_mat_view_search", .method = "gin"});
  }
};
BOOST_DESCRIBE_STRUCT(EventMatView, (), (event, total))

// Made by somebody else, and only read here.
struct EventCounts {
  std::string event;
  std::int64_t number{};
  static void define(View<EventCounts>& v) { v.name("event_counts_view").unmanaged(); }
};
BOOST_DESCRIBE_STRUCT(EventCounts, (), (event, number))

const Registry& registry() {
  static const Registry all =
      Registry()
          .add<Event, EventView, EventMatView, EventCounts>()
          .after_sync_view(
              [](const std::string& view, const std::string& status) { std::cout << view << ": " << status << "\n"; })
          .after_refresh([](const std::string& view, const std::string&) { std::cout << view << " is refreshed\n"; });
  return all;
}

int command(std::vector<const char*> words) {
  words.insert(words.begin(), "events");
  std::cout.flush();
  return pgvista::run(static_cast<int>(words.size()), words.data(), registry());
}

int show() {
  Database db(std::getenv("DATABASE_URL") ? std::getenv("DATABASE_URL") : "");
  db.execute(registry().create_tables());
  db.execute("CREATE VIEW event_counts_view AS SELECT event, count(*) AS number FROM foo_events GROUP BY event");
  std::vector<Event> events;
  for (int i = 0; i < 60; ++i) {
    static constexpr const char* kinds[] = {"final", "practice", "game"};
    events.push_back({.event = "season " + std::to_string(i % 4) + " " + kinds[i % 3], .count = i % 7});
  }
  db.insert_all(events);
  const ViewSql text = view_sql<EventMatView>();
  std::cout << text.drop << "; " << text.refresh << "\n";
  if (const int failed = command({"sync", "--quiet"})) return failed;
  db.insert_all(std::vector<Event>{{.event = "season 9 final", .count = 1000}});
  db.refresh_concurrently<EventMatView>();
  for (const EventView& one :
       from<EventView>().order_by(col(&EventView::total).desc(), col(&EventView::event).asc()).limit(2).fetch(db))
    std::cout << one.event << ": " << one.total.value_or(0) << "\n";
  const auto finals = from<EventMatView>()
                          .where(raw<bool>("search @@ websearch_to_tsquery('english', ?)", value("final")))
                          .order_by(col(&EventMatView::event).asc())
                          .fetch(db);
  std::cout << "found " << finals.size() << ", first " << finals.front().event << "\n";
  std::cout << "of somebody else: " << from<EventCounts>().where(col(&EventCounts::number) == 5).count(db) << "\n";
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
