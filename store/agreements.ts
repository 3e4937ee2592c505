import { and, asc, desc, eq, gt, inArray, isNotNull, isNull, lt, min, or, sql } from 'drizzle-orm';
import { invariant } from '../domain/errors.ts';
import type { BaseState, Columns } from '../domain/machine.ts';
import type { Instant } from '../domain/time.ts';
import { raiseNotes } from './alerts.ts';
import { intend, type NewIntent } from './journal.ts';
import { afterCursor, pageOf, rowsToAsk, type Page, type PageRequest } from './page.ts';
import { prepared } from './prepared.ts';
import { columnsOfRow, followParking, project, type Projection } from './projection.ts';
import type { agreements as agreementsTable, Contact } from './schema-agreements.ts';
import { takeSeat, type SeatAnswer, type WantedSeat } from './seats.ts';
import type { Engine } from './sqlite.ts';
import { first, rows, type Session, type Unit } from './unit.ts';

/** One agreement as the lists and views read it. */
export type Agreement = typeof agreementsTable.$inferSelect;

/** An agreement without its documents, for work that goes through many. */
export type AgreementSummary = Omit<Agreement, 'input' | 'contacts' | 'metadata' | 'state'>;

const inserting = prepared(({ db, t: { agreements: a } }, row: typeof agreementsTable.$inferInsert) =>
  db.insert(a).values(row).onConflictDoNothing().returning(),
);

const agreementOf = prepared(({ db, t: { agreements: a } }, { workflowId }: Pick<Agreement, 'workflowId'>) =>
  db.select().from(a).where(eq(a.workflowId, workflowId)),
);

/** An agreement that begins, with the input from which its story can be started again. */
export interface NewAgreement {
  readonly workflowId: string;
  readonly kind: string;
  readonly id: string;
  readonly inputHash: string;
  readonly input: unknown;
  readonly contacts: Readonly<Record<string, Contact>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly state: BaseState;
  readonly columns: Columns;
  readonly at: Instant;
}

/** The agreement as it is, and whether this call made it. */
export interface Begun {
  readonly created: boolean;
  readonly row: Agreement;
}

/** The agreement, or why there is none: nobody sits where it was to take a seat. */
export type Creation =
  Begun | { readonly created: false; readonly row: null; readonly seat: Exclude<SeatAnswer, 'taken'> };

/**
 * Makes an agreement once, together with its seat and the intent of its first money move: whoever comes second is
 * given what the first one made and writes nothing, and so is nothing written where no seat is left.
 */
function* createAgreement(
  session: Session,
  { columns, at, ...agreement }: NewAgreement,
  firstIntent?: NewIntent,
  seat?: WantedSeat,
): Unit<Creation> {
  const { workflowId, state } = agreement;
  if (seat !== undefined) {
    const row = yield* findAgreement(session, workflowId);
    if (row !== null) return { created: false, row };
    const answer = yield* takeSeat(session, { ...seat, workflowId, at });
    if (answer !== 'taken') return { created: false, row: null, seat: answer };
  }
  const written = { ...columnsOfRow(columns), ...agreement, rev: state.rev, createdAt: at, updatedAt: at };
  const made = yield* first(inserting(session, written));
  if (made === null) {
    const row = yield* findAgreement(session, workflowId);
    invariant(row !== null, `agreement ${workflowId} exists when it cannot be inserted`);
    return { created: false, row };
  }
  if (firstIntent !== undefined) yield* intend(session, firstIntent);
  yield* raiseNotes(session, workflowId, state.alerts);
  yield* followParking(session, { workflowId, state, at }, null);
  return { created: true, row: made };
}

/** The agreement of a workflow id, or null. */
export function* findAgreement(session: Session, workflowId: string): Unit<Agreement | null> {
  return yield* first(agreementOf(session, { workflowId }));
}

/** Which agreements to list. */
export interface AgreementFilter extends PageRequest {
  readonly kind?: string | undefined;
  readonly status?: string | undefined;
  readonly paymentState?: string | undefined;
  /** Only those with this provider, by the id it has here. */
  readonly provider?: string | undefined;
  readonly payeeAccount?: string | undefined;
  /** True: only those that wait for a person; false: only those that do not. */
  readonly needsAttention?: boolean | undefined;
}

/** News that an agreement waits for. */
interface Waiting {
  readonly waitsFor: NonNullable<Columns['waitsFor']>;
}

/** Agreements that should have done something before this time. */
interface Overdue {
  readonly before: Instant;
  readonly limit: number;
}

/** The states in which a lesson with a hold goes on to be settled by itself (L7). */
const settlingByItself = ['scheduled', 'in_progress', 'ended_early', 'settling'];

const summaryOf = ({ t: { agreements: a } }: Session) => ({
  workflowId: a.workflowId, kind: a.kind, id: a.id, inputHash: a.inputHash, rev: a.rev, status: a.status,
  paymentState: a.paymentState, payeeAccount: a.payeeAccount, needsAttention: a.needsAttention, open: a.open,
  waitsFor: a.waitsFor, settlesAt: a.settlesAt, disputeDeadline: a.disputeDeadline, nextWakeAt: a.nextWakeAt,
  amount: a.amount, currency: a.currency, createdAt: a.createdAt, updatedAt: a.updatedAt,
}); // prettier-ignore

