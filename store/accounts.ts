import { and, desc, eq, gte, isNull } from 'drizzle-orm';
import { invariant } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import { appendAudit } from './audit.ts';
import { afterCursor, pageOf, rowsToAsk, type Page, type PageRequest } from './page.ts';
import type { accounts as accountsTable } from './schema-agreements.ts';
import type { Engine } from './sqlite.ts';
import { prepared } from './prepared.ts';
import { exec, first, rows, type Session, type Unit } from './unit.ts';

/** A payee and the connected account that takes their money. */
export type Account = typeof accountsTable.$inferSelect;

/** A payee as told by the caller and by Stripe. */
export type NewAccount = Omit<Account, 'frozen' | 'createdAt' | 'updatedAt'> & { readonly at: Instant };

/** What may change about an account. */
export type AccountChanges = Partial<Omit<Account, 'id' | 'inputHash' | 'createdAt' | 'updatedAt'>>;

const inserting = prepared(({ db, t: { accounts: a } }, row: Account) =>
  db.insert(a).values(row).onConflictDoNothing({ target: a.id }),
);

const changing = prepared(
  ({ db, t: { accounts: a } }, { id, ...changes }: Pick<Account, 'id'> & Partial<Account>) =>
    db.update(a).set(changes).where(eq(a.id, id)).returning(),
);

const accountOf = prepared(({ db, t: { accounts: a } }, { id }: Pick<Account, 'id'>) =>
  db.select().from(a).where(eq(a.id, id)),
);

const accountAtStripe = prepared(
  ({ db, t: { accounts: a } }, { stripeAccountId }: { stripeAccountId: string }) =>
    db.select().from(a).where(eq(a.stripeAccountId, stripeAccountId)),
);

const claimedSince = prepared(({ db, t: { accounts: a } }, { since }: { since: Instant }) =>
  db
    .select({ id: a.id })
    .from(a)
    .where(and(isNull(a.stripeAccountId), gte(a.createdAt, since)))
    .limit(1),
);

/** Takes an id for this content unless it is taken: whoever comes second is given the first one's row. */
function* claimAccount(session: Session, { at, ...account }: NewAccount): Unit<Account> {
  yield* exec(inserting(session, { ...account, frozen: false, createdAt: at, updatedAt: at }));
  const kept = yield* first(accountOf(session, { id: account.id }));
  invariant(kept !== null, `account ${account.id} is there after it was claimed`);
  return kept;
}

/** Changes what is named and nothing else; answers null for an account that is unknown. */
function* updateAccount(
  session: Session,
  id: string,
  changes: AccountChanges,
  at: Instant,
): Unit<Account | null> {
  return yield* first(changing(session, { ...changes, id, updatedAt: at }));
}

/** Who stops a payee's money or lets it go again, and why. */
export interface Freezing {
  readonly id: string;
  readonly frozen: boolean;
  readonly by: string;
  readonly reason: string;
  readonly at: Instant;
}

/** Freezes an account or thaws it, with an audit row where that changes it; answers null for one that is unknown. */
function* setFrozen(session: Session, { id, frozen, by, reason, at }: Freezing): Unit<Account | null> {
  const before = yield* first(accountOf(session, { id }));
  if (before === null || before.frozen === frozen) return before;
  yield* appendAudit(session, {
    at,
    actor: by,
    action: frozen ? 'account_frozen' : 'account_unfrozen',
    subject: id,
    reason,
    before: { frozen: before.frozen },
    after: { frozen },
  });
  return yield* updateAccount(session, id, { frozen }, at);
}

/** The payees as others use them. */
export const accounts = (engine: Engine) => ({
  /** Takes an id for this content unless it is taken; a second call is given the first one's row. */
  claimAccount: (account: NewAccount): Promise<Account> => engine.transact((s) => claimAccount(s, account)),

  /** Whether an account was claimed since then whose id at Stripe is not known yet. */
  isAccountUnderWay: (since: Instant): Promise<boolean> =>
    engine.read(function* (s) {
      return (yield* first(claimedSince(s, { since }))) !== null;
    }),

  /** Changes what is named and nothing else; answers null for an account that is unknown. */
  updateAccount: (id: string, changes: AccountChanges, at: Instant): Promise<Account | null> =>
    engine.transact((s) => updateAccount(s, id, changes, at)),

  /** Freezes an account or thaws it; a repetition leaves no second audit row, an unknown account is answered null. */
  setFrozen: (freezing: Freezing): Promise<Account | null> => engine.transact((s) => setFrozen(s, freezing)),

  /** The account of the caller's id, or null. */
  findAccount: (id: string): Promise<Account | null> => engine.read((s) => first(accountOf(s, { id }))),

  /** The account of Stripe's id, or null. */
  findAccountByStripeId: (stripeAccountId: string): Promise<Account | null> =>
    engine.read((s) => first(accountAtStripe(s, { stripeAccountId }))),

  /** Lists the newest first. */
  listAccounts: (page: PageRequest): Promise<Page<Account>> =>
    engine.read(function* ({ db, t: { accounts: a } }) {
      const found = yield* rows(
        db
          .select()
          .from(a)
          .where(afterCursor(page, a.createdAt, a.id))
          .orderBy(desc(a.createdAt), desc(a.id))
          .limit(rowsToAsk(page)),
      );
      return pageOf(found, page, (row) => [row.createdAt, row.id]);
    }),
});
