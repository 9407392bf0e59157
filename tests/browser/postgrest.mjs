// The client that PostgREST's users have, against our server: each part of the grammar that it can express.
import { PostgrestClient } from '@supabase/postgrest-js';
import assert from 'node:assert/strict';
import { test } from 'node:test';

const rest = new PostgrestClient(process.env.PGVISTA_BASE + '/rest/v1');
const ids = ({ data, error }) => { assert.equal(error, null); return data.map((row) => row.id); };
const data = ({ data: rows, error }) => { assert.equal(error, null); return rows; };

test('filters', async () => {
  const from = () => rest.from('project').select('id').order('id');
  assert.deepEqual(ids(await from().eq('id', 2)), [2]);
  assert.deepEqual(ids(await from().neq('id', 2)), [1, 3, 4]);
  assert.deepEqual(ids(await from().gt('id', 2)), [3, 4]);
  assert.deepEqual(ids(await from().gte('id', 2).lt('id', 4)), [2, 3]);
  assert.deepEqual(ids(await from().lte('id', 1)), [1]);
  assert.deepEqual(ids(await from().like('name', 'T%')), [2, 3]);
  assert.deepEqual(ids(await from().likeAllOf('name', ['%r%', '%i%'])), [1]);
  assert.deepEqual(ids(await from().likeAnyOf('name', ['T%', 'O%'])), [2, 3, 4]);
  assert.deepEqual(ids(await from().ilike('name', 't%')), [2, 3]);
  assert.deepEqual(ids(await from().ilikeAnyOf('name', ['t%', 'o%'])), [2, 3, 4]);
  assert.deepEqual(ids(await from().is('client_id', null)), [4]);
  assert.deepEqual(ids(await from().in('name', ['Bridge', 'a,b', 'Tower'])), [1, 3]);
  assert.deepEqual(ids(await from().contains('tags', ['steel'])), [1, 2]);
  assert.deepEqual(ids(await from().containedBy('tags', ['steel', 'stone'])), [1, 2, 3]);
  assert.deepEqual(ids(await from().contains('data', { size: { m: 120 } })), [1]);
  assert.deepEqual(ids(await from().overlaps('tags', ['wood', 'stone'])), [1, 4]);
  assert.deepEqual(ids(await from().rangeGt('months', '[0,1)')), [1, 2, 4]);
  assert.deepEqual(ids(await from().rangeLt('months', '[4,5)')), [1, 4]);
  assert.deepEqual(ids(await from().rangeGte('months', '[3,9)')), [2]);
  assert.deepEqual(ids(await from().rangeLte('months', '[1,4)')), [1, 4]);
  assert.deepEqual(ids(await from().rangeAdjacent('months', '[4,9)')), [1]);
  assert.deepEqual(ids(await from().overlaps('months', '[3,4)')), [1, 2]);
  assert.deepEqual(ids(await from().match({ client_id: 1, name: 'Tunnel' })), [2]);
  assert.deepEqual(ids(await from().not('id', 'in', '(1,2)')), [3, 4]);
  assert.deepEqual(ids(await from().or('id.eq.1,and(id.gt.2,client_id.is.null)')), [1, 4]);
  assert.deepEqual(ids(await from().filter('data->size->>m', 'eq', '900')), [2]);
  assert.deepEqual(ids(await rest.from('task').select('id').textSearch('words', 'arch | dig').order('id')), [1, 3]);
  assert.deepEqual(ids(await rest.from('task').select('id').textSearch('words', 'cut stones', { type: 'plain', config: 'english' })), [2]);
  assert.deepEqual(ids(await rest.from('task').select('id').textSearch('words', 'pump water', { type: 'phrase' })), [4]);
  assert.deepEqual(ids(await rest.from('task').select('id').textSearch('words', 'dig or pump', { type: 'websearch' }).order('id')), [3, 4]);
});

