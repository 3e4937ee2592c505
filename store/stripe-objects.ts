import { eq } from 'drizzle-orm';
import type { Instant } from '../domain/time.ts';
import { prepared } from './prepared.ts';
import type { stripeObjects as stripeObjectsTable } from './schema-agreements.ts';
import type { Engine } from './sqlite.ts';
import { exec, first, type Session, type Unit } from './unit.ts';

/** An object at Stripe and what it is, such as `payment_intent`. */
export interface OwnedObject {
  readonly objectId: string;
  readonly kind: string;
}

type Row = typeof stripeObjectsTable.$inferSelect;

const inserting = prepared(({ db, t: { stripeObjects: o } }, row: Row) =>
  db.insert(o).values(row).onConflictDoNothing(),
);

const owning = prepared(({ db, t: { stripeObjects: o } }, { objectId }: Pick<Row, 'objectId'>) =>
  db.select({ workflowId: o.workflowId }).from(o).where(eq(o.objectId, objectId)),
);

/** Notes whose objects these are. The first owner stays: an object never moves to another story. */
export function* own(
  session: Session,
  workflowId: string,
  objects: readonly OwnedObject[],
  at: Instant,
): Unit<void> {
  for (const { objectId, kind } of objects)
    yield* exec(inserting(session, { objectId, kind, workflowId, createdAt: at }));
}

/** Object ownership as others use it. */
export const stripeObjects = (engine: Engine) => ({
  /** Notes whose objects these are, for objects found outside a money move. */
  own: (workflowId: string, objects: readonly OwnedObject[], at: Instant): Promise<void> =>
    engine.transact((s) => own(s, workflowId, objects, at)),

  /** The workflow id of the story an object belongs to, or null. */
  ownerOf: (objectId: string): Promise<string | null> =>
    engine.read(function* (s) {
      return (yield* first(owning(s, { objectId })))?.workflowId ?? null;
    }),
});
