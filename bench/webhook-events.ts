import { createHmac } from 'node:crypto';
import Stripe from 'stripe';
import { requestBytes } from './http-load.ts';

/** A size that Stripe's own events of payments have, of which most is the object. */
const padding = 'x'.repeat(1_500);

/** An event that one of our own requests caused, as most are: it is stored, found to be an echo and wakes nobody. */
export function echoBody(idempotencyKey: string, workflowId: string): string {
  return JSON.stringify({
    id: `evt_${crypto.randomUUID().replaceAll('-', '')}`,
    object: 'event',
    api_version: Stripe.API_VERSION,
    created: Math.floor(Date.now() / 1_000),
    livemode: false,
    pending_webhooks: 1,
    request: { id: 'req_1', idempotency_key: idempotencyKey },
    type: 'payment_intent.amount_capturable_updated',
    data: { object: { id: 'pi_bench', object: 'payment_intent', metadata: { workflow_id: workflowId }, description: padding } },
  });
} // prettier-ignore

/** The request with which Stripe delivers this event, signed now. */
export function delivery(url: string, body: string, secret: string): Buffer {
  const seconds = Math.floor(Date.now() / 1_000);
  const digest = createHmac('sha256', secret).update(`${seconds}.${body}`).digest('hex');
  return requestBytes(
    url,
    'POST',
    { 'content-type': 'application/json', 'stripe-signature': `t=${seconds},v1=${digest}` },
    body,
  );
}
