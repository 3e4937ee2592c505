// domain/: the rules of money as pure data and functions.
// Nothing here reads a clock, touches the network or imports a package; everything else may import this.

/** The closed list of reasons for which Holdfast rejects a request; each maps to one HTTP status in api/errors.ts. */
export const errorCodes = [
  'malformed',
  'unauthenticated',
  'forbidden',
  'not_found',
  'id_conflict',
  'command_refused',
  'not_ready',
  'slot_taken',
  'too_large',
  'unsupported_media_type',
  'invalid',
  'idempotency_key_missing',
  'idempotency_key_reused',
  'rate_limited',
  'unavailable',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** One place in a request that is wrong, named by a JSON pointer (RFC 6901). */
export interface FieldError {
  readonly pointer: string;
  readonly detail: string;
}

/** A rejected request: the caller did something that cannot be done, and the message says what. */
export class AppError extends Error {
  readonly code: ErrorCode;
  readonly errors: readonly FieldError[];

  constructor(code: ErrorCode, message: string, errors: readonly FieldError[] = []) {
    super(message);
    this.name = 'AppError';
    this.code = code;
    this.errors = errors;
  }
}

/** Stops the program where a promise of our own code is broken; never used for what a caller can cause. */
export function invariant(condition: boolean, why: string): asserts condition {
  if (!condition) throw new Error(`Broken invariant: ${why}`);
}

/** Makes the compiler prove that every case of a union was handled. */
export function assertNever(value: never): never {
  throw new Error(`Unhandled case: ${JSON.stringify(value)}`);
}
