const money = (minor, currency) => {
  const format = new Intl.NumberFormat(document.documentElement.lang || 'en', {
    style: 'currency',
    currency,
  });
  const digits = format.resolvedOptions().maximumFractionDigits;
  return { amount: format.format(minor / 10 ** digits), minorUnitsAmount: minor };
};

/** The session as Stripe.js shows it to a shop's page; `page` is what only the simulator's own pages read. */
export const shownSession = (view, email, canConfirm) => {
  const total = money(view.amount_total, view.currency);
  return {
    id: view.id,
    canConfirm,
    currency: view.currency,
    email,
    lineItems: view.items.map((item, at) => ({
      id: `li_${at + 1}`,
      name: item.name,
      description: item.description,
      quantity: item.quantity,
      unitAmount: money(item.unitAmount, view.currency),
      total: money(item.unitAmount * item.quantity, view.currency),
    })),
    livemode: false,
    status:
      view.status === 'complete'
        ? { type: 'complete', paymentStatus: view.payment_status }
        : { type: view.status },
    total: { subtotal: total, total },
    page: {
      cancelUrl: view.cancel_url,
      redirectOnCompletion: view.redirect_on_completion,
      returnUrl: view.return_url,
    },
  };
};
