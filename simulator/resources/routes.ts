import { Routes, type Route } from '../http/route.ts';
import type { DueHandlers } from '../core/timeline.ts';
import { pruneKeys } from '../http/idempotency.ts';
import { accountRoutes } from './accounts.ts';
import { balanceRoutes, releaseFunds } from './balance.ts';
import { balanceSettingsRoutes } from './balance-settings.ts';
import { chargeRoutes } from './charges.ts';
import { expireDueSession } from './checkout-expiry.ts';
import { checkoutPageRoutes } from './checkout-pages.ts';
import { checkoutSessionRoutes } from './checkout-sessions.ts';
import { customerRoutes } from './customers.ts';
import { disputeRoutes } from './disputes.ts';
import { followUpCharge, stepDispute } from './disputing.ts';
import { earlyFraudWarningRoutes } from './early-fraud-warnings.ts';
import { eventRoutes } from './events.ts';
import { expireHold } from './holds.ts';
import { paymentIntentRoutes } from './payment-intents.ts';
import { paymentMethodRoutes } from './payment-methods.ts';
import { payoutRoutes, stepPayout } from './payouts.ts';
import { settleRefund } from './refunding.ts';
import { refundRoutes } from './refunds.ts';
import { setupIntentRoutes } from './setup-intents.ts';
import { transferRoutes } from './transfers.ts';
import { webhookEndpointRoutes } from './webhook-endpoints.ts';

/** Every endpoint of the API. A new kind of object is one more file of resources, listed here. */
export const apiRoutes: readonly Route[] = [
  ...paymentIntentRoutes,
  ...setupIntentRoutes,
  ...checkoutSessionRoutes,
  ...customerRoutes,
  ...paymentMethodRoutes,
  ...chargeRoutes,
  ...refundRoutes,
  ...disputeRoutes,
  ...earlyFraudWarningRoutes,
  ...transferRoutes,
  ...accountRoutes,
  ...payoutRoutes,
  ...balanceRoutes,
  ...balanceSettingsRoutes,
  ...eventRoutes,
  ...webhookEndpointRoutes,
];

/** Finds any of them, and what the payment pages ask, which Stripe documents nowhere. */
export const createRoutes = (): Routes => new Routes([...apiRoutes, ...checkoutPageRoutes]);

/** What the passing of time does to each kind of object. */
export const dueHandlers: DueHandlers = {
  expire_hold: expireHold,
  expire_session: expireDueSession,
  release_funds: releaseFunds,
  prune_keys: pruneKeys,
  step_payout: stepPayout,
  settle_refund: settleRefund,
  follow_up_charge: followUpCharge,
  step_dispute: stepDispute,
};
