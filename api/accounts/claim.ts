import { eq } from 'drizzle-orm';
import { invariant } from '../../domain/errors.ts';
import type { Account, NewAccount } from '../../store/accounts.ts';
import type { Store } from '../../store/store.ts';
import { exec, first } from '../../store/unit.ts';

/** Takes an account's id for this content unless it is taken: whoever comes second is given the first one's row. */
export const claimAccount = (store: Store, { at, ...account }: NewAccount): Promise<Account> =>
  store.transact(function* ({ db, t: { accounts } }) {
    const row = { ...account, frozen: false, createdAt: at, updatedAt: at };
    yield* exec(db.insert(accounts).values(row).onConflictDoNothing({ target: accounts.id }));
    const kept = yield* first(db.select().from(accounts).where(eq(accounts.id, account.id)));
    invariant(kept !== null, `account ${account.id} is there after it was claimed`);
    return kept;
  });
