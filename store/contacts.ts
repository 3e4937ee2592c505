import { eq } from 'drizzle-orm';
import { prepared } from './prepared.ts';
import type { agreements as agreementsTable, Contact } from './schema-agreements.ts';
import { first, type Session, type Unit } from './unit.ts';

/** The two sides of an agreement. */
export type Side = 'payer' | 'payee';

/** What an agreement's row knows about its people. */
export type People = Pick<typeof agreementsTable.$inferSelect, 'contacts' | 'payeeAccount'>;

/** What each kind of agreement calls its sides. */
const names: Readonly<Record<Side, readonly string[]>> = {
  payer: ['student', 'attendee'],
  payee: ['tutor', 'provider'],
};

const addressOf = prepared(({ db, t: { accounts: a } }, { id }: { id: string }) =>
  db.select({ email: a.email }).from(a).where(eq(a.id, id)),
);

/** How to reach one side now; a payee without an address of their own is reached at that of their account. */
export function* contactOf(session: Session, { contacts, payeeAccount }: People, side: Side): Unit<Contact> {
  const contact = names[side].map((name) => contacts[name]).find((given) => given !== undefined) ?? {};
  if (side === 'payer' || typeof contact.email === 'string') return contact;
  const account = yield* first(addressOf(session, { id: payeeAccount }));
  return { ...contact, email: account?.email };
}
