/* pgvista
kind        = "materialized"
maintenance = "immediate"
notify      = true
comment     = "The same rooms, kept up to date with every change"
indexes     = [ { columns = ["id"], unique = true } ]
*/
SELECT room.id,
       to_jsonb(door) AS door,
       CASE WHEN decoration.id IS NOT NULL THEN jsonb_build_object('id', decoration.id, 'name', decoration.name, 'souvenirs',
         (SELECT jsonb_agg(s) FROM rooms_decoration_souvenirs ds JOIN rooms_souvenir s ON s.id = ds.souvenir_id WHERE ds.decoration_id = decoration.id)) END AS decoration,
       (SELECT jsonb_agg(to_jsonb(w) || jsonb_build_object('fittings',
          (SELECT jsonb_agg(f) FROM rooms_windowfittings_windows fw JOIN rooms_windowfittings f ON f.id = fw.windowfittings_id WHERE fw.window_id = w.id)))
        FROM rooms_window w WHERE w.room_id = room.id) AS windows,
       room.name, room.width, room.length, room.height, room.type,
       (SELECT jsonb_agg(b) FROM rooms_bed_rooms i JOIN rooms_bed b ON b.id = i.bed_id WHERE i.room_id = room.id) AS beds,
       (SELECT jsonb_agg(c) FROM rooms_chair_rooms i JOIN rooms_chair c ON c.id = i.chair_id WHERE i.room_id = room.id) AS chairs,
       (SELECT jsonb_agg(t) FROM rooms_table_rooms i JOIN rooms_table t ON t.id = i.table_id WHERE i.room_id = room.id) AS tables
FROM rooms_room room
JOIN rooms_door door ON door.id = room.door_id
LEFT JOIN rooms_decoration decoration ON decoration.id = room.decoration_id
