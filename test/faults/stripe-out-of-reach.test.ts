import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { alertsOf, calm, cutOff, requests } from '../house/faults.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { checkBooks } from '../house/books.ts';
import { show, travel } from '../house/lessons.ts';
import { paidInFull } from '../house/stories.ts';
import { bookAttended, travelPastEnd, workflowIdOf } from '../house/writes.ts';

let house: House;
beforeAll(async () => {
  house = await openHouse();
});
afterAll(async () => {
  await house.close();
});

describe('Stripe is out of reach for a day and a half', () => {
  it('the lesson waits in sight of the operator, looks every hour and heals by itself', async () => {
    const life = await bookAttended(house);
    await cutOff(house);
    const { length } = await requests(house);
    await travelPastEnd(house, life);
    await travel(house, 'P1DT12H');
    const waiting = await show(house, life.id);
    expect(waiting).toMatchObject({ state: 'parked', needsAttention: { reason: 'no_clear_answer', commands: ['retry'], retryAt: expect.any(String) } });
    const retryAt = Date.parse((waiting.needsAttention as unknown as { retryAt: string }).retryAt);
    expect(retryAt - house.clock.now()).toBeLessThanOrEqual(3_600_000);
    expect(await alertsOf(house, life, 'PARKED')).toMatchObject([{ resolvedAt: null }]);
    const asked = (await requests(house)).length - length;
    expect(asked, 'looks in a day and a half').toBeGreaterThanOrEqual(12);
    expect(asked, 'looks in a day and a half').toBeLessThanOrEqual(36 * 8 * 4);
    await calm(house);
    await travel(house, 'PT1H1M');
    expect(await show(house, life.id)).toMatchObject({ state: 'completed', needsAttention: null, payment: { captured: 450, transferred: 360 } });
    await travel(house, 'P3D');
    expect(await show(house, life.id)).toMatchObject({ payment: paidInFull });
    for (const alert of await alertsOf(house, life, 'PARKED')) expect(alert).toMatchObject({ resolvedBy: 'system' });
    const transfers = await house.stripe.transfers.list({ transfer_group: workflowIdOf(life) });
    expect(transfers.data).toHaveLength(1);
    await checkBooks(house);
  }, 240_000);
}); // prettier-ignore
