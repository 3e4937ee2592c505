import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { checkBooks } from '../house/books.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { travel } from '../house/lessons.ts';
import { book, charges, openProvider, price, show, taken, until } from './bookings.ts';
import type { ShownBooking, ToPay } from './bookings.ts';
import { startChromium } from './chromium.ts';
import { arrive, asCustomer, cards, enterCard, frameOf, payButton, problem, says } from './customer.ts';

let house: House;
let browser: Browser;
let provider: string;

beforeAll(async () => {
  browser = await startChromium();
  house = await openHouse();
  provider = await openProvider(house);
});

afterAll(async () => {
  await browser?.close();
  await house?.close();
});

const bookHere = (uiMode: 'hosted' | 'embedded' | 'elements'): Promise<ToPay> =>
  book(house, provider, uiMode);

const hasArrived = 'Thank you, your payment has arrived';

/** The booking is confirmed, and its customer paid its price in one charge. */
async function expectPaidOnce({ id }: ToPay): Promise<void> {
  const { payment } = await until(house, id, 'confirmed');
  expect([payment.captured, payment.refunded]).toEqual([price, 0]);
  expect(await charges(house, id)).toEqual([price]);
}

describe('a customer', () => {
  it('pays once on Stripe’s page, comes back to a page that says so, and is booked', async () => {
    const toPay = await bookHere('hosted');
    await asCustomer(browser, async (page) => {
      await page.goto(toPay.url);
      await enterCard(page, cards.pays);
      await payButton(page).click();
      await page.waitForURL(`${house.apiUrl}/checkout/complete?session_id=${toPay.session}`);
      await says(page, hasArrived);
    });
    await expectPaidOnce(toPay);
    await checkBooks(house);
  });

  it('pays once on our own page and is booked', async () => {
    const toPay = await bookHere('elements');
    expect(toPay.url).toBe(`${house.apiUrl}/checkout/${toPay.session}`);
    await asCustomer(browser, async (page) => {
      await page.goto(toPay.url);
      // Eastern time, whatever the clock of the server or of the browser.
      await says(page, /at \d\d:\d\d \(America\/New York\)/);
      await says(page, 'Grace <b>Hopper</b>, grace@example.org');
      await says(page, '1 h 30 min');
      await enterCard(page, cards.pays);
      expect(await payButton(page).textContent()).toBe('Pay $45.00');
      await payButton(page).click();
      await says(page, hasArrived);
    });
    await expectPaidOnce(toPay);
    await checkBooks(house);
  });

  it('pays once in the embedded page and is booked', async () => {
    const toPay = await bookHere('embedded');
    await asCustomer(browser, async (page) => {
      await page.goto(toPay.url);
      await enterCard(frameOf(page), cards.pays);
      await payButton(frameOf(page)).click();
      await says(page, hasArrived);
    });
    await expectPaidOnce(toPay);
    await checkBooks(house);
  });

  it('whose cards are refused is told why in plain words, and pays once with the next', async () => {
    const toPay = await bookHere('elements');
    const before = await taken(house);
    await asCustomer(browser, async (page) => {
      await page.goto(toPay.url);
      const refusals: [card: string, words: RegExp][] = [
        [cards.declined, /declined/],
        [cards.poor, /insufficient funds|not enough money/],
        [cards.expired, /expired/],
      ];
      for (const [card, words] of refusals) {
        await enterCard(page, card);
        await payButton(page).click();
        await page.getByRole('alert').filter({ hasText: words }).waitFor();
      }
      expect(await taken(house)).toBe(before);
      await enterCard(page, cards.pays);
      await payButton(page).click();
      await says(page, hasArrived);
    });
    await expectPaidOnce(toPay);
    expect(await taken(house)).toBe(before + price);
    await checkBooks(house);
  });

  it('who fails their bank’s question pays nothing, and once when they pass it', async () => {
    const toPay = await bookHere('elements');
    const before = await taken(house);
    await asCustomer(browser, async (page) => {
      await page.goto(toPay.url);
      await enterCard(page, cards.asked);
      await payButton(page).click();
      await page.getByRole('button', { name: 'Fail' }).click();
      expect(await problem(page)).toMatch(/bank could not confirm that it was you, so nothing was charged/);
      expect(await taken(house)).toBe(before);
      await payButton(page).click();
      await page.getByRole('button', { name: 'Complete' }).click();
      await says(page, hasArrived);
    });
    await expectPaidOnce(toPay);
    expect(await taken(house)).toBe(before + price);
    await checkBooks(house);
  });

  it('who presses again and again while it works pays once', async () => {
    const toPay = await bookHere('elements');
    await asCustomer(browser, async (page) => {
      await page.goto(toPay.url);
      let confirms = 0;
      let answer = (): void => undefined;
      const pressedEnough = new Promise<void>((resolve) => (answer = resolve));
      await page.route('**/confirm', async (route) => {
        confirms += 1;
        await pressedEnough;
        await route.continue();
      });
      await enterCard(page, cards.pays);
      await payButton(page).dblclick();
      await says(page, 'Paying…');
      expect(await payButton(page).getAttribute('aria-disabled')).toBe('true');
      await payButton(page).click({ force: true });
      await page.getByLabel('Card number').press('Enter');
      answer();
      await says(page, hasArrived);
      expect(confirms).toBe(1);
    });
    await expectPaidOnce(toPay);
    await checkBooks(house);
  });

  it('who goes back after paying finds it paid, and no second form', async () => {
    const toPay = await bookHere('elements');
    await asCustomer(browser, async (page) => {
      await page.goto(toPay.url);
      await enterCard(page, cards.pays);
      await payButton(page).click();
      await says(page, hasArrived);
      await page.goBack();
      await says(page, 'This booking is paid');
      expect(await page.getByLabel('Card number').count()).toBe(0);
    });
    await expectPaidOnce(toPay);
    await checkBooks(house);
  });

  it('whose browser kept the form while they paid elsewhere finds it paid', async () => {
    const toPay = await bookHere('elements');
    await asCustomer(browser, async (page) => {
      await page.goto(toPay.url);
      await enterCard(page, cards.pays);
      await house.sim('POST', `/checkout/sessions/${toPay.session}/complete`, {});
      await until(house, toPay.id, 'confirmed');
      await page.evaluate(`dispatchEvent(new PageTransitionEvent('pageshow', { persisted: true }))`);
      await says(page, 'This booking is paid');
    });
    await expectPaidOnce(toPay);
    await checkBooks(house);
  });

  it('whose connection breaks while paying is told that another press is safe, and pays once', async () => {
    const toPay = await bookHere('elements');
    const { page } = await arrive(browser);
    await page.goto(toPay.url);
    await enterCard(page, cards.pays);
    await page.route('**/v1/payment_pages/**', (route) => route.abort());
    await payButton(page).click();
    expect(await problem(page)).toMatch(/connection .* broke.* never charged twice/);
    await page.unroute('**/v1/payment_pages/**');
    await payButton(page).click();
    await says(page, hasArrived);
    await page.context().close();
    await expectPaidOnce(toPay);
    await checkBooks(house);
  });

  it('whose bank takes days is told so, and that it is paid only once the money is there', async () => {
    const toPay = await bookHere('elements');
    const debit = { paymentMethod: 'pm_usBankAccount_processing' };
    await house.sim('POST', `/checkout/sessions/${toPay.session}/complete`, debit);
    await asCustomer(browser, async (page) => {
      await page.goto(`${house.apiUrl}/checkout/complete?session_id=${toPay.session}`);
      await says(page, 'Your payment is under way');
      expect(await page.getByText(hasArrived).isVisible()).toBe(false);
      const { paymentIntentId } = (await show(house, toPay.id)).payment;
      await house.sim('POST', `/payment_intents/${paymentIntentId}/succeed`, {});
      await says(page, hasArrived);
    });
    await expectPaidOnce(toPay);
    await checkBooks(house);
  });

  it('who comes too late pays nothing: the form they still have takes no money', async () => {
    const toPay = await bookHere('elements');
    const before = await taken(house);
    await asCustomer(browser, async (page) => {
      await page.goto(toPay.url);
      await enterCard(page, cards.pays);
      await travel(house, 'PT31M');
      await payButton(page).click();
      await says(page, 'This checkout has expired');
      await page.goto(toPay.url);
      await says(page, 'This checkout has expired and takes no payment any more.');
      expect(await page.getByLabel('Card number').count()).toBe(0);
    });
    const booking: ShownBooking = await until(house, toPay.id, 'cancelled');
    expect(booking.payment.captured).toBe(0);
    expect(await taken(house)).toBe(before);
    await checkBooks(house);
  });

  it('who cancels after paying has the money back, and is not told that nothing was paid', async () => {
    const toPay = await bookHere('elements');
    await house.sim('POST', `/checkout/sessions/${toPay.session}/complete`, {});
    await until(house, toPay.id, 'confirmed');
    const cancel = {
      body: { by: 'attendee', reason: 'Ill' },
      role: 'app',
      key: crypto.randomUUID(),
    } as const;
    expect((await house.request('POST', `/api/bookings/${toPay.id}/cancel`, cancel)).status).toBe(200);
    await expect.poll(async () => (await show(house, toPay.id)).payment.refunded).toBe(price);
    await asCustomer(browser, async (page) => {
      await page.goto(toPay.url);
      await says(page, 'This booking is cancelled. There is nothing to pay.');
      await page.getByRole('link', { name: 'See how the payment stands' }).click();
      await says(page, 'Whatever is returned to you goes back the way you paid');
    });
    await checkBooks(house);
  });
});

