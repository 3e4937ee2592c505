import { invalidParameter, noSuch } from './refusal.ts';
import type { Call } from './route.ts';

interface Listed {
  readonly id: string;
  readonly created?: number;
}

interface Paging {
  limit?: number | undefined;
  starting_after?: string | undefined;
  ending_before?: string | undefined;
  created?: ((at: number) => boolean) | undefined;
}

const pageSize = (limit: number | undefined): number => {
  if (limit === undefined) return 10;
  if (limit < 1 || limit > 100)
    throw invalidParameter('parameter_invalid_integer', 'Limit must be between 1 and 100.', 'limit');
  return limit;
};

const cursorAt = (rows: readonly Listed[], id: string, param: string): number => {
  const at = rows.findIndex((row) => row.id === id);
  if (at < 0) throw noSuch('object', id, param);
  return at;
};

/** One page of rows that come newest first, cut by Stripe's cursors, with `has_more` telling whether another follows. */
export const page = <T extends Listed>(call: Call<Paging>, url: string, rows: readonly T[]) => {
  const { limit, starting_after, ending_before, created } = call.params;
  const size = pageSize(limit);
  const freshest = call.world.clock.seconds() - call.staleSeconds;
  const kept = rows.filter(
    (row) =>
      (call.staleSeconds === 0 || (row.created ?? 0) <= freshest) &&
      (created === undefined || created(row.created ?? 0)),
  );
  if (ending_before !== undefined) {
    const end = cursorAt(kept, ending_before, 'ending_before');
    const start = Math.max(0, end - size);
    return { object: 'list' as const, url, has_more: start > 0, data: kept.slice(start, end) };
  }
  const start = starting_after === undefined ? 0 : cursorAt(kept, starting_after, 'starting_after') + 1;
  return {
    object: 'list' as const,
    url,
    has_more: kept.length > start + size,
    data: kept.slice(start, start + size),
  };
};
