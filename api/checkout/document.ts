import { html } from 'hono/html';
import type { HtmlEscapedString } from 'hono/utils/html';

/** What `html` makes: text in which every value was escaped. */
export type Html = HtmlEscapedString | Promise<HtmlEscapedString>;

interface Page {
  readonly title: string;
  /** Stripe's script, where the page takes a payment. */
  readonly stripeJs?: string | undefined;
  readonly body: Html;
}

/** The frame of every page here: its own style and script, loaded by address, and nothing inline. */
export const documentOf = ({ title, stripeJs, body }: Page): Html =>
  html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="robots" content="noindex" />
        <title>${title}</title>
        <link rel="icon" href="/checkout/assets/icon.svg" type="image/svg+xml" />
        <link rel="stylesheet" href="/checkout/assets/checkout.css" />
        ${stripeJs === undefined ? '' : html`<script src="${stripeJs}" defer></script>`}
        <script src="/checkout/assets/checkout.mjs" type="module"></script>
      </head>
      <body>
        <main>${body}</main>
      </body>
    </html>`;

/** What somebody sees whose address leads to no checkout of ours. */
export const unknownPage = (): Html =>
  documentOf({
    title: 'No such checkout',
    body: html`<h1>There is no checkout here</h1>
      <p>This address is not whole, or the booking is gone. Please open the link that you were given.</p>
      <p>If you have paid, the confirmation comes by e-mail.</p>`,
  });

/** What somebody sees who comes back without word of which payment it was: so Stripe sends those who leave its page. */
export const nothingPaidPage = (): Html =>
  documentOf({
    title: 'Your payment',
    body: html`<h1>Your payment</h1>
      <p>If you left the payment page without paying, nothing was charged.</p>
      <p>To go on, open the payment link again. If you have paid, the confirmation comes by e-mail.</p>`,
  });
