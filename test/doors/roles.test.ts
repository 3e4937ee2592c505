import { SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { access } from '../../api/http/access.ts';
import { tokenRoles } from '../../worker/tokens.ts';
import type { TokenRole } from '../../worker/tokens.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import type { ShownLesson } from '../house/lessons.ts';
import { checkBooks } from '../house/books.ts';
import { book, openAccount, show, writes } from '../house/lessons.ts';
import { paidInFull, takesPlace } from '../house/stories.ts';

// Who may do what to a lesson, asked over a real socket. Being told no never tells whether the lesson exists.

const secret = 'a-secret-of-this-file-with-more-than-thirty-two-characters';
const issuer = 'https://tokens.example.org';

/** Every door of lessons, and who may open it: the one table. */
const doors = Object.entries(access).flatMap(([route, who]) => {
  const [method = '', path = ''] = route.split(' ');
  if (!/\/lessons(\/|$)/.test(path) || who === 'open') return [];
  return [{ route, method, path, who }];
});
const each = (is: (role: TokenRole, who: readonly string[]) => boolean) =>
  doors.flatMap((door) => tokenRoles.filter((role) => is(role, door.who)).map((role) => ({ role, ...door })));
const allowed = each((role, who) => who.includes(role));
const forbidden = each((role, who) => !who.includes(role));

describe('the doors of lessons', () => {
  let house: House;
  let lesson: ShownLesson;
  let writesBefore = 0;
  beforeAll(async () => {
    house = await openHouse({
      environment: { HOLDFAST_JWT_SECRET: secret, HOLDFAST_JWT_ISSUER: issuer },
    });
    lesson = await book(house, (await openAccount(house)).id);
    writesBefore = (await writes(house, /^\/v1\//)).length;
  });
  afterAll(async () => {
    await house.close();
  });

  const at = (path: string, id: string): string => path.replace(':id', id);
  const bodyFor = (method: string) => (method === 'GET' ? {} : { body: {} });
  const expectUntouched = async (): Promise<void> => {
    expect(await show(house, lesson.id)).toEqual(lesson);
    expect((await writes(house, /^\/v1\//)).length).toBe(writesBefore);
  };

  it('are all in the table', () => {
    expect(doors.length).toBeGreaterThanOrEqual(19);
    expect(forbidden.length).toBeGreaterThan(20);
  });

  it.each(forbidden)('are shut for $role: $route, whether the lesson is there or not', async ({ role, method, path }) => {
    const call = { role, ...bodyFor(method), key: crypto.randomUUID() };
    const [real, none] = [
      await house.request(method, at(path, lesson.id), call),
      await house.request(method, at(path, 'nobody'), call),
    ];
    for (const answer of [real, none]) {
      expect(answer).toMatchObject({ status: 403, body: { code: 'forbidden', status: 403 } });
      expect(answer.headers.get('content-type')).toBe('application/problem+json');
      expect(answer.body['requestId']).toBe(answer.headers.get('x-request-id'));
    }
    expect(none.body['detail']).toBe(real.body['detail']);
    await expectUntouched();
  }); // prettier-ignore

  it.each(allowed)('let $role in: $route', async ({ role, method, path }) => {
    const call = { role, ...bodyFor(method), key: crypto.randomUUID() };
    const answer = await house.request(method, at(path, lesson.id), call);
    // An empty body is no command: whoever is let in is told what is missing.
    expect(answer.status, JSON.stringify(answer.body)).toBe(method === 'GET' ? 200 : 422);
    await expectUntouched();
  });

  it.each(doors)('are shut for whoever has no token: $route', async ({ method, path }) => {
    for (const id of [lesson.id, 'nobody']) {
      const answer = await house.request(method, at(path, id), { role: null, ...bodyFor(method) });
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
      expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    }
    await expectUntouched();
  });

  const cancel = { by: 'admin', reason: 'Let me in' };
  const signed = (changes: { iss?: string; exp?: string | number; key?: string; alg?: string }) =>
    new SignJWT({ roles: ['admin'] })
      .setProtectedHeader({ alg: changes.alg ?? 'HS256' })
      .setIssuer(changes.iss ?? issuer)
      .setExpirationTime(changes.exp ?? '10m')
      .sign(new TextEncoder().encode(changes.key ?? secret));
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { roles: ['admin'], iss: issuer, exp: Math.floor(Date.now() / 1000) + 600 };
  const bad: Readonly<Record<string, () => Promise<string>>> = {
    'has expired': () => signed({ exp: Math.floor(Date.now() / 1000) - 1 }),
    'is signed with alg none': () => Promise.resolve(`${part({ alg: 'none' })}.${part(claims)}.`),
    'says none and is signed': async () => {
      const [, , signature = ''] = (await signed({})).split('.');
      return `${part({ alg: 'none' })}.${part(claims)}.${signature}`;
    },
    'comes from another issuer': () => signed({ iss: 'https://elsewhere.example.org' }),
    'is signed with another secret': () => signed({ key: `${secret}?` }),
    'is signed with another algorithm': () => signed({ alg: 'HS512' }),
    'has other claims than were signed': async () => {
      const [header = '', , signature = ''] = (await signed({})).split('.');
      return `${header}.${part(claims)}.${signature}`;
    },
  };
  it.each(Object.entries(bad))('never open for a token that %s', async (_what, token) => {
    const headers = { authorization: `Bearer ${await token()}` };
    const call = { role: null, headers, body: cancel, key: crypto.randomUUID() };
    const answers = [
      await house.request('POST', `/api/lessons/${lesson.id}/cancel`, call),
      await house.request('POST', '/api/lessons/nobody/cancel', call),
      await house.request('GET', '/api/lessons', { role: null, headers }),
    ];
    for (const answer of answers)
      expect(answer).toMatchObject({ status: 401, body: { code: 'unauthenticated' } });
    expect(new Set(answers.map(({ body }) => String(body['detail']))).size).toBe(1);
    await expectUntouched();
  });

  it('open for the same token when it is right', async () => {
    const headers = { authorization: `Bearer ${await signed({})}` };
    expect((await house.request('GET', '/api/lessons', { role: null, headers })).status).toBe(200);
  });

  const reason = 'Now';
  const moving: Readonly<Record<string, object>> = {
    '/api/lessons/:id/cancel': cancel,
    '/api/lessons/:id/reschedule': { startsAt: '2099-01-01T10:00:00Z', endsAt: '2099-01-01T11:00:00Z' },
    '/api/admin/lessons/:id/resolve': { outcome: 'release', reason },
    '/api/admin/lessons/:id/retry': { reason },
    '/api/admin/lessons/:id/skip': { reason },
    '/api/admin/lessons/:id/capture': { reason },
    '/api/admin/lessons/:id/release': { reason },
    '/api/admin/lessons/:id/refund': { reason },
  };
  it.each(Object.entries(moving))('move no money without a key that makes a repetition known: %s', async (path, body) => {
    expect(doors.map((door) => door.route)).toContain(`POST ${path}`);
    const answer = await house.request('POST', at(path, lesson.id), { body });
    expect(answer).toMatchObject({ status: 400, body: { code: 'idempotency_key_missing' } });
    await expectUntouched();
  }); // prettier-ignore

  it('never put a card over its limits or under its minimum, nor a fraction of a cent', async () => {
    const account = await openAccount(house);
    const before = (await house.store.listAgreements({ limit: 100 })).rows.length;
    const { id: _, ...times } = lesson;
    for (const amount of [0, -450, 1, 4.5, '450', null, 1e21, Number.MAX_SAFE_INTEGER]) {
      const body = {
        id: `les_${crypto.randomUUID().slice(0, 8)}`,
        amount,
        currency: 'usd',
        startsAt: times.startsAt,
        endsAt: times.endsAt,
        student: { id: 'stu_1', paymentMethod: 'pm_card_visa' },
        tutor: { id: 'tut_1', account: account.id },
      };
      const answer = await house.request('POST', '/api/lessons', { role: 'app', body });
      expect(answer, String(amount)).toMatchObject({
        status: 422,
        body: { code: 'invalid', errors: [{ pointer: '/amount' }] },
      });
    }
    expect((await house.store.listAgreements({ limit: 100 })).rows.length).toBe(before);
    expect(await writes(house, /^\/v1\/payment_intents$/)).toHaveLength(1);
  });

  it('left the lesson as it was: it takes place and is paid', async () => {
    expect(await takesPlace(house, lesson)).toMatchObject({ state: 'completed', payment: paidInFull });
    await checkBooks(house);
  });
});
