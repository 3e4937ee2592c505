import type { SimRequest, SimResponse } from '../http/exchange.ts';

const loopback = /^https?:\/\/(?:127\.0\.0\.1|localhost|\[::1\])(?::\d+)?$/;

/** How long a browser may remember that it was let in: as long as a page is open. */
const rememberSeconds = 600;

const allowed = ({ path, headers }: SimRequest): Record<string, string> | undefined => {
  const origin = headers['origin'] ?? '';
  if (!path.startsWith('/v1/payment_pages/') || !loopback.test(origin)) return undefined;
  return { 'access-control-allow-origin': origin, vary: 'origin' };
};

/** Answers a browser that asks whether a shop's page on this machine may speak about its session. */
export const answerPreflight = (request: SimRequest): SimResponse | undefined => {
  if (request.method !== 'OPTIONS') return undefined;
  const headers = allowed(request);
  return headers === undefined
    ? { status: 403, headers: {}, body: '' }
    : {
        status: 204,
        headers: {
          ...headers,
          'access-control-allow-methods': 'POST',
          'access-control-allow-headers': 'authorization, content-type',
          'access-control-max-age': String(rememberSeconds),
        },
        body: '',
      };
};

/** Lets a shop's page on this machine read an answer about its session; every other answer stays closed to pages. */
export const shareAnswer = (request: SimRequest, response: SimResponse): SimResponse => ({
  ...response,
  headers: { ...response.headers, ...allowed(request) },
});
