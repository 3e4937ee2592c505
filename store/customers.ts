import { eq } from 'drizzle-orm';
import { invariant } from '../domain/errors.ts';
import type { customers as customersTable } from './schema-agreements.ts';
import type { Engine } from './sqlite.ts';
import { exec, first, type Session, type Unit } from './unit.ts';

/** Which customer at Stripe stands for a payer. */
export type Customer = typeof customersTable.$inferSelect;

function* findCustomer({ db, t }: Session, personId: string): Unit<Customer | null> {
  return yield* first(db.select().from(t.customers).where(eq(t.customers.personId, personId)));
}

/** Notes a payer's customer once; a payer who has one keeps it, and it is answered. */
function* putCustomer(session: Session, customer: Customer): Unit<Customer> {
  const { db, t } = session;
  yield* exec(db.insert(t.customers).values(customer).onConflictDoNothing({ target: t.customers.personId }));
  const stored = yield* findCustomer(session, customer.personId);
  invariant(stored !== null, `customer of ${customer.personId} is there after it was written`);
  return stored;
}

/** The payers as others use them. */
export const customers = (engine: Engine) => ({
  /** The customer of a payer, or null. */
  findCustomer: (personId: string): Promise<Customer | null> => engine.read((s) => findCustomer(s, personId)),

  /** Notes a payer's customer once; a payer who has one keeps it, and it is answered. */
  putCustomer: (customer: Customer): Promise<Customer> => engine.transact((s) => putCustomer(s, customer)),
});
