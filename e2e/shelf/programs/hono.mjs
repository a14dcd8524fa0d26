import { Hono } from 'hono';
import { cors } from 'hono/cors';
const app = new Hono();
app.use('*', cors());
app.get('/', (c) => c.text('root'));
app.get('/json/:id{[0-9]+}', (c) => c.json({ id: Number(c.req.param('id')) }));
for (const path of ['/', '/json/12', '/json/abc']) {
  const res = await app.request(path);
  console.log(path, res.status, res.headers.get('access-control-allow-origin'), await res.text());
}
