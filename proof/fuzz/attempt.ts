import { gzipSync } from 'node:zlib';
import type { Bearer } from './target.ts';

/**
 * How a body is put on the wire: with its length or in chunks, slowly, or so that HTTP itself is broken: with both at
 * once, with a length that never comes, or torn off in the middle.
 */
export const framings = ['length', 'chunked', 'slow', 'both', 'short', 'aborted', 'none'] as const;

export type Framing = (typeof framings)[number];

/** One request as it goes over the wire. */
export interface Attempt {
  readonly bearer: Bearer;
  readonly method: string;
  /** Path and query, already encoded or deliberately not. */
  readonly address: string;
  readonly headers: readonly (readonly [name: string, value: string])[];
  readonly body: Uint8Array | null;
  readonly framing: Framing;
  /** The operation that this is a request to, as the description names it. */
  readonly operation: string;
  /** Whether the house says that it needs a token. */
  readonly isGuarded: boolean;
}

/** Node's own parser refuses more in all headers together, before any code of ours is asked. */
const largestHeadBytes = 15_000;

/** Whether this is HTTP at all: what is not never reaches the house, and the server's parser answers in its own words. */
export function isHttp({ framing, headers, address }: Attempt): boolean {
  const head = headers.reduce((sum, [name, value]) => sum + name.length + value.length + 4, address.length);
  return !['both', 'short', 'aborted'].includes(framing) && head < largestHeadBytes;
}

/** The request as one command that a person can paste into a shell; `$BEARER` is a token of that kind. */
export function asCurl(apiUrl: string, { bearer, method, address, headers, body, framing }: Attempt): string {
  const quoted = (text: string): string => `'${text.replaceAll("'", String.raw`'\''`)}'`;
  const named = headers.map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`);
  const token = bearer === 'anonymous' ? [] : [`-H "Authorization: Bearer $${bearer.toUpperCase()}"`];
  const chunked = framing === 'chunked' ? ["-H 'Transfer-Encoding: chunked'"] : [];
  const words = ['curl', '-isS', '--path-as-is', '-X', method, ...token, ...named, ...chunked];
  const url = quoted(`${apiUrl}${address}`);
  const note = framing === 'length' || framing === 'chunked' ? '' : ` # body sent: ${framing}`;
  if (body === null || framing === 'none') return `${[...words, url].join(' ')}`;
  const isLong = body.length > 1_000;
  const encoded = Buffer.from(isLong ? gzipSync(body) : body).toString('base64');
  const unpacked = `base64 -d <<<${encoded}${isLong ? ' | gunzip' : ''}`;
  return `${unpacked} | ${[...words, '--data-binary', '@-', url].join(' ')}${note}`;
}
