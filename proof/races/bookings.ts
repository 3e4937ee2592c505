import type Stripe from 'stripe';
import { iso } from '../../domain/time.ts';
import { accuse, fund, transfersOf, workflowIdOf } from '../../test/house/booking-money.ts';
import type { ShownBooking } from '../../test/house/bookings.ts';
import {
  bookPaid,
  openProvider,
  order,
  setTerms,
  showBooking,
  untilBooking,
} from '../../test/house/bookings.ts';
import type { House } from '../../test/house/house.ts';
import { hourMs, minuteMs, travel } from '../../test/house/lessons.ts';
import type { Ended, Manner, Race } from './race.ts';
import { begun, chosen, endOf, forAll, say, verdicts } from './race.ts';

/** What races within a booking: the end of its window, at which the provider is paid, is no message. */
export const bookingRacers = ['dispute', 'resolve', 'cancel', 'refund', 'transfer', 'chargeback'] as const;
export type BookingRacer = (typeof bookingRacers)[number];

interface BookingRace extends Race<BookingRacer> {
  readonly booking: ShownBooking;
  readonly chargebacks: Stripe.Dispute[];
  /** Transfers there were already when the bank's dispute was known. */
  readonly madeBefore: string[];
}

const amount = 5_000;
/** Its money is available at once, so that providers are paid out within the race and not days after it. */
const funded = 'pm_card_bypassPending';
const people = ['attendee', 'provider', 'admin'] as const;

/** What each racer but the window says; the whole or a part, by the place of the race. */
async function act(house: House, race: BookingRace, racer: Exclude<BookingRacer, 'transfer'>, manner: Manner): Promise<void> {
  const tell = (name: string, body: object): Promise<void> =>
    say(race, manner, (key) => order(house, race.id, name, { reason: 'raced', ...body }, key));
  switch (racer) {
    case 'dispute':
      return tell('dispute', { by: 'attendee' });
    case 'resolve':
      return tell('resolve', chosen(race, 'verdict', verdicts));
    case 'cancel':
      return tell('cancel', { by: chosen(race, 'by', people) });
    case 'refund':
      return tell('refund', chosen(race, 'refund', [{}, { amount: 2_000 }]));
    case 'chargeback':
      return await chargeBack(house, race);
  }
} // prettier-ignore

/** The bank takes the charge, or some of it; where nothing is left of it there is nothing to take. */
async function chargeBack(house: House, race: BookingRace): Promise<void> {
  const charge = await house.stripe.charges.retrieve(race.booking.payment.chargeId);
  const left = charge.amount - charge.amount_refunded;
  const part = Math.min(left, chosen(race, 'disputed', [amount, 1_500, 3_000]));
  // A refund of ours may be on its way and leave the bank less than that, or nothing.
  const opened = left === 0 ? null : await accuse(house, race.booking, { amount: part }).catch(unlessRefused);
  if (opened === null) return;
  race.chargebacks.push(opened);
  await untilBooking(house, race.id, ({ bankDisputes }) => bankDisputes.length > 0, 30_000);
  const made = await transfersOf(house, race.booking);
  race.madeBefore.push(...made.map(({ id }) => id));
} // prettier-ignore

const unlessRefused = (error: unknown): null => {
  if (!String(error).includes('answered 409')) throw error;
  return null;
};

/** The bank decides for the payer. Until then nothing may have left for the provider since the dispute was known. */
async function lose(house: House, race: BookingRace): Promise<void> {
  if (race.chargebacks.length === 0) return;
  for (const { id } of await transfersOf(house, race.booking)) {
    if (!race.madeBefore.includes(id))
      race.problems.push(`${id} was sent while the bank disputed the payment`);
  }
  for (const { id } of race.chargebacks) await house.sim('POST', `/disputes/${id}/lose`, {});
}

/** What the bank has decided about Stripe refunds no more: a person is told, pays it back elsewhere and says so. */
async function giveUp(house: House, race: BookingRace, manner: Manner): Promise<void> {
  const { needsAttention } = await showBooking(house, race.id);
  if (needsAttention?.operation !== 'refund' || race.chargebacks.length === 0) return;
  race.givenUp.push(needsAttention.operation);
  await say(race, manner, (key) => order(house, race.id, 'skip', { reason: 'paid back in cash' }, key));
}

/** Everything between two moments of one race, one after the other. */
async function actAll(house: House, race: BookingRace, racers: readonly BookingRacer[], manner: Manner): Promise<void> {
  for (const racer of racers) if (racer !== 'transfer') await act(house, race, racer, manner);
} // prettier-ignore

const windowOf = ({ order: racers }: BookingRace): number => racers.indexOf('transfer');
/** Every other race says its first word before the session, where a cancellation is still taken. */
const earlyOf = (race: BookingRace): number => Math.min(chosen(race, 'early', [0, 1]), windowOf(race));

/** Lives one booking for each order, all at one time, each hearing its own order; answers how each ended. */
export async function raceBookings(house: House, orders: readonly (readonly BookingRacer[])[], manner: Manner): Promise<Ended[]> {
  await fund(house, 10 * amount * orders.length);
  await setTerms(house, 'raced', { hold: { anchor: 'session_end', for: 'PT1H' } });
  // All come to one session, so that they share the journey to the end of their window.
  const eventTypes = [{ id: 1, title: 'Class', duration: 60, seats: orders.length }];
  const provider = await openProvider(house, { eventTypes });
  const startsAt = Math.ceil((house.clock.now() + hourMs) / hourMs) * hourMs;
  const races: BookingRace[] = [];
  await forAll(orders, async (racers) => {
    const id = `bkg_race_${crypto.randomUUID().slice(0, 12)}`;
    const booking = await bookPaid(house, provider, { id, policy: 'raced', startTime: iso(startsAt) }, funded);
    races.push({ ...begun(id, racers), booking, chargebacks: [], madeBefore: [] });
  });
  await forAll(races, (race) => actAll(house, race, race.order.slice(0, earlyOf(race)), manner));
  await travel(house, startsAt + 70 * minuteMs);
  await forAll(races, (race) => actAll(house, race, race.order.slice(earlyOf(race), windowOf(race)), manner));
  await travel(house, startsAt + 121 * minuteMs);
  await forAll(races, (race) => actAll(house, race, race.order.slice(windowOf(race)), manner));
  await travel(house, 'PT1H');
  await forAll(races, async (race) => {
    const { state, dispute } = await showBooking(house, race.id);
    if (state === 'disputed' && dispute?.outcome === null) await act(house, race, 'resolve', manner);
  });
  await forAll(races, (race) => lose(house, race));
  await travel(house, 'PT1H');
  await forAll(races, (race) => giveUp(house, race, manner));
  await travel(house, 'PT1H');
  const ended: Ended[] = [];
  await forAll(races, async (race) => {
    ended.push(await endOf(house, workflowIdOf(race), race, amount, await showBooking(house, race.id)));
  });
  return ended;
} // prettier-ignore
