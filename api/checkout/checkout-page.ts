import { html } from 'hono/html';
import { assertNever } from '../../domain/errors.ts';
import { documentOf } from './document.ts';
import type { Html } from './document.ts';
import { demoNotice, orderOf } from './order.ts';
import type { ShownCheckout } from './shown-checkout.ts';
import { priceText } from './words.ts';

/** Shows what is booked and takes its payment, or says why there is nothing to pay. */
export const checkoutPage = (checkout: ShownCheckout, session: string): Html =>
  documentOf({
    title: `Pay for ${checkout.title}`,
    stripeJs: takesPayment(checkout) ? checkout.stripeJs : undefined,
    body: html`${demoNotice(checkout)}
      <h1>${checkout.title}</h1>
      ${orderOf(checkout)} ${partOf(checkout, session)}`,
  });

const takesPayment = ({ status, clientSecret, publishableKey }: ShownCheckout): boolean =>
  status === 'open' && clientSecret !== null && publishableKey !== null;

function partOf(checkout: ShownCheckout, session: string): Html {
  switch (checkout.status) {
    case 'open':
      return takesPayment(checkout) ? paymentPart(checkout, session) : elsewhere(checkout);
    case 'paid':
      return over('This booking is paid. There is nothing more to do.', session);
    case 'processing':
      return over('Your payment is under way. Your bank has not confirmed it yet; please do not pay again.', session);
    case 'failed':
      return over('The payment did not go through, and this checkout is closed. Please book again.', session);
    case 'expired':
      return over('This checkout has expired and takes no payment any more. Please book again.', session);
    case 'cancelled':
      return over('This booking is cancelled. There is nothing to pay.', session);
    default:
      return assertNever(checkout.status);
  }
} // prettier-ignore

const over = (sentence: string, session: string): Html =>
  html`<p id="checkout" data-page="over" role="status">${sentence}</p>
    <p>
      <a href="/checkout/complete?session_id=${encodeURIComponent(session)}">See how the payment stands</a>
    </p>`;

/** The customer of a hosted checkout pays at Stripe's own address; without a key nobody pays at ours. */
const elsewhere = ({ url }: ShownCheckout): Html =>
  url === null
    ? html`<p role="status">This page takes no payments at the moment. Nothing was charged.</p>`
    : html`<p><a class="button" href="${url}">Go to the payment page</a></p>`;

const paymentPart = (checkout: ShownCheckout, session: string): Html =>
  html`<section
      id="checkout"
      aria-labelledby="payment-title"
      data-page="${checkout.uiMode}"
      data-session="${session}"
      data-client-secret="${checkout.clientSecret}"
      data-publishable-key="${checkout.publishableKey}"
    >
      <h2 id="payment-title">Payment</h2>
      <p id="progress" role="status">Loading the payment form…</p>
      ${checkout.uiMode === 'elements' ? form(checkout) : html`<div id="payment"></div>`}
      <p id="problem" role="alert"></p>
      <p><button id="again" type="button" hidden>Load the page again</button></p>
    </section>
    <noscript><p>Paying here needs JavaScript.</p></noscript>`;

const form = ({ amount, currency }: ShownCheckout): Html =>
  html`<form id="pay" novalidate hidden>
    <div id="payment"></div>
    <button id="submit" type="submit">Pay ${priceText(amount, currency)}</button>
  </form>`;