test('select: alias, cast, json paths, computed columns, embedding both ways, hints, spread, inner', async () => {
  assert.deepEqual(data(await rest.from('project').select('id, label:name, budget::text, m:data->size->m').eq('id', 1)), [{ id: 1, label: 'Bridge', budget: '1000.50', m: 120 }]);
  assert.deepEqual(data(await rest.from('project').select('label').eq('id', 1)), [{ label: 'Bridge #1' }]);
  assert.deepEqual(data(await rest.from('project').select('id, client(name)').eq('id', 1)), [{ id: 1, client: { name: 'Acme' } }]);
  assert.deepEqual(data(await rest.from('client').select('name, project(name)').eq('id', 1)), [{ name: 'Acme', project: [{ name: 'Bridge' }, { name: 'Tunnel' }] }]);
  assert.deepEqual(data(await rest.from('person').select('name, profile(bio)').eq('id', 1)), [{ name: 'Ada', profile: { bio: 'Counts' } }]);
  assert.deepEqual(data(await rest.from('task').select('id, person(name)').eq('id', 2)), [{ id: 2, person: [{ name: 'Ben' }] }]);
  assert.deepEqual(data(await rest.from('invoice').select('id, b:address!billing(city), s:address!shipping(city)').eq('id', 1)), [{ id: 1, b: { city: 'Bonn' }, s: { city: 'Oslo' } }]);
  assert.deepEqual(data(await rest.from('project').select('id, ...client(owner:name)').eq('id', 1)), [{ id: 1, owner: 'Acme' }]);
  assert.deepEqual(ids(await rest.from('project').select('id, client!inner(name)').eq('client.name', 'Acme').order('id')), [1, 2]);
  assert.deepEqual(ids(await rest.from('project').select('id, client()').is('client', null)), [4]);
  assert.deepEqual(data(await rest.from('client').select('name, project(name)').order('name', { referencedTable: 'project', ascending: false }).limit(1, { referencedTable: 'project' }).eq('id', 1)), [{ name: 'Acme', project: [{ name: 'Tunnel' }] }]);
  assert.deepEqual(data(await rest.from('client').select('id, project(id)').or('id.eq.1,name.eq.Tower', { referencedTable: 'project' }).order('id')), [{ id: 1, project: [{ id: 1 }] }, { id: 2, project: [{ id: 3 }] }, { id: 3, project: [] }]);
  assert.deepEqual(ids(await rest.from('project').select('id, client(name)').order('client(name)', { ascending: false, nullsFirst: false }).order('id')), [3, 1, 2, 4]);
});

test('ambiguity and mistakes are told as errors', async () => {
  const ambiguous = await rest.from('invoice').select('id, address(city)');
  assert.equal(ambiguous.error.code, 'PGRST201');
  assert.equal(ambiguous.status, 300);
  const wrong = await rest.from('project').select('nam');
  assert.equal(wrong.error.code, '42703');
  assert.match(wrong.error.hint, /project\.name/);
  const missing = await rest.from('projct').select();
  assert.equal(missing.status, 404);
  assert.equal(missing.error.code, 'PGRST205');
  await assert.rejects(async () => { await rest.from('project').select('nam').throwOnError(); });
});

test('pages, counts, single objects, csv, head', async () => {
  const page = await rest.from('task').select('id', { count: 'exact' }).order('id').range(1, 2);
  assert.deepEqual([page.data.map((row) => row.id), page.count, page.status], [[2, 3], 5, 206]);
  assert.equal((await rest.from('task').select('*', { count: 'exact', head: true })).count, 5);
  assert.ok((await rest.from('task').select('id', { count: 'planned' })).count > 0);
  assert.ok((await rest.from('task').select('id', { count: 'estimated' })).count > 0);
  assert.deepEqual(data(await rest.from('client').select().eq('id', 1).single()), { id: 1, name: 'Acme' });
  assert.equal((await rest.from('client').select().single()).error.code, 'PGRST116');
  assert.equal(data(await rest.from('client').select().eq('id', 99).maybeSingle()), null);
  assert.equal(data(await rest.from('client').select().order('id').limit(1).csv()), 'id,name\n1,Acme');
  assert.equal((await rest.from('task').select('id').order('id', { ascending: false }).limit(1)).data[0].id, 5);
});

