import { randomUUID } from 'node:crypto';
import type { MiddlewareHandler } from 'hono';
import type { ApiEnv } from '../ports.ts';

/** Short and without anything that could break a log line or a header. */
const sane = /^[A-Za-z0-9_.:-]{1,128}$/;

/** Every request has an id: the caller's where it is sane, else a new one; the answer shows it. */
export const requestId: MiddlewareHandler<ApiEnv> = async (c, next) => {
  const given = c.req.header('X-Request-Id');
  const id = given !== undefined && sane.test(given) ? given : `req_${randomUUID()}`;
  c.set('requestId', id);
  c.header('X-Request-Id', id);
  await next();
};
