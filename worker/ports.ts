import { createServer } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import { Unstartable } from './process.ts';

const loopback = '127.0.0.1';

/** A predecessor on the same file is waited for before; this covers a socket that closes a moment after its process. */
const freeWithinMs = 3_000;

/**
 * Below the ports that systems give to outgoing connections (Linux from 32768, others from 49152): a connection that
 * happens to leave from a port between its choice and its use would keep the server from it.
 */
const chosenFrom = { lowest: 20_000, beyond: 32_768 };

const howMany = chosenFrom.beyond - chosenFrom.lowest;

/** Processes that are begun one after the other begin so far apart in the range; coprime to its size. */
const apart = 3_557;

/** A machine where so many ports in a row are taken has no room for a house. */
const mostTries = 100;

let given = 0;

/**
 * A loopback port nobody listens on, and another one each time: what is chosen is used a moment later, and neither this
 * process nor a neighbour that chooses in the same moment may have been given it too.
 */
export async function freePort(): Promise<number> {
  for (let tries = 0; tries < mostTries; tries += 1) {
    const port = chosenFrom.lowest + ((process.pid * apart + given) % howMany);
    given += 1;
    if (await isFree({ port, host: loopback })) return port;
  }
  throw new Error(`No free port from ${chosenFrom.lowest} to ${chosenFrom.beyond - 1}`);
}

/** Answers once the port is free; rejects with the way out when another program keeps it. */
export async function waitForPort(port: number): Promise<void> {
  const giveUpAtMs = Date.now() + freeWithinMs;
  while (!(await isFree({ port, host: loopback }))) {
    if (Date.now() > giveUpAtMs) {
      throw new Error(
        `Port ${port} is taken by another program. Fix: stop it, set HOLDFAST_TEMPORAL_PORT to a free port, ` +
          'or set TEMPORAL_ADDRESS if it is a Temporal server you want to use.',
      );
    }
    await pause(200);
  }
}

/** A port somebody wants, and the variable that chooses another. */
export interface WantedPort {
  readonly port: number;
  readonly host: string;
  readonly variable: string;
}

/** Rejects with one sentence that names every port which is taken and how to choose others. */
export async function assertFree(wanted: readonly WantedPort[]): Promise<void> {
  const answers = await Promise.all(wanted.map(async (one) => ((await isFree(one)) ? [] : [one])));
  const taken = answers.flat();
  if (taken.length === 0) return;
  const names = taken.map(({ port, variable }) => `${port} (${variable})`).join(' and ');
  throw new Unstartable(
    `Port ${names} ${taken.length === 1 ? 'is' : 'are'} taken by another program.\n` +
      `Fix: stop it, or set ${taken.map(({ variable }) => variable).join(' and ')} to a free port.`,
  );
}

function isFree({ port, host }: Pick<WantedPort, 'port' | 'host'>): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer();
    server.once('error', () => answer(false));
    server.listen(port, host, () => server.close(() => answer(true)));
  });
}
