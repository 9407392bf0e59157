#include "models.hpp"

namespace rooms {

using namespace pgvista;

void Souvenir::define(Table<Souvenir>& t) {
  t.name("rooms_souvenir")
      .column(&Souvenir::name, max_length(30), unique())
      .reverse(&Souvenir::decorations, &Decoration::souvenirs);
}

void Room::define(Table<Room>& t) {
  t.name("rooms_room")
      .column(&Room::type, choices({"KTCH", "BDR", "LBB", "LRM"}))
      .column(&Room::door, on_delete(OnDelete::restrict_))
      .column(&Room::decoration, on_delete(OnDelete::set_null))
      .reverse(&Room::chairs, &Chair::rooms)
      .reverse(&Room::beds, &Bed::rooms)
      .reverse(&Room::tables, &Desk::rooms)
      .index(&Room::door)
      .index(&Room::decoration);
}

void Window::define(Table<Window>& t) {
  t.name("rooms_window")
      .column(&Window::type, choices({"WT1", "WT2", "WT3"}))
      .column(&Window::room, on_delete(OnDelete::cascade))
      .reverse(&Window::fittings, &WindowFittings::windows)
      .index(&Window::room);
}

void WindowFittings::define(Table<WindowFittings>& t) {
  t.name("rooms_windowfittings")
      .column(&WindowFittings::type, choices({"WFT1", "WFT2", "WFT3"}))
      .many_to_many(&WindowFittings::windows, "rooms_windowfittings_windows", "windowfittings_id", "window_id");
}

namespace {

// The seed's query with two of its traps taken out: a room without chairs has [], not [null], and no room comes twice.
const char* const related_objects = R"(WITH decorations AS (
  SELECT decoration.id, jsonb_build_object('id', decoration.id, 'name', decoration.name, 'souvenirs',
    coalesce(jsonb_agg(souvenir ORDER BY souvenir.id) FILTER (WHERE souvenir.id IS NOT NULL), '[]')) AS decoration
  FROM rooms_decoration decoration
  LEFT JOIN rooms_decoration_souvenirs pair ON pair.decoration_id = decoration.id
  LEFT JOIN rooms_souvenir souvenir ON souvenir.id = pair.souvenir_id
  GROUP BY decoration.id, decoration.name
),
windows AS (
  SELECT win.room_id, jsonb_agg(to_jsonb(win) || jsonb_build_object('fittings', fittings.list) ORDER BY win.id) AS list
  FROM rooms_window win
  JOIN (
    SELECT win.id, coalesce(jsonb_agg(fitting ORDER BY fitting.id) FILTER (WHERE fitting.id IS NOT NULL), '[]') AS list
    FROM rooms_window win
    LEFT JOIN rooms_windowfittings_windows pair ON pair.window_id = win.id
    LEFT JOIN rooms_windowfittings fitting ON fitting.id = pair.windowfittings_id
    GROUP BY win.id
  ) fittings ON fittings.id = win.id
  GROUP BY win.room_id
),
beds AS (SELECT pair.room_id, jsonb_agg(bed ORDER BY bed.id) AS list FROM rooms_bed_rooms pair
  JOIN rooms_bed bed ON bed.id = pair.bed_id GROUP BY pair.room_id),
chairs AS (SELECT pair.room_id, jsonb_agg(chair ORDER BY chair.id) AS list FROM rooms_chair_rooms pair
  JOIN rooms_chair chair ON chair.id = pair.chair_id GROUP BY pair.room_id),
tables AS (SELECT pair.room_id, jsonb_agg(desk ORDER BY desk.id) AS list FROM rooms_table_rooms pair
  JOIN rooms_table desk ON desk.id = pair.table_id GROUP BY pair.room_id)
SELECT room.id, room.name, room.width, room.length, room.height, room.type,
       to_jsonb(door) AS door, decorations.decoration,
       coalesce(windows.list, '[]') AS windows, coalesce(beds.list, '[]') AS beds,
         coalesce(chairs.list, '[]') AS chairs, coalesce(tables.list, '[]') AS tables
FROM rooms_room room
JOIN rooms_door door ON door.id = room.door_id
LEFT JOIN decorations ON decorations.id = room.decoration_id
LEFT JOIN windows ON windows.room_id = room.id
LEFT JOIN beds ON beds.room_id = room.id
LEFT JOIN chairs ON chairs.room_id = room.id
LEFT JOIN tables ON tables.room_id = room.id)";

}  // namespace

void Refreshed::define(View<Refreshed>& v) {
  v.name("rooms_related_objects")
      .sql(related_objects)
      .materialized()
      .unique(&Refreshed::id)
      .never_null(&Refreshed::door);
}

void Live::define(View<Live>& v) {
  v.name("rooms_live")
      .sql(related_objects)
      .materialized(Maintenance::immediate)
      .unique(&Live::id)
      .never_null(&Live::door)
      .notify();
}

