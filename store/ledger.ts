import { eq, sql } from 'drizzle-orm';
import { invariant } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import { newId } from './page.ts';
import { prepared } from './prepared.ts';
import type { ledgerEntries } from './schema-journal.ts';
import type { Engine } from './sqlite.ts';
import { exec, rows, type Session, type Unit } from './unit.ts';

/** One stored line of the ledger. */
export type LedgerEntry = typeof ledgerEntries.$inferSelect;

/** One side of a movement: positive where money arrives in the account, negative where it leaves. */
export interface LedgerLine {
  readonly account: string;
  readonly currency: string;
  readonly amount: number;
}

/** What one account holds in one currency. */
export type Balance = LedgerLine;

const inserting = prepared(({ db, t: { ledgerEntries: l } }, line: LedgerEntry) => db.insert(l).values(line));

/** Writes the lines of one operation. Throws where they do not sum to zero, so money is never made or lost here. */
export function* post(
  session: Session,
  lines: readonly LedgerLine[],
  of: { readonly workflowId: string; readonly operationKey: string; readonly at: Instant },
): Unit<void> {
  const sums = new Map<string, number>();
  for (const { account, currency, amount } of lines) {
    invariant(Number.isSafeInteger(amount), `${amount} on ${account} is a whole number of minor units`);
    sums.set(currency, (sums.get(currency) ?? 0) + amount);
  }
  for (const [currency, sum] of sums) {
    invariant(sum === 0, `the ledger lines of ${of.operationKey} sum to zero, not to ${sum} ${currency}`);
  }
  for (const line of lines) yield* exec(inserting(session, { ...of, ...line, id: newId('led') }));
}

/** The ledger as others use it. */
export const ledger = (engine: Engine) => ({
  /** What every account holds, of one story or of all. */
  ledgerBalances: (workflowId?: string): Promise<Balance[]> =>
    engine.read(({ db, t: { ledgerEntries: l } }) =>
      rows(
        db
          .select({
            account: l.account,
            currency: l.currency,
            amount: sql<number>`sum(${l.amount})`.mapWith(Number),
          })
          .from(l)
          .where(workflowId === undefined ? undefined : eq(l.workflowId, workflowId))
          .groupBy(l.account, l.currency)
          .orderBy(l.account, l.currency),
      ),
    ),

  /** Every line of a story, oldest first. */
  listLedger: (workflowId: string): Promise<LedgerEntry[]> =>
    engine.read(({ db, t: { ledgerEntries: l } }) =>
      rows(db.select().from(l).where(eq(l.workflowId, workflowId)).orderBy(l.at, l.operationKey, l.account)),
    ),
});
