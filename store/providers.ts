import { desc, eq } from 'drizzle-orm';
import { AppError } from '../domain/errors.ts';
import type { Instant } from '../domain/time.ts';
import { afterCursor, pageOf, rowsToAsk, type Page, type PageRequest } from './page.ts';
import { prepared } from './prepared.ts';
import type { providers as providersTable } from './schema-agreements.ts';
import type { Engine } from './sqlite.ts';
import { exec, first, rows, type Session, type Unit } from './unit.ts';

/** Somebody whose time is booked, and what they offer. */
export type Provider = typeof providersTable.$inferSelect;

/** A provider as told by the caller. */
export type NewProvider = Omit<Provider, 'createdAt' | 'updatedAt'> & { readonly at: Instant };

const inserting = prepared(({ db, t: { providers: p } }, row: Provider) =>
  db.insert(p).values(row).onConflictDoNothing(),
);

const providerOf = prepared(({ db, t: { providers: p } }, { id }: Pick<Provider, 'id'>) =>
  db.select().from(p).where(eq(p.id, id)),
);

const providerNamed = prepared(({ db, t: { providers: p } }, { username }: Pick<Provider, 'username'>) =>
  db.select().from(p).where(eq(p.username, username)),
);

/**
 * Takes an id for this content unless it is taken: whoever comes second is given the first one's row. A username that
 * belongs to another provider throws `id_conflict`.
 */
function* claimProvider(session: Session, { at, ...provider }: NewProvider): Unit<Provider> {
  yield* exec(inserting(session, { ...provider, createdAt: at, updatedAt: at }));
  const kept = yield* first(providerOf(session, { id: provider.id }));
  if (kept === null) {
    throw new AppError('id_conflict', `Another provider has the username ${provider.username}`);
  }
  return kept;
}

/** The providers as others use them. */
export const providers = (engine: Engine) => ({
  /** Takes an id for this content unless it is taken; a second call is given the first one's row. */
  claimProvider: (provider: NewProvider): Promise<Provider> =>
    engine.transact((s) => claimProvider(s, provider)),

  /** The provider of the caller's id, or null. */
  findProvider: (id: string): Promise<Provider | null> => engine.read((s) => first(providerOf(s, { id }))),

  /** The provider of a username, or null. */
  findProviderByUsername: (username: string): Promise<Provider | null> =>
    engine.read((s) => first(providerNamed(s, { username }))),

  /** Lists the newest first. */
  listProviders: (page: PageRequest): Promise<Page<Provider>> =>
    engine.read(function* ({ db, t: { providers: p } }) {
      const found = yield* rows(
        db
          .select()
          .from(p)
          .where(afterCursor(page, p.createdAt, p.id))
          .orderBy(desc(p.createdAt), desc(p.id))
          .limit(rowsToAsk(page)),
      );
      return pageOf(found, page, (row) => [row.createdAt, row.id]);
    }),
});
