import { html } from 'hono/html';
import type { Html } from './document.ts';
import type { ShownCheckout } from './shown-checkout.ts';
import { lengthText, priceText, timeText } from './words.ts';

/** What is booked and what it costs. */
export const orderOf = (checkout: ShownCheckout): Html =>
  html`<section aria-labelledby="order">
    <h2 id="order">Your booking</h2>
    <dl>
      <dt>What</dt>
      <dd>${checkout.title}</dd>
      <dt>With</dt>
      <dd>${checkout.provider}</dd>
      <dt>When</dt>
      <dd>
        <time datetime="${checkout.startsAt}"
          >${timeText(checkout.startsAt, checkout.attendee.timeZone)}</time
        >
      </dd>
      <dt>Length</dt>
      <dd>${lengthText(checkout.duration)}</dd>
      <dt>For</dt>
      <dd>${checkout.attendee.name}, ${checkout.attendee.email}</dd>
      <dt>Total</dt>
      <dd><strong>${priceText(checkout.amount, checkout.currency)}</strong></dd>
    </dl>
  </section>`;

/** The reminder that nobody's money moves in demo mode. */
export const demoNotice = ({ demo }: ShownCheckout): Html =>
  demo ? html`<p class="notice">Demo: Stripe is simulated, no money moves. Use no real card.</p>` : html``;
