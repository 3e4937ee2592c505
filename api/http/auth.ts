import { createSecretKey } from 'node:crypto';
import { createRemoteJWKSet, jwtVerify } from 'jose';
import type { JWTPayload, JWTVerifyOptions } from 'jose';
import { AppError } from '../../domain/errors.ts';
import type { TokenConfig } from '../ports.ts';

// api/http/: what every request goes through before a route sees it. Nothing here knows lessons.

/** The roles a token can carry; what each may do stands in access.ts. */
export const roles = ['app', 'viewer', 'operator', 'admin'] as const;
export type Role = (typeof roles)[number];

/** Who asks, as their token says. */
export interface Caller {
  readonly subject: string;
  readonly roles: readonly Role[];
}

/** Turns an Authorization header into a caller, or throws `unauthenticated`. */
export type Authenticate = (authorization: string | undefined) => Promise<Caller>;

/** Only asymmetric algorithms go with published keys: a public key must never serve as a shared secret. */
const keySetAlgorithms = ['RS256', 'RS384', 'RS512', 'ES256', 'ES384', 'ES512'];

/** A token that was checked is believed for so long, or until it expires: keys may be withdrawn. */
const believedForMs = 60_000;
const believedAtMost = 1_000;

const isBearer = /^Bearer ([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i;

/** Builds the check of API tokens. Without a secret or published keys every token is refused. */
export function authentication({ secret, jwksUrl, issuer, audience }: TokenConfig): Authenticate {
  const options: JWTVerifyOptions = {
    requiredClaims: ['exp'],
    ...(issuer === undefined ? {} : { issuer }),
    ...(audience === undefined ? {} : { audience }),
  };
  const verify = verifier(secret, jwksUrl, options);
  const believed = new Map<string, { readonly caller: Caller; readonly untilMs: number }>();
  return async (authorization) => {
    const token = authorization === undefined ? undefined : isBearer.exec(authorization)?.[1];
    if (token === undefined) throw new AppError('unauthenticated', 'Send "Authorization: Bearer <token>"');
    const known = believed.get(token);
    if (known !== undefined && Date.now() < known.untilMs) return known.caller;
    believed.delete(token);
    const payload = await verify(token);
    const caller = callerOf(payload);
    const [oldest] = believed.keys();
    if (oldest !== undefined && believed.size >= believedAtMost) believed.delete(oldest);
    const untilMs = Math.min(Date.now() + believedForMs, (payload.exp ?? 0) * 1_000);
    believed.set(token, { caller, untilMs });
    return caller;
  };
}

function callerOf({ sub, ...claims }: JWTPayload): Caller {
  const claimed: unknown = claims['roles'];
  if (!Array.isArray(claimed)) throw new AppError('unauthenticated', 'The token has no list of roles');
  const known = roles.filter((role) => claimed.includes(role));
  return { subject: sub === undefined || sub === '' ? known.join('+') : sub.slice(0, 200), roles: known };
}

function verifier(
  secret: string | undefined,
  jwksUrl: string | undefined,
  options: JWTVerifyOptions,
): (token: string) => Promise<JWTPayload> {
  if (jwksUrl !== undefined) {
    const keys = createRemoteJWKSet(new URL(jwksUrl));
    return (token) =>
      refusing(
        async () => (await jwtVerify(token, keys, { ...options, algorithms: keySetAlgorithms })).payload,
      );
  }
  if (secret !== undefined && secret !== '') {
    // A key object is taken in once; bytes would be imported anew for every request.
    const key = createSecretKey(secret, 'utf8');
    return (token) =>
      refusing(async () => (await jwtVerify(token, key, { ...options, algorithms: ['HS256'] })).payload);
  }
  return () => Promise.reject(new AppError('unauthenticated', 'No way to check tokens is configured'));
}

/** Why a token was refused helps only whoever forges one; they all get the same answer. */
async function refusing(check: () => Promise<JWTPayload>): Promise<JWTPayload> {
  try {
    return await check();
  } catch (error) {
    if (isKeySetTrouble(error)) throw new AppError('unavailable', 'The keys for tokens cannot be read now');
    throw new AppError('unauthenticated', 'The token is not valid');
  }
}

const isKeySetTrouble = (error: unknown): boolean =>
  error instanceof Error &&
  ('code' in error
    ? error.code === 'ERR_JWKS_TIMEOUT'
    : error instanceof TypeError && error.message === 'fetch failed');
