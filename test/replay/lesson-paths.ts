import { workflowIdOf } from '../../domain/kinds.ts';
import type { House } from '../house/house.ts';
import type { ShownLesson } from '../house/lessons.ts';
import { book, command, hourMs, minuteMs, openAccount, travel, until } from '../house/lessons.ts';
import { iso } from '../../domain/time.ts';
import type { Path } from './path.ts';
import { refuseTransfers } from './path.ts';

const dayMs = 24 * hourMs;

/** A lesson booked a day ahead, for an account that can be paid. */
async function booked(house: House, changes: Record<string, unknown> = {}, accountId = 'acct_tutor'): Promise<ShownLesson> {
  await openAccount(house, accountId);
  return await book(house, accountId, changes);
} // prettier-ignore

/** An order that must be taken: a path that went another way is not recorded under this one's name. */
async function order(house: House, { id }: ShownLesson, name: string, body: unknown): Promise<void> {
  const answer = await command(house, id, name, body);
  if (answer.status !== 200) throw new Error(`${name} answered ${answer.status}: ${JSON.stringify(answer.body)}`);
} // prettier-ignore

const startOf = (lesson: ShownLesson): number => Date.parse(lesson.startsAt);
const endOf = (lesson: ShownLesson): number => Date.parse(lesson.endsAt);

async function joined(house: House, lesson: ShownLesson, ...parties: string[]): Promise<void> {
  await travel(house, startOf(lesson));
  for (const party of parties) await order(house, lesson, 'join', { party });
}

/** Both came, one complained. */
async function disputed(house: House, changes: Record<string, unknown> = {}): Promise<ShownLesson> {
  const lesson = await booked(house, changes);
  await joined(house, lesson, 'student', 'tutor');
  await order(house, lesson, 'dispute', { by: 'student', reason: 'The call broke off' });
  return lesson;
}

async function ends(house: House, { id }: ShownLesson, expected: Record<string, unknown>): Promise<string> {
  const isSo = (lesson: ShownLesson): boolean =>
    Object.entries(expected).every(([name, value]) => (lesson as never)[name] === value || lesson.payment[name] === value);
  return (await until(house, id, isSo)).id;
} // prettier-ignore

/** Held, settled, and paid out to the bank: to the very end of the workflow. */
async function paidOut(house: House, lesson: ShownLesson, amount: number): Promise<string> {
  await travel(house, 'P3D');
  return ends(house, lesson, { state: 'completed', paidOut: amount, held: 0 });
}

async function settled(house: House, lesson: ShownLesson): Promise<void> {
  await travel(house, endOf(lesson) + minuteMs);
}

/** A transfer that Stripe refuses for good, at the lesson's end. */
async function transferRefused(house: House): Promise<ShownLesson> {
  const lesson = await booked(house);
  await joined(house, lesson, 'student', 'tutor');
  await refuseTransfers(house);
  await settled(house, lesson);
  await until(house, lesson.id, ({ needsAttention }) => needsAttention?.operation === 'transfer');
  await house.sim('DELETE', '/faults');
  return lesson;
}

const resolved =
  (share: Record<string, unknown>, payee: number): Path =>
  async (house) => {
    const lesson = await disputed(house);
    await travel(house, endOf(lesson) + hourMs);
    await order(house, lesson, 'resolve', { ...share, reason: 'Heard both' });
    await travel(house, 'P3D');
    return ends(house, lesson, { transferred: payee, paidOut: payee, held: 0 });
  };

