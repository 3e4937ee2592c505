import { connect } from 'node:net';
import type { Socket } from 'node:net';

/** What a load of requests met. */
export interface Load {
  readonly perSecond: number;
  /** Milliseconds from the first byte sent to the last byte received, one for each answer. */
  readonly latenciesMs: readonly number[];
}

/** How a load is put on: so many connections, each asking again as soon as it is answered, or at this pace. */
export interface LoadOptions {
  readonly url: string;
  readonly connections: number;
  /** All requests a second together; absent: as fast as the answers come. */
  readonly perSecond?: number;
}

const headEnd = Buffer.from('\r\n\r\n');

/** The bytes of a request, made before anything is measured. */
export function requestBytes(
  url: string,
  method: 'GET' | 'POST',
  headers: Readonly<Record<string, string>>,
  body = '',
): Buffer {
  const { host, pathname, search } = new URL(url);
  const lines = Object.entries({ host, ...headers, 'content-length': String(Buffer.byteLength(body)) });
  const head = [`${method} ${pathname}${search} HTTP/1.1`, ...lines.map(([name, value]) => `${name}: ${value}`)];
  return Buffer.from(`${head.join('\r\n')}\r\n\r\n${body}`);
} // prettier-ignore

/**
 * Sends the requests over keep-alive connections and answers when the last is answered. It speaks just enough HTTP for
 * a server on this machine, so that on two cores it is the server that is measured. Anything but 2xx is an error.
 */
export async function load(requests: Iterable<Buffer>, options: LoadOptions): Promise<Load> {
  const left = requests[Symbol.iterator]();
  const latenciesMs: number[] = [];
  const begun = performance.now();
  let sent = 0;
  const lane = async (): Promise<void> => {
    const wire = await open(options.url);
    for (let one = left.next(); one.done !== true; one = left.next()) {
      sent += 1;
      if (options.perSecond !== undefined) await until(begun + (sent * 1_000) / options.perSecond);
      const at = performance.now();
      await wire.ask(one.value);
      latenciesMs.push(performance.now() - at);
    }
    wire.close();
  };
  await Promise.all(Array.from({ length: options.connections }, lane));
  return { perSecond: (latenciesMs.length * 1_000) / (performance.now() - begun), latenciesMs };
}

async function until(instant: number): Promise<void> {
  const leftMs = instant - performance.now();
  if (leftMs > 0) await new Promise((resolve) => setTimeout(resolve, leftMs));
}

interface Wire {
  ask(request: Buffer): Promise<void>;
  close(): void;
}

/** One connection, on which a request waits for the answer of the one before. */
async function open(url: string): Promise<Wire> {
  const { hostname, port } = new URL(url);
  const socket: Socket = connect(Number(port), hostname);
  socket.setNoDelay(true);
  await new Promise<void>((resolve, reject) => {
    socket.once('connect', resolve);
    socket.once('error', reject);
  });
  let got: Buffer = Buffer.alloc(0);
  let waiting: { resolve: () => void; reject: (error: Error) => void } | null = null;
  const fail = (why: string): void => waiting?.reject(new Error(why));
  socket.on('error', (error) => fail(error.message));
  socket.on('close', () => fail('The server hung up'));
  socket.on('data', (chunk: Buffer) => {
    got = got.length === 0 ? chunk : Buffer.concat([got, chunk]);
    const length = answerLength(got);
    if (length === null || got.length < length) return;
    const status = got.toString('latin1', 9, 12);
    if (!status.startsWith('2')) return fail(`Answered ${got.toString('utf8')}`);
    got = Buffer.alloc(0);
    waiting?.resolve();
  });
  return {
    ask: (request) =>
      new Promise((resolve, reject) => {
        waiting = { resolve, reject };
        socket.write(request);
      }),
    close: () => void socket.destroy(),
  };
}

/** The bytes of the whole answer, or null while its head is not all there. */
function answerLength(got: Buffer): number | null {
  const end = got.indexOf(headEnd);
  if (end < 0) return null;
  const length = /content-length: (\d+)/i.exec(got.toString('latin1', 0, end))?.[1];
  if (length === undefined) throw new Error('The answer does not say how long it is');
  return end + headEnd.length + Number(length);
}
