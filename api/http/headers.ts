import { Hono } from 'hono';
import type { MiddlewareHandler } from 'hono';
import { cors } from 'hono/cors';
import { secureHeaders } from 'hono/secure-headers';
import type { ApiEnv } from '../ports.ts';

const nothing = ["'none'"];
const own = ["'self'"];

const usual = {
  xFrameOptions: 'DENY',
  referrerPolicy: 'no-referrer',
  crossOriginResourcePolicy: 'same-origin',
} as const;

/**
 * What Hono's secureHeaders says is the same for every answer, so it is asked once: set before there is an answer. Whoever
 * touches the headers of an answer that is made has it made once more, which costs as much as a short read.
 */
async function headersOf(options: Parameters<typeof secureHeaders>[0]): Promise<readonly [string, string][]> {
  const app = new Hono().use(secureHeaders(options)).get('/', (c) => c.body(null));
  return [...(await app.request('/')).headers];
}

const answers = await headersOf({
  ...usual,
  contentSecurityPolicy: { defaultSrc: nothing, frameAncestors: nothing, baseUri: nothing },
});

/** A page runs its own files and nothing else: no inline script, no foreign host. */
const pages = await headersOf({
  ...usual,
  contentSecurityPolicy: {
    defaultSrc: nothing,
    scriptSrc: own,
    styleSrc: own,
    imgSrc: [...own, 'data:'],
    connectSrc: own,
    baseUri: nothing,
    formAction: nothing,
    frameAncestors: nothing,
  },
});

/** Headers that keep a browser from doing anything with an answer but showing it to its own page. */
export const protective: MiddlewareHandler<ApiEnv> = async (c, next) => {
  for (const [name, value] of c.req.path === '/docs' ? pages : answers) c.header(name, value);
  await next();
};

/** What is said about money is never kept by a cache. */
export const uncached: MiddlewareHandler<ApiEnv> = async (c, next) => {
  c.header('Cache-Control', 'no-store');
  await next();
};

/** Lets pages of the named origins call the API with a token; every other origin gets no permission. */
export function crossOrigin(origins: readonly string[]): MiddlewareHandler<ApiEnv> {
  const permit = cors({
    origin: (origin) => (origins.includes(origin) ? origin : null),
    allowMethods: ['GET', 'POST', 'PUT'],
    allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'X-Request-Id'],
    exposeHeaders: ['Location', 'X-Request-Id', 'Idempotency-Replayed', 'Retry-After'],
    maxAge: 600,
  });
  // Who is no page on another origin says none.
  return (c, next) => (c.req.header('Origin') === undefined ? next() : permit(c, next));
}
