// A stand-in for Stripe.js: the part of it that Checkout needs, answered by the simulator it was loaded from.
import { checkoutFor } from './checkout.mjs';
import { embeddedPage } from './embedded-page.mjs';

const { origin } = new URL(document.currentScript.src);

const secretOf = ({ clientSecret, fetchClientSecret }) => clientSecret ?? fetchClientSecret();

window.Stripe = (key) => {
  const begin = (options) => checkoutFor(origin, key, secretOf(options));
  const embed = async (options) => embeddedPage(origin, secretOf(options), options.onComplete);
  return {
    initCheckoutElementsSdk: begin,
    // Its older form took a function and was a promise of the loaded checkout; pages written for either work.
    initCheckout(options) {
      const checkout = begin(options);
      return options.fetchClientSecret === undefined ? checkout : checkout.loadActions().then(() => checkout);
    },
    createEmbeddedCheckoutPage: embed,
    initEmbeddedCheckout: embed,
  };
};
