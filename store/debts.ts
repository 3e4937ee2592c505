import { and, asc, eq, isNull, lt, ne, sql } from 'drizzle-orm';
import { invariant } from '../domain/errors.ts';
import type { Columns } from '../domain/machine.ts';
import type { Instant } from '../domain/time.ts';
import { prepared } from './prepared.ts';
import type { debts as debtsTable, recoveries as recoveriesTable } from './schema-agreements.ts';
import type { Engine } from './sqlite.ts';
import { exec, first, rows, type Session, type Unit } from './unit.ts';

/** What a payee owes for one agreement: what the platform laid out, and what came back of it elsewhere. */
export type Debt = typeof debtsTable.$inferSelect;

/** What may still be kept back: nothing of a closed debt but what was recovered at its end and then given back. */
const owedOf = ({ t: { debts: d } }: Session) =>
  sql<number>`min(${d.advanced}, coalesce(${d.closedWith}, ${d.advanced})) - ${d.recovered}`;

/** What one operation keeps back for one debt. */
type NewRecovery = typeof recoveriesTable.$inferInsert;

const debtOf = prepared(({ db, t: { debts: d } }, { workflowId }: Pick<Debt, 'workflowId'>) =>
  db.select().from(d).where(eq(d.workflowId, workflowId)),
);

const inserting = prepared(({ db, t: { debts: d } }, row: typeof debtsTable.$inferInsert) =>
  db.insert(d).values(row),
);

const changing = prepared(
  ({ db, t: { debts: d } }, { workflowId, ...changes }: Pick<Debt, 'workflowId'> & Partial<Debt>) =>
    db.update(d).set(changes).where(eq(d.workflowId, workflowId)),
);

const owedBy = prepared((s, { account, currency }: Pick<Debt, 'account' | 'currency'>) => {
  const d = s.t.debts;
  const owed = owedOf(s);
  return s.db
    .select({ workflowId: d.workflowId, owed })
    .from(d)
    .where(and(eq(d.account, account), eq(d.currency, currency), sql`${owed} > 0`))
    .orderBy(asc(d.openedAt), asc(d.workflowId));
});

const recovering = prepared(
  ({ db, t: { debts: d } }, { workflowId, amount }: Pick<NewRecovery, 'workflowId' | 'amount'>) =>
    db
      .update(d)
      .set({ recovered: sql`${d.recovered} + ${amount}` })
      .where(eq(d.workflowId, workflowId)),
);

const noting = prepared(({ db, t: { recoveries: r } }, row: NewRecovery) => db.insert(r).values(row));

const forgetting = prepared(
  ({ db, t: { recoveries: r } }, { operationKey }: Pick<NewRecovery, 'operationKey'>) =>
    db.delete(r).where(eq(r.operationKey, operationKey)).returning(),
);

const nettedOf = prepared(
  ({ db, t: { recoveries: r } }, { operationKey }: Pick<NewRecovery, 'operationKey'>) => {
    const sum = sql<number>`coalesce(sum(${r.amount}), 0)`.mapWith(Number);
    return db.select({ sum }).from(r).where(eq(r.operationKey, operationKey));
  },
);

const owing = prepared(({ db, t: { debts: d } }, { account }: Pick<Debt, 'account'>) => {
  const amount = sql<number>`sum(${d.advanced} - ${d.recovered})`.mapWith(Number);
  const sums = db.select({ currency: d.currency, amount }).from(d).where(eq(d.account, account));
  return sums.groupBy(d.currency).having(ne(amount, 0)).orderBy(asc(d.currency));
});

const aged = prepared((s, { olderThan, limit }: { olderThan: Instant; limit: number }) => {
  const d = s.t.debts;
  const isAged = and(isNull(d.alertedAt), lt(d.openedAt, olderThan), sql`${owedOf(s)} > 0`);
  return s.db.select().from(d).where(isAged).orderBy(asc(d.openedAt), asc(d.workflowId)).limit(limit);
});

function* findDebt(session: Session, workflowId: string): Unit<Debt | null> {
  return yield* first(debtOf(session, { workflowId }));
}

/**
 * Keeps a story's debt in step with it. What grows is open again, also after it was closed; its age counts from when
 * there was last nothing to recover.
 */
