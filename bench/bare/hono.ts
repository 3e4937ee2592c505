import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';

// Hono alone, on the same server adapter as the API: it reads what it is sent and answers as much as the API does.

const app = new Hono();
app.post('/', async (c) => {
  await c.req.arrayBuffer();
  return c.json({ received: true });
});
let shown: unknown = {};
app.put('/shown', async (c) => {
  shown = await c.req.json();
  return c.json({});
});
app.get('/shown', (c) => c.json(shown));

createAdaptorServer({ fetch: app.fetch }).listen(Number(process.env['BARE_PORT']), '127.0.0.1');
