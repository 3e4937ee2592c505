import { createHmac } from 'node:crypto';
import type { webcrypto } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it, onTestFinished, vi } from 'vitest';
import { access } from '../../api/http/access.ts';
import { authentication, roles } from '../../api/http/auth.ts';
import { openApiHouse, tokenFor, tokenSecret } from './api-house.ts';
import type { ApiHouse } from './api-house.ts';

let house: ApiHouse;
beforeAll(async () => {
  house = await openApiHouse();
});
afterAll(async () => {
  await house.close();
});

const open = (route: string): boolean => access[route] === 'open';
const routes = Object.keys(access).map((route) => {
  const [method = '', path = ''] = route.split(' ');
  return { route, method, path: path.replace(':id', 'nobody').replace(':file', 'start.js') };
});
const bodyFor = (method: string) => (method === 'GET' ? undefined : {});

describe('who may do what', () => {
  it('lets nobody reach a route that the table of roles does not name', () => {
    const mounted = house.app.routes
      .filter(({ method, path }) => method !== 'ALL' && !path.endsWith('*'))
      .map(({ method, path }) => `${method} ${path}`);
    expect(mounted.length).toBeGreaterThan(30);
    expect([...new Set(mounted)].filter((route) => !Object.hasOwn(access, route))).toEqual([]);
    expect(Object.keys(access).filter((route) => !mounted.includes(route))).toEqual([]);
  });

  it.each(routes.filter(({ route }) => !open(route)))(
    'gives no stranger $route',
    async ({ method, path }) => {
      const answer = await house.ask(null, method, path, bodyFor(method));
      expect(answer.status).toBe(401);
      expect(answer.headers.get('WWW-Authenticate')).toBe('Bearer');
    },
  );

  const tooSmall = routes.flatMap(({ route, method, path }) => {
    const who = access[route];
    return who === 'open' || who === undefined
      ? []
      : roles.filter((role) => !who.includes(role)).map((role) => ({ role, route, method, path }));
  });
  it.each(tooSmall)(
    'answers 403 to $role on $route before it looks whether the object exists',
    async ({ role, method, path }) => {
      const answer = await house.ask(role, method, path, bodyFor(method));
      expect(answer.status).toBe(403);
      expect(await answer.json()).toMatchObject({ code: 'forbidden' });
    },
  );

  it('gives a token without any known role nothing', async () => {
    const headers = { Authorization: `Bearer ${await tokenFor('superuser')}` };
    expect((await house.app.request('/api/lessons', { headers })).status).toBe(403);
  });
});

const encoded = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString('base64url');
const hourAhead = (): number => Math.floor(Date.now() / 1000) + 3600;

function signedByHand(header: object, claims: object, secret: string): string {
  const content = `${encoded(header)}.${encoded(claims)}`;
  return `${content}.${createHmac('sha256', secret).update(content).digest('base64url')}`;
}

