import type { Socket } from 'node:net';
import { connect } from 'node:net';
import { setTimeout as pause } from 'node:timers/promises';
import type { Attempt } from './attempt.ts';

/** What came back over a connection; null where it was closed without an answer. */
export interface Reply {
  readonly status: number;
  readonly headers: ReadonlyMap<string, string>;
  readonly text: string;
}

/** How a connection ended: with an answer, without one, or not at all within the time given. */
export type Outcome =
  | { readonly kind: 'answered'; readonly reply: Reply; readonly tookMs: number }
  | { readonly kind: 'closed'; readonly tookMs: number }
  | { readonly kind: 'silent'; readonly tookMs: number };

/**
 * The house promises an answer to everything: what a story has to decide is answered within ten seconds or with 202,
 * and a machine that does other work beside takes its time.
 */
const answersWithinMs = 20_000;

/** Sends exactly these bytes over a connection of their own, as no HTTP client would, and reads what comes back. */
export async function exchange(apiUrl: string, attempt: Attempt, authorization: string | null): Promise<Outcome> {
  const { hostname, port, host } = new URL(apiUrl);
  const begun = performance.now();
  const socket = connect({ host: hostname, port: Number(port) });
  const chunks: Buffer[] = [];
  const ended = new Promise<'ended' | 'silent'>((settle) => {
    const late = setTimeout(() => settle('silent'), answersWithinMs);
    socket.on('data', (chunk) => chunks.push(chunk));
    // A reset after the answer is how a server refuses the rest of a body: what it said before counts.
    socket.on('error', () => undefined);
    socket.on('close', () => {
      clearTimeout(late);
      settle('ended');
    });
  });
  await send(socket, attempt, host, authorization);
  const end = await ended;
  socket.destroy();
  const tookMs = Math.round(performance.now() - begun);
  const reply = replyIn(Buffer.concat(chunks));
  if (reply !== null) return { kind: 'answered', reply, tookMs };
  return { kind: end === 'silent' ? 'silent' : 'closed', tookMs };
} // prettier-ignore

async function send(socket: Socket, attempt: Attempt, host: string, authorization: string | null): Promise<void> {
  const { method, address, headers, body, framing } = attempt;
  const lines = [`${method} ${address} HTTP/1.1`, `Host: ${host}`, 'Connection: close'];
  if (authorization !== null) lines.push(`Authorization: ${authorization}`);
  lines.push(...headers.map(([name, value]) => `${name}: ${value}`));
  const write = (bytes: Uint8Array | string): void => void socket.write(bytes);
  if (body === null || framing === 'none') {
    write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
    return;
  }
  const length = (more: number): string => `Content-Length: ${body.length + more}`;
  if (framing === 'length' || framing === 'slow') lines.push(length(0));
  if (framing === 'short' || framing === 'aborted') lines.push(length(7));
  if (framing === 'both') lines.push(length(3));
  const isChunked = framing === 'chunked' || framing === 'both';
  if (isChunked) lines.push('Transfer-Encoding: chunked');
  write(Buffer.from(`${lines.join('\r\n')}\r\n\r\n`, 'latin1'));
  for (const part of partsOf(body, isChunked || framing === 'slow' ? 3 : 1)) {
    if (framing === 'slow') await pause(20);
    if (isChunked) write(`${part.length.toString(16)}\r\n`);
    write(part);
    if (isChunked) write('\r\n');
  }
  if (isChunked) write('0\r\n\r\n');
  if (framing === 'short') socket.end();
  if (framing === 'aborted') socket.resetAndDestroy();
} // prettier-ignore

/** A body in so many pieces, none of them empty: an empty chunk would be the last. */
function partsOf(body: Uint8Array, count: number): Uint8Array[] {
  const size = Math.max(1, Math.ceil(body.length / count));
  return Array.from({ length: Math.ceil(body.length / size) }, (_, part) =>
    body.subarray(part * size, (part + 1) * size),
  );
}

function replyIn(bytes: Buffer): Reply | null {
  const headEnd = bytes.indexOf('\r\n\r\n');
  if (headEnd < 0) return null;
  const [first = '', ...lines] = bytes.toString('latin1', 0, headEnd).split('\r\n');
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(first)?.[1] ?? Number.NaN);
  const headers = new Map(
    lines.map((line): [string, string] => {
      const colon = line.indexOf(':');
      return [line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim()];
    }),
  );
  const rest = bytes.subarray(headEnd + 4);
  const body = headers.get('transfer-encoding') === 'chunked' ? unchunked(rest) : rest;
  return { status, headers, text: body.toString('utf8') };
}

function unchunked(bytes: Buffer): Buffer {
  const parts: Buffer[] = [];
  for (let at = 0; at < bytes.length;) {
    const lineEnd = bytes.indexOf('\r\n', at);
    const size = Number.parseInt(bytes.toString('latin1', at, lineEnd), 16);
    if (lineEnd < 0 || !(size > 0)) break;
    parts.push(bytes.subarray(lineEnd + 2, lineEnd + 2 + size));
    at = lineEnd + 4 + size;
  }
  return Buffer.concat(parts);
}
