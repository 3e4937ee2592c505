import { expect, it, onTestFinished } from 'vitest';
import type { Desk } from './desk.ts';
import { atStripe, openDesk, takesPlace } from './desk.ts';

const dayMs = 86_400_000;

const opened = async (): Promise<Desk> => {
  const desk = await openDesk();
  onTestFinished(() => desk.house.close());
  return desk;
};

it('a tutor who disconnects before the settlement does not lock the student’s money up: it can be refunded', async () => {
  const desk = await opened();
  await desk.live([
    ...takesPlace(desk),
    { at: desk.endsAt - 1000, act: () => desk.house.control('POST', `/accounts/${desk.payee}/deauthorize`) },
    { at: desk.endsAt + dayMs, act: () => desk.tell('refund', { reason: 'the tutor is gone' }) },
  ]);
  expect(desk.told.at(-1)).toMatchObject({ name: 'refund', accepted: true });
  expect(desk.outcome).toBe('cancelled');
  expect(await atStripe(desk)).toEqual({ captured: 450, transferred: 0, refunded: 450 });
});

it('a mistyped account in a retry can be corrected by the next retry', async () => {
  const desk = await opened();
  const second = (await desk.house.payee()).id;
  const refuse = {
    method: 'POST',
    path: '/v1/transfers',
    times: 1,
    fault: { kind: 'status_before', status: 400 },
  };
  await desk.house.control('POST', '/faults', refuse);
  const at = desk.endsAt + dayMs;
  await desk.live([
    ...takesPlace(desk),
    { at, act: () => desk.tell('retry', { reason: 'new account', stripeAccount: 'acct_mistyped' }) },
    { at: at + dayMs, act: () => desk.tell('retry', { reason: 'corrected', stripeAccount: second }) },
  ]);
  expect(desk.told.at(-1)).toMatchObject({ name: 'retry', accepted: true });
  expect(desk.outcome).toBe('completed');
  expect(await atStripe(desk)).toEqual({ captured: 450, transferred: 360, refunded: 0 });
});

it('a tutor who disconnects between transfer and payout does not keep the lesson open for ever', async () => {
  const desk = await opened();
  await desk.live([
    ...takesPlace(desk),
    {
      at: desk.endsAt + 3_600_000,
      act: () => desk.house.control('POST', `/accounts/${desk.payee}/deauthorize`),
    },
    { at: desk.endsAt + 5 * dayMs, act: () => desk.tell('skip', { reason: 'their own balance' }) },
  ]);
  expect(desk.told.at(-1)).toMatchObject({ name: 'skip', accepted: true });
  expect(desk.outcome).toBe('completed');
});

it('a transfer whose answers were lost is not forgotten when its account is closed: no refund on top', async () => {
  const desk = await opened();
  const calmAt = desk.endsAt + 1_800_000;
  const close = async () => {
    await desk.house.control('DELETE', '/faults');
    await desk.house.control('POST', `/accounts/${desk.payee}`, { capabilities: { transfers: 'inactive' } });
  };
  await desk.live([
    ...takesPlace(desk),
    { at: desk.endsAt - 1000, act: () => desk.loseAnswers('/v1/transfers*') },
    { at: calmAt, act: close },
    { at: calmAt + 7_200_000, act: () => desk.tell('refund', { reason: 'the account is closed' }) },
  ]);
  expect(desk.told.at(-1)).toMatchObject({ name: 'refund', accepted: false });
  expect(await atStripe(desk)).toEqual({ captured: 450, transferred: 360, refunded: 0 });
});
