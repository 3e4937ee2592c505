import { expect, it } from 'vitest';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import { endsAt, lessonInput, ms, startsAt } from './lessons.ts';
import { assertSettled, liveLesson, says } from './world.ts';

it('an outcome that is reported twice is booked once, whichever it is', async () => {
  const held = [says(startsAt, 'join', { party: 'student' }), says(startsAt, 'join', { party: 'tutor' })];
  const back = says(endsAt + ms('P1D'), 'refund', { amount: 100, reason: 'x' });
  const paid = await liveLesson(lessonInput(), {
    visits: [...held, back],
    accountReadyAt: endsAt + ms('P2D'),
  });
  const feeOnly = await liveLesson(lessonInput({ terms: { platformFeeBps: 10_000 } }), { visits: held });
  const released = await liveLesson(lessonInput());
  const seen = new Set<string>();
  for (const run of [paid, feeOnly, released]) {
    assertSettled(run);
    let state = lessonMachine.open(run.state.input);
    for (const fact of run.facts) {
      state = lessonMachine.apply(state, fact);
      const { money } = lessonMachine.apply(state, fact).payment;
      expect(money).toEqual(state.payment.money);
      seen.add(fact.type);
    }
  }
  const outcomes = ['authorized', 'captured', 'holdGone', 'refunded', 'transferred', 'paidOut', 'feeEarned'];
  expect(outcomes.filter((type) => !seen.has(type))).toEqual([]);
});
