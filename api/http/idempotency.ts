import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import { AppError } from '../../domain/errors.ts';
import { contentHash } from '../../store/canonical-json.ts';
import type { ReplyKey } from '../../store/reply-keys.ts';
import type { ApiEnv, ApiPorts } from '../ports.ts';

/** An answer; one that is not final leaves its key open, so that the same request picks the real one up. */
export interface Reply<Body> {
  readonly status: ContentfulStatusCode;
  readonly body: Body;
  readonly isFinal: boolean;
}

/** How answers are kept: without what identifies people, which stays in the agreement's row alone. */
export interface Keeping<Body> {
  readonly forget: (body: Body) => unknown;
  readonly recall: (kept: unknown) => Promise<Body>;
}

const readable = /^[\x21-\x7e]{1,255}$/;

/** The caller's key for this request, or null where it gave none and none is needed. */
export function idempotencyKey(c: Context<ApiEnv>, isRequired: boolean): string | null {
  const key = c.req.header('Idempotency-Key');
  if (key === undefined) {
    if (!isRequired) return null;
    throw new AppError('idempotency_key_missing', 'Send an Idempotency-Key: this request can move money');
  }
  if (!readable.test(key)) {
    throw new AppError(
      'malformed',
      'The Idempotency-Key must be 1 to 255 printable characters without spaces',
    );
  }
  return key;
}

/**
 * Answers a repeated request as the first one was answered. While the first still runs the second joins it: what it
 * does is deduplicated below by the same key, so nobody is told to come back for an answer that is on its way.
 */
export async function once<Body>(
  c: Context<ApiEnv>,
  { store, clock }: ApiPorts,
  key: string | null,
  content: unknown,
  { forget, recall }: Keeping<Body>,
  run: () => Promise<Reply<Body>>,
): Promise<Reply<Body>> {
  if (key === null) return run();
  const reply: ReplyKey = { caller: c.get('caller').subject, route: `${c.req.method} ${c.req.path}`, key };
  const reserved = await store.reserveReply({
    ...reply,
    bodyHash: contentHash(content),
    at: clock.now(),
    abandonedBefore: Number.MAX_SAFE_INTEGER,
  });
  if (reserved.kind === 'replay') {
    c.header('Idempotency-Replayed', 'true');
    const status = reserved.status as ContentfulStatusCode;
    return { status, body: await recall(reserved.response), isFinal: true };
  }
  try {
    const answer = await run();
    if (answer.isFinal) {
      await store.finishReply({ ...reply, status: answer.status, response: forget(answer.body) });
    }
    return answer;
  } catch (error) {
    // A refusal did nothing, so the key is free again. Where nothing is known, it stays bound to this content.
    const isRefusal = error instanceof AppError && error.code !== 'unavailable' && error.code !== 'internal';
    if (isRefusal) await store.releaseReply(reply);
    throw error;
  }
}
