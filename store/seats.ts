import { and, asc, eq, ne } from 'drizzle-orm';
import type { Columns } from '../domain/machine.ts';
import type { Instant } from '../domain/time.ts';
import { prepared } from './prepared.ts';
import type { seats as seatsTable } from './schema-agreements.ts';
import type { Engine } from './sqlite.ts';
import { exec, rows, type Session, type Unit } from './unit.ts';

/** A place at a provider's time that has so many, under a label of its own where one is given. */
export interface WantedSeat {
  readonly slot: string;
  readonly seats: number;
  readonly label: string | null;
}

/** Who wants a seat, and since when. */
export interface SeatRequest extends WantedSeat {
  readonly workflowId: string;
  readonly at: Instant;
}

/** Whether there was a seat; `label_taken` where another story has the one that was named. */
export type SeatAnswer = 'taken' | 'full' | 'label_taken';

/** One seat of one story. */
interface HeldSeat {
  readonly workflowId: string;
  readonly slot: string;
}

type Row = typeof seatsTable.$inferInsert;

const inserting = prepared(({ db, t: { seats: s } }, row: Row) => db.insert(s).values(row));

const insertingOnce = prepared(({ db, t: { seats: s } }, row: Row) =>
  db.insert(s).values(row).onConflictDoNothing(),
);

const sittingAt = prepared(({ db, t: { seats: s } }, { slot }: Pick<HeldSeat, 'slot'>) =>
  db
    .select({ workflowId: s.workflowId, label: s.label })
    .from(s)
    .where(eq(s.slot, slot))
    .orderBy(asc(s.takenAt), asc(s.workflowId)),
);

const reservedSeat = ({ t: { seats: s } }: Session, { workflowId, slot }: HeldSeat) =>
  and(eq(s.workflowId, workflowId), eq(s.slot, slot), eq(s.reserved, true));

const keeping = prepared((s, held: HeldSeat) =>
  s.db.update(s.t.seats).set({ reserved: false }).where(reservedSeat(s, held)),
);

const releasing = prepared((s, held: HeldSeat) => s.db.delete(s.t.seats).where(reservedSeat(s, held)));

const leavingAll = prepared(({ db, t: { seats: s } }, { workflowId }: Pick<HeldSeat, 'workflowId'>) =>
  db.delete(s).where(eq(s.workflowId, workflowId)),
);

const leavingOthers = prepared(({ db, t: { seats: s } }, { workflowId, slot }: HeldSeat) =>
  db.delete(s).where(and(eq(s.workflowId, workflowId), ne(s.slot, slot), eq(s.reserved, false))),
);

function* take(session: Session, request: SeatRequest, reserved: boolean): Unit<SeatAnswer> {
  const { slot, seats, label, workflowId, at } = request;
  const sitting = yield* seatsOf(session, slot);
  if (sitting.some((other) => other.workflowId === workflowId)) return 'taken';
  if (sitting.length >= seats) return 'full';
  if (label !== null && sitting.some((other) => other.label === label)) return 'label_taken';
  yield* exec(inserting(session, { slot, workflowId, label, reserved, takenAt: at }));
  return 'taken';
}

/** Takes a seat unless all are taken; a story that sits there already keeps the one it has. */
export function* takeSeat(session: Session, request: SeatRequest): Unit<SeatAnswer> {
  return yield* take(session, request, false);
}

/**
 * Keeps the seats of a story in step with it: none where it takes none, else the one it names. What is reserved for a
 * move it has not made stays: freed by a state from before the move, it could go to somebody else meanwhile.
 */
export function* followSeat(
  session: Session,
  { workflowId, columns: { seat }, at }: { workflowId: string; columns: Columns; at: Instant },
): Unit<void> {
  if (seat === null) {
    yield* exec(leavingAll(session, { workflowId }));
    return;
  }
  const { slot, label } = seat;
  yield* exec(insertingOnce(session, { slot, workflowId, label, reserved: false, takenAt: at }));
  yield* exec(keeping(session, { workflowId, slot }));
  yield* exec(leavingOthers(session, { workflowId, slot }));
}

/** One taken seat as a slot shows it. */
type Sitting = Pick<SeatRequest, 'workflowId' | 'label'>;

function* seatsOf(session: Session, slot: string): Unit<Sitting[]> {
  return yield* rows(sittingAt(session, { slot }));
}

/** The seats as others use them. */
export const seats = (engine: Engine) => ({
  /** Takes a seat for a move that the story is about to be asked for; it stays until the story moves or ends. */
  reserveSeat: (request: SeatRequest): Promise<SeatAnswer> => engine.transact((s) => take(s, request, true)),

  /** Gives a reserved seat back after the story refused the move; a seat it really has stays. */
  releaseSeat: ({ workflowId, slot }: HeldSeat): Promise<void> =>
    engine.transact(function* (s) {
      yield* exec(releasing(s, { workflowId, slot }));
    }),

  /** Who sits at a provider's time, in the order in which they came. */
  listSeats: (slot: string): Promise<Sitting[]> => engine.read((s) => seatsOf(s, slot)),
});
