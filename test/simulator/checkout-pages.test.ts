import { runInNewContext } from 'node:vm';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { testNumbers } from '../../simulator/resources/checkout-numbers.ts';
import { testCardNamed } from '../../simulator/resources/test-cards.ts';
import { alone, openTill, type Session, type Till } from './checkouts.ts';

let till: Till;
beforeAll(async () => {
  till = await openTill();
});
afterAll(async () => {
  expect((await till.house.books()).violations).toEqual([]);
  await till.house.close();
});

interface View {
  status: string;
  payment_status: string;
  requires_action: boolean;
  return_url: string;
  problem: { code: string; message: string } | null;
}

const secretOf = (session: Session): string => session.url?.split('#')[1] ?? '';

/** Asks as the page does, with a publishable key and the secret of the link. */
const ask = (
  at: Till,
  session: Session,
  call: string,
  more: Record<string, string> = {},
): Promise<Response> =>
  fetch(`${at.house.sim.url}/v1/payment_pages/${session.id}/${call}`, {
    method: 'POST',
    headers: { authorization: 'Bearer pk_test_page', origin: 'http://127.0.0.1:3000' },
    body: new URLSearchParams({ client_secret: secretOf(session), ...more }),
  });

const view = async (answer: Promise<Response>): Promise<View> => {
  const { status, json } = await answer.then(async (it) => ({
    status: it.status,
    json: (await it.json()) as View,
  }));
  expect(status).toBe(200);
  return json;
};

const get = (path: string): Promise<Response> => fetch(`${till.house.sim.url}${path}`);

describe('a payment page', () => {
  it('charges once however often its button is pressed', async () => {
    await alone(async (own) => {
      const session = await own.open();
      const press = () =>
        view(ask(own, session, 'confirm', { payment_method: 'pm_card_visa', email: 's@example.org' }));
      const pressed = await Promise.all([press(), press(), press()]);
      expect(pressed.map((each) => each.payment_status)).toEqual(['paid', 'paid', 'paid']);
      expect(pressed[0]?.return_url).toBe(`https://shop.example/done?session=${session.id}`);
      expect((await own.again(session)).customer_details?.email).toBe('s@example.org');
      expect((await own.story()).filter((type) => type === 'charge.succeeded')).toHaveLength(1);
      expect(await own.taken()).toBe(5000);
    });
  });

  it('asks the bank once and takes nothing from a payer who does not answer it', async () => {
    await alone(async (own) => {
      const session = await own.open();
      const card = { payment_method: 'pm_card_authenticationRequired', email: 's@example.org' };
      expect((await view(ask(own, session, 'confirm', card))).requires_action).toBe(true);
      expect((await view(ask(own, session, 'confirm', card))).requires_action).toBe(true);
      expect((await own.story()).filter((type) => type === 'payment_intent.requires_action')).toHaveLength(1);
      const failed = await view(ask(own, session, 'authenticate', { outcome: 'fail' }));
      expect([failed.status, failed.problem?.code]).toEqual([
        'open',
        'payment_intent_authentication_failure',
      ]);
      expect(await own.taken()).toBe(0);
      await view(ask(own, session, 'confirm', card));
      const paid = await view(ask(own, session, 'authenticate', { outcome: 'complete' }));
      expect([paid.status, paid.payment_status]).toEqual(['complete', 'paid']);
      expect(await own.taken()).toBe(5000);
    });
  });

  it('tells a thief no more than that the card was declined', async () => {
    const session = await till.open();
    const card = { payment_method: 'pm_card_chargeDeclinedStolenCard', email: 's@example.org' };
    const answer = await (await ask(till, session, 'confirm', card)).text();
    expect((JSON.parse(answer) as View).problem).toEqual({
      code: 'card_declined',
      message: 'Your card was declined.',
    });
    expect(answer).not.toContain('stolen_card');
  });

  it('of an expired session shows so and begins no payment', async () => {
    const session = await till.open();
    await till.play(session, 'expire');
    const late = await view(ask(till, session, 'confirm', { payment_method: 'pm_card_visa' }));
    expect(late.status).toBe('expired');
    expect((await till.again(session)).payment_intent).toBeNull();
  });

  it('lets nobody pay who has not the link, and nobody else than a page of this machine listen', async () => {
    const [session, other] = [await till.open(), await till.open()];
    const stolen = await ask(till, { ...session, url: other.url }, 'init');
    expect(stolen.status).toBe(401);
    const from = async (origin: string) => {
      const path = `${till.house.sim.url}/v1/payment_pages/${session.id}/init`;
      const preflight = await fetch(path, { method: 'OPTIONS', headers: { origin } });
      return [preflight.status, preflight.headers.get('access-control-allow-origin')];
    };
    expect(await from('http://localhost:3000')).toEqual([204, 'http://localhost:3000']);
    expect(await from('https://evil.example')).toEqual([403, null]);
    const own = await ask(till, session, 'init');
    expect(own.headers.get('access-control-allow-origin')).toBe('http://127.0.0.1:3000');
    const listed = await fetch(`${till.house.sim.url}/v1/checkout/sessions`, {
      headers: { authorization: 'Bearer sk_test_house', origin: 'http://127.0.0.1:3000' },
    });
    expect([listed.status, listed.headers.get('access-control-allow-origin')]).toEqual([200, null]);
  });
});

describe('what a browser loads', () => {
  it('runs nothing but the simulator’s own files', async () => {
    const session = await till.open();
    const page = await fetch(session.url ?? '');
    const html = await page.text();
    expect(page.headers.get('content-security-policy')).toContain("default-src 'none'; script-src 'self'");
    expect(page.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)/);
    const named = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path]) => path ?? '');
    expect(named.toSorted()).toEqual(['/c/checkout.css', '/c/checkout.mjs', '/stripe.js']);
    for (const path of named) expect((await get(path)).status).toBe(200);
    expect((await get('/favicon.ico')).status).toBe(204);
    const framed = await get(`/c/embed/${session.id}`);
    expect(framed.headers.get('content-security-policy')).toContain('frame-ancestors http://127.0.0.1:*');
  });

  it.each(['/stripe.js', '/v3/', '/v3', '/clover/stripe.js'])(
    '%s is one script that defines Stripe',
    async (path) => {
      const script = await get(path);
      expect(script.headers.get('content-type')).toContain('text/javascript');
      const source = await script.text();
      expect(source).not.toMatch(/^(?:import|export) /m);
      const browser: { Stripe?: (key: string) => Record<string, unknown> } = {};
      const document = { currentScript: { src: `${till.house.sim.url}${path}` } };
      runInNewContext(source, { window: browser, document, URL });
      expect(Object.keys(browser.Stripe?.('pk_test_1') ?? {})).toEqual([
        'initCheckoutElementsSdk',
        'initCheckout',
        'createEmbeddedCheckoutPage',
        'initEmbeddedCheckout',
      ]);
    },
  );
});

describe('a card number', () => {
  const passesItsOwnCheck = (number: string): boolean => {
    const digits = number.split('').reverse().map(Number);
    const sum = digits.reduce((total, digit, at) => {
      const doubled = digit * 2;
      return total + (at % 2 === 0 ? digit : doubled > 9 ? doubled - 9 : doubled);
    }, 0);
    return sum % 10 === 0;
  };

  it.each(Object.entries(testNumbers))('%s is written rightly and stands for %s', (number, card) => {
    expect(passesItsOwnCheck(number)).toBe(true);
    expect(testCardNamed(card)?.type).toBe('card');
  });
});
