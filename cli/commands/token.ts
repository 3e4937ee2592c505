import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { SignJWT } from 'jose';
import { durationMs } from '../../domain/time.ts';
import type { Context } from '../context.ts';
import { isoDuration } from '../duration.ts';
import { CliFailure, exitCodes } from '../failure.ts';
import { dataFolderOf } from '../place.ts';
import type { Variables } from '../place.ts';

export const tokenRoles = ['app', 'viewer', 'operator', 'admin'] as const;

/** What the token is for. */
export interface TokenOptions {
  readonly role: (typeof tokenRoles)[number];
  readonly ttl: string;
  readonly subject?: string;
}

/** Signs an API token with the secret of this installation, which is needed for it: nobody can ask a server for one. */
export async function createToken(
  { out, variables }: Context,
  { role, ttl, subject }: TokenOptions,
): Promise<void> {
  const key = new TextEncoder().encode(secretOf(variables));
  const expiresAt = new Date(Date.now() + durationMs(isoDuration(ttl)));
  const { HOLDFAST_JWT_ISSUER: issuer, HOLDFAST_JWT_AUDIENCE: audience } = variables;
  const token = new SignJWT({ roles: [role] })
    .setProtectedHeader({ alg: 'HS256' })
    .setSubject(subject ?? role)
    .setIssuedAt()
    .setExpirationTime(expiresAt);
  if (issuer) token.setIssuer(issuer);
  if (audience) token.setAudience(audience);
  const signed = await token.sign(key);
  out.answer({ token: signed, role, expiresAt: expiresAt.toISOString() }, () => [signed], [signed]);
}

/** HOLDFAST_JWT_SECRET, else the one demo mode made up for the data folder. */
function secretOf(variables: Variables): string {
  const given = variables['HOLDFAST_JWT_SECRET'];
  if (given) return given;
  const file = join(dataFolderOf(variables), 'secrets.json');
  try {
    const secrets: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (
      typeof secrets === 'object' &&
      secrets !== null &&
      'jwt' in secrets &&
      typeof secrets.jwt === 'string'
    )
      return secrets.jwt;
  } catch {
    // No demo instance ever ran here.
  }
  throw new CliFailure(
    exitCodes.usage,
    `No secret to sign with: set HOLDFAST_JWT_SECRET (${file} is not there either)`,
  );
}
