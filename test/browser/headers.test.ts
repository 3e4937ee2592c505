import { Hono } from 'hono';
import { describe, expect, it } from 'vitest';
import { checkoutHeaders } from '../../api/checkout/headers.ts';
import type { ApiEnv } from '../../api/ports.ts';

describe('a page that takes real cards', () => {
  it('lets in the hosts that Stripe names where Stripe is real, and nothing inline', async () => {
    const app = new Hono<ApiEnv>();
    app.use(checkoutHeaders({ stripeJs: 'https://js.stripe.com/endive/stripe.js' }));
    const answer = await app.request('/');
    expect(answer.headers.get('content-security-policy')?.split('; ')).toEqual([
      "default-src 'none'",
      "script-src 'self' https://js.stripe.com https://*.js.stripe.com",
      "style-src 'self'",
      "img-src 'self' https://*.stripe.com",
      "connect-src 'self' https://api.stripe.com https://checkout.stripe.com",
      'frame-src https://js.stripe.com https://*.js.stripe.com https://hooks.stripe.com https://checkout.stripe.com',
      "base-uri 'none'",
      "form-action 'none'",
      "frame-ancestors 'none'",
    ]);
  });
});