export function* followDebt(
  session: Session,
  { workflowId, columns, at }: { workflowId: string; columns: Columns; at: Instant },
): Unit<void> {
  const { advanced, payeeAccount: account, currency } = columns;
  const before = yield* findDebt(session, workflowId);
  if (before === null) {
    if (advanced === 0) return;
    const row = { workflowId, account, currency, advanced, recovered: 0, openedAt: at, updatedAt: at };
    yield* exec(inserting(session, row));
    return;
  }
  const told = { account, currency, advanced, updatedAt: at };
  const grown = advanced > before.advanced ? { closedWith: null } : {};
  const wasOwed = Math.min(before.advanced, before.closedWith ?? before.advanced) > before.recovered;
  const isOwedAnew = advanced > before.advanced && advanced > before.recovered && !wasOwed;
  const renewed = isOwedAnew ? { openedAt: at, alertedAt: null } : {};
  yield* exec(changing(session, { workflowId, ...told, ...grown, ...renewed }));
}

/** What an operation may keep back of a payee's money for their older debts. */
export interface Netting {
  readonly operationKey: string;
  readonly account: string;
  readonly currency: string;
  readonly most: number;
}

/**
 * Keeps back as much as there is to recover from the payee, the oldest debt first, and answers how much. An operation
 * that kept something back is answered the same again.
 */
export function* net(session: Session, { operationKey, account, currency, most }: Netting): Unit<number> {
  invariant(
    Number.isSafeInteger(most) && most >= 0,
    `${most} is an amount that ${operationKey} can keep back`,
  );
  const known = yield* netted(session, operationKey);
  if (known > 0) return known;
  let left = most;
  for (const debt of yield* rows(owedBy(session, { account, currency }))) {
    if (left === 0) break;
    const { workflowId } = debt;
    const amount = Math.min(left, debt.owed);
    yield* exec(noting(session, { operationKey, workflowId, amount }));
    yield* exec(recovering(session, { workflowId, amount }));
    left -= amount;
  }
  return most - left;
}

/** Gives back what an operation kept, because its money did not move; the debts are owed as before. */
export function* unnet(session: Session, operationKey: string): Unit<void> {
  for (const { workflowId, amount } of yield* rows(forgetting(session, { operationKey }))) {
    yield* exec(recovering(session, { workflowId, amount: -amount }));
  }
}

/**
 * Ends a debt and answers what was recovered of it by then: nobody keeps more back for it. A closed one is answered
 * the same again, until its story lays out more.
 */
export function* closeDebt(session: Session, workflowId: string): Unit<number> {
  const debt = yield* findDebt(session, workflowId);
  if (debt === null) return 0;
  if (debt.closedWith !== null) return debt.closedWith;
  yield* exec(changing(session, { workflowId, closedWith: debt.recovered }));
  return debt.recovered;
}

function* netted(session: Session, operationKey: string): Unit<number> {
  return (yield* first(nettedOf(session, { operationKey })))?.sum ?? 0;
}

/** The debts as others use them. */
export const debts = (engine: Engine) => ({
  /** What an operation keeps back for older debts; 0 where it keeps nothing. */
  nettedBy: (operationKey: string): Promise<number> => engine.read((s) => netted(s, operationKey)),

  /** What was recovered of a story's debt out of other agreements; 0 where it has none. */
  recoveredOf: (workflowId: string): Promise<number> =>
    engine.read(function* (s) {
      return (yield* findDebt(s, workflowId))?.recovered ?? 0;
    }),

  /** What a payee owes in each currency; below zero where more was kept back than their stories still ask for. */
  debtsOf: (account: string): Promise<{ currency: string; amount: number }[]> =>
    engine.read((s) => rows(owing(s, { account }))),

  /** Debts that are owed since before this time and that nobody was alerted to, oldest first. */
  listAgedDebts: (asked: { olderThan: Instant; limit: number }): Promise<Debt[]> =>
    engine.read((s) => rows(aged(s, asked))),

  /** Notes that somebody was alerted to a debt; one that is owed anew is listed again. */
  markDebtAlerted: (workflowId: string, at: Instant): Promise<void> =>
    engine.transact(function* (s) {
      yield* exec(changing(s, { workflowId, alertedAt: at }));
    }),
});
