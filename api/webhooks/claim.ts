import { and, asc, inArray, lte } from 'drizzle-orm';
import type { Instant } from '../../domain/time.ts';
import type { InboxEvent } from '../../store/inbox.ts';
import type { Store } from '../../store/store.ts';
import { rows } from '../../store/unit.ts';

/**
 * Takes due events for this process until the time given: another process that drains at the same moment takes
 * others, and should this one die, they are due again then.
 */
export const claimDue = (
  store: Store,
  { now, until, limit }: { now: Instant; until: Instant; limit: number },
): Promise<InboxEvent[]> =>
  store.transact(({ db, t: { webhookEvents: e } }) => {
    const isDue = and(inArray(e.status, ['received', 'waiting']), lte(e.nextAttemptAt, now));
    const due = db
      .select({ eventId: e.eventId })
      .from(e)
      .where(isDue)
      .orderBy(asc(e.nextAttemptAt), asc(e.eventCreatedAt), asc(e.eventId))
      .limit(limit);
    return rows(
      db
        .update(e)
        .set({ nextAttemptAt: until })
        .where(and(isDue, inArray(e.eventId, due)))
        .returning(),
    );
  });
