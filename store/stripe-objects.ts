import { eq } from 'drizzle-orm';
import type { Instant } from '../domain/time.ts';
import type { Engine } from './sqlite.ts';
import { exec, first, type Session, type Unit } from './unit.ts';

/** An object at Stripe and what it is, such as `payment_intent`. */
export interface OwnedObject {
  readonly objectId: string;
  readonly kind: string;
}

/** Notes whose objects these are. The first owner stays: an object never moves to another story. */
export function* own(
  { db, t }: Session,
  workflowId: string,
  objects: readonly OwnedObject[],
  at: Instant,
): Unit<void> {
  if (objects.length === 0) return;
  yield* exec(
    db
      .insert(t.stripeObjects)
      .values(objects.map(({ objectId, kind }) => ({ objectId, kind, workflowId, createdAt: at })))
      .onConflictDoNothing(),
  );
}

/** Object ownership as others use it. */
export const stripeObjects = (engine: Engine) => ({
  /** Notes whose objects these are, for objects found outside a money move. */
  own: (workflowId: string, objects: readonly OwnedObject[], at: Instant): Promise<void> =>
    engine.transact((s) => own(s, workflowId, objects, at)),

  /** The workflow id of the story an object belongs to, or null. */
  ownerOf: (objectId: string): Promise<string | null> =>
    engine.read(function* ({ db, t: { stripeObjects: o } }) {
      const found = yield* first(
        db.select({ workflowId: o.workflowId }).from(o).where(eq(o.objectId, objectId)),
      );
      return found?.workflowId ?? null;
    }),
});
