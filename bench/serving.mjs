// Requests a second beside what the database alone can do, and beside peers; bodies checked first, medians of rounds,
// everything in one run on one machine. Usage: node serving.mjs; the environment is set by bench/serving.
import { execFileSync, spawn, spawnSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import assert from 'node:assert/strict';

const { PGVISTA_PROGRAM: program, PROJECT: project, WORK: work, SOCKET_URL: socketUrl, TCP_URL: tcpUrl, SOCKET: socket } = process.env;
const rounds = Number(process.env.ROUNDS ?? 3);
const seconds = Number(process.env.SECONDS_EACH ?? 4);
const connections = 32;
const started = [];

function start(command, args, options = {}) {
  const child = spawn(command, args, { stdio: 'ignore', ...options });
  started.push(child);
  return child;
}
function stop(child) {
  return new Promise((done) => {
    child.once('exit', done);
    child.kill('SIGTERM');
  });
}
async function until(url) {
  for (let i = 0; i < 400; ++i) {
    try {
      const answer = await fetch(url);
      if (answer.status === 200) return answer;
    } catch { /* not yet */ }
    await new Promise((done) => setTimeout(done, 25));
  }
  throw new Error(`nobody answers at ${url}`);
}

function wrk(port, name, path, at = connections) {
  const script = `${work}/${name}.lua`;
  writeFileSync(script, `request = function() return wrk.format("GET", ${path}) end\n`);
  const out = execFileSync('wrk', ['-c', at, '-t', 2, '-d', `${seconds}s`, '--latency', '-s', script, `http://127.0.0.1:${port}/`], { encoding: 'utf8' });
  assert.doesNotMatch(out, /Non-2xx/);
  const [, p99, unit] = out.match(/99%\s+([\d.]+)(us|ms|s)/);
  return { rate: Number(out.match(/Requests\/sec:\s+([\d.]+)/)[1]), p99: Number(p99) * { us: 0.001, ms: 1, s: 1000 }[unit] };
}
function pgbench(url, name, sql) {
  const script = `${work}/${name}.sql`;
  writeFileSync(script, sql);
  const out = execFileSync('pgbench', ['-n', '-M', 'prepared', '-c', connections, '-j', 2, '-T', seconds, '-f', script, url], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  return { rate: Number(out.match(/tps = ([\d.]+)/)[1]) };
}
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)];

async function serve(settings, port) {
  writeFileSync(`${project}/pgvista.toml`, settings);
  const child = start(program, ['runserver', '--port', port, '--quiet'], { cwd: project });
  await until(`http://127.0.0.1:${port}/rest/v1/rooms_door?limit=1`);
  return child;
}

const role = 'anonymous_role = "web_anon"\n';
const columns = 'id, name, width, length, height, type';
const results = {};
const note = (name, value) => (results[name] ??= []).push(value);

const server = await serve(`[server]\n${role}`, 18100);
const uncached = await serve(`[server]\n${role}cache_bytes = 0\n`, 18101);
const fastify = start('node', ['fastify.mjs'], { cwd: process.env.PEERS, env: { ...process.env, PORT: 18102, DATABASE_URL: tcpUrl } });
const django = (port, kept) => start('/usr/bin/gunicorn', ['-w', '2', '-b', `127.0.0.1:${port}`, 'drf:application'], { cwd: process.env.PEERS_SOURCE, env: { ...process.env, PGHOST: socket, PGDATABASE: 'pgvista', PGUSER: 'postgres', CONNECTIONS_KEPT: kept ? '1' : '', PYTHONPATH: process.env.PEERS_SOURCE, PYTHONDONTWRITEBYTECODE: '1' } });
const drf = [django(18103, false), django(18104, true)];

// The same row from everybody.
const psql = (sql) => JSON.parse(execFileSync('psql', ['-X', '-A', '-t', socketUrl, '-c', sql], { encoding: 'utf8' }));
const door = psql(`SELECT row_to_json(d) FROM (SELECT ${columns} FROM rooms_door WHERE id = 7) d`);
for (const url of ['http://127.0.0.1:18100/rest/v1/rooms_door/7', 'http://127.0.0.1:18102/doors/7', 'http://127.0.0.1:18103/doors/7/', 'http://127.0.0.1:18104/doors/7/']) assert.deepEqual(await (await until(url)).json(), door, url);
const beds = psql(`SELECT json_agg(b) FROM (SELECT ${columns} FROM rooms_bed WHERE id > 100 ORDER BY id LIMIT 20) b`);
assert.deepEqual(await (await fetch('http://127.0.0.1:18100/rest/v1/rooms_bed?limit=20&order=id&id=gt.100')).json(), beds);
const embedded = await (await fetch('http://127.0.0.1:18100/rest/v1/rooms_room?select=id,rooms_door(name)&limit=20&order=id&id=gt.100')).json();
assert.equal(embedded.length, 20);
assert.ok(embedded.every((row) => row.rooms_door.name.startsWith('Door ')));

