import { once } from 'node:events';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A predecessor on the same file is waited for before; this covers a socket that closes a moment after its process. */
const freeWithinMs = 3_000;

/** A loopback port nobody listens on. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('no free port');
  return address.port;
}

/** Answers once the port is free; rejects with the way out when another program keeps it. */
export async function waitForPort(port: number): Promise<void> {
  const giveUpAtMs = Date.now() + freeWithinMs;
  while (!(await isFree(port))) {
    if (Date.now() > giveUpAtMs) {
      throw new Error(
        `Port ${port} is taken by another program. Fix: stop it, set HOLDFAST_TEMPORAL_PORT to a free port, ` +
          'or set TEMPORAL_ADDRESS if it is a Temporal server you want to use.',
      );
    }
    await pause(200);
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer();
    server.once('error', () => answer(false));
    server.listen(port, '127.0.0.1', () => server.close(() => answer(true)));
  });
}
