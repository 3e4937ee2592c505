import type { Browser, FrameLocator, Page } from 'playwright-core';
import { expect } from 'vitest';

/** Where a card form is: in the page itself or in a frame of it. */
type Place = Page | FrameLocator;

/** Stripe's test cards, by what becomes of them. */
export const cards = {
  pays: '4242 4242 4242 4242',
  declined: '4000 0000 0000 0002',
  poor: '4000 0000 0000 9995',
  expired: '4000 0000 0000 0069',
  asked: '4000 0027 6000 3184',
};

/** Somebody with a browser of their own, and everything that it complained of. */
export interface Customer {
  readonly page: Page;
  /** Console errors, broken scripts and refusals of a content security policy: a sound page has none. */
  readonly complaints: string[];
}

/** A customer on the narrowest telephone that we promise to serve. */
export async function arrive(browser: Browser): Promise<Customer> {
  const context = await browser.newContext({ viewport: { width: 320, height: 800 } });
  context.setDefaultTimeout(10_000);
  const page = await context.newPage();
  const complaints: string[] = [];
  page.on('pageerror', (error) => complaints.push(error.message));
  page.on('console', (message) => {
    if (message.type() === 'error' || message.type() === 'warning') complaints.push(message.text());
  });
  return { page, complaints };
}

/** Runs as a customer who leaves afterwards, and who has seen nothing break and nothing run out of the page. */
export async function asCustomer(browser: Browser, act: (page: Page) => Promise<void>): Promise<void> {
  const { page, complaints } = await arrive(browser);
  try {
    await act(page);
    expect(complaints).toEqual([]);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(320);
  } finally {
    await page.context().close();
  }
}

export async function enterCard(place: Place, number: string): Promise<void> {
  await place.getByLabel('Card number').fill(number);
  await place.getByLabel('Expiry date').fill('12 / 40');
  await place.getByLabel('Security code').fill('123');
}

export const payButton = (place: Place) => place.getByRole('button', { name: /^Pay / });

/** The card form of an embedded checkout. */
export const frameOf = (page: Page): FrameLocator => page.frameLocator('iframe[title="Secure payment form"]');

/** Waits until the page says so. */
export const says = (page: Page, text: string | RegExp): Promise<void> => page.getByText(text).waitFor();

/** What the page complains of to the customer. */
export async function problem(page: Page): Promise<string> {
  const alert = page.getByRole('alert').filter({ hasText: /\S/ });
  await alert.waitFor();
  return (await alert.textContent()) ?? '';
}