test('insert, upsert, update, delete', async () => {
  assert.equal((await rest.from('client').insert({ name: 'js' })).status, 201);
  assert.deepEqual(data(await rest.from('client').insert([{ name: 'js1' }, { name: 'js2' }]).select('name')), [{ name: 'js1' }, { name: 'js2' }]);
  const mixed = data(await rest.from('rate').insert([{ country: 'js', year: 1, percent: 5 }, { country: 'js', year: 2 }], { defaultToNull: false }).select());
  assert.deepEqual(mixed.map((row) => row.percent), [5, 19]);
  assert.equal((await rest.from('client').insert({ name: 'counted' }, { count: 'exact' })).count, 1);
  assert.deepEqual(data(await rest.from('rate').upsert({ country: 'js', year: 1, percent: 6 }).select()), [{ country: 'js', year: 1, percent: 6 }]);
  assert.deepEqual(data(await rest.from('rate').upsert({ country: 'js', year: 1, percent: 7 }, { ignoreDuplicates: true }).select()), []);
  assert.equal(data(await rest.from('person').upsert({ mail: 'ada@example.org', name: 'Ada L' }, { onConflict: 'mail' }).select().single()).id, 1);
  assert.deepEqual(data(await rest.from('client').update({ name: 'js!' }).eq('name', 'js').select('name')), [{ name: 'js!' }]);
  assert.equal((await rest.from('client').update({ name: 'js?' }, { count: 'exact' }).eq('name', 'js!')).count, 1);
  const many = await rest.from('client').delete().like('name', 'js%').maxAffected(1);
  assert.equal(many.error.code, 'PGRST124');
  assert.equal(data(await rest.from('client').delete().like('name', 'js%').select()).length, 3);
  assert.equal((await rest.from('client').delete({ count: 'exact' }).eq('name', 'counted')).count, 1);
  assert.equal((await rest.from('client').insert({ name: 'Acme' })).error.code, '23505');
  assert.deepEqual(data(await rest.from('client').insert({ name: 'undone' }).select('name').rollback()), [{ name: 'undone' }]);
  assert.equal(data(await rest.from('client').select().eq('name', 'undone')).length, 0);
});

test('functions by POST, GET and HEAD', async () => {
  assert.equal(data(await rest.rpc('add', { a: 2, b: 3 })), 5);
  assert.equal(data(await rest.rpc('add', { a: 2 }, { get: true })), 3);
  assert.equal(data(await rest.rpc('greet', { names: ['Ada', 'Ben'] })), 'Hello Ada, Ben');
  assert.deepEqual(data(await rest.rpc('projects_of', { who: 'Acme' }).select('id, client(name)').order('id', { ascending: false }).limit(1)), [{ id: 2, client: { name: 'Acme' } }]);
  assert.deepEqual(data(await rest.rpc('projects_of', { who: 'Acme' }).eq('name', 'Bridge').select('id').single()), { id: 1 });
  assert.equal((await rest.rpc('totals', {}, { count: 'exact', head: true })).count, 3);
  assert.equal(data(await rest.rpc('nothing')), null);
  assert.equal((await rest.rpc('no_such')).error.code, 'PGRST202');
});

test('aggregates, null stripping', async () => {
  assert.deepEqual(data(await rest.from('project').select('client_id, count(), budget.sum()').order('client_id').eq('client_id', 1)), [{ client_id: 1, count: 2, sum: 3500.5 }]);
  assert.deepEqual(data(await rest.from('project').select('id, client_id').eq('id', 4).stripNulls()), [{ id: 4 }]);
});

test('a request that is given up leaves the server well', async () => {
  const away = new AbortController();
  const gone = rest.from('task').select().abortSignal(away.signal);
  away.abort();
  assert.notEqual((await gone).error, null);
  assert.equal(data(await rest.from('client').select('id').eq('id', 1)).length, 1);
});
