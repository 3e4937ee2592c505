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

const answers = secureHeaders({
  ...usual,
  contentSecurityPolicy: { defaultSrc: nothing, frameAncestors: nothing, baseUri: nothing },
});

/** A page runs its own files and nothing else: no inline script, no foreign host. */
const pages = secureHeaders({
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
export const protective: MiddlewareHandler<ApiEnv> = (c, next) =>
  c.req.path === '/docs' ? pages(c, next) : answers(c, next);

/** What is said about money is never kept by a cache. */
export const uncached: MiddlewareHandler<ApiEnv> = async (c, next) => {
  c.header('Cache-Control', 'no-store');
  await next();
};

/** Lets pages of the named origins call the API with a token; every other origin gets no permission. */
export const crossOrigin = (origins: readonly string[]): MiddlewareHandler<ApiEnv> =>
  cors({
    origin: (origin) => (origins.includes(origin) ? origin : null),
    allowMethods: ['GET', 'POST', 'PUT'],
    allowHeaders: ['Authorization', 'Content-Type', 'Idempotency-Key', 'X-Request-Id'],
    exposeHeaders: ['Location', 'X-Request-Id', 'Idempotency-Replayed', 'Retry-After'],
    maxAge: 600,
  });