const byKey = '"/rest/v1/rooms_door/" .. math.random(1, 50)';
const list = '"/rest/v1/rooms_bed?limit=20&order=id&id=gt." .. math.random(1, 400)';
const embed = '"/rest/v1/rooms_room?select=id,rooms_door(name)&limit=20&order=id&id=gt." .. math.random(1, 400)';
const view = '"/rest/v1/rooms_v2?limit=20&order=id&id=gt." .. 10 * math.random(1, 40)';
const oneRow = `\\set id random(1, 50)\nSELECT ${columns} FROM rooms_door WHERE id = :id;\n`;
const twentyRows = `\\set id random(1, 400)\nSELECT ${columns} FROM rooms_bed WHERE id > :id ORDER BY id LIMIT 20;\n`;
wrk(18100, 'warm', byKey);
for (let round = 0; round < rounds; ++round) {
  note('pgbench, one row, unix socket', pgbench(socketUrl, 'one', oneRow).rate);
  note('pgbench, one row, TCP', pgbench(tcpUrl, 'one', oneRow).rate);
  const key = wrk(18100, 'key', byKey);
  note('one row by key', key.rate);
  note('p99 ms at 32 connections', key.p99);
  note('pgbench, 20 rows, unix socket', pgbench(socketUrl, 'list', twentyRows).rate);
  note('pgbench, 20 rows, TCP', pgbench(tcpUrl, 'list', twentyRows).rate);
  note('a list of 20', wrk(18100, 'list', list).rate);
  note('20 with an embed each', wrk(18100, 'embed', embed).rate);
  note('a view of 20, from the cache', wrk(18100, 'view', view).rate);
  note('a view of 20, uncached', wrk(18101, 'view', view).rate);
  note('Fastify with pg, one row', wrk(18102, 'fastify', '"/doors/" .. math.random(1, 50)').rate);
  note('Fastify with pg, 20 rows', wrk(18102, 'fastify20', '"/beds?after=" .. math.random(1, 400)').rate);
  note('Django REST framework, one row', wrk(18103, 'drf', '"/doors/" .. math.random(1, 50) .. "/"').rate);
  note('the same, connections kept', wrk(18104, 'drf', '"/doors/" .. math.random(1, 50) .. "/"').rate);
}
const crowd = spawn('wrk', ['-c', 500, '-t', 2, '-d', '4s', '-s', `${work}/key.lua`, 'http://127.0.0.1:18100/'], { stdio: 'ignore' });
await new Promise((done) => crowd.once('exit', done));
const memory = Number(readFileSync(`/proc/${server.pid}/status`, 'utf8').match(/VmHWM:\s+(\d+)/)[1]) / 1024;

const of = Object.fromEntries(Object.entries(results).map(([name, values]) => [name, median(values)]));
for (const [name, value] of Object.entries(of)) console.log(name.padEnd(34), value.toFixed(name.startsWith('p99') ? 2 : 0).padStart(9));
const ratio = (name, left, right, asked) => console.log(name.padEnd(58), (of[left] / of[right]).toFixed(2).padStart(7), ` asked: ${asked}`);
console.log();
ratio('one row by key / pgbench over TCP', 'one row by key', 'pgbench, one row, TCP', '0.75');
ratio('one row by key / pgbench over a unix socket', 'one row by key', 'pgbench, one row, unix socket', '(0.75)');
ratio('one row by key / Fastify with pg', 'one row by key', 'Fastify with pg, one row', '2.5');
ratio('one row by key / Django REST framework as it comes', 'one row by key', 'Django REST framework, one row', '100');
ratio('one row by key / the same with connections kept', 'one row by key', 'the same, connections kept', '-');
ratio('a list of 20 / raw rows over TCP', 'a list of 20', 'pgbench, 20 rows, TCP', '0.9');
ratio('a list of 20 / raw rows over a unix socket', 'a list of 20', 'pgbench, 20 rows, unix socket', '(0.9)');
ratio('a list of 20 / Fastify with pg', 'a list of 20', 'Fastify with pg, 20 rows', '-');
ratio('a cached view / the same uncached', 'a view of 20, from the cache', 'a view of 20, uncached', '3');
console.log('p99 at 32 connections, ms'.padEnd(58), of['p99 ms at 32 connections'].toFixed(2).padStart(7), ' asked: under 5');
console.log('memory at 500 connections, MB'.padEnd(58), memory.toFixed(1).padStart(7), ' asked: under 32');
for (const child of [server, uncached, fastify, ...drf]) await stop(child);
