import { randomInt } from 'node:crypto';
import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';

/** A predecessor on the same file is waited for before; this covers a socket that closes a moment after its process. */
const freeWithinMs = 3_000;

/**
 * Below the ports that systems give to outgoing connections (Linux from 32768, others from 49152): a connection that
 * happens to leave from a port between its choice and its use would keep the server from it.
 */
const chosenFrom = { lowest: 20_000, beyond: 32_768 };

/** A machine where so many guesses in a row are taken has no room for a house. */
const mostGuesses = 100;

/** A loopback port nobody listens on. */
export async function freePort(): Promise<number> {
  for (let guess = 0; guess < mostGuesses; guess += 1) {
    const port = randomInt(chosenFrom.lowest, chosenFrom.beyond);
    if (await isFree(port)) return port;
  }
  throw new Error(`No free port from ${chosenFrom.lowest} to ${chosenFrom.beyond - 1}`);
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