const openOfAccount = prepared((s, { payeeAccount, waitsFor }: Pick<Agreement, 'payeeAccount'> & Waiting) => {
  const a = s.t.agreements;
  const waiting = and(eq(a.open, true), eq(a.payeeAccount, payeeAccount), eq(a.waitsFor, waitsFor));
  return s.db.select(summaryOf(s)).from(a).where(waiting).orderBy(asc(a.settlesAt), asc(a.workflowId));
});

const overdue = prepared((s, { before, limit }: Overdue) => {
  const a = s.t.agreements;
  const unsettled = and(
    eq(a.paymentState, 'authorized'),
    inArray(a.status, settlingByItself),
    lt(a.settlesAt, before),
    isNull(a.needsAttention),
  );
  const silent = and(isNull(a.nextWakeAt), isNull(a.needsAttention), lt(a.updatedAt, before));
  // What never began (rev 0) is begun by the caller's own repetition alone: he may have gone elsewhere since.
  const asleep = and(gt(a.rev, 0), or(lt(a.nextWakeAt, before), silent));
  const isOverdue = and(eq(a.open, true), or(unsettled, asleep));
  return s.db.select(summaryOf(s)).from(a).where(isOverdue).orderBy(asc(a.settlesAt)).limit(limit);
});

const openOnes = prepared((s) => {
  const a = s.t.agreements;
  const oldestFirst = [asc(a.createdAt), asc(a.workflowId)];
  return s.db
    .select(summaryOf(s))
    .from(a)
    .where(eq(a.open, true))
    .orderBy(...oldestFirst);
});

const earliestWake = prepared(({ db, t: { agreements: a } }) =>
  db
    .select({ at: min(a.nextWakeAt) })
    .from(a)
    .where(and(eq(a.open, true), isNotNull(a.nextWakeAt))),
);

/** Only an agreement that takes a seat can be refused one. */
function creating(engine: Engine) {
  function create(agreement: NewAgreement, firstIntent?: NewIntent): Promise<Begun>;
  function create(
    agreement: NewAgreement,
    firstIntent: NewIntent | undefined,
    seat: WantedSeat,
  ): Promise<Creation>;
  function create(agreement: NewAgreement, firstIntent?: NewIntent, seat?: WantedSeat): Promise<Creation> {
    return engine.transact((s) => createAgreement(s, agreement, firstIntent, seat));
  }
  return create;
}

/** The agreements as others use them. */
export const agreements = (engine: Engine) => ({
  /**
   * Makes an agreement once, with its seat and the intent of its first money move; a second call is given the first
   * one's row.
   */
  createAgreement: creating(engine),

  /** Shows a state in the lists unless they show a newer one; answers whether it did. */
  project: (projection: Projection): Promise<boolean> => engine.transact((s) => project(s, projection)),

  /** The agreement of a workflow id, or null. */
  findAgreement: (workflowId: string): Promise<Agreement | null> =>
    engine.read((s) => findAgreement(s, workflowId)),

  /** Lists the newest first; a cursor of some other list throws `invalid`. */
  listAgreements: (filter: AgreementFilter): Promise<Page<Agreement>> =>
    engine.read(function* ({ db, t: { agreements: a } }) {
      const parked = filter.needsAttention === true ? isNotNull(a.needsAttention) : isNull(a.needsAttention);
      const found = yield* rows(
        db
          .select()
          .from(a)
          .where(
            and(
              filter.kind === undefined ? undefined : eq(a.kind, filter.kind),
              filter.status === undefined ? undefined : eq(a.status, filter.status),
              filter.paymentState === undefined ? undefined : eq(a.paymentState, filter.paymentState),
              filter.provider === undefined
                ? undefined
                : eq(sql`json_extract(${a.input}, '$.provider.id')`, filter.provider),
              filter.payeeAccount === undefined ? undefined : eq(a.payeeAccount, filter.payeeAccount),
              filter.needsAttention === undefined ? undefined : parked,
              afterCursor(filter, a.createdAt, a.workflowId),
            ),
          )
          .orderBy(desc(a.createdAt), desc(a.workflowId))
          .limit(rowsToAsk(filter)),
      );
      return pageOf(found, filter, (row) => [row.createdAt, row.workflowId]);
    }),

  /** The open agreements of a payee that wait for news of this kind, in the order in which they became due. */
  listOpenByAccount: (payeeAccount: string, waitsFor: Waiting['waitsFor']): Promise<AgreementSummary[]> =>
    engine.read((s) => rows(openOfAccount(s, { payeeAccount, waitsFor }))),

  /**
   * Agreements that should have done something before this time, the longest overdue first: a hold that is not settled
   * (L7), or a story past its next wake or silent in the middle of a step, as one is whose workflow is gone.
   */
  listOverdue: (asked: Overdue): Promise<AgreementSummary[]> => engine.read((s) => rows(overdue(s, asked))),

  /** Every open agreement, oldest first. */
  listOpen: (): Promise<AgreementSummary[]> => engine.read((s) => rows(openOnes(s, {}))),

  /** The earliest time at which an open agreement wakes by itself, or null where none does. */
  nextWake: (): Promise<Instant | null> =>
    engine.read(function* (s) {
      return (yield* first(earliestWake(s, {})))?.at ?? null;
    }),
});
