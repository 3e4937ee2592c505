import { z } from '@hono/zod-openapi';
import { durationMs, parseInstant } from '../../domain/time.ts';

// api/schemas/: what requests and answers look like. Requests are strict: a field we do not know is refused.

/** Ids of the caller's choice: they become parts of workflow ids, keys and addresses. */
export const id = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, "_" or "-"')
  .openapi({ example: 'les_42' });

/** The id in an address. */
export const idParam = z.strictObject({ id: id.openapi({ param: { name: 'id', in: 'path' } }) });

/** A moment in a request; reads ISO-8601 with a zone, hands on UTC milliseconds. */
export const instant = z
  .string()
  .refine((text) => parseInstant(text) !== null, 'must be an ISO-8601 date-time with a zone')
  .transform((text) => parseInstant(text) ?? 0)
  .openapi({ type: 'string', format: 'date-time', example: '2026-12-01T23:00:00Z' });

/** A moment in an answer. */
export const shownInstant = z.string().openapi({ format: 'date-time', example: '2026-12-01T23:00:00.000Z' });

/** An amount in minor units. */
export const amount = z.int().min(0).openapi({ example: 450 });

export const currency = z
  .string()
  .regex(/^[a-z]{3}$/, 'must be a lower-case three-letter currency code')
  .openapi({ example: 'usd' });

/** A free text of a person. */
export const text = (longest: number) =>
  z
    .string()
    .max(longest)
    .refine((value) => value.trim() !== '', 'must not be empty');

export const email = z.email().max(254).openapi({ example: 's@example.org' });

const isDuration = (value: string): boolean => {
  try {
    durationMs(value);
    return true;
  } catch {
    return false;
  }
};

/** An ISO-8601 duration of days, hours, minutes and seconds. */
export const duration = z
  .string()
  .refine(isDuration, 'must be an ISO-8601 duration of days, hours, minutes and seconds')
  .openapi({ example: 'PT24H' });

export const bps = z.int().min(0).max(10_000).openapi({ description: 'Basis points', example: 2000 });

const metadataKeys = 50;

/** The caller's own notes about an agreement. */
export const metadata = z
  .record(z.string().min(1).max(40), z.string().max(500))
  .refine((value) => Object.keys(value).length <= metadataKeys, `must have at most ${metadataKeys} keys`)
  .default({});

const largestPage = 100;

/** Which part of a list is asked for. */
export const paging = {
  limit: z.coerce.number().int().min(1).max(largestPage).default(25),
  cursor: z.string().min(1).max(1_000).optional(),
};

/** Yes or no in an address. */
export const queryFlag = z.enum(['true', 'false']).transform((value) => value === 'true');

/** One page of a list. */
export const pageOf = <T extends z.ZodType>(row: T) =>
  z.object({ data: z.array(row), hasMore: z.boolean(), nextCursor: z.string().nullable() });

/** The page as it is answered. */
export const shownPage = <Row, Shown>(
  { rows, nextCursor }: { rows: readonly Row[]; nextCursor: string | null },
  show: (row: Row) => Shown,
) => ({ data: rows.map(show), hasMore: nextCursor !== null, nextCursor });
