import type Stripe from 'stripe';
import type { MoveOf, UiMode } from '../../domain/payment/moves.ts';
import { requestIdOf } from '../intent-facts.ts';
import type { Attempt, Verb } from '../operation.ts';
import type { Outcome } from '../outcome.ts';
import { createdFrom, stampOf } from '../stamps.ts';
import { offerOf } from '../offer.ts';

type OpenCheckout = MoveOf<'openCheckout'>;

/** The names Stripe gives the ways to pay since 2026-03-25 (stripe-rules V1). */
const uiModes = {
  hosted: 'hosted_page',
  embedded: 'embedded_page',
  elements: 'elements',
} as const satisfies Record<UiMode, string>;

/**
 * Opens the checkout: one line, one price, and whose it is on the session and on the payment that comes of it, since
 * Stripe copies none of it from one to the other (H3).
 */
export const openCheckout: Verb<OpenCheckout> = {
  async find(attempt) {
    const { ports, key, workflowId } = attempt;
    for await (const found of ports.stripe.checkout.sessions.list({ ...createdFrom(attempt), limit: 100 })) {
      const isOurs = found.client_reference_id === workflowId && found.metadata?.['operation'] === key;
      if (isOurs) return outcome(attempt, found);
    }
    return null;
  },

  async make(attempt, idempotencyKey) {
    const { ports, move, workflowId } = attempt;
    const { title, email, facts } = await offerOf(attempt);
    const metadata = { ...stampOf(attempt), ...facts };
    const back = withSession(move.returnUrl);
    const params: Stripe.Checkout.SessionCreateParams = {
      mode: 'payment',
      ui_mode: uiModes[move.uiMode],
      client_reference_id: workflowId,
      customer_email: email,
      line_items: [
        {
          quantity: 1,
          price_data: { currency: move.currency, unit_amount: move.amount, product_data: { name: title } },
        },
      ],
      expires_at: move.expiresAt / 1_000,
      metadata,
      payment_intent_data: { transfer_group: workflowId, metadata },
      ...(move.uiMode === 'hosted' ? { success_url: back, cancel_url: move.returnUrl } : { return_url: back }),
    };
    return outcome(attempt, await ports.stripe.checkout.sessions.create(params, { idempotencyKey }));
  },
}; // prettier-ignore

/** Stripe puts the session's id in; whoever comes back is known by it (B1). */
const withSession = (url: string): string =>
  url.includes('{CHECKOUT_SESSION_ID}')
    ? url
    : `${url}${url.includes('?') ? '&' : '?'}session_id={CHECKOUT_SESSION_ID}`;

const outcome = ({ ports }: Attempt<OpenCheckout>, session: Stripe.Checkout.Session): Outcome => ({
  fact: {
    type: 'checkoutOpened',
    at: ports.clock.now(),
    sessionId: session.id,
    url: session.url,
    clientSecret: session.client_secret,
    expiresAt: session.expires_at * 1_000,
  },
  objects: [{ objectId: session.id, kind: 'checkout_session' }],
  requestId: requestIdOf(session),
  effect: true,
});
