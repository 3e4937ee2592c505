import type Stripe from 'stripe';
import { accuse, bookSoon } from '../house/booking-money.ts';
import { openProvider } from '../house/bookings.ts';
import { eventually } from '../house/eventually.ts';
import type { House } from '../house/house.ts';
import { hourMs, travel } from '../house/lessons.ts';
import type { Path } from './path.ts';
import { attendee } from './path.ts';

/** A paid booking whose payer's bank disputes the charge; its deadline is known. */
async function disputed(house: House, changes: Record<string, unknown> = {}): Promise<Stripe.Dispute> {
  const booking = await bookSoon(house, await openProvider(house), { attendee });
  const dispute = await accuse(house, booking, changes);
  await eventually(
    () => house.store.findAgreement(`dispute:${dispute.id}`),
    (row) => row?.disputeDeadline !== null && row?.disputeDeadline !== undefined,
  );
  return dispute;
}

async function order(house: House, { id }: Stripe.Dispute, word: string, body: object): Promise<void> {
  const answer = await house.request('POST', `/api/admin/disputes/${id}/${word}`, { body, key: crypto.randomUUID() });
  if (answer.status !== 200) throw new Error(`${word} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
} // prettier-ignore

const judge = async (house: House, { id }: Stripe.Dispute, verdict: string): Promise<void> =>
  void (await house.sim('POST', `/disputes/${id}/${verdict}`, {}));

async function becomes(house: House, { id }: Stripe.Dispute, state: string): Promise<void> {
  await eventually(
    () => house.request('GET', `/api/disputes/${id}`),
    ({ body }) => body['state'] === state,
  );
}

/** The bank has said its last word. */
async function ends(house: House, dispute: Stripe.Dispute, state: string): Promise<string> {
  await becomes(house, dispute, state);
  await house.temporal.workflow.getHandle(`dispute:${dispute.id}`).result();
  return dispute.id;
}

/** Every recorded way of a bank's dispute, by the name of its file. */
export const disputePaths: Readonly<Record<string, Path>> = {
  async 'submitted-won'(house) {
    const dispute = await disputed(house);
    const dueBy = (dispute.evidence_details.due_by ?? 0) * 1000;
    await travel(house, dueBy - 47 * hourMs);
    await becomes(house, dispute, 'under_review');
    await travel(house, 'P2D');
    await judge(house, dispute, 'win');
    return await ends(house, dispute, 'won');
  },
  async 'submitted-lost'(house) {
    const dispute = await disputed(house);
    await order(house, dispute, 'submit', { reason: 'There is proof', statement: 'Both were there' });
    await becomes(house, dispute, 'under_review');
    await judge(house, dispute, 'lose');
    return await ends(house, dispute, 'lost');
  },
  async accepted(house) {
    const dispute = await disputed(house);
    await order(house, dispute, 'accept', { reason: 'They are right' });
    return await ends(house, dispute, 'lost');
  },
  async 'inquiry-closed'(house) {
    const dispute = await disputed(house, { status: 'warning_needs_response' });
    await judge(house, dispute, 'close');
    return await ends(house, dispute, 'closed');
  },
};
