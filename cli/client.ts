import { randomUUID } from 'node:crypto';
import { CliFailure, exitCodes } from './failure.ts';
import type { ExitCode } from './failure.ts';
import type { Place } from './place.ts';

/** Asks the instance; whatever is not an answer hoped for ends the command with the right exit code. */
export interface Client {
  readonly place: Place;
  get<Answer>(path: string): Promise<Answer>;
  post<Answer>(path: string, body: unknown): Promise<Answer>;
  put<Answer>(path: string, body: unknown): Promise<Answer>;
  /** What a person in Stripe's dashboard, the bank or a customer does: the simulator's own controls. */
  simulate<Answer>(path: string, body?: unknown): Promise<Answer>;
}

/** A journey over weeks of outage takes minutes; nothing else takes more than seconds. */
const answerWithinMs = 600_000;

/** Builds the client of one command. */
export function createClient(place: Place): Client {
  const api = { authorization: `Bearer ${place.token}` };
  return {
    place,
    get: (path) => ask(place.url, 'GET', path, api),
    // A key of its own for each call: repeating a lost answer is the caller's decision.
    post: (path, body) => ask(place.url, 'POST', path, { ...api, 'idempotency-key': randomUUID() }, body),
    put: (path, body) => ask(place.url, 'PUT', path, { ...api, 'idempotency-key': randomUUID() }, body),
    simulate: (path, body = {}) => {
      if (place.stripe === null) {
        throw new CliFailure(
          exitCodes.usage,
          'This needs an instance in demo mode on this machine: only a simulated Stripe can be told what to do',
        );
      }
      return ask(place.stripe, 'POST', `/_sim${path}`, {}, body);
    },
  };
}

async function ask<Answer>(
  base: string,
  method: string,
  path: string,
  headers: Record<string, string>,
  body?: unknown,
): Promise<Answer> {
  const sent = body === undefined ? {} : { body: JSON.stringify(body) };
  const type: Record<string, string> = body === undefined ? {} : { 'content-type': 'application/json' };
  const signal = AbortSignal.timeout(answerWithinMs);
  const response = await fetch(base + path, {
    method,
    headers: { ...headers, ...type },
    signal,
    ...sent,
  }).catch((error: unknown) => {
    const why = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new CliFailure(exitCodes.unreachable, `${base} does not answer: ${why}`);
  });
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok)
    throw new CliFailure(exitCodeOf(response.status), sentenceOf(response.status, answer), answer);
  return answer as Answer;
}

function exitCodeOf(status: number): ExitCode {
  if (status === 404) return exitCodes.notFound;
  if (status === 409) return exitCodes.conflict;
  if (status === 400 || status === 422) return exitCodes.usage;
  if (status === 502 || status === 503 || status === 504) return exitCodes.unreachable;
  return exitCodes.failed;
}

/** The problem in words: its sentence, and below it each field that is wrong. */
function sentenceOf(status: number, answer: unknown): string {
  const { detail, errors, error, requestId } = (answer ?? {}) as {
    detail?: unknown;
    errors?: { pointer: string; detail: string }[];
    error?: { message?: unknown };
    requestId?: string;
  };
  const words = [detail, error?.message].find((one) => typeof one === 'string') ?? `The answer was ${status}`;
  const fields = (errors ?? []).map((one) => `  ${one.pointer || '/'} ${one.detail}`);
  const trace = status >= 500 && requestId !== undefined ? [`  request ${requestId}`] : [];
  return [words, ...fields, ...trace].join('\n');
}
