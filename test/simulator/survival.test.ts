import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { day, openHouse, refusal, sdkFor } from './house.ts';

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'simulator-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

describe('a simulator that is killed', () => {
  it('has executed what it had answered, and still knows key, clock, faults and what is due', async () => {
    const script = `import { startSimulator } from ${JSON.stringify(new URL('../../simulator/server.ts', import.meta.url).href)};
      startSimulator({ file: process.argv.at(-1) }).then(({ port }) => console.log(port));`;
    const file = join(folder, 'stripe.db');
    const child = spawn(
      process.execPath,
      ['--import', 'tsx', '--input-type=module', '-e', script, '--', file],
      { stdio: ['ignore', 'pipe', 'inherit'] },
    );
    const port = await new Promise<number>((resolve) =>
      child.stdout.once('data', (data: Buffer) => resolve(Number(data.toString()))),
    );
    const stripe = sdkFor(port);
    const control = (path: string, body: object) =>
      fetch(`http://127.0.0.1:${port}/_sim${path}`, { method: 'POST', body: JSON.stringify(body) });
    const hold = await stripe.paymentIntents.create(
      {
        amount: 1000,
        currency: 'usd',
        capture_method: 'manual',
        confirm: true,
        payment_method: 'pm_card_visa',
      },
      { idempotencyKey: 'hold' },
    );
    await control('/clock/advance', { seconds: 3600 });
    await control('/faults', {
      method: 'POST',
      path: '/v1/payment_intents/*',
      fault: { kind: 'drop_after' },
      times: 2,
    });
    await control('/faults', { method: 'GET', path: '/v1/balance', fault: { kind: 'rate_limit' } });
    expect(
      (await refusal(stripe.paymentIntents.capture(hold.id, {}, { idempotencyKey: 'capture' }))).type,
    ).toBe('StripeConnectionError');
    const before = Date.now();
    child.kill('SIGKILL');
    await new Promise((resolve) => child.once('exit', resolve));

    const house = await openHouse({ file });
    expect(house.sim.simulator.now()).toBeGreaterThan(before + 3_500_000);
    const replay = await house.stripe.paymentIntents.capture(hold.id, {}, { idempotencyKey: 'capture' });
    expect([replay.status, replay.lastResponse.headers['idempotent-replayed']]).toEqual([
      'succeeded',
      'true',
    ]);
    expect((await house.stripe.paymentIntents.list()).data).toHaveLength(1);
    expect((await refusal(house.stripe.balance.retrieve())).code).toBe('rate_limit');
    expect(await house.books()).toMatchObject({
      accounts: { platform: { usd: { available: 0, pending: 1000 } } },
      balanced: true,
    });
    await house.advance(2 * day);
    expect((await house.books()).accounts['platform']?.['usd']).toEqual({ available: 1000, pending: 0 });
    expect((await house.control<{ data: unknown[] }>('GET', '/requests')).data.length).toBeGreaterThan(4);
    await house.close();
  });

  it('comes back after a reset with nothing but its clock', async () => {
    const file = join(folder, 'stripe.db');
    const first = await openHouse({ file });
    const held = await first.hold(1000);
    await first.advance(day);
    const before = first.sim.simulator.now();
    await first.control('POST', '/reset');
    await first.close();
    const second = await openHouse({ file });
    expect(second.sim.simulator.now()).toBeGreaterThanOrEqual(before);
    expect((await refusal(second.stripe.paymentIntents.retrieve(held.id))).status).toBe(404);
    expect((await second.hold(1000)).id).not.toBe(held.id);
    await second.close();
  });
});

describe('the entry of the simulator', () => {
  it('does not start next to a live key', async () => {
    const main = new URL('../../simulator/main.ts', import.meta.url).pathname;
    const env = {
      ...process.env,
      HOLDFAST_DATA_DIR: folder,
      HOLDFAST_STRIPE_PORT: '0',
      ANYTHING: 'sk_live_abc',
    };
    const child = spawn(process.execPath, ['--import', 'tsx', main], {
      env,
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stderr.on('data', (data: Buffer) => (said += data.toString()));
    const code = await new Promise((resolve) => child.once('exit', resolve));
    expect([code, said.includes('ANYTHING'), said.includes('sk_live_abc')]).toEqual([1, true, false]);
  });
});
