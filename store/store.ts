import { defaultBookingPolicy, defaultLessonPolicy } from '../domain/policy.ts';
import { accounts } from './accounts.ts';
import { agreements } from './agreements.ts';
import { alerts } from './alerts.ts';
import { audit } from './audit.ts';
import { customers } from './customers.ts';
import { debts } from './debts.ts';
import { facts } from './facts.ts';
import { inbox } from './inbox.ts';
import { journal, systemActor } from './journal.ts';
import { ledger } from './ledger.ts';
import { outbox } from './outbox.ts';
import { policies, policyKey, seedPolicy } from './policies.ts';
import { providers } from './providers.ts';
import { replyKeys } from './reply-keys.ts';
import { seats } from './seats.ts';
import { settings } from './settings.ts';
import { settlement } from './settlement.ts';
import { openSqlite, type Engine } from './sqlite.ts';
import { stripeObjects } from './stripe-objects.ts';

const books = (engine: Engine) => ({
  ...accounts(engine),
  ...agreements(engine),
  ...alerts(engine),
  ...audit(engine),
  ...customers(engine),
  ...debts(engine),
  ...facts(engine),
  ...inbox(engine),
  ...journal(engine),
  ...ledger(engine),
  ...outbox(engine),
  ...policies(engine),
  ...providers(engine),
  ...replyKeys(engine),
  ...seats(engine),
  ...settings(engine),
  ...settlement(engine),
  ...stripeObjects(engine),
});

/**
 * Everything Holdfast writes down. Several processes may open the same file; each method is a transaction of its
 * own, and `transact` joins several units into one.
 */
export type Store = Engine & ReturnType<typeof books>;

/**
 * Opens the store in a file (made when missing, readable by its owner only) or in memory, brings it to this code's
 * schema and puts the built-in policies in where they are missing.
 */
export function openStore({ file }: { readonly file: string }): Store {
  const engine = openSqlite(file, function* (session) {
    for (const terms of [defaultLessonPolicy, defaultBookingPolicy]) {
      const id = policyKey(terms.kind, 'default');
      yield* seedPolicy(session, { id, terms, by: systemActor, at: Date.now() });
    }
  });
  return Object.assign(engine, books(engine));
}
