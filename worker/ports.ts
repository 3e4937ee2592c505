import { createServer } from 'node:net';
import { Unstartable } from './process.ts';

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

function isFree({ port, host }: WantedPort): Promise<boolean> {
  return new Promise((answer) => {
    const server = createServer();
    server.once('error', () => answer(false));
    server.listen(port, host, () => server.close(() => answer(true)));
  });
}