const Registry& registry() {
  // rooms runserver: /rooms/311/ by joins, /rooms_v2/311/ by the maintained view, /rooms_mat_view/311/ by the other,
  // /sizes/BDR/.
  static const Registry all =
      Registry()
          .add<Door, Souvenir, Decoration, Room, Window, WindowFittings, Chair, Bed, Desk, Refreshed, Live>()
          .path("/rooms/",
                "rooms_room?select=*,door:rooms_door(*),decoration:rooms_decoration(*,souvenirs:rooms_souvenir(*)),"
                "windows:rooms_window(*),beds:rooms_bed(*),chairs:rooms_chair(*),tables:rooms_table(*)")
          .path("/rooms_v2/", "rooms_live")
          .path("/rooms_mat_view/", "rooms_related_objects")
          .on("GET", "/sizes/{type}/", [](const pgvista::HttpRequest& request, pgvista::Database& db) {
            double size = 0;
            for (const Room& room : from<Room>().where(col(&Room::type) == request.parameters.at("type")).fetch(db))
              size += room.width * room.length;
            return pgvista::HttpReply{200, "{\"size\":" + std::to_string(size) + "}"};
          });
  return all;
}

namespace {

// Spread over 0 … n − 1, the same every time.
int pick(int seed, int i, int n) {
  return static_cast<int>((static_cast<std::int64_t>(i) * 7919 + static_cast<std::int64_t>(seed) * 104729) % n);
}

void measure(CommonInfo& one, const char* kind, int i) {
  one.name = std::string(kind) + " " + std::to_string(i + 1);
  one.width = 1 + pick(1, i, 990) / 10.0;
  one.length = 1 + pick(2, i, 990) / 10.0;
  one.height = 1 + pick(3, i, 990) / 10.0;
}

template <class M>
std::vector<M> made(Database& db, const char* kind, const std::string& type, int types, int count) {
  std::vector<M> out(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    M& one = out[static_cast<std::size_t>(i)];
    measure(one, kind, i);
    one.type = type + std::to_string(1 + pick(4, i, types));
  }
  db.insert_returning(out);
  return out;
}

// Each piece of furniture in some rooms.
template <class M>
void furnish(Database& db, const char* kind, const std::string& type, const std::vector<Room>& rooms) {
  const int count = static_cast<int>(rooms.size());
  const std::vector<M> pieces = made<M>(db, kind, type, 3, count);
  for (int i = 0; i < count; ++i) {
    const M& piece = pieces[static_cast<std::size_t>(i)];
    related(piece, &M::rooms)
        .add(db, rooms[static_cast<std::size_t>(i)], rooms[static_cast<std::size_t>(pick(5, i, count))]);
  }
}

}  // namespace

void generate(Database& db, int count) {
  Transaction transaction(db);
  db.execute(registry().create_tables());
  const auto some = [&](int wanted) { return std::max(1, wanted); };
  const std::vector<Door> doors = made<Door>(db, "Door", "DT", 4, some(count / 10));
  std::vector<Souvenir> souvenirs(static_cast<std::size_t>(some(count * 3 / 10)));
  for (std::size_t i = 0; i < souvenirs.size(); ++i) souvenirs[i].name = "Souvenir " + std::to_string(i + 1);
  db.insert_returning(souvenirs);
  std::vector<Decoration> decorations(static_cast<std::size_t>(some(count / 5)));
  for (std::size_t i = 0; i < decorations.size(); ++i) decorations[i].name = "Decoration " + std::to_string(i + 1);
  db.insert_returning(decorations);
  for (std::size_t i = 0; i < decorations.size(); ++i)
    related(decorations[i], &Decoration::souvenirs)
        .add(db, souvenirs[i % souvenirs.size()], souvenirs[i * 7 % souvenirs.size()]);
  std::vector<Room> rooms(static_cast<std::size_t>(count));
  for (int i = 0; i < count; ++i) {
    static constexpr const char* types[] = {"KTCH", "BDR", "LBB", "LRM"};
    Room& room = rooms[static_cast<std::size_t>(i)];
    measure(room, "Room", i);
    room.type = types[pick(6, i, 4)];
    room.door = doors[static_cast<std::size_t>(pick(7, i, static_cast<int>(doors.size())))].id;
    if (i % 20 != 0)
      room.decoration = decorations[static_cast<std::size_t>(pick(8, i, static_cast<int>(decorations.size())))].id;
  }
  db.insert_returning(rooms);
  std::vector<Window> windows(rooms.size());
  for (int i = 0; i < count; ++i) {
    Window& window = windows[static_cast<std::size_t>(i)];
    measure(window, "Window", i);
    window.type = "WT" + std::to_string(1 + pick(9, i, 3));
    // Every tenth room has no window; the one beside it has two.
    window.room = rooms[static_cast<std::size_t>(i % 10 == 9 ? i - 1 : i)].id;
  }
  db.insert_returning(windows);
  const std::vector<WindowFittings> fittings = made<WindowFittings>(db, "Fitting", "WFT", 3, count);
  for (int i = 0; i < count; ++i)
    related(fittings[static_cast<std::size_t>(i)], &WindowFittings::windows)
        .add(db, windows[static_cast<std::size_t>(i)], windows[static_cast<std::size_t>(pick(10, i, count))]);
  furnish<Chair>(db, "Chair", "CHT", rooms);
  furnish<Bed>(db, "Bed", "BT", rooms);
  furnish<Desk>(db, "Table", "TBLT", rooms);
  transaction.commit();
}

}  // namespace rooms
