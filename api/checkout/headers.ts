import type { MiddlewareHandler } from 'hono';
import { secureHeaders } from 'hono/secure-headers';
import type { ApiConfig, ApiEnv } from '../ports.ts';

// api/checkout/: the pages a customer pays on and comes back to. They show what the API says and decide nothing; card
// numbers go from Stripe's own frames to Stripe and never come here.

const nothing = ["'none'"];
const own = "'self'";

/** Where Stripe's own script comes from; its frames and calls go to the other hosts that Stripe names. */
const stripeScripts = 'https://js.stripe.com';

interface Hosts {
  readonly scripts: readonly string[];
  readonly calls: readonly string[];
  readonly frames: readonly string[];
  readonly images: readonly string[];
}

const stripeHosts: Hosts = {
  scripts: [stripeScripts, 'https://*.js.stripe.com'],
  calls: ['https://api.stripe.com', 'https://checkout.stripe.com'],
  frames: [
    stripeScripts,
    'https://*.js.stripe.com',
    'https://hooks.stripe.com',
    'https://checkout.stripe.com',
  ],
  images: ['https://*.stripe.com'],
};

/** A stand-in for Stripe has its script, frames and calls in one place. */
const onlyFrom = (host: string): Hosts => ({ scripts: [host], calls: [host], frames: [host], images: [] });

/**
 * Lets a checkout page run its own files and Stripe's, and nothing else: nothing inline, no other host, in nobody's
 * frame. It goes before what protects other answers, so that its word is the last.
 */
export function checkoutHeaders({ stripeJs }: Pick<ApiConfig, 'stripeJs'>): MiddlewareHandler<ApiEnv> {
  const { origin } = new URL(stripeJs);
  const { scripts, calls, frames, images } = origin === stripeScripts ? stripeHosts : onlyFrom(origin);
  return secureHeaders({
    xFrameOptions: 'DENY',
    referrerPolicy: 'no-referrer',
    crossOriginResourcePolicy: 'same-origin',
    // A bank or a wallet may open a window of its own and has to be able to answer.
    crossOriginOpenerPolicy: 'same-origin-allow-popups',
    contentSecurityPolicy: {
      defaultSrc: nothing,
      scriptSrc: [own, ...scripts],
      styleSrc: [own],
      imgSrc: [own, ...images],
      connectSrc: [own, ...calls],
      frameSrc: [...frames],
      baseUri: nothing,
      formAction: nothing,
      frameAncestors: nothing,
    },
  });
}