/** Every recorded way of a lesson, by the name of its file. */
export const lessonPaths: Readonly<Record<string, Path>> = {
  async happy(house) {
    const lesson = await booked(house);
    await joined(house, lesson, 'student', 'tutor');
    await settled(house, lesson);
    return paidOut(house, lesson, 360);
  },
  async 'ended-early'(house) {
    const lesson = await booked(house);
    await joined(house, lesson, 'student', 'tutor');
    await order(house, lesson, 'call-end', { party: 'tutor' });
    await order(house, lesson, 'end', { party: 'student' });
    await settled(house, lesson);
    return paidOut(house, lesson, 360);
  },
  async 'no-show'(house) {
    const lesson = await booked(house);
    await settled(house, lesson);
    return ends(house, lesson, { state: 'cancelled', released: 450 });
  },
  async 'one-sided-no-show'(house) {
    const lesson = await booked(house);
    await joined(house, lesson, 'tutor');
    await settled(house, lesson);
    return paidOut(house, lesson, 360);
  },
  async 'cancelled-free'(house) {
    const startsAt = house.clock.now() + 3 * dayMs;
    const lesson = await booked(house, { startsAt: iso(startsAt), endsAt: iso(startsAt + hourMs) });
    await order(house, lesson, 'cancel', { by: 'student', reason: 'Ill' });
    return ends(house, lesson, { state: 'cancelled', released: 450 });
  },
  async 'cancelled-late'(house) {
    const lesson = await booked(house);
    await travel(house, 'PT2H');
    await order(house, lesson, 'cancel', { by: 'student', reason: 'Ill' });
    await travel(house, 'P3D');
    return ends(house, lesson, { state: 'cancelled', captured: 225, paidOut: 180 });
  },
  async rescheduled(house) {
    const lesson = await booked(house);
    const times = { startsAt: iso(startOf(lesson) + dayMs), endsAt: iso(endOf(lesson) + dayMs) };
    await order(house, lesson, 'reschedule', times);
    const moved = { ...lesson, ...times };
    await joined(house, moved, 'student', 'tutor');
    await settled(house, moved);
    return paidOut(house, moved, 360);
  },
  async 'declined-then-paid'(house) {
    const declined = { id: 'stu_1', email: 's@example.org', name: 'S', paymentMethod: 'pm_card_chargeDeclined' };
    const lesson = await booked(house, { student: declined });
    const { payment } = await until(house, lesson.id, (one) => one.payment.state === 'failed');
    await house.sim('POST', `/payment_intents/${payment.paymentIntentId}/succeed`, { paymentMethod: 'pm_card_visa' });
    await until(house, lesson.id, (one) => one.payment.state === 'authorized');
    await joined(house, lesson, 'student', 'tutor');
    await settled(house, lesson);
    return paidOut(house, lesson, 360);
  },
  async 'never-paid'(house) {
    const lesson = await booked(house, { student: { id: 'stu_1', email: 's@example.org', name: 'S' } });
    await travel(house, 'PT31M');
    return ends(house, lesson, { state: 'cancelled', authorized: 0 });
  },
  'dispute-released': resolved({ outcome: 'release' }, 360),
  'dispute-refunded': resolved({ outcome: 'refund' }, 0),
  'dispute-split': resolved({ outcome: 'split', payeeAmount: 250 }, 200),
  async 'dispute-outlives-hold'(house) {
    const lesson = await disputed(house);
    await travel(house, 'P9D');
    await ends(house, lesson, { state: 'disputed', captured: 450, transferred: 0 });
    await order(house, lesson, 'evidence', { by: 'tutor', statement: 'The log of the call' });
    await order(house, lesson, 'resolve', { outcome: 'split', payeeBps: 4000, reason: 'Heard both' });
    await travel(house, 'P3D');
    return ends(house, lesson, { state: 'completed', refunded: 270, paidOut: 144, held: 0 });
  },
  async 'parked-then-retried'(house) {
    const lesson = await transferRefused(house);
    await order(house, lesson, 'retry', { reason: 'The account is right again' });
    return paidOut(house, lesson, 360);
  },
  async 'parked-then-skipped'(house) {
    const lesson = await transferRefused(house);
    await order(house, lesson, 'skip', { reason: 'Paid by bank transfer' });
    return ends(house, lesson, { state: 'completed', transferred: 0, held: 450 });
  },
  async 'stuck-then-healed'(house) {
    const lesson = await booked(house);
    await joined(house, lesson, 'student', 'tutor');
    // Eight attempts, and the SDK sends each lost request once more.
    await house.sim('POST', '/faults', { method: 'POST', path: '/v1/payment_intents/*/capture', times: 16, fault: { kind: 'drop_before' } });
    await travel(house, endOf(lesson) + 30 * minuteMs);
    await until(house, lesson.id, ({ needsAttention }) => needsAttention?.reason === 'no_clear_answer');
    return paidOut(house, lesson, 360);
  },
  async 'account-not-ready'(house) {
    const lesson = await booked(house);
    const account = await house.store.findAccount('acct_tutor');
    const capabilities = (transfers: string) => house.sim('POST', `/accounts/${account?.stripeAccountId}`, { capabilities: { transfers } });
    await capabilities('inactive');
    await joined(house, lesson, 'student', 'tutor');
    await travel(house, endOf(lesson) + 7 * hourMs);
    await ends(house, lesson, { state: 'settling', captured: 450, transferred: 0 });
    await capabilities('active');
    await ends(house, lesson, { state: 'completed', transferred: 360 });
    return paidOut(house, lesson, 360);
  },
  async 'saved-card'(house) {
    const startsAt = house.clock.now() + 20 * dayMs;
    const lesson = await booked(house, { startsAt: iso(startsAt), endsAt: iso(startsAt + hourMs) });
    await joined(house, lesson, 'student', 'tutor');
    await settled(house, lesson);
    return paidOut(house, lesson, 360);
  },
  async 'card-given-later'(house) {
    const startsAt = house.clock.now() + 20 * dayMs;
    const student = { id: 'stu_1', email: 's@example.org', name: 'S' };
    const lesson = await booked(house, { student, startsAt: iso(startsAt), endsAt: iso(startsAt + hourMs) });
    const { payment } = await until(house, lesson.id, (one) => one.payment['setupIntentId'] !== null);
    await house.sim('POST', `/setup_intents/${payment['setupIntentId']}/succeed`, { paymentMethod: 'pm_card_visa' });
    await until(house, lesson.id, (one) => one.payment['clientSecret'] === null);
    await joined(house, lesson, 'student', 'tutor');
    await settled(house, lesson);
    return paidOut(house, lesson, 360);
  },
  async 'captured-elsewhere'(house) {
    const lesson = await booked(house);
    await house.sim('POST', `/payment_intents/${lesson.payment.paymentIntentId}/capture`, { amount: 300 });
    await until(house, lesson.id, (one) => one.payment['captured'] === 300);
    await joined(house, lesson, 'student', 'tutor');
    await settled(house, lesson);
    return paidOut(house, lesson, 240);
  },
  async 'cancelled-elsewhere'(house) {
    const lesson = await booked(house);
    await house.sim('POST', `/payment_intents/${lesson.payment.paymentIntentId}/cancel`, {});
    return ends(house, lesson, { state: 'cancelled', released: 450 });
  },
  async 'malformed-signals'(house) {
    const lesson = await booked(house);
    const handle = house.temporal.workflow.getHandle(workflowIdOf('lesson', lesson.id));
    const messages: [string, ...unknown[]][] = [
      ['join'],
      ['cancel', 'please'],
      ['resolve', { outcome: 'split', payeeBps: -1 }],
      ['stripeEvent', { eventId: 7 }],
      ['adoptRules', { rules: 99, reason: 'x' }],
      ['nobodyHearsThis', {}],
    ];
    for (const [name, ...args] of messages) await handle.signal(name, ...args);
    await until(house, lesson.id, ({ rejected }) => rejected.length === 6);
    await settled(house, lesson);
    return ends(house, lesson, { state: 'cancelled', released: 450 });
  },
  async 'cancelled-in-the-ui'(house) {
    const lesson = await booked(house);
    await house.temporal.workflow.getHandle(workflowIdOf('lesson', lesson.id)).cancel();
    return ends(house, lesson, { state: 'cancelled', released: 450 });
  },
  async 'waiting-for-funds'(house) {
    const lesson = await booked(house);
    await joined(house, lesson, 'student', 'tutor');
    await settled(house, lesson);
    return ends(house, lesson, { state: 'completed', transferred: 360, paidOut: 0 });
  },
}; // prettier-ignore
