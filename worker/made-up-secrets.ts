import { randomBytes } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { MadeUpSecrets } from './config.ts';

/** Readable by its owner only: whoever reads these can sign tokens and webhooks. */
const privateMode = 0o600;

/** The secrets of this data folder, made up on the first call and the same ever after, whichever process comes first. */
export function madeUpSecrets(dataFolder: string): MadeUpSecrets {
  const file = join(dataFolder, 'secrets.json');
  const known = read(file);
  if (known !== null) return known;
  mkdirSync(dataFolder, { recursive: true, mode: 0o700 });
  const secrets: MadeUpSecrets = {
    jwt: randomBytes(32).toString('base64url'),
    webhook: `whsec_${randomBytes(24).toString('base64url')}`,
    connectWebhook: `whsec_${randomBytes(24).toString('base64url')}`,
  };
  // Linking a finished file is atomic and fails where another process was first: then its secrets count.
  const draft = `${file}.${process.pid}`;
  writeFileSync(draft, JSON.stringify(secrets), { mode: privateMode });
  try {
    linkSync(draft, file);
    return secrets;
  } catch (error) {
    const first = read(file);
    if (first === null) throw error;
    return first;
  } finally {
    rmSync(draft, { force: true });
  }
}

function read(file: string): MadeUpSecrets | null {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null;
    throw error;
  }
  const secrets: unknown = JSON.parse(text);
  if (isSecrets(secrets)) return secrets;
  throw new Error(`${file} holds no secrets. Fix: delete it; tokens made with the old ones stop working.`);
}

function isSecrets(value: unknown): value is MadeUpSecrets {
  if (typeof value !== 'object' || value === null) return false;
  const { jwt, webhook, connectWebhook } = value as Record<string, unknown>;
  return [jwt, webhook, connectWebhook].every((secret) => typeof secret === 'string' && secret.length > 0);
}
