import { currentRules as bankDisputeRules } from '../../domain/bank-dispute/bank-dispute.ts';
import type { BankDisputeInput } from '../../domain/bank-dispute/bank-dispute.ts';
import { currentRules } from '../../domain/booking/booking.ts';
import type { BookingInput } from '../../domain/booking/booking.ts';
import { minor } from '../../domain/money.ts';
import type { UiMode } from '../../domain/payment/moves.ts';
import { defaultBookingPolicy, submitEvidenceBefore } from '../../domain/policy.ts';
import type { Caller } from './performing.ts';
import { begin } from './performing.ts';

const minuteMs = 60_000;
const usd = { currency: 'usd' } as const;
const first = { n: 1 } as const;
const price = minor(4_500);

/** Makes every move of bookings and of the banks' disputes, each once plainly or with a lost answer that is found again. */
export async function settleBookings(caller: Caller, stripeAccount: string): Promise<void> {
  const book = (id: string, uiMode: UiMode) => begin(caller, 'booking', input(id, uiMode), contacts);
  const input = (id: string, uiMode: UiMode): BookingInput => ({
    ...usual,
    id,
    openedAt: caller.ports.clock.now(),
    startsAt: caller.ports.clock.now() + 24 * 60 * minuteMs,
    provider: { ...usual.provider, stripeAccount },
    uiMode,
  });

  const paid = await book('paid', 'hosted');
  await paid.answerLost('/v1/checkout/sessions', paid.wish());
  await pays(caller, paid);
  const intent = { paymentIntentId: paid.stripeId('pi_') };
  const won = await accuse(caller, intent.paymentIntentId);
  const read = { type: 'readPayment', ...intent } as const;
  await paid.does(read);
  const answered = await begin(caller, 'dispute', disputeInput(caller, won, paid.workflowId));
  await answered.does({ type: 'readDispute', disputeId: won });
  await answered.answerLost(`/v1/disputes/${won}`, {
    type: 'submitEvidence',
    ...first,
    disputeId: won,
    agreement: paid.workflowId,
    statement: 'They met.',
  });
  await caller.play(`/disputes/${won}/win`);
  await paid.does(read);
  // What the bank gave back is no longer backed by the charge it came from.
  const share = { ...usd, amount: minor(4_050), fee: minor(450), chargeId: null, stripeAccount };
  await paid.answerLost('/v1/transfers', { type: 'transfer', ...first, ...share });
  await paid.does({ type: 'readBalance', ...usd, stripeAccount });
  const transferId = paid.stripeId('tr_');
  const reversal = { type: 'reverse', ...first, transferId, amount: minor(1_000) } as const;
  await paid.answerLost(`/v1/transfers/${transferId}/reversals`, reversal);
  await paid.does(read);
  await paid.shown();

  const unpaid = await book('unpaid', 'embedded');
  await unpaid.does(unpaid.wish());
  await caller.advance(31 * minuteMs);
  await unpaid.answerLost(`/v1/checkout/sessions/${unpaid.stripeId('cs_')}/expire`, unpaid.wish());
  await landsUnnamed(caller, unpaid.workflowId);
  await unpaid.does({ type: 'readCheckout', sessionId: unpaid.stripeId('cs_') });

  const lost = await book('lost', 'elements');
  await lost.does(lost.wish());
  await pays(caller, lost);
  const disputeId = await accuse(caller, lost.stripeId('pi_'));
  const given = await begin(caller, 'dispute', disputeInput(caller, disputeId, lost.workflowId));
  await given.answerLost(`/v1/disputes/${disputeId}/close`, { type: 'acceptDispute', ...first, disputeId });
}

const contacts = { attendee: { name: 'S', email: 's@example.org', timeZone: 'UTC' } };

const usual = {
  rules: currentRules,
  ...usd,
  amount: price,
  durationMinutes: 50,
  eventTypeId: 7,
  seat: 'A1',
  provider: { id: 'prv_1', username: 't', account: 'prv_acct_1' },
  returnUrl: 'https://app.example.org/done',
  policy: { id: 'default', version: 1, terms: defaultBookingPolicy },
} as const;

const disputeInput = (caller: Caller, id: string, agreement: string): BankDisputeInput => ({
  rules: bankDisputeRules,
  id,
  openedAt: caller.ports.clock.now(),
  amount: price,
  ...usd,
  reason: 'fraudulent',
  agreement,
  payeeAccount: usual.provider.account,
  submitBefore: submitEvidenceBefore,
});

type Booking = Awaited<ReturnType<typeof begin>>;

/** The payer pays on the page, and the checkout is read as paid. */
async function pays({ play }: Caller, booking: Booking): Promise<void> {
  const sessionId = booking.stripeId('cs_');
  await play(`/checkout/sessions/${sessionId}/complete`, { paymentMethod: 'pm_card_bypassPending' });
  await booking.does({ type: 'readCheckout', sessionId });
}

/** The payer's bank takes the money back; answers Stripe's id of the dispute. */
const accuse = async ({ play }: Caller, paymentIntent: string): Promise<string> =>
  (await play<{ id: string }>('/disputes', { paymentIntent, reason: 'fraudulent' })).id;

/** Money for an agreement in a payment that its session does not name. */
const landsUnnamed = ({ stranger }: Caller, workflowId: string) =>
  stranger.paymentIntents.create({
    ...usd,
    amount: price,
    transfer_group: workflowId,
    payment_method: 'pm_card_visa',
    allowed_payment_method_types: ['card'],
    confirm: true,
  });