describe('a page', () => {
  it('runs nothing but our files and Stripe’s, is in nobody’s frame and in no cache', async () => {
    const toPay = await bookHere('elements');
    const addresses = [toPay.url, `${house.apiUrl}/checkout/complete?session_id=${toPay.session}`];
    for (const address of addresses) {
      const answer = await fetch(address);
      const html = await answer.text();
      const policy = answer.headers.get('content-security-policy') ?? '';
      expect(policy).toContain("default-src 'none'; script-src 'self' ");
      expect(policy).toContain("frame-ancestors 'none'");
      expect(policy).not.toMatch(/unsafe|\*|data:/);
      expect(answer.headers.get('cache-control')).toBe('no-store');
      expect(html).not.toMatch(/<style|\sstyle=|\son\w+=|<script(?![^>]*\ssrc=)|<b>/);
    }
    await checkBooks(house);
  });

  it('of no session of ours says so, and whoever left Stripe’s page without paying is told what to do', async () => {
    const strange = await fetch(`${house.apiUrl}/checkout/cs_test_nobody`);
    expect([strange.status, strange.headers.get('content-type')]).toEqual([404, 'text/html; charset=UTF-8']);
    expect(await strange.text()).toContain('There is no checkout here');
    const toPay = await bookHere('hosted');
    const before = await taken(house);
    await asCustomer(browser, async (page) => {
      await page.goto(toPay.url);
      await page.getByRole('link', { name: 'Back to the shop' }).click();
      await says(page, 'nothing was charged');
    });
    expect(await taken(house)).toBe(before);
    await checkBooks(house);
  });
});
