import { randomUUID } from 'node:crypto';
import { and, eq, lt, or, type SQL } from 'drizzle-orm';
import type { AnySQLiteColumn } from 'drizzle-orm/sqlite-core';
import { AppError } from '../domain/errors.ts';

/** Which part of a list to show: so many rows, after the row at which the last page ended. */
export interface PageRequest {
  readonly limit: number;
  readonly cursor?: string | null | undefined;
}

/** One page of a list, and where the next one starts (null on the last). */
export interface Page<Row> {
  readonly rows: Row[];
  readonly nextCursor: string | null;
}

/** The place of a row in a list that is ordered by a number and then by an id. */
type Place = readonly [order: number, id: string];

const longestId = 255;

const cursorFor = (place: Place): string => Buffer.from(JSON.stringify(place)).toString('base64url');

function placeOf(cursor: string): Place {
  try {
    const place: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString());
    if (Array.isArray(place) && place.length === 2) {
      const [order, id] = place as unknown[];
      if (Number.isSafeInteger(order) && typeof id === 'string' && id.length <= longestId) {
        return [order as number, id];
      }
    }
  } catch {
    // Falls through: text that is no JSON is answered like any other cursor that we never handed out.
  }
  throw new AppError('invalid', 'The cursor is not one this list has given', [
    { pointer: '/cursor', detail: 'must be the nextCursor of an earlier page' },
  ]);
}

/** The condition that skips everything up to the cursor in a list that shows the newest first. */
export function afterCursor(
  { cursor }: PageRequest,
  order: AnySQLiteColumn,
  id: AnySQLiteColumn,
): SQL | undefined {
  if (cursor === undefined || cursor === null) return undefined;
  const [lastOrder, lastId] = placeOf(cursor);
  return or(lt(order, lastOrder), and(eq(order, lastOrder), lt(id, lastId)));
}

/** How many rows to ask for: one more than shown, which tells whether there is a next page. */
export const rowsToAsk = ({ limit }: PageRequest): number => limit + 1;

/** Cuts what was found to a page; rows that arrive later never make a page repeat or skip one. */
export function pageOf<Row>(
  found: Row[],
  { limit }: PageRequest,
  placeOfRow: (row: Row) => Place,
): Page<Row> {
  const shown = found.slice(0, limit);
  const last = shown.at(-1);
  return {
    rows: shown,
    nextCursor: found.length > limit && last !== undefined ? cursorFor(placeOfRow(last)) : null,
  };
}

/** A new id that no other row has; the prefix tells a reader what it names. */
export const newId = (prefix: 'alt' | 'led' | 'msg'): string => `${prefix}_${randomUUID()}`;
