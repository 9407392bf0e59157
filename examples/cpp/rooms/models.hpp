#pragma once
// Rooms with their doors, decorations, windows and furniture, after the project "Django PostgreSQL Materialized View
// Example".

#include <pgvista/pgvista.hpp>

namespace rooms {

using pgvista::Json;
using pgvista::Many;
using pgvista::Ref;

// What most models share; no table of its own.
struct CommonInfo {
  std::string name;
  double width = 1;
  double length = 1;
  double height = 1;
  static void define(pgvista::Table<CommonInfo>& t) {
    t.column(&CommonInfo::name, pgvista::max_length(30), pgvista::unique());
    for (double CommonInfo::*size : {&CommonInfo::width, &CommonInfo::length, &CommonInfo::height})
      t.column(size, pgvista::between(1.0, 100.0), pgvista::default_to(1));
  }
};
BOOST_DESCRIBE_STRUCT(CommonInfo, (), (name, width, length, height))

struct Room;
struct Window;
struct WindowFittings;
struct Decoration;

struct Door : CommonInfo {
  std::int64_t id{};
  std::string type;
  Many<Room> rooms;
  static void define(pgvista::Table<Door>& t) {
    t.name("rooms_door").column(&Door::type, pgvista::choices({"DT1", "DT2", "DT3", "DT4"}));
  }
};
BOOST_DESCRIBE_STRUCT(Door, (CommonInfo), (id, type, rooms))

struct Souvenir {
  std::int64_t id{};
  std::string name;
  Many<Decoration> decorations;
  static void define(pgvista::Table<Souvenir>& t);
};
BOOST_DESCRIBE_STRUCT(Souvenir, (), (id, name, decorations))

struct Decoration {
  std::int64_t id{};
  std::string name;
  Many<Souvenir> souvenirs;
  static void define(pgvista::Table<Decoration>& t) {
    t.name("rooms_decoration")
        .column(&Decoration::name, pgvista::max_length(30), pgvista::unique())
        .many_to_many(&Decoration::souvenirs, "rooms_decoration_souvenirs");
  }
};
BOOST_DESCRIBE_STRUCT(Decoration, (), (id, name, souvenirs))

// Furniture stands in rooms; a piece may be in several.
struct Furniture : CommonInfo {
  std::int64_t id{};
  std::string type;
  Many<Room> rooms;
};
BOOST_DESCRIBE_STRUCT(Furniture, (CommonInfo), (id, type, rooms))

struct Chair : Furniture {
  static void define(pgvista::Table<Chair>& t) {
    t.name("rooms_chair")
        .column(&Chair::type, pgvista::choices({"CHT1", "CHT2", "CHT3"}))
        .many_to_many(&Chair::rooms, "rooms_chair_rooms");
  }
};
BOOST_DESCRIBE_STRUCT(Chair, (Furniture), ())

struct Bed : Furniture {
  static void define(pgvista::Table<Bed>& t) {
    t.name("rooms_bed")
        .column(&Bed::type, pgvista::choices({"BT1", "BT2", "BT3"}))
        .many_to_many(&Bed::rooms, "rooms_bed_rooms");
  }
};
BOOST_DESCRIBE_STRUCT(Bed, (Furniture), ())

struct Desk : Furniture {
  static void define(pgvista::Table<Desk>& t) {
    t.name("rooms_table")
        .column(&Desk::type, pgvista::choices({"TBLT1", "TBLT2", "TBLT3"}))
        .many_to_many(&Desk::rooms, "rooms_table_rooms", "table_id", "room_id");
  }
};
BOOST_DESCRIBE_STRUCT(Desk, (Furniture), ())

struct Room : CommonInfo {
  std::int64_t id{};
  std::string type;
  Ref<Door> door;
  std::optional<Ref<Decoration>> decoration;
  Many<Window> windows;
  Many<Chair> chairs;
  Many<Bed> beds;
  Many<Desk> tables;
  static void define(pgvista::Table<Room>& t);
};
BOOST_DESCRIBE_STRUCT(Room, (CommonInfo), (id, type, door, decoration, windows, chairs, beds, tables))

struct Window : CommonInfo {
  std::int64_t id{};
  std::string type;
  Ref<Room> room;
  Many<WindowFittings> fittings;
  static void define(pgvista::Table<Window>& t);
};
BOOST_DESCRIBE_STRUCT(Window, (CommonInfo), (id, type, room, fittings))

struct WindowFittings : CommonInfo {
  std::int64_t id{};
  std::string type;
  Many<Window> windows;
  static void define(pgvista::Table<WindowFittings>& t);
};
BOOST_DESCRIBE_STRUCT(WindowFittings, (CommonInfo), (id, type, windows))

// A room with all that belongs to it, as JSON.
struct RoomsRelatedObjects : CommonInfo {
  std::int64_t id{};
  std::string type;
  Json door;
  std::optional<Json> decoration;
  Json windows;
  Json beds;
  Json chairs;
  Json tables;
};
BOOST_DESCRIBE_STRUCT(RoomsRelatedObjects, (CommonInfo), (id, type, door, decoration, windows, beds, chairs, tables))

// The first solution: refreshed as a whole after every change.
struct Refreshed : RoomsRelatedObjects {
  static void define(pgvista::View<Refreshed>& v);
};
BOOST_DESCRIBE_STRUCT(Refreshed, (RoomsRelatedObjects), ())

// The second: 100 % up to date at all times, and only the rooms concerned are computed again.
struct Live : RoomsRelatedObjects {
  static void define(pgvista::View<Live>& v);
};
BOOST_DESCRIBE_STRUCT(Live, (RoomsRelatedObjects), ())

const pgvista::Registry& registry();

// The tables, and so many rooms in them; the same ones every time.
void generate(pgvista::Database& db, int rooms);

}  // namespace rooms
