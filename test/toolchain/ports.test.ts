import { createServer } from 'node:net';
import { once } from 'node:events';
import { expect, it } from 'vitest';
import { freePort } from '../../worker/ports.ts';

it('ports that are chosen before any of them is used are all different', async () => {
  const ports = await Promise.all(Array.from({ length: 300 }, freePort));
  expect(new Set(ports).size).toBe(300);
});

it('a port somebody listens on is passed over', async () => {
  const server = createServer().listen((await freePort()) + 1, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  const ports = [await freePort(), await freePort()];
  server.close();
  expect(ports).not.toContain(typeof address === 'object' ? address?.port : null);
});
