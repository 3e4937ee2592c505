import { request as plainRequest } from 'node:http';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createAdaptorServer } from '@hono/node-server';
import { Hono } from 'hono';
import pino from 'pino';
import Stripe from 'stripe';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { answerError } from '../../api/errors.ts';
import type { ApiEnv } from '../../api/ports.ts';
import { AppError } from '../../domain/errors.ts';
import { lessonRequest, openApiHouse, tokenFor } from './api-house.ts';
import type { ApiHouse } from './api-house.ts';

let house: ApiHouse;
beforeAll(async () => {
  house = await openApiHouse();
  await house.payee('tut_acct_1');
});
afterAll(async () => {
  await house.close();
});

const tooMuch = JSON.stringify({ id: 'x'.repeat(300 * 1024) });
const deep = `${'{"a":'.repeat(40)}1${'}'.repeat(40)}`;
const wrong = (given: Record<string, unknown>): string => JSON.stringify(lessonRequest(given));
const student = { id: 'stu_1' };

const bad: Record<string, { body: string; status: number; pointer?: string; type?: string }> = {
  'no JSON': { body: '{"id":', status: 400 },
  'nothing at all': { body: '', status: 400 },
  'a list': { body: '[]', status: 422, pointer: '' },
  'a bomb of brackets': { body: deep, status: 400 },
  'plain text that holds JSON': { body: wrong({}), status: 415, type: 'text/plain' },
  'a form': { body: 'id=1', status: 415, type: 'application/x-www-form-urlencoded' },
  'too much': { body: tooMuch, status: 413 },
  'a field nobody knows': { body: wrong({ status: 'completed' }), status: 422, pointer: '/status' },
  'a field nobody knows, further in': {
    body: wrong({ student: { ...student, role: 'admin' } }),
    status: 422,
    pointer: '/student/role',
  },
  'a prototype': { body: '{"__proto__":{"amount":450}}', status: 422, pointer: '/__proto__' },
  'a float amount': { body: wrong({ amount: 4.5 }), status: 422, pointer: '/amount' },
  'a negative amount': { body: wrong({ amount: -450 }), status: 422, pointer: '/amount' },
  'an amount in words': { body: wrong({ amount: '450' }), status: 422, pointer: '/amount' },
  'an amount no number can hold': { body: wrong({}).replace('450', '9007199254740993'), status: 422, pointer: '/amount' },
  'less than Stripe charges': { body: wrong({ amount: 49 }), status: 422, pointer: '/amount' },
  'an upper-case currency': { body: wrong({ currency: 'USD' }), status: 422, pointer: '/currency' },
  'a currency nobody takes': { body: wrong({ currency: 'xxx' }), status: 422, pointer: '/currency' },
  'an end in the past': { body: wrong({ startsAt: '2020-01-01T00:00:00Z', endsAt: '2020-01-01T01:00:00Z' }), status: 422, pointer: '/endsAt' },
  'a start more than two years ahead': {
    body: wrong({ startsAt: new Date(Date.now() + 800 * 86_400_000).toISOString(), endsAt: new Date(Date.now() + 801 * 86_400_000).toISOString() }),
    status: 422,
    pointer: '/startsAt',
  },
  'a time without a zone': { body: wrong({ startsAt: '2030-01-01T00:00:00' }), status: 422, pointer: '/startsAt' },
  'an id with a slash': { body: wrong({ id: '../x' }), status: 422, pointer: '/id' },
  'an account nobody knows': { body: wrong({ tutor: { id: 't', account: 'nobody' } }), status: 422, pointer: '/tutor/account' },
  'a policy nobody knows': { body: wrong({ policy: 'nothing' }), status: 422, pointer: '/policy' },
}; // prettier-ignore

describe('a start that cannot be taken', () => {
  it.each(Object.entries(bad))(
    'says so of %s and leaves no row and no intent behind',
    async (_what, given) => {
      const before = await house.traces();
      const headers = { 'Content-Type': given.type ?? 'application/json' };
      const answer = await house.ask('app', 'POST', '/api/lessons', given.body, headers);
      expect(answer.status).toBe(given.status);
      const problem = (await answer.json()) as { errors: { pointer: string }[]; requestId: string };
      const pointers = problem.errors.map(({ pointer }) => pointer);
      expect(given.pointer === undefined || pointers.includes(given.pointer)).toBe(true);
      expect(problem.requestId).toBe(answer.headers.get('X-Request-Id'));
      expect(await house.traces()).toEqual(before);
    },
  );
});

