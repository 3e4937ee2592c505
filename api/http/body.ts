import type { MiddlewareHandler } from 'hono';
import { bodyLimit } from 'hono/body-limit';
import { AppError } from '../../domain/errors.ts';
import type { ApiEnv } from '../ports.ts';

/** No request of ours needs more: twenty pieces of evidence with links fit four times over. */
const largestBodyBytes = 256 * 1024;
/** Stripe's events carry whole objects, invoices with their lines among them. */
const largestWebhookBytes = 1024 * 1024;
/** Deeper than any schema of ours; a parser bomb ends here. */
const deepest = 16;

/** What these do is all in their address. */
const bodiless = /^\/(?:api\/accounts\/[^/]+\/onboarding-link|checkout\/sessions\/[^/]+\/refresh)$/;

const isJson = /^application\/(?:[a-z0-9.-]+\+)?json(?:\s*;.*)?$/i;

const tooLarge = (): never => {
  throw new AppError('too_large', 'The request body is too large');
};

const limit = bodyLimit({ maxSize: largestBodyBytes, onError: tooLarge });
const webhookLimit = bodyLimit({ maxSize: largestWebhookBytes, onError: tooLarge });

const isWebhook = (path: string): boolean => path.startsWith('/api/webhooks/');

/**
 * Bodies are bounded (declared length or chunks alike), on every address. A declared length is judged here: whoever
 * only asks for the body's stream makes the server build a whole Request, which costs as much as storing an event.
 */
export const bounded: MiddlewareHandler<ApiEnv> = (c, next) =>
  arriving(async () => {
    const { method, path } = c.req;
    if (method === 'GET' || method === 'HEAD') return next();
    const declared = c.req.header('Content-Length');
    if (declared === undefined || c.req.header('Transfer-Encoding') !== undefined) {
      return isWebhook(path) ? webhookLimit(c, next) : limit(c, next);
    }
    return Number(declared) > (isWebhook(path) ? largestWebhookBytes : largestBodyBytes)
      ? tooLarge()
      : next();
  });

/** A body that is torn off on its way is its sender's doing: nothing of ours has failed. */
async function arriving<T>(read: () => Promise<T>): Promise<T> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof AppError) throw error;
    throw new AppError('malformed', 'The body did not arrive to its end');
  }
}

/**
 * Bodies are JSON and nothing else: a browser form on a foreign page cannot send that without asking first.
 * What is no JSON, too deep or aims at prototypes never reaches a schema.
 */
export const jsonOnly: MiddlewareHandler<ApiEnv> = async (c, next) => {
  if (c.req.method === 'GET' || c.req.method === 'HEAD') return next();
  const type = c.req.header('Content-Type');
  if (type !== undefined && !isJson.test(type.trim())) {
    throw new AppError('unsupported_media_type', 'Send the body as application/json');
  }
  if (isWebhook(c.req.path)) {
    // Read here, so that the door itself meets whole bodies only; Hono keeps it for whoever asks again.
    await arriving(() => c.req.arrayBuffer());
    return next();
  }
  const text = await arriving(() => c.req.text());
  if (text === '' && bodiless.test(c.req.path)) return next();
  if (type === undefined && text !== '') {
    throw new AppError('unsupported_media_type', 'Send the body as application/json');
  }
  inspect(parse(text), '', 0);
  return next();
};

function parse(text: string): unknown {
  if (text.trim() === '') throw new AppError('malformed', 'A JSON body is needed');
  try {
    return JSON.parse(text);
  } catch {
    throw new AppError('malformed', 'The body is not valid JSON');
  }
}

function inspect(value: unknown, pointer: string, depth: number): void {
  if (typeof value !== 'object' || value === null) return;
  if (depth >= deepest) throw new AppError('malformed', `The body is nested deeper than ${deepest} levels`);
  for (const [key, inner] of Object.entries(value)) {
    if (key === '__proto__') {
      const errors = [{ pointer: `${pointer}/__proto__`, detail: 'is not a known field' }];
      throw new AppError('invalid', 'The request is not valid', errors);
    }
    inspect(inner, `${pointer}/${key.slice(0, 64)}`, depth + 1);
  }
}
