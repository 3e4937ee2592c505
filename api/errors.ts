import type { Context } from 'hono';
import { HTTPException } from 'hono/http-exception';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { Logger } from 'pino';
import type { z } from 'zod';
import { AppError } from '../domain/errors.ts';
import type { ErrorCode, FieldError } from '../domain/errors.ts';
import type { ApiEnv } from './ports.ts';
import { shownError } from './shown-error.ts';

interface Kind {
  readonly status: ContentfulStatusCode;
  readonly title: string;
  /** Whether the same request can succeed later without a change. */
  readonly retryable: boolean;
}

const kind = (status: ContentfulStatusCode, title: string, retryable = false): Kind => ({
  status,
  title,
  retryable,
});

/** The one table from a reason to what HTTP says about it (RFC 9457). */
const problemKinds: Readonly<Record<ErrorCode, Kind>> = {
  malformed: kind(400, 'The request cannot be read'),
  idempotency_key_missing: kind(400, 'An Idempotency-Key is required'),
  unauthenticated: kind(401, 'A valid token is required'),
  forbidden: kind(403, 'The token does not allow this'),
  not_found: kind(404, 'Not found'),
  id_conflict: kind(409, 'The id is taken by something else'),
  command_refused: kind(409, 'The command is refused'),
  not_ready: kind(409, 'Not possible at this moment', true),
  slot_taken: kind(409, 'The slot is taken'),
  too_large: kind(413, 'The request body is too large'),
  unsupported_media_type: kind(415, 'The request body must be JSON'),
  invalid: kind(422, 'The request is not valid'),
  idempotency_key_reused: kind(422, 'The Idempotency-Key belongs to another request'),
  rate_limited: kind(429, 'Too many requests', true),
  internal: kind(500, 'Internal error', true),
  unavailable: kind(503, 'Temporarily unavailable', true),
};

/** Seconds after which asking again is worth it: a restart or a failover takes about this long. */
const retryAfterSeconds = 5;

/** A refused command with the state it met. */
export class RefusedCommand extends AppError {
  readonly state: string;

  constructor(code: ErrorCode, message: string, state: string) {
    super(code, message);
    this.state = state;
  }
}

/** A path that exists, asked with a method that does not. */
export class MethodNotAllowed extends AppError {
  readonly allow: readonly string[];

  constructor(allow: readonly string[]) {
    super('not_found', `This address answers ${allow.join(', ')}`);
    this.allow = allow;
  }
}

/** Answers a rejected request as `application/problem+json`; whatever is not ours is logged and stays inside. */
export function answerError(thrown: unknown, c: Context<ApiEnv>, log: Logger): Response {
  const error = asAppError(thrown);
  const requestId = c.get('requestId');
  if (error.code === 'internal')
    log.error({ error: shownError(thrown), requestId, path: c.req.path }, 'request failed');
  else if (error.code === 'unavailable')
    log.warn({ error: shownError(thrown), requestId }, 'request answered 503');
  const problem = problemOf(error, c.req.path, requestId);
  const { status } = problem;
  if (error instanceof MethodNotAllowed) c.header('Allow', error.allow.join(', '));
  if (status === 503 || status === 429) c.header('Retry-After', String(retryAfterSeconds));
  // What is left of the body is not read, so nothing else can come over this connection.
  if (status === 413) c.header('Connection', 'close');
  if (status === 401) c.header('WWW-Authenticate', 'Bearer');
  return c.body(JSON.stringify(problem), status, { 'Content-Type': 'application/problem+json' });
}

/** A rejection as `application/problem+json` shows it; `instance` is the address that was asked. */
export function problemOf(error: AppError, instance: string, requestId: string) {
  const { title, retryable, status } = problemKinds[error.code];
  const isWrongMethod = error instanceof MethodNotAllowed;
  const code = isWrongMethod ? 'method_not_allowed' : error.code;
  return {
    type: `urn:holdfast:problem:${code}`,
    title: isWrongMethod ? 'Method not allowed' : title,
    status: isWrongMethod ? 405 : status,
    detail: error.message,
    instance,
    code,
    requestId,
    retryable,
    errors: [...error.errors],
    ...(error instanceof RefusedCommand ? { state: error.state } : {}),
  };
}

/** What went wrong, in our own words. */
export function asAppError(thrown: unknown): AppError {
  if (thrown instanceof AppError) return thrown;
  if (thrown instanceof HTTPException) {
    if (thrown.status === 400) return new AppError('malformed', 'The request cannot be read');
    if (thrown.status === 413) return new AppError('too_large', 'The request body is too large');
    if (thrown.status === 415) return new AppError('unsupported_media_type', 'Send application/json');
  }
  return new AppError('internal', 'Something broke on our side; the request id finds it in the log');
}

/** The problems of a value that does not fit its schema, each with the place it is at. */
export function fieldErrors(error: z.ZodError): FieldError[] {
  return error.issues.flatMap((issue) => {
    const path = issue.path.map(String);
    if (issue.code !== 'unrecognized_keys') return [{ pointer: pointerTo(path), detail: issue.message }];
    return issue.keys.map((key) => ({ pointer: pointerTo([...path, key]), detail: 'is not a known field' }));
  });
}

const pointerTo = (path: readonly string[]): string =>
  path.map((part) => `/${part.slice(0, 64).replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
