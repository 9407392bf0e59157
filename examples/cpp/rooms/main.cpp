// The rooms project, both solutions.
//   rooms generate [N]               the tables, and N rooms in them (500)
//   rooms sync | refresh | status …  the commands of pgvista over the two views
//   rooms room ID                    a room with all that belongs to it: by loading, and by both views
//   rooms show                       all of it, with a change that the views follow

#include <cstdlib>
#include <iostream>
#include <pgvista/listen.hpp>

#include "models.hpp"

namespace {

using namespace pgvista;
using namespace rooms;

std::string url() { return std::getenv("DATABASE_URL") ? std::getenv("DATABASE_URL") : ""; }

// Seven queries for any number of rooms: theirs with doors and decorations, and one for each kind of things in them.
auto whole_rooms() {
  return from<Room>()
      .with(&Room::door)
      .with(&Room::decoration, &Decoration::souvenirs)
      .with(&Room::windows, &Window::fittings)
      .with(&Room::chairs)
      .with(&Room::beds)
      .with(&Room::tables);
}

void show_room(Database& db, std::int64_t id) {
  const Room room = whole_rooms().where(col(&Room::id) == id).get(db);
  std::cout << room.name << " (" << room.type << "), " << room.door->name << ", "
            << (room.decoration ? (*room.decoration)->name : "no decoration") << "; " << room.windows.size()
            << " windows, " << room.chairs.size() << " chairs, " << room.beds.size() << " beds, " << room.tables.size()
            << " tables\n";
  for (const Chair& chair : room.chairs) std::cout << "  " << chair.name << "\n";
}

template <class V>
std::string chairs(Database& db, std::int64_t id) {
  return from<V>().where(col_of<V>(&V::id) == id).get(db).chairs.text;
}

int command(std::vector<const char*> words) {
  words.insert(words.begin(), "rooms");
  std::cout.flush();
  return pgvista::run(static_cast<int>(words.size()), words.data(), registry());
}

int show() {
  Database db(url());
  generate(db, 60);
  if (const int failed = command({"sync", "--quiet"})) return failed;
  show_room(db, 4);
  Listener listener(url());
  int heard = 0;
  listener.on<Live>([&] { ++heard; });
  const Chair chair = related(whole_rooms().where(col(&Room::id) == 4).get(db), &Room::chairs)
                          .query()
                          .order_by(col(&Chair::id).asc())
                          .first(db)
                          .value();
  from<Chair>().where(col(&Chair::id) == chair.id).update(db, set(&Chair::name, "Throne"));
  const auto has_throne = [&](const std::string& text) {
    return text.find("Throne") != std::string::npos ? "has the throne" : "does not know it";
  };
  std::cout << "the maintained view " << has_throne(chairs<Live>(db, 4)) << ", the other "
            << has_throne(chairs<Refreshed>(db, 4)) << "\n";
  listener.wait(std::chrono::seconds(30));
  std::cout << "heard of " << heard << " change\n";
  db.refresh_concurrently<Refreshed>();
  std::cout << "refreshed, it " << has_throne(chairs<Refreshed>(db, 4)) << "\n";
  return command({"verify", "--quiet"});
}

int program(int argc, char** argv) {
  const std::string_view word = argc > 1 ? argv[1] : "";
  if (word == "show") return show();
  if (word == "generate") {
    Database db(url());
    generate(db, argc > 2 ? std::atoi(argv[2]) : 500);
    return 0;
  }
  if (word == "room" && argc > 2) {
    Database db(url());
    show_room(db, std::atoll(argv[2]));
    return 0;
  }
  return pgvista::run(argc, argv, registry());
}

}  // namespace

int main(int argc, char** argv) {
  try {
    return program(argc, argv);
  } catch (const Failure& failure) {
    std::cerr << format_error(failure.error());
    return 1;
  }
}
