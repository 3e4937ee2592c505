import { SignJWT } from 'jose';
import type { Config } from './config.ts';

/** The roles for which demo mode has a token ready. */
export const tokenRoles = ['app', 'viewer', 'operator', 'admin'] as const;
export type TokenRole = (typeof tokenRoles)[number];

/** Ready-made tokens, one for each role. */
export type Tokens = Readonly<Record<TokenRole, string>>;

/** Longer than anyone plays with one start; each start makes new ones. By real time, whatever was travelled. */
const demoTokenTtl = '30d';

/** The tokens of demo mode, or null where tokens are checked against somebody else's keys. */
export async function demoTokens({ auth, demo }: Config): Promise<Tokens | null> {
  const { secret, issuer, audience } = auth;
  if (!demo || secret === undefined) return null;
  const key = new TextEncoder().encode(secret);
  const sign = async (role: TokenRole): Promise<[TokenRole, string]> => {
    const token = new SignJWT({ roles: [role] })
      .setProtectedHeader({ alg: 'HS256' })
      .setSubject(`demo-${role}`)
      .setIssuedAt()
      .setExpirationTime(demoTokenTtl);
    if (issuer !== undefined) token.setIssuer(issuer);
    if (audience !== undefined) token.setAudience(audience);
    return [role, await token.sign(key)];
  };
  return Object.fromEntries(await Promise.all(tokenRoles.map(sign))) as Record<TokenRole, string>;
}
