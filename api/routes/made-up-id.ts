import { createHash, randomUUID } from 'node:crypto';

/** A made-up id; with an Idempotency-Key the same one for every repetition of the caller's request. */
export function madeUpId(prefix: 'les' | 'bkg', caller: string, key: string | null): string {
  if (key === null) return `${prefix}_${randomUUID().replaceAll('-', '')}`;
  return `${prefix}_${createHash('sha256')
    .update(JSON.stringify([caller, key]))
    .digest('hex')
    .slice(0, 32)}`;
}
