import { iso } from '../../domain/time.ts';
import type { House } from '../../test/house/house.ts';
import type { ShownLesson } from '../../test/house/lessons.ts';
import { book, command, hourMs, minuteMs, openAccount, show, travel } from '../../test/house/lessons.ts';
import type { Ended, Manner, Race } from './race.ts';
import { begun, chosen, endOf, forAll, say, verdicts } from './race.ts';

/** What races within a lesson: `endEarly` is the call's end, `end` the scheduled one and what the parties say then. */
export const lessonRacers = ['endEarly', 'end', 'cancel', 'dispute', 'refund', 'webhook'] as const;
export type LessonRacer = (typeof lessonRacers)[number];

interface LessonRace extends Race<LessonRacer> {
  readonly lesson: ShownLesson;
}

const amount = 4_999;
/** Their money is available at once, so that tutors are paid out within the race and not days after it. */
const student = { id: 'stu_1', email: 's@example.org', name: 'S', paymentMethod: 'pm_card_bypassPending' };
const parties = ['student', 'tutor'] as const;

/** What each racer says or does. */
async function act(house: House, race: LessonRace, racer: LessonRacer, manner: Manner): Promise<void> {
  const tell = (name: string, body: object): Promise<void> =>
    say(race, manner, (key) => command(house, race.id, name, body, key));
  const reason = 'raced';
  switch (racer) {
    case 'endEarly':
      await Promise.all(parties.map((party) => tell('call-end', { party })));
      return;
    case 'end':
      await Promise.all(parties.map((party) => tell('end', { party })));
      return;
    case 'cancel':
      return await tell('cancel', { by: chosen(race, 'by', ['student', 'tutor', 'admin']), reason });
    case 'dispute':
      return await tell('dispute', { by: 'student', reason });
    case 'refund':
      return await tell('refund', { reason, ...chosen(race, 'refund', [{}, { amount: 1_000 }]) });
    case 'webhook':
      return await happenAtStripe(house, race, manner);
  }
} // prettier-ignore

/** Something that only a webhook tells: a person takes the hold or lets it go at Stripe, or an old event comes again. */
async function happenAtStripe(house: House, race: LessonRace, { twins }: Manner): Promise<void> {
  const id = race.lesson.payment.paymentIntentId;
  const { status } = await house.stripe.paymentIntents.retrieve(id);
  const deed = chosen(race, 'deed', ['capture', 'again', 'cancel']);
  if (deed !== 'again' && status === 'requires_capture') {
    await house.sim('POST', `/payment_intents/${id}/${deed}`, {});
    return;
  }
  const type = 'payment_intent.amount_capturable_updated';
  const events = await house.stripe.events.list({ type, limit: 100 }).autoPagingToArray({ limit: 10_000 });
  const told = events.find(({ data }) => (data.object as { id?: string }).id === id);
  if (told === undefined) throw new Error(`No event tells of the hold of ${race.id}`);
  const resend = () => house.sim('POST', '/webhooks/resend', { event: told.id });
  await Promise.all(twins ? [resend(), resend()] : [resend()]);
} // prettier-ignore

async function actAll(house: House, race: LessonRace, racers: readonly LessonRacer[], manner: Manner): Promise<void> {
  for (const racer of racers) await act(house, race, racer, manner);
} // prettier-ignore

const endIn = ({ order }: LessonRace): number => order.indexOf('end');
/** Every other race says its first word before the start, where a cancellation is still taken. */
const earlyOf = (race: LessonRace): number => Math.min(chosen(race, 'early', [0, 1]), endIn(race));

/** Lives one lesson for each order, all at one time, each hearing its own order; answers how each ended. */
export async function raceLessons(house: House, orders: readonly (readonly LessonRacer[])[], manner: Manner): Promise<Ended[]> {
  const accounts = [await openAccount(house), await openAccount(house)] as const;
  // A tutor who cannot be paid yet: the money stays with the platform, so that the last words still find some.
  const slow = accounts[1].stripeId;
  const setTransfers = (transfers: string) => house.sim('POST', `/accounts/${slow}`, { capabilities: { transfers } });
  await setTransfers('inactive');
  const startsAt = Math.ceil((house.clock.now() + 2 * hourMs) / 1_000) * 1_000;
  const endsAt = startsAt + 25 * minuteMs;
  const races: LessonRace[] = [];
  await forAll(orders, async (order) => {
    const id = `les_race_${crypto.randomUUID().slice(0, 12)}`;
    const account = chosen({ order }, 'account', accounts);
    const lesson = await book(house, account.id, { id, amount, startsAt: iso(startsAt), endsAt: iso(endsAt), student });
    races.push({ ...begun(id, order), lesson });
  });
  await forAll(races, (race) => actAll(house, race, race.order.slice(0, earlyOf(race)), manner));
  await travel(house, startsAt + minuteMs);
  await forAll(races, async (race) => {
    for (const party of parties) await say(race, manner, (key) => command(house, race.id, 'join', { party }, key));
    await actAll(house, race, race.order.slice(earlyOf(race), endIn(race)), manner);
  });
  await travel(house, endsAt + minuteMs);
  await forAll(races, (race) => actAll(house, race, race.order.slice(endIn(race)), manner));
  await forAll(races, async (race) => {
    if ((await show(house, race.id)).state !== 'disputed') return;
    await say(race, manner, (key) => command(house, race.id, 'resolve', { ...chosen(race, 'verdict', verdicts), reason: 'heard' }, key));
  });
  await setTransfers('active');
  await travel(house, 'PT8H');
  const ended: Ended[] = [];
  await forAll(races, async (race) => {
    ended.push(await endOf(house, `lesson:${race.id}`, race, amount, await show(house, race.id)));
  });
  return ended;
} // prettier-ignore
