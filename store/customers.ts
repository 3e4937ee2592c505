import { eq } from 'drizzle-orm';
import { invariant } from '../domain/errors.ts';
import { prepared } from './prepared.ts';
import type { customers as customersTable } from './schema-agreements.ts';
import type { Engine } from './sqlite.ts';
import { exec, first, type Session, type Unit } from './unit.ts';

/** Which customer at Stripe stands for a payer. */
export type Customer = typeof customersTable.$inferSelect;

const customerOf = prepared(({ db, t: { customers: c } }, { personId }: Pick<Customer, 'personId'>) =>
  db.select().from(c).where(eq(c.personId, personId)),
);

const inserting = prepared(({ db, t: { customers: c } }, customer: Customer) =>
  db.insert(c).values(customer).onConflictDoNothing({ target: c.personId }),
);

function* findCustomer(session: Session, personId: string): Unit<Customer | null> {
  return yield* first(customerOf(session, { personId }));
}

/** Notes a payer's customer once; a payer who has one keeps it, and it is answered. */
function* putCustomer(session: Session, customer: Customer): Unit<Customer> {
  yield* exec(inserting(session, customer));
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
