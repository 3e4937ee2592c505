import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import type { ShownLesson } from '../house/lessons.ts';
import { checkBooks } from '../house/books.ts';
import { book, openAccount, show } from '../house/lessons.ts';
import { paidInFull, takesPlace } from '../house/stories.ts';
import { connectDoor, deliver, eventOf, eventsKept, knock, signatureOf } from '../house/stripe-events.ts';
import type { DoorAnswer, SentEvent } from '../house/stripe-events.ts';

// Who cannot sign with our secret at this hour leaves nothing behind; who can is answered 2xx, whatever it says.

const [oldSecret, newSecret] = ['whsec_about_to_be_replaced', 'whsec_its_replacement'];
const megabyte = 1024 * 1024;

describe('the doors for Stripe’s messages', () => {
  let house: House;
  let account: { id: string; stripeId: string };
  let lesson: ShownLesson;
  let kept = 0;
  beforeAll(async () => {
    house = await openHouse({ environment: { STRIPE_WEBHOOK_SECRET: `${oldSecret},${newSecret}` } });
    account = await openAccount(house);
    lesson = await book(house, account.id);
    // Advancing by nothing waits until the messages about the booking have arrived.
    await house.sim('POST', '/clock/advance', { seconds: 0 });
  });
  beforeEach(async () => {
    kept = await eventsKept(house);
  });
  afterAll(async () => {
    await house.close();
  });

  const event = (changes: Record<string, unknown> = {}): SentEvent =>
    eventOf(house, 'payment_intent.canceled', { id: lesson.payment.paymentIntentId }, changes);
  /** A signature's time is in whole seconds, cut off. */
  const nextSecond = (): number => Math.ceil(house.clock.now() / 1000) * 1000;
  const json = { 'content-type': 'application/json' };
  const signed = (body: string | Uint8Array, atMs = house.clock.now(), secret: string = newSecret) => ({
    ...json,
    'stripe-signature': signatureOf(body, secret, atMs),
  });
  /** As large as asked, and a well-formed event. */
  const large = (bytes: number): string => {
    const text = JSON.stringify(event({ padding: '' }));
    return text.replace('"padding":""', `"padding":"${'x'.repeat(bytes - text.length)}"`);
  };
  const inChunks = (text: string): ReadableStream =>
    new ReadableStream({
      start(controller) {
        const bytes = new TextEncoder().encode(text);
        for (let from = 0; from < bytes.length; from += 65_536)
          controller.enqueue(bytes.subarray(from, from + 65_536));
        controller.close();
      },
    });

  const refused: Readonly<Record<string, readonly [number, () => Promise<DoorAnswer>]>> = {
    'is signed with another secret': [400, () => deliver(house, event(), { secret: 'whsec_forged' })],
    'is signed with the other door’s secret': [400, () => deliver(house, event(), { secret: house.connectSecret })],
    'is 301 seconds old': [400, () => deliver(house, event(), { atMs: house.clock.now() - 301_000 })],
    'comes from 301 seconds ahead': [400, () => deliver(house, event(), { atMs: nextSecond() + 301_000 })],
    'was changed after it was signed': [
      400,
      () => {
        const body = JSON.stringify(event());
        return knock(house, body.replace('canceled', 'succeeded'), signed(body));
      },
    ],
    'was parsed and written again': [
      400,
      () => {
        const body = JSON.stringify(event(), null, 2);
        return knock(house, JSON.stringify(JSON.parse(body)), signed(body));
      },
    ],
    'carries a v0 signature alone': [
      400,
      () => {
        const body = JSON.stringify(event());
        const header = signatureOf(body, newSecret, house.clock.now(), 'v0');
        return knock(house, body, { ...json, 'stripe-signature': header });
      },
    ],
    'has a time that was not signed': [
      400,
      () => {
        const body = JSON.stringify(event());
        const old = signatureOf(body, newSecret, house.clock.now() - 3_600_000);
        const header = old.replace(/^t=\d+/, `t=${Math.floor(house.clock.now() / 1000)}`);
        return knock(house, body, { ...json, 'stripe-signature': header });
      },
    ],
    'names two times': [
      400,
      () => {
        const body = JSON.stringify(event());
        const header = `${signatureOf(body, newSecret, house.clock.now())},t=1`;
        return knock(house, body, { ...json, 'stripe-signature': header });
      },
    ],
    'has no signature': [400, () => knock(house, JSON.stringify(event()), json)],
    'has an empty signature': [400, () => knock(house, JSON.stringify(event()), { ...json, 'stripe-signature': '' })],
    'is larger than a megabyte and says so': [
      413,
      () => {
        const body = large(megabyte + 1);
        return knock(house, body, signed(body));
      },
    ],
    'is larger than a megabyte and comes in chunks': [
      413,
      () => {
        const body = large(megabyte + 1);
        return knock(house, inChunks(body), signed(body));
      },
    ],
    'is no JSON': [400, () => knock(house, 'hello', signed('hello'))],
    'is JSON and no event': [400, () => knock(house, '{"id":"evt_1"}', signed('{"id":"evt_1"}'))],
    'is a list of events': [
      400,
      () => {
        const body = JSON.stringify([event(), event()]);
        return knock(house, body, signed(body));
      },
    ],
    'is no UTF-8': [
      400,
      () => {
        const body = Buffer.from(JSON.stringify(event({ note: '\u00ff\u00fe' })), 'latin1');
        return knock(house, body, signed(body));
      },
    ],
    'is compressed': [
      400,
      () => {
        const body = gzipSync(JSON.stringify(event()));
        return knock(house, body, { ...signed(body), 'content-encoding': 'gzip' });
      },
    ],
    'is compressed after it was signed': [
      400,
      () => {
        const body = JSON.stringify(event());
        return knock(house, gzipSync(body), { ...signed(body), 'content-encoding': 'gzip' });
      },
    ],
    'is empty': [400, () => knock(house, '', signed(''))],
    'is a form': [
      415,
      () => {
        const body = JSON.stringify(event());
        return knock(house, body, { ...signed(body), 'content-type': 'application/x-www-form-urlencoded' });
      },
    ],
  }; // prettier-ignore

  describe('nothing is kept of a message that', () => {
    it.each(Object.entries(refused))('%s', async (_what, [status, send]) => {
      const answer = await send();
      expect(answer).toMatchObject({ status, type: 'application/problem+json', body: { status } });
      expect(await eventsKept(house)).toBe(kept);
      expect(await show(house, lesson.id)).toEqual(lesson);
    });
  });

  it('takes what either secret signed while one replaces the other, and the simulator signs with the first', async () => {
    for (const secret of [oldSecret, newSecret]) {
      const one = event({ type: 'charge.captured' });
      expect(await deliver(house, one, { secret })).toMatchObject({ status: 200, body: { received: true } });
      expect(await house.store.findEvent(one.id)).not.toBeNull();
    }
    const body = JSON.stringify(event({ type: 'charge.captured' }));
    const now = house.clock.now();
    const both = `${signatureOf(body, 'whsec_unknown', now)},${signatureOf(body, newSecret, now).split(',')[1]}`;
    expect(await knock(house, body, { ...json, 'stripe-signature': both })).toMatchObject({ status: 200 });
    expect(house.webhookSecret).toBe(oldSecret);
    expect((await house.store.countEvents()).delivered).toBeGreaterThan(0);
  });

  it('takes what is 299 seconds away in either direction, or as large as allowed', async () => {
    for (const atMs of [nextSecond() - 299_000, house.clock.now() + 299_000]) {
      expect(await deliver(house, event({ type: 'charge.captured' }), { atMs })).toMatchObject({
        status: 200,
      });
    }
    const body = large(megabyte);
    expect(Buffer.byteLength(body)).toBe(megabyte);
    expect(await knock(house, body, signed(body))).toMatchObject({ status: 200 });
    expect(await knock(house, inChunks(large(megabyte)), json)).toMatchObject({ status: 400 });
  });

  const notOurs: Readonly<Record<string, readonly [string, string, () => Promise<DoorAnswer>]>> = {
    'is from live mode': ['wrong_livemode', 'platform', () => deliver(house, live)],
    'is about an account that is not ours': ['unknown_account', 'acct_stranger', () => deliver(house, strange, { door: connectDoor })],
    'is about an account and comes to the platform’s door': ['account_on_platform_endpoint', 'acct_lost', () => deliver(house, misled)],
    'is about no account and comes to the accounts’ door': ['no_account', 'platform', () => deliver(house, nobodys, { door: connectDoor })],
  }; // prettier-ignore
  const template = { id: 'evt_live', object: 'event', type: 'payment_intent.canceled', livemode: false };
  const rest = { created: 1, data: { object: { id: 'pi_1' } } };
  const live = { ...template, ...rest, id: 'evt_live', livemode: true };
  const strange = { ...template, ...rest, id: 'evt_strange', account: 'acct_stranger' };
  const misled = { ...template, ...rest, id: 'evt_misled', account: 'acct_lost' };
  const nobodys = { ...template, ...rest, id: 'evt_nobodys' };
  const idOf: Readonly<Record<string, string>> = {
    wrong_livemode: live.id,
    unknown_account: strange.id,
    account_on_platform_endpoint: misled.id,
    no_account: nobodys.id,
  };

  it.each(Object.entries(notOurs))(
    'keeps and ignores a signed message that %s, and tells people once',
    async (_what, [reason, subject, send]) => {
      const alertsOf = async () => {
        const { rows } = await house.store.listAlerts({ limit: 100, type: 'WEBHOOK_REFUSED', subject });
        return rows.reduce((sum, { count }) => sum + count, 0);
      };
      const before = await alertsOf();
      for (let copy = 0; copy < 3; copy += 1) expect(await send()).toMatchObject({ status: 200 });
      expect(await house.store.findEvent(idOf[reason] ?? '')).toMatchObject({ status: 'ignored', reason });
      expect(await eventsKept(house)).toBe(kept + 1);
      expect(await alertsOf()).toBe(before + 1);
    },
  );

  it('takes a type it does not know, and does nothing', async () => {
    const unknown = event({ type: 'zzz.invented_tomorrow' });
    expect(await deliver(house, unknown)).toMatchObject({ status: 200 });
    expect(await eventsKept(house)).toBe(kept + 1);
  });

  it('settles the lesson that all of this was about to the last cent', async () => {
    const paid = await takesPlace(house, lesson);
    expect(paid).toMatchObject({ state: 'completed', payment: paidInFull });
    await checkBooks(house);
  });
});
