import { createHash } from 'node:crypto';

const sorted = (_key: string, value: unknown): unknown =>
  typeof value === 'object' && value !== null && !Array.isArray(value)
    ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
    : value;

/** The same text for the same content, whatever order its keys were written in. */
export const canonicalJson = (value: unknown): string => JSON.stringify(value ?? null, sorted);

/** A fingerprint of content: equal for equal content, and different for any other. */
export const contentHash = (value: unknown): string =>
  createHash('sha256').update(canonicalJson(value)).digest('hex');
