import type Stripe from 'stripe';
import type { MoveFact } from '../../domain/payment/moves.ts';
import { factOfIntent, intentExpansion, outcomeOfIntent, requestIdOf } from '../intent-facts.ts';
import type { Outcome } from '../outcome.ts';
import type { Ports } from '../tasks.ts';

/**
 * Reads the checkout as Stripe has it now. Whether it is paid is the PaymentIntent's word alone: a session that is
 * complete may still wait for a bank, and one that expired may have been paid in the same moment (B3, H1, H2).
 */
export async function readCheckout(sessionId: string, workflowId: string, ports: Ports): Promise<Outcome> {
  const expand = intentExpansion.map((path) => `payment_intent.${path}`);
  const session = await ports.stripe.checkout.sessions.retrieve(sessionId, { expand });
  const attached = typeof session.payment_intent === 'object' ? session.payment_intent : null;
  const intent = attached ?? (session.status === 'open' ? null : await paidIntent(workflowId, ports));
  const fact = intent && factOfIntent(intent, ports.clock, session.amount_total);
  if (intent !== null && fact?.type === 'captured') return outcomeOfIntent(intent, fact);
  const tried = fact?.type === 'paymentPending' ? fact : null;
  const seen = seenAs(session, tried, ports);
  if (intent === null) {
    return { fact: seen, objects: [], requestId: requestIdOf(session), effect: false };
  }
  return { ...outcomeOfIntent(intent, seen), effect: false };
}

function seenAs(
  { id, status }: Stripe.Checkout.Session,
  tried: Extract<MoveFact, { type: 'paymentPending' }> | null,
  { clock }: Ports,
): MoveFact {
  const known = status === 'complete' ? 'complete' : status === 'expired' ? 'expired' : 'open';
  const { paymentIntentId, clientSecret, awaited, failureCode } = tried ?? {};
  const pending =
    paymentIntentId === undefined || awaited === undefined
      ? null
      : { paymentIntentId, awaited, clientSecret: clientSecret ?? null, failureCode: failureCode ?? null };
  return { type: 'checkoutSeen', at: clock.now(), sessionId: id, status: known, tried: pending };
}

/** A payment that landed although its session does not name it: found by the group it was made in (B6, B18). */
async function paidIntent(workflowId: string, { stripe }: Ports): Promise<Stripe.PaymentIntent | null> {
  for await (const charge of stripe.charges.list({ transfer_group: workflowId, limit: 100 })) {
    if (charge.status !== 'succeeded' || charge.payment_intent === null) continue;
    const id = typeof charge.payment_intent === 'string' ? charge.payment_intent : charge.payment_intent.id;
    return await stripe.paymentIntents.retrieve(id, { expand: intentExpansion });
  }
  return null;
}
