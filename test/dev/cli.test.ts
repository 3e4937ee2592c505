import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openHouse } from '../house/house.ts';
import type { House } from '../house/house.ts';
import { book, openAccount } from '../house/lessons.ts';
import { processesOf, json } from './command-line.ts';

// The command line as a script sees it: a process of its own, its answer on stdout, its exit code.

let house: House;
let holdfast: Awaited<ReturnType<typeof processesOf>>;
let account: string;

beforeAll(async () => {
  house = await openHouse();
  holdfast = await processesOf(house);
  account = (await openAccount(house)).id;
});
afterAll(() => house.close());

const paymentOf = async (id: string) => (await house.request('GET', `/api/lessons/${id}`)).body['payment'];

describe('exit codes', () => {
  it.each([
    ['an answer is 0', 'lessons list', 0],
    ['help that was asked for is 0', '--help', 0],
    ['an unknown command is 2', 'lesson lst', 2],
    ['a missing option is 2', 'token create', 2],
    ['a wish that makes no sense is 2', 'travel sometime', 2],
    ['a lesson that is not there is 3', 'lessons show nobody', 3],
    ['an event nobody can trigger is 2', 'trigger world.peace --lesson x', 2],
  ])('%s', async (_, command, code) => {
    expect(await holdfast(command)).toMatchObject({ code });
  });

  it('no instance is 5, with the way out', async () => {
    const ran = await holdfast('status', { HOLDFAST_DATA_DIR: join(house.folder, 'nothing') });
    expect(ran).toMatchObject({ code: 5, out: '' });
    expect(ran.err).toMatch(/npm start/);
  });

  it('a command the state forbids is 4', async () => {
    const { id } = await book(house, account, {
      student: { id: 's', paymentMethod: 'pm_card_chargeDeclined' },
    });
    expect(await holdfast(`lessons capture ${id} --reason test --yes`)).toMatchObject({ code: 4 });
  });

  it('a token that is not good is 1', async () => {
    expect(await holdfast('status', { HOLDFAST_URL: house.apiUrl, HOLDFAST_TOKEN: 'no' })).toMatchObject({
      code: 1,
    });
  });
});

describe('money by hand', () => {
  it('captures nothing while nobody said yes, nor on a dry run', async () => {
    const { id } = await book(house, account);
    expect(await holdfast(`lessons capture ${id} --reason 'by hand'`)).toMatchObject({ code: 2 });
    const dry = await holdfast(`lessons capture ${id} --reason 'by hand' --dry-run`);
    expect(dry.code).toBe(0);
    expect(dry.out).toMatch(/4\.50 USD/);
    expect(await paymentOf(id)).toMatchObject({ captured: 0, authorized: 450 });
  });

  it('captures one lesson by its id, and the diagnosis finds no difference (L9)', async () => {
    const { id } = await book(house, account);
    const ran = await holdfast(`lessons capture ${id} --reason 'by hand' --yes --json`);
    expect(ran).toMatchObject({ code: 0 });
    expect(json(ran.out)).toMatchObject({ accepted: true });
    await expect.poll(() => paymentOf(id), { timeout: 90_000 }).toMatchObject({ captured: 450 });
    const found = json((await holdfast(`diagnose ${id} --json`)).out);
    expect(found).toMatchObject({ differences: [], stripe: { amountReceived: 450, amountCapturable: 0 } });
  });

  it('makes Stripe release a hold for real when told to trigger that event', async () => {
    const { id } = await book(house, account);
    expect(await holdfast(`trigger payment_intent.canceled --lesson ${id}`)).toMatchObject({ code: 0 });
    await expect
      .poll(() => paymentOf(id), { timeout: 90_000 })
      .toMatchObject({ state: 'released', released: 450 });
  });
});

describe('the rest of the desk', () => {
  it('makes a token the API takes for its role and no other', async () => {
    const made = await holdfast('token create --role viewer --ttl 5m --quiet');
    const ask = (method: string, path: string) =>
      fetch(house.apiUrl + path, { method, headers: { authorization: `Bearer ${made.out.trim()}` } });
    expect((await ask('GET', '/api/lessons')).status).toBe(200);
    expect((await ask('POST', '/_dev/travel')).status).toBe(403);
  });

  it('travels by what people type', async () => {
    const before = house.clock.now();
    const ran = await holdfast('travel 1h30m --json');
    expect(Date.parse(String(json(ran.out)['now'])) - before).toBeGreaterThanOrEqual(90 * 60_000);
  });

  it('finds a healthy house healthy, and tells status and alerts in JSON', async () => {
    expect(json((await holdfast('doctor --json')).out)).toMatchObject({ ok: true });
    expect(json((await holdfast('status --json')).out)).toMatchObject({
      isComplete: true,
      url: house.apiUrl,
    });
    expect(json((await holdfast('alerts list --json')).out)).toMatchObject({ hasMore: false });
  });

  it('writes no colour into a pipe', async () => {
    // oxlint-disable-next-line no-control-regex
    expect((await holdfast('lessons list')).out).not.toMatch(/\u001b/);
  });
});
