// One row by its key, and a list of 20, as one would write them with Fastify and pg: a pool, prepared statements.
import Fastify from 'fastify';
import pg from 'pg';

pg.types.setTypeParser(20, Number);
const pool = new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 10 });
const app = Fastify();
app.get('/doors/:id', async (request, reply) => {
  const { rows } = await pool.query({ name: 'door', text: 'SELECT id, name, width, length, height, type FROM rooms_door WHERE id = $1', values: [request.params.id] });
  if (rows.length === 0) return reply.code(404).send({});
  return rows[0];
});
app.get('/beds', async (request) => {
  const { rows } = await pool.query({ name: 'beds', text: 'SELECT id, name, width, length, height, type FROM rooms_bed WHERE id > $1 ORDER BY id LIMIT 20', values: [request.query.after] });
  return rows;
});
await app.listen({ port: Number(process.env.PORT), host: '127.0.0.1' });
