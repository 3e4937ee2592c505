// The pages that a customer sees at Stripe: the payment page, by itself or in a frame, and the script shops load.
import { readFileSync } from 'node:fs';
import type { SimRequest, SimResponse } from '../http/exchange.ts';
import { joinModules } from './join-modules.ts';

const read = (file: URL): string => readFileSync(file, 'utf8');

const page = read(new URL('./checkout.html', import.meta.url));
const style = read(new URL('./checkout.css', import.meta.url));
const script = read(new URL('./checkout.mjs', import.meta.url));
const stripeJs = joinModules(new URL('./stripe-js/stripe.mjs', import.meta.url));

const answer = (type: string, body: string, headers: Record<string, string> = {}): SimResponse => ({
  status: 200,
  headers: {
    'content-type': `${type}; charset=utf-8`,
    'x-content-type-options': 'nosniff',
    'cache-control': 'no-store',
    ...headers,
  },
  body,
});

/** Nothing but this server's own files runs in a payment page, and only who may frame it does. */
const shown = (framedBy: string): SimResponse =>
  answer('text/html', page, {
    'content-security-policy': `default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors ${framedBy}`,
    'referrer-policy': 'no-referrer',
  });

/** A shop under development is on this machine; elsewhere there is nobody to frame a simulator. */
const loopback = 'http://127.0.0.1:* http://localhost:*';

/** Stripe serves its script under the name of a release, or of the version before releases had names. */
const stripeJsPath = /^\/(?:stripe\.js|v3\/?|[a-z]+\/stripe\.js)$/;

/** Answers what a browser loads, or nothing when the request is for the API. */
export const answerPage = ({ method, path }: SimRequest): SimResponse | undefined => {
  if (method !== 'GET' && method !== 'HEAD') return undefined;
  const [bare = ''] = path.split('?', 1);
  if (bare === '/favicon.ico') return { status: 204, headers: {}, body: '' };
  if (bare === '/c/checkout.css') return answer('text/css', style);
  if (bare === '/c/checkout.mjs') return answer('text/javascript', script);
  if (/^\/c\/pay\/[^/]+$/.test(bare)) return shown("'none'");
  if (/^\/c\/embed\/[^/]+$/.test(bare)) return shown(loopback);
  if (stripeJsPath.test(bare))
    return answer('text/javascript', stripeJs, {
      'access-control-allow-origin': '*',
      'cross-origin-resource-policy': 'cross-origin',
    });
  return undefined;
};
