import { createHash } from 'node:crypto';
import { iso } from '../../domain/time.ts';
import { command, hourMs, minuteMs, openAccount } from '../../test/house/lessons.ts';
import type { Provider, ShownBooking } from '../../test/house/bookings.ts';
import { openProvider, order, setTerms } from '../../test/house/bookings.ts';
import type { Ground } from './ground.ts';
import { travelTo } from './journey.ts';
import { untilAnswered } from './patience.ts';
import type { Deed, Life, Stage } from './plan.ts';
import { stages, weatherOf } from './plan.ts';

/** Where the money goes. */
export interface Payees {
  readonly tutors: readonly { readonly id: string }[];
  readonly providers: readonly Provider[];
}

/** Whoever is paid, and money of the platform's own, before anything dies. */
export async function settleDown(ground: Ground): Promise<Payees> {
  await ground.stripe.paymentIntents.create({
    amount: 5_000_000,
    currency: 'usd',
    payment_method: 'pm_card_bypassPending',
    allowed_payment_method_types: ['card'],
    confirm: true,
  });
  await setTerms(ground, 'chaos', { hold: { anchor: 'session_end', for: 'PT1H' } });
  // One class for all, so that they share the journey to the end of their window.
  const eventTypes = [{ id: 1, title: 'Class', duration: 60, seats: 1_000 }];
  return {
    tutors: [await openAccount(ground), await openAccount(ground), await openAccount(ground)],
    providers: [await openProvider(ground, { eventTypes }), await openProvider(ground, { eventTypes })],
  };
}

/** What the rounds came to. */
export interface Lived {
  /** Lives whose booking was answered with yes. */
  readonly begun: Life[];
  /** Answers by their status: a command may well come too late, or be said to a story that is over. */
  readonly answers: Map<number, number>;
}

/** Requests under way at once: enough that a death meets some of them, and no more than two cores answer. */
const lanes = 6;

/** Lives all these lives at once, stage after stage, in Stripe's weather of that stage. */
export async function live(ground: Ground, payees: Payees, lives: readonly Life[], seed: string, round: number, lived: Lived): Promise<void> {
  const startsAt = (Math.ceil(ground.clock.now() / hourMs) + 1) * hourMs;
  const ends = startsAt + hourMs;
  const until: Readonly<Record<Stage, number>> = {
    booked: startsAt + minuteMs,
    'under way': ends + minuteMs,
    over: ends + 2 * hourMs,
    'paid out': ends + 26 * hourMs,
    decided: ends + 27 * hourMs,
  };
  const note = (status: number): void => void lived.answers.set(status, (lived.answers.get(status) ?? 0) + 1);
  for (const stage of stages) {
    await ground.sim('POST', '/webhooks', weatherOf(seed, round, stage));
    await forAll(lives, async (life) => {
      if (stage === 'booked') {
        const status = await book(ground, payees, life, startsAt);
        note(status);
        if (status !== 201 && status !== 200) return;
        lived.begun.push(life);
      }
      for (const [n, act] of life.acts.entries()) {
        if (act.stage === stage) note(await perform(ground, life, act.deed, `${seed}/${life.id}/${n}`));
      }
    });
    await ground.sim('POST', '/webhooks/flush', {});
    await travelTo(ground, until[stage]);
  }
} // prettier-ignore

/** Books a life; its id makes a second request the same booking. */
async function book(ground: Ground, { tutors, providers }: Payees, life: Life, startsAt: number): Promise<number> {
  const { id, amount, card, isFar, payee } = life;
  const at = isFar ? startsAt + 7 * 24 * hourMs : startsAt;
  const student = { id: `stu_${id}`, email: 's@example.org', name: 'S', ...(card === null ? {} : { paymentMethod: card }) };
  const lesson = { id, amount, currency: 'usd', startsAt: iso(at), endsAt: iso(at + 25 * minuteMs), student, tutor: { id: 'tut_1', account: tutors[payee % tutors.length]?.id } };
  const attendee = { name: 'A', email: `${id}@example.org`, timeZone: 'Europe/Berlin' };
  const booking = { id, policy: 'chaos', provider: providers[payee % providers.length]?.id, eventTypeId: 1, startTime: iso(at), attendee };
  const [path, body] = life.kind === 'lesson' ? ['/api/lessons', lesson] : ['/api/bookings', booking];
  return (await ground.request('POST', path, { role: 'app', body })).status;
} // prettier-ignore

/** The key of a request in the form that clients give it, the same for the same deed. */
function keyOf(name: string): ReturnType<typeof crypto.randomUUID> {
  const hash = createHash('sha256').update(name).digest('hex');
  return `${hash.slice(0, 8)}-${hash.slice(8, 12)}-${hash.slice(12, 16)}-${hash.slice(16, 20)}-${hash.slice(20, 32)}`;
} // prettier-ignore

/** Does one thing, as somebody does who cannot know what died meanwhile; answers the status of what was said. */
async function perform(ground: Ground, life: Life, deed: Deed, key: string): Promise<number> {
  const shown = async (): Promise<ShownBooking> => (await ground.request('GET', `/api/${life.kind}s/${life.id}`)).body as unknown as ShownBooking;
  switch (deed.kind) {
    case 'says':
      return (await (life.kind === 'lesson' ? command : order)(ground, life.id, deed.name, deed.body, keyOf(key))).status;
    case 'pays': {
      const { payment } = await shown();
      const page = life.kind === 'lesson' ? `/payment_intents/${payment.paymentIntentId}/succeed` : `/checkout/sessions/${payment.sessionId}/complete`;
      return await happens(ground, page, { paymentMethod: deed.card });
    }
    case 'accuses': {
      const { payment } = await shown();
      if (!payment.chargeId) return 409;
      const charge = await untilAnswered(() => ground.stripe.charges.retrieve(payment.chargeId));
      const amount = Math.floor((charge.amount - charge.amount_refunded) * deed.share);
      return amount < 1 ? 409 : await happens(ground, '/disputes', { charge: charge.id, amount, reason: 'fraudulent' });
    }
    case 'answers the bank':
      return await ofEach(await shown(), async ({ id }) => {
        const path = `/api/admin/disputes/${id}/${deed.name}`;
        return (await ground.request('POST', path, { body: { reason: 'chaos' }, key: keyOf(`${key}/${id}`) })).status;
      });
    case 'rules':
      return await ofEach(await shown(), ({ id }) => happens(ground, `/disputes/${id}/${deed.verdict}`, {}));
  }
} // prettier-ignore

async function ofEach<T>({ bankDisputes = [] }: { readonly bankDisputes?: readonly T[] }, work: (one: T) => Promise<number>): Promise<number> {
  let last = 409;
  for (const one of bankDisputes) last = await work(one);
  return last;
} // prettier-ignore

/** Something outside of us; what Stripe refuses did not happen. */
async function happens(ground: Ground, path: string, body: object): Promise<number> {
  return await ground.sim('POST', path, body).then(
    () => 200,
    (error: unknown) => {
      const status = Number(/ answered (\d+)/.exec(String(error))?.[1] ?? Number.NaN);
      if (Number.isNaN(status)) throw error;
      return status;
    },
  );
} // prettier-ignore

async function forAll<T>(list: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = [...list];
  const lane = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: lanes }, lane));
}
