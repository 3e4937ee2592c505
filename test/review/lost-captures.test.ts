import { expect, it, onTestFinished } from 'vitest';
import type { Desk } from './desk.ts';
import { atStripe, ledgerOf, openDesk, takesPlace } from './desk.ts';

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;

const opened = async (choices = {}): Promise<Desk> => {
  const desk = await openDesk(choices);
  onTestFinished(() => desk.house.close());
  return desk;
};

it('an operator who captures less after a capture whose answer was lost charges no more than was decided', async () => {
  const desk = await opened();
  await desk.live([
    ...takesPlace(desk),
    { at: desk.endsAt - 1000, act: () => desk.loseAnswers('/v1/payment_intents/*', 1000) },
    {
      at: desk.endsAt + hourMs / 2,
      act: async () => {
        await desk.house.control('DELETE', '/faults');
        desk.tell('capture', { amount: 200, reason: 'agreed with both' });
      },
    },
  ]);
  expect(desk.told.at(-1)).toMatchObject({ name: 'capture', accepted: true });
  expect(desk.outcome).toBe('completed');
  expect(await atStripe(desk)).toEqual({ captured: 450, transferred: 160, refunded: 250 });
  expect(desk.state.alerts.map(({ type }) => type)).not.toContain('PAYMENT_OUT_OF_SYNC');
});

it.each(['before', 'after'])(
  'a capture that a worker reports %s the hourly look, given up by Temporal, is booked once',
  async (when) => {
    const desk = await opened();
    const lost = { at: desk.endsAt - 1000, act: () => desk.loseAnswers('/v1/payment_intents/*') };
    await desk.live([...takesPlace(desk), lost], desk.endsAt + hourMs / 2);
    const { state } = desk;
    expect(state.parked?.operation).toBe('capture');
    await desk.house.control('DELETE', '/faults');
    const paymentIntentId = state.payment.intent?.id ?? '';
    const report = () =>
      desk.zombie({ type: 'capture', n: 1, paymentIntentId, amount: state.input.amount }, state);
    if (when === 'before') await report();
    await desk.live([], desk.endsAt + 10 * dayMs);
    if (when === 'after') await report();
    expect(desk.outcome).toBe('completed');
    const { platform_held: held = 0, ...ledger } = await ledgerOf(desk);
    expect({ ...ledger, held }).toEqual({
      charges: -450,
      held: 0,
      platform_fees: 90,
      payee_balance: 0,
      payee_bank: 360,
    });
  },
);

it('a capture that was found at Stripe leaves no operation open in the journal', async () => {
  const desk = await opened();
  await desk.live([
    ...takesPlace(desk),
    { at: desk.endsAt - 1000, act: () => desk.loseAnswers('/v1/payment_intents/*', 1000) },
    { at: desk.endsAt + hourMs / 2, act: () => desk.house.control('DELETE', '/faults') },
  ]);
  expect(desk.outcome).toBe('completed');
  const operations = await desk.store.listOperations('lesson:les_42');
  expect(operations.filter(({ status }) => status !== 'done').map(({ key }) => key)).toEqual([]);
});
