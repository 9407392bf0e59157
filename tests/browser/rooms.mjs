// The rooms project, served: whatever changes a room, by any endpoint or by psql, is in the maintained view at once.
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';

const base = process.env.PGVISTA_BASE;
const psql = (sql) => execFileSync('psql', ['-X', '-q', '-t', '-A', '-v', 'ON_ERROR_STOP=1', process.env.PGVISTA_URL, '-c', sql], { encoding: 'utf8' }).trim();

async function call(method, path, body, headers = {}) {
  const answer = await fetch(base + path, { method, headers: { 'Content-Type': 'application/json', ...headers }, body: body === undefined ? undefined : JSON.stringify(body) });
  const text = await answer.text();
  assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${text}`);
  return text ? JSON.parse(text) : null;
}

// An array that nobody ordered, and none at all where the view says null.
function plain(value) {
  if (Array.isArray(value)) return value.length === 0 ? null : value.map(plain).sort((a, b) => a.id - b.id);
  if (value && typeof value === 'object') return Object.fromEntries(Object.entries(value).filter(([key]) => key !== 'door_id' && key !== 'decoration_id').sort().map(([key, one]) => [key, plain(one)]));
  return value;
}

async function agrees(what) {
  const [joined, kept] = await Promise.all([call('GET', '/rooms/?order=id'), call('GET', '/rooms_v2/?order=id')]);
  assert.deepEqual(plain(kept), plain(joined), what);
}

test('one room is the same by joins, by the materialized view and by the maintained view', async () => {
  const [joined, stored, kept] = await Promise.all(['/rooms/311/', '/rooms_mat_view/311/', '/rooms_v2/311/'].map((path) => call('GET', path)));
  assert.equal(joined.name, 'Room 311');
  assert.deepEqual(plain(kept), plain(joined));
  assert.deepEqual(plain(stored).beds, plain(joined).beds);
  assert.deepEqual(plain(stored).decoration, plain(joined).decoration);
});
test('all rooms agree', () => agrees('at first'));

const models = { doors: 'Door 1', windows: 'Window 1', fittings: 'Fitting 1', decorations: 'Decoration 1', souvenirs: 'Souvenir 1', chairs: 'Chair 1', beds: 'Bed 1', tables: 'Table 1', rooms: 'Room 1' };
for (const model of Object.keys(models)) {
  test(`saving one of ${model}: PATCH, PUT, bulk PATCH`, async () => {
    const patched = await call('PATCH', `/${model}/1/`, { name: `New ${model}` });
    assert.equal(patched.name, `New ${model}`);
    await agrees(`PATCH of ${model}`);
    const { souvenirs, fittings, door, decoration, windows, beds, chairs, tables, ...columns } = await call('GET', `/${model}/2/`);
    await call('PUT', `/${model}/2/`, { ...columns, name: `Put ${model}` });
    await agrees(`PUT of ${model}`);
    await call('PATCH', `/${model}/?id=in.(3,4,5)`, model === 'souvenirs' || model === 'decorations' ? { id: undefined, name: undefined } : { width: 7.5 });
    psql(`UPDATE ${model === 'fittings' ? 'rooms_windowfittings' : 'rooms_' + model.slice(0, -1)} SET name = name || '!' WHERE id BETWEEN 10 AND 40`);
    await agrees(`bulk writes of ${model}`);
  });
}

test('every many-to-many: add, replace, clear, and a change of a pair by hand', async () => {
  for (const [name, table] of [['beds', 'rooms_bed'], ['chairs', 'rooms_chair'], ['tables', 'rooms_table']]) {
    await call('PATCH', '/rooms/20/', { [table]: { connect: [{ id: 1 }, { id: 2 }] } });
    await agrees(`${name} added`);
    await call('PATCH', '/rooms/20/', { [table]: { replace: [{ id: 3 }, { name: `a new one of ${name}`, type: { beds: 'BT1', chairs: 'CHT1', tables: 'TBLT1' }[name] }] } });
    await agrees(`${name} replaced`);
    assert.deepEqual((await call('GET', '/rooms_v2/20/'))[name].length, 2);
    await call('PATCH', '/rooms/20/', { [table]: { replace: [] } });
    assert.equal((await call('GET', '/rooms_v2/20/'))[name], null);
    psql(`INSERT INTO ${table}_rooms (${table.slice(6)}_id, room_id) SELECT 5, id FROM rooms_room WHERE id BETWEEN 20 AND 25 ON CONFLICT DO NOTHING; UPDATE ${table}_rooms SET room_id = 26 WHERE room_id = 20 AND ${table.slice(6)}_id = 5 AND NOT EXISTS (SELECT FROM ${table}_rooms x WHERE x.room_id = 26 AND x.${table.slice(6)}_id = 5)`);
    await agrees(`${name} by hand`);
  }
  await call('PATCH', '/decorations/2/', { rooms_souvenir: { replace: [{ id: 4 }, { id: 5 }] } });
  await agrees('souvenirs of a decoration');
  await call('PATCH', '/windows/2/', { rooms_windowfittings: { replace: [{ id: 7 }] } });
  await agrees('fittings of a window');
});

test('a room with everything in one request, and its end', async () => {
  const made = await call('POST', '/rooms/', {
    name: 'The whole room', type: 'BDR', rooms_door: { create: { name: 'Its door', type: 'DT1' } }, rooms_decoration: { create: { name: 'Its decoration', rooms_souvenir: { connect: [{ id: 9 }], create: [{ name: 'Its souvenir' }] } } },
    rooms_window: [{ name: 'Its window', type: 'WT1', rooms_windowfittings: { create: [{ name: 'Its fitting', type: 'WFT1' }] } }], rooms_bed: { connect: [{ id: 9 }] }, rooms_chair: { create: [{ name: 'Its chair', type: 'CHT1' }] }, rooms_table: [],
  });
  const kept = await call('GET', `/rooms_v2/${made.id}/`);
  assert.deepEqual([kept.door.name, kept.decoration.souvenirs.length, kept.windows[0].fittings[0].name, kept.beds[0].id, kept.chairs[0].name, kept.tables], ['Its door', 2, 'Its fitting', 9, 'Its chair', null]);
  await agrees('a whole room');
  await call('PATCH', `/rooms/${made.id}/`, { rooms_bed: { replace: [] }, rooms_chair: { replace: [] }, rooms_window: { update: [{ id: kept.windows[0].id, rooms_windowfittings: { replace: [] } }] } });
  await call('PATCH', `/rooms/${made.id}/`, { rooms_window: { replace: [] } });
  await call('DELETE', `/rooms/${made.id}/`);
  assert.equal((await fetch(`${base}/rooms_v2/${made.id}/`)).status, 404);
  await agrees('after its end');
});

test('deletes and raw writes', async () => {
  psql("DELETE FROM rooms_bed_rooms WHERE bed_id = 50; DELETE FROM rooms_bed WHERE id = 50");
  await agrees('a bed deleted');
  psql("BEGIN; UPDATE rooms_souvenir SET name = 'rolled back' WHERE id = 3; ROLLBACK");
  await agrees('a rollback');
  psql("UPDATE rooms_room SET door_id = (door_id % 50) + 1; UPDATE rooms_room SET decoration_id = NULL WHERE id % 3 = 0; UPDATE rooms_window SET room_id = (room_id % 500) + 1");
  await agrees('everything moved');
  psql("COPY rooms_souvenir (id, name) FROM PROGRAM 'echo 9001,copied' WITH (FORMAT csv); INSERT INTO rooms_decoration_souvenirs (decoration_id, souvenir_id) VALUES (1, 9001)");
  await agrees('a COPY');
  psql('TRUNCATE rooms_windowfittings_windows');
  await agrees('a TRUNCATE');
});

test('the materialized view says how old it is, and gives way to its query', async () => {
  await call('PATCH', '/beds/100/', { name: 'The latest bed' });
  const room = psql('SELECT min(room_id) FROM rooms_bed_rooms WHERE bed_id = 100');
  const stored = await fetch(`${base}/rooms_mat_view/${room}/`);
  assert.match(stored.headers.get('age'), /^\d+$/);
  assert.doesNotMatch(await stored.text(), /The latest bed/);
  const fresh = await fetch(`${base}/rooms_mat_view/${room}/`, { headers: { 'Cache-Control': 'max-age=0' } });
  assert.equal(fresh.headers.get('pgvista-source'), 'query');
  assert.match(await fresh.text(), /The latest bed/);
  assert.match(await (await fetch(`${base}/rooms_v2/${room}/`)).text(), /The latest bed/);
});