describe('tokens that open nothing', () => {
  const tampered = async (): Promise<string> => {
    const [header, , signature] = (await tokenFor('viewer')).split('.');
    return `Bearer ${header}.${encoded({ roles: ['admin'], exp: hourAhead() })}.${signature}`;
  };
  const byHand = (header: object, claims: object, secret = tokenSecret): string =>
    `Bearer ${signedByHand(header, claims, secret)}`;
  const hs256 = { alg: 'HS256' };
  const forged: Record<string, () => Promise<string> | string> = {
    'has no signature (alg none)': () =>
      `Bearer ${encoded({ alg: 'none' })}.${encoded({ roles: ['admin'], exp: hourAhead() })}.`,
    'says none and carries a signature': () =>
      byHand({ alg: 'none' }, { roles: ['admin'], exp: hourAhead() }),
    'names another algorithm': () => byHand({ alg: 'HS512' }, { roles: ['admin'], exp: hourAhead() }),
    'is signed with another secret': () => byHand(hs256, { roles: ['admin'], exp: hourAhead() }, 'another'),
    'has expired': async () => `Bearer ${await tokenFor('admin', {}, '-1s')}`,
    'never expires': () => byHand(hs256, { roles: ['admin'] }),
    'is not valid yet': async () => `Bearer ${await tokenFor('admin', { nbf: hourAhead() })}`,
    'was changed after it was signed': tampered,
    'has no roles': () => byHand(hs256, { exp: hourAhead() }),
    'has a text for its roles': () => byHand(hs256, { roles: 'admin', exp: hourAhead() }),
    'comes with another scheme': async () => `Basic ${await tokenFor('admin')}`,
    'comes without a scheme': async () => await tokenFor('admin'),
    'is followed by more': async () => `Bearer ${await tokenFor('admin')} more`,
  };
  it.each(Object.entries(forged))('refuses one that %s', async (_what, token) => {
    const answer = await house.app.request('/api/lessons', { headers: { Authorization: await token() } });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('Content-Type')).toBe('application/problem+json');
  });

  it('refuses one that was good before and has expired since', async () => {
    vi.useFakeTimers({ toFake: ['Date'] });
    onTestFinished(() => void vi.useRealTimers());
    const authenticate = authentication({ secret: tokenSecret });
    const bearer = `Bearer ${await tokenFor('viewer', {}, '30s')}`;
    for (const afterSeconds of [0, 29]) {
      vi.setSystemTime(Date.now() + afterSeconds * 1_000);
      expect(await authenticate(bearer)).toEqual({ subject: 'viewer@test', roles: ['viewer'] });
    }
    vi.setSystemTime(Date.now() + 2_000);
    await expect(authenticate(bearer)).rejects.toMatchObject({ code: 'unauthenticated' });
  });

  it('refuses a foreign issuer or audience where ours are named', async () => {
    const strict = await openApiHouse({
      config: { auth: { secret: tokenSecret, issuer: 'us', audience: 'holdfast' } },
    });
    const status = async (claims: Record<string, unknown>): Promise<number> => {
      const headers = { Authorization: `Bearer ${await tokenFor('viewer', claims)}` };
      return (await strict.app.request('/api/lessons', { headers })).status;
    };
    expect(await status({ iss: 'us', aud: 'holdfast' })).toBe(200);
    expect(await status({ iss: 'them', aud: 'holdfast' })).toBe(401);
    expect(await status({ iss: 'us', aud: 'another' })).toBe(401);
    expect(await status({})).toBe(401);
    await strict.close();
  });

  it('never takes a published key for a shared secret, and takes both keys while one replaces the other', async () => {
    const [old, fresh] = [await generateKeyPair('RS256'), await generateKeyPair('ES256')];
    const published = [
      { ...(await exportJWK(old.publicKey)), kid: 'old', alg: 'RS256' },
      { ...(await exportJWK(fresh.publicKey)), kid: 'new', alg: 'ES256' },
    ];
    const server = createServer((_request, response) => {
      response.setHeader('Content-Type', 'application/json').end(JSON.stringify({ keys: published }));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    const jwksUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/keys`;
    const keyed = await openApiHouse({ config: { auth: { jwksUrl } } });
    const status = async (token: string): Promise<number> =>
      (await keyed.app.request('/api/lessons', { headers: { Authorization: `Bearer ${token}` } })).status;
    const signed = (alg: string, kid: string, key: webcrypto.CryptoKey): Promise<string> =>
      new SignJWT({ roles: ['viewer'] }).setProtectedHeader({ alg, kid }).setExpirationTime('5m').sign(key);
    expect(await status(await signed('RS256', 'old', old.privateKey))).toBe(200);
    expect(await status(await signed('ES256', 'new', fresh.privateKey))).toBe(200);
    expect(await status(await signed('RS256', 'gone', old.privateKey))).toBe(401);
    const confused = signedByHand(
      { alg: 'HS256', kid: 'old' },
      { roles: ['admin'], exp: hourAhead() },
      JSON.stringify(published[0]),
    );
    expect(await status(confused)).toBe(401);
    await keyed.close();
    await new Promise((resolve) => server.close(resolve));
  });
});
