import type { Attempt } from './attempt.ts';
import { isHttp } from './attempt.ts';
import type { Target } from './target.ts';
import type { Outcome, Reply } from './wire.ts';

/** Every refusal that http.md 6 knows, and 405 for a method that is not there. */
const refusals = new Set([400, 401, 403, 404, 405, 409, 413, 415, 422, 429]);

/** A stack, a place in a file, or the words of a part that nobody outside should know of. */
const innards =
  /\bat .{1,200}:\d+:\d+|\/node_modules\/|file:\/\/|SQLITE_|drizzle|better-sqlite|grpc|zod|\[object Object\]/i;

/** What an answer says that it must not, or fails to say that it must; null where it is as promised. */
export async function wrongWith(target: Target, attempt: Attempt, outcome: Outcome): Promise<string | null> {
  // Node's parser, a torn connection: the house was never asked.
  if (!isHttp(attempt)) return outcome.kind === 'answered' && outcome.reply.status >= 500 ? 'a 5xx' : null;
  if (outcome.kind === 'silent') return `no answer within ${outcome.tookMs} ms`;
  if (outcome.kind === 'closed') return 'the connection was closed without an answer';
  const { reply } = outcome;
  const { status } = reply;
  if (status === 503 && reply.headers.has('retry-after') && !(await isTemporalThere(target))) return null;
  if (status >= 500 || Number.isNaN(status)) return `status ${status}: ${reply.text.slice(0, 500)}`;
  const leak = leakIn(target, reply);
  if (leak !== null) return leak;
  const missing = unprotected(reply);
  if (missing !== null) return missing;
  const mayNot = attempt.bearer === 'anonymous' || attempt.bearer === 'expired' || attempt.bearer === 'stranger';
  if (attempt.isGuarded && mayNot && status < 400 && attempt.method !== 'OPTIONS')
    return `${attempt.bearer} was answered ${status}`;
  return status >= 400 ? wrongProblem(attempt, reply) : null;
} // prettier-ignore

/** What a customer's browser shows says no in words for people. */
const isPage = (address: string): boolean => /^\/checkout\/(?!sessions\/)/.test(address);

function wrongProblem({ method, address }: Attempt, { status, headers, text }: Reply): string | null {
  if (!refusals.has(status)) return `status ${status} is no refusal of ours`;
  if (isPage(address) && headers.get('content-type')?.startsWith('text/html') === true) return null;
  if (headers.get('content-type') !== 'application/problem+json')
    return `${status} came as ${headers.get('content-type')}`;
  if (method === 'HEAD') return null;
  let problem: Record<string, unknown>;
  try {
    problem = JSON.parse(text) as Record<string, unknown>;
  } catch {
    return `${status} came with a body that is no JSON: ${text.slice(0, 200)}`;
  }
  const { code, requestId, status: said } = problem;
  if (typeof code !== 'string' || code === '') return `${status} came without a code`;
  if (said !== status) return `${status} says that it is ${String(said)}`;
  if (requestId !== headers.get('x-request-id') || typeof requestId !== 'string')
    return `the request id ${String(requestId)} is not the header's ${headers.get('x-request-id')}`;
  return null;
}

const protection = [
  'x-content-type-options',
  'content-security-policy',
  'referrer-policy',
  'x-frame-options',
  'x-request-id',
];

function unprotected({ headers }: Reply): string | null {
  const missing = protection.filter((name) => !headers.has(name));
  if (missing.length > 0) return `without the headers ${missing.join(', ')}`;
  return headers.has('x-injected') ? 'a header that was put into an id came back as a header' : null;
}

function leakIn({ jwtSecret, webhookSecret, connectSecret, databaseFile }: Target, { status, text }: Reply): string | null {
  const secrets = [jwtSecret, webhookSecret, connectSecret, databaseFile];
  if (secrets.some((secret) => text.includes(secret))) return 'a secret stands in the body';
  const found = status >= 400 ? innards.exec(text) : null;
  return found === null ? null : `the body shows its insides: ${found[0].slice(0, 200)}`;
} // prettier-ignore

const temporalAnswersWithinMs = 2_000;

async function isTemporalThere({ temporal }: Target): Promise<boolean> {
  try {
    const deadline = Date.now() + temporalAnswersWithinMs;
    await temporal.withDeadline(deadline, () => temporal.workflowService.getSystemInfo({}));
    return true;
  } catch {
    return false;
  }
}