describe('every answer that is not the one hoped for', () => {
  it('is a problem with the request id the caller sent', async () => {
    const answer = await house.ask('app', 'GET', '/api/lessons/nobody', undefined, {
      'X-Request-Id': 'my-id.1',
    });
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
    expect(answer.headers.get('X-Request-Id')).toBe('my-id.1');
    expect(await answer.json()).toEqual({
      type: 'urn:holdfast:problem:not_found',
      title: 'Not found',
      status: 404,
      detail: 'There is no lesson nobody',
      instance: '/api/lessons/nobody',
      code: 'not_found',
      requestId: 'my-id.1',
      retryable: false,
      errors: [],
    });
  });

  it('replaces a request id that could break a log line', async () => {
    const answer = await house.ask('app', 'GET', '/api/lessons', undefined, { 'X-Request-Id': 'a"b c' });
    expect(answer.headers.get('X-Request-Id')).toMatch(/^req_/);
  });

  it('tells an unknown address from a wrong method', async () => {
    expect((await house.ask('app', 'GET', '/api/nothing')).status).toBe(404);
    expect((await house.ask('app', 'GET', '/api/lessons/')).status).toBe(404);
    const answer = await house.ask('app', 'DELETE', '/api/lessons/les_1');
    expect(answer.status).toBe(405);
    expect(answer.headers.get('Allow')).toBe('GET');
  });

  it.each([
    ['/api/lessons?limit=0', '/limit'],
    ['/api/lessons?limit=many', '/limit'],
    ['/api/lessons?limit=101', '/limit'],
    ['/api/lessons?cursor=abc', '/cursor'],
    ['/api/lessons?state=sold', '/state'],
    ['/api/lessons?needsAttention=maybe', '/needsAttention'],
    ['/api/lessons?order=amount', '/order'],
    ["/api/lessons?payeeAccount=x'--", '/payeeAccount'],
  ])('is 422 for the list %s', async (path, pointer) => {
    const answer = await house.ask('viewer', 'GET', path);
    expect(answer.status).toBe(422);
    expect(await answer.json()).toMatchObject({ code: 'invalid', errors: [{ pointer }] });
  });

  it('does not show what broke inside, and the log that does knows no token', async () => {
    const lines: string[] = [];
    const broken = await openApiHouse({
      log: pino({ level: 'trace' }, { write: (line) => void lines.push(line) }),
    });
    await broken.store.close();
    const token = await tokenFor('viewer');
    const answer = await broken.app.request('/api/lessons', {
      headers: { Authorization: `Bearer ${token}` },
    });
    expect(answer.status).toBe(500);
    const text = await answer.text();
    expect(text).toContain('"code":"internal"');
    expect(text).not.toMatch(/database|sqlite|stack|\.ts/i);
    expect(lines.join('')).toContain(answer.headers.get('X-Request-Id'));
    expect(lines.join('')).toMatch(/database connection is not open/i);
    expect(lines.join('')).not.toContain(token);
  });

  it('leaves Stripe’s own words and a payment’s secrets out of answer and log', async () => {
    const lines: string[] = [];
    const log = pino({ level: 'trace' }, { write: (line) => void lines.push(line) });
    const stripe = Stripe.errors.StripeError.generate({
      type: 'api_error',
      message: 'internal words of Stripe',
      payment_intent: { client_secret: 'pi_1_secret_2' },
    } as never);
    const app = new Hono<ApiEnv>().onError((error, c) => answerError(error, c, log));
    app.get('/', () => {
      throw Object.assign(new AppError('unavailable', 'Stripe gives no answer; try again'), {
        cause: stripe,
      });
    });
    const text = await (await app.request('/')).text();
    expect(text).not.toContain('internal words');
    expect(lines.join('')).toContain('internal words of Stripe');
    expect(text + lines.join('')).not.toContain('pi_1_secret_2');
  });

  it('asks for an Idempotency-Key wherever money can move', async () => {
    const cancel = { by: 'student', reason: 'ill' };
    const answer = await house.ask('app', 'POST', '/api/lessons/nobody/cancel', cancel);
    expect(answer.status).toBe(400);
    expect(await answer.json()).toMatchObject({ code: 'idempotency_key_missing' });
    for (const command of ['resolve', 'retry', 'skip', 'capture', 'release', 'refund']) {
      const body = command === 'resolve' ? { outcome: 'refund', reason: 'r' } : { reason: 'r' };
      const refused = await house.ask('admin', 'POST', `/api/admin/lessons/nobody/${command}`, body);
      expect([command, refused.status]).toEqual([command, 400]);
    }
    const keyed = { 'Idempotency-Key': 'k1' };
    expect((await house.ask('app', 'POST', '/api/lessons/nobody/cancel', cancel, keyed)).status).toBe(404);
  });
});

