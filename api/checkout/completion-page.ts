import { html } from 'hono/html';
import { documentOf } from './document.ts';
import type { Html } from './document.ts';
import { demoNotice, orderOf } from './order.ts';
import type { CheckoutStatus, ShownCheckout } from './shown-checkout.ts';

interface Outcome {
  readonly title: string;
  readonly text: string;
}

/** Everything that the page can come to say; the script shows the one that is so. */
const outcomes = {
  open: {
    title: 'Checking your payment…',
    text: 'We are asking the bank. This takes a few seconds; you can stay here or close the page.',
  },
  unpaid: {
    title: 'No payment has arrived yet',
    text: 'If you have just paid, the confirmation comes by e-mail. If you have not, you can go back and pay.',
  },
  processing: {
    title: 'Your payment is under way',
    text: 'Your bank has not confirmed it yet, which can take some days. Please do not pay again; we write to you as soon as it is decided.',
  },
  paid: {
    title: 'Thank you, your payment has arrived',
    text: 'The confirmation of your booking comes by e-mail.',
  },
  failed: {
    title: 'The payment did not go through',
    text: 'Nothing is booked. You can make the booking again and pay in another way.',
  },
  expired: {
    title: 'This checkout has expired',
    text: 'Nothing is booked. Should a payment still arrive for it, it is returned by itself.',
  },
  cancelled: {
    title: 'This booking is cancelled',
    text: 'Whatever is returned to you goes back the way you paid; the details come by e-mail.',
  },
  unknown: {
    title: 'We cannot be reached at the moment',
    text: 'What you have paid is not lost. Please look again in some minutes; the confirmation also comes by e-mail.',
  },
} as const satisfies Record<CheckoutStatus | 'unpaid' | 'unknown', Outcome>;

/** Says in plain words what became of the payment, and never more than Stripe's PaymentIntent says (B3). */
export const completionPage = (checkout: ShownCheckout, session: string): Html =>
  documentOf({
    title: `Your booking: ${checkout.title}`,
    body: html`${demoNotice(checkout)}
      <h1>${checkout.title}</h1>
      <div id="checkout" data-page="completion" data-session="${session}" data-status="${checkout.status}" role="status">
        ${Object.entries(outcomes).map(([name, { title, text }]) => outcome(name, title, text, name === checkout.status))}
      </div>
      <p id="onward" hidden>
        <a href="/checkout/${encodeURIComponent(session)}">Back to the payment</a>
      </p>
      ${orderOf(checkout)}
      <noscript><p>Load the page again to see news of your payment.</p></noscript>`,
  }); // prettier-ignore

const outcome = (name: string, title: string, text: string, isSo: boolean): Html =>
  html`<div data-outcome="${name}" ${isSo ? '' : 'hidden'}>
    <p class="outcome">${title}</p>
    <p>${text}</p>
  </div>`;
