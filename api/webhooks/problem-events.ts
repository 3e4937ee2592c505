import type { AlertType } from '../../domain/machine.ts';
import type { InboxEvent } from '../../store/inbox.ts';
import { objectOf } from './event.ts';

interface Problem {
  readonly type: AlertType;
  readonly message: string;
}

const problem = (type: AlertType, message: string): Problem => ({ type, message });

/** The event types that tell of trouble with money, and the alert each opens (W4). */
const problems: Readonly<Record<string, Problem>> = {
  'payment_intent.payment_failed': problem('PAYMENT_FAILED', 'A payment failed'),
  'setup_intent.setup_failed': problem('PAYMENT_FAILED', 'A card could not be saved'),
  'payment_intent.canceled': problem('PAYMENT_CANCELED', 'A payment was cancelled outside Holdfast'),
  'charge.refunded': problem('CHARGE_REFUNDED', 'A charge was refunded outside Holdfast'),
  'charge.dispute.created': problem('CHARGE_DISPUTE', 'The bank disputes a charge'),
  'charge.dispute.funds_withdrawn': problem('CHARGE_DISPUTE', 'The bank withdrew a disputed charge'),
  'refund.failed': problem('REFUND_FAILED', 'A refund did not arrive'),
  'payout.failed': problem('PAYOUT_FAILED', 'A payout did not arrive'),
  'payout.canceled': problem('PAYOUT_CANCELED', 'A payout was cancelled'),
  'checkout.session.async_payment_failed': problem('PAYMENT_FAILED', 'A payment failed after the checkout'),
  'radar.early_fraud_warning.created': problem('FRAUD_WARNING', 'The card network warns of fraud'),
  'transfer.reversed': problem('PAYMENT_OUT_OF_SYNC', 'A transfer was reversed outside Holdfast'),
};

/** The alert an event opens, or null. A released hold was never charged, so it is no refund. */
export function problemIn(event: InboxEvent): Problem | null {
  const found = Object.hasOwn(problems, event.type) ? problems[event.type] : undefined;
  if (found === undefined) return null;
  const object = objectOf(event);
  if (event.type === 'charge.refunded' && (object['captured'] !== true || object['amount_captured'] === 0)) {
    return null;
  }
  const code = object['failure_code'];
  const detail = typeof code === 'string' && /^[a-z0-9_]{1,60}$/.test(code) ? ` (${code})` : '';
  return { ...found, message: `${found.message}${detail}: ${event.objectId ?? event.eventId}` };
}