describe('a browser', () => {
  it('on a page we do not know gets no permission', async () => {
    for (const origin of ['https://evil.example', 'https://app.example.org.evil.example', 'null']) {
      const answer = await house.ask('app', 'GET', '/api/lessons', undefined, { Origin: origin });
      expect(answer.headers.get('Access-Control-Allow-Origin')).toBeNull();
      expect(answer.headers.get('Vary')).toContain('Origin');
    }
  });

  it('on our own page may send tokens, but never cookies', async () => {
    const headers = { Origin: 'https://app.example.org', 'Access-Control-Request-Method': 'POST' };
    const answer = await house.app.request('/api/lessons', { method: 'OPTIONS', headers });
    expect(answer.status).toBe(204);
    expect(answer.headers.get('Access-Control-Allow-Origin')).toBe('https://app.example.org');
    expect(answer.headers.get('Access-Control-Allow-Credentials')).toBeNull();
  });

  it('is told to keep nothing and to run nothing', async () => {
    const { headers } = await house.ask('viewer', 'GET', '/api/lessons');
    expect(headers.get('Cache-Control')).toBe('no-store');
    expect(headers.get('X-Content-Type-Options')).toBe('nosniff');
    expect(headers.get('Content-Security-Policy')).toContain("frame-ancestors 'none'");
    const page = await house.app.request('/docs');
    expect(page.headers.get('Content-Security-Policy')).toContain("script-src 'self'");
    expect(page.headers.get('Content-Security-Policy')).not.toContain('unsafe');
    expect(await page.text()).not.toMatch(/<script>|onload=|https?:/);
    expect((await house.app.request('/docs/..%2fpackage.json')).status).toBe(404);
  });
});

describe('outside demo mode', () => {
  it('has no helpers, no metrics on this port and no skipped forms', async () => {
    const real = await openApiHouse({ config: { demo: false, metricsHere: false } });
    expect((await real.ask('admin', 'POST', '/_dev/travel', { by: 'PT1H' })).status).toBe(404);
    expect((await real.ask('admin', 'GET', '/_dev/clock')).status).toBe(404);
    expect((await real.ask(null, 'GET', '/metrics')).status).toBe(404);
    const account = { id: 'a', email: 't@example.org', country: 'US', type: 'express', onboarded: true };
    expect((await real.ask('app', 'POST', '/api/accounts', account)).status).toBe(422);
    await real.close();
  });
});

describe('over a real socket', () => {
  let server: Server;
  beforeAll(async () => {
    server = createAdaptorServer({ fetch: house.app.fetch }) as Server;
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  });
  afterAll(async () => {
    await new Promise((resolve) => server.close(resolve));
  });

  it.each(['/api/lessons', '/api/webhooks/stripe'])(
    'refuses too large a body on %s also when its length is not told before',
    async (path) => {
      const authorization = `Bearer ${await tokenFor('app')}`;
      const status = await new Promise<number>((resolve, reject) => {
        const { port } = server.address() as AddressInfo;
        const headers = { authorization, 'content-type': 'application/json', 'transfer-encoding': 'chunked' };
        const request = plainRequest({ port, path, method: 'POST', headers }, (response) => {
          response.resume();
          resolve(response.statusCode ?? 0);
        });
        request.on('error', (error: NodeJS.ErrnoException) => {
          if (error.code !== 'EPIPE' && error.code !== 'ECONNRESET') reject(error);
        });
        for (let i = 0; i < 24; i += 1) request.write('x'.repeat(64 * 1024));
        request.end();
      });
      expect(status).toBe(413);
    },
  );
});
