/** An activity and the request by which it is known to be inside: that one is held up until its worker is dead. */
export interface Boundary {
  readonly activity: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
}

/**
 * Every activity that asks Stripe for something. The others (earnFee, advance, closeDebt, publish and those of the
 * calendar) are over in one transaction of ours or one answer of the calendar's; only a death at random meets them.
 * A payment, a checkout and a dispute are also read by the second attempt at changing them, which looks before it acts.
 */
export const boundaries: readonly Boundary[] = [
  { activity: 'authorize', method: 'POST', path: '/v1/payment_intents' },
  { activity: 'openCheckout', method: 'POST', path: '/v1/checkout/sessions' },
  { activity: 'createCustomer', method: 'POST', path: '/v1/customers' },
  { activity: 'saveCard', method: 'POST', path: '/v1/setup_intents' },
  { activity: 'readCheckout', method: 'GET', path: '/v1/checkout/sessions/*' },
  { activity: 'release', method: 'POST', path: '/v1/payment_intents/*/cancel' },
  { activity: 'capture', method: 'POST', path: '/v1/payment_intents/*/capture' },
  { activity: 'transfer', method: 'POST', path: '/v1/transfers' },
  { activity: 'payOut', method: 'POST', path: '/v1/payouts' },
  { activity: 'readPayment', method: 'GET', path: '/v1/payment_intents/*' },
  { activity: 'refund', method: 'POST', path: '/v1/refunds' },
  { activity: 'reverse', method: 'POST', path: '/v1/transfers/*/reversals' },
  { activity: 'expireCheckout', method: 'POST', path: '/v1/checkout/sessions/*/expire' },
  { activity: 'readBalance', method: 'GET', path: '/v1/balance' },
  { activity: 'readDispute', method: 'GET', path: '/v1/disputes/*' },
  { activity: 'submitEvidence', method: 'POST', path: '/v1/disputes/*' },
  { activity: 'acceptDispute', method: 'POST', path: '/v1/disputes/*/close' },
  { activity: 'readCard', method: 'GET', path: '/v1/setup_intents/*' },
];
