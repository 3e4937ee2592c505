import { setTimeout as pause } from 'node:timers/promises';
import { expect } from 'vitest';
import type { MoveType } from '../../domain/payment/moves.ts';
import { iso } from '../../domain/time.ts';
import { eventually } from './eventually.ts';
import type { House } from './house.ts';
import { book, booking, command, hourMs, minuteMs, openAccount, show, travel, until } from './lessons.ts';
import type { LoggedRequest, Target } from './faults.ts';
import { requests, tookEffect } from './faults.ts';
import { bothJoin, paidInFull } from './stories.ts';

/** A lesson on its way to one write, and who is paid for it. */
export interface Life {
  readonly id: string;
  readonly account: { readonly id: string; readonly stripeId: string };
  readonly startsInMs: number;
  readonly paymentIntentId: string;
}

/** One write of an agreement's life: how to come to it, where it goes, and what the money is when all is over. */
export interface WriteStory<L = Life> {
  readonly move: MoveType;
  readonly workflowIdOf: (life: L) => string;
  /** Brings an agreement near to the write; several may be brought there at a time, so no time is travelled. */
  readonly before: (house: House) => Promise<L>;
  /** Travels with all of them to the moment before the write. */
  readonly ready?: (house: House, lives: readonly L[]) => Promise<void>;
  readonly target: (life: L) => Target;
  /** Everything in Stripe by which this write could be made or found. */
  readonly reach: (life: L) => Target;
  /** Lets the time come, or gives the commands, at which the write is made for all of them. */
  readonly cause: (house: House, lives: readonly L[]) => Promise<unknown>;
  /** Brings all who came through their trouble to the end. */
  readonly finish: (house: House, lives: readonly L[]) => Promise<void>;
  /** The agreement as the API shows it, and what it must show in the end. */
  readonly shown: (house: House, life: L) => Promise<unknown>;
  readonly end: Readonly<Record<string, unknown>>;
  /** The objects that the write leaves in Stripe for this agreement. */
  readonly objects: (house: House, life: L) => Promise<unknown[]>;
}

/** What the writes of all lessons share. */
const ofLessons = {
  workflowIdOf: (life: Life) => workflowIdOf(life),
  shown: (house: House, { id }: Life) => show(house, id),
};

/** Far enough ahead that an outage of a day ends before the lesson, near enough for a hold placed today. */
const nearMs = 48 * hourMs;
/** Beyond the life of a hold, so that the card is saved first. */
const farMs = 6 * 24 * hourMs;
const lessonMs = 25 * minuteMs;
const all = { limit: 1_000 };

export const workflowIdOf = ({ id }: { readonly id: string }): string => `lesson:${id}`;

const bodyOf = (house: House, { id, account, startsInMs }: Life) => {
  // Lessons that are booked one after the other begin together, so that they share the steps of the journey.
  const gridMs = startsInMs > nearMs / 2 ? 6 * hourMs : 1_000;
  const startsAt = Math.ceil((house.clock.now() + startsInMs) / gridMs) * gridMs;
  const student = { id: `stu_${id}`, email: 's@example.org', name: 'S', paymentMethod: 'pm_card_visa' };
  return booking(house, account.id, {
    id,
    student,
    startsAt: iso(startsAt),
    endsAt: iso(startsAt + lessonMs),
  });
};

const blankLife = async (house: House, startsInMs: number): Promise<Life> => {
  const id = `les_${crypto.randomUUID().slice(0, 12)}`;
  return { id, account: await openAccount(house), startsInMs, paymentIntentId: '' };
};

/** Books while Stripe is in trouble: the callers are answered late or 202, and the retries pass in travelled time. */
async function bookInTrouble(house: House, lives: readonly Life[]): Promise<void> {
  const booked = lives.map((life) =>
    house.request('POST', '/api/lessons', { role: 'app', body: bodyOf(house, life) }),
  );
  await untilPerforming(house, lives.map(workflowIdOf));
  await travel(house, 'PT10M');
  for (const { status } of await Promise.all(booked)) expect(status).toBeOneOf([201, 202]);
}

/** The rows are there before Stripe is asked; from then on time may pass. */
export async function untilPerforming(house: House, workflowIds: readonly string[]): Promise<void> {
  const isBegun = (workflowId: string) =>
    eventually(
      () => house.store.findAgreement(workflowId),
      (row) => row !== null,
    );
  await Promise.all(workflowIds.map(isBegun));
  await pause(300);
}

async function bookNow(house: House, startsInMs: number, isAttended: boolean): Promise<Life> {
  const life = await blankLife(house, startsInMs);
  const { payment } = await book(house, life.account.id, bodyOf(house, life));
  if (isAttended) await attend(house, life);
  return { ...life, paymentIntentId: payment.paymentIntentId };
}

/** A lesson in an hour that is paid for and that both parties come to. */
export const bookAttended = (house: House): Promise<Life> => bookNow(house, hourMs, true);

/** Both parties come to the lesson. */
export const attend = async (house: House, { id }: { readonly id: string }): Promise<void> =>
  await bothJoin(house, await show(house, id));

/** Whether the write is part of getting paid, so that nobody can come to the lesson before it. */
export const isBooking = ({ move }: Pick<WriteStory, 'move'>): boolean =>
  move === 'authorize' || move === 'createCustomer' || move === 'saveCard';

/** To the moment at which the lesson and its payouts are over. */
export async function liveOn(house: House, life: Life): Promise<void> {
  await travel(house, house.clock.now() + life.startsInMs + 78 * hourMs);
}

/** Past the lesson's end, where it is settled. */
export async function travelPastEnd(house: House, { id }: { readonly id: string }): Promise<void> {
  const to = Date.parse((await show(house, id)).endsAt) + minuteMs;
  if (to > house.clock.now()) await travel(house, to);
}

const allPastEnd = async (house: House, lives: readonly Life[]): Promise<void> => {
  for (const life of lives) await travelPastEnd(house, life);
};

const cancelledBy =
  (by: string) =>
  async (house: House, lives: readonly Life[]): Promise<void> => {
    const asked = lives.map(({ id }) => command(house, id, 'cancel', { by, reason: 'ill' }));
    for (const answer of await Promise.all(asked))
      expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    await travel(house, 'PT10M');
  };

const held = { state: 'completed', payment: paidInFull };

const ownBy = (house: House, life: Life) =>
  house.stripe.transfers.list({ transfer_group: workflowIdOf(life) });
const isOf = (life: Life) => (made: { metadata: Record<string, string> | null }) =>
  made.metadata?.['workflow_id'] === workflowIdOf(life);

/** Where several lives write under one path, each is known by what it names. */
export const named = (path: string, workflowId: string): Target => ({
  path,
  params: { metadata: { workflow_id: workflowId } },
});

const wholeIntent = ({ paymentIntentId }: Life): Target => ({
  path: `/v1/payment_intents/${paymentIntentId}*`,
});

const lessonWrites: readonly Omit<WriteStory, 'finish' | keyof typeof ofLessons>[] = [
  {
    move: 'authorize',
    before: (house) => blankLife(house, nearMs),
    target: (life) => named('/v1/payment_intents', workflowIdOf(life)),
    reach: () => ({ path: '/v1/payment_intents' }),
    cause: bookInTrouble,
    end: held,
    objects: async (house, life) =>
      (await house.stripe.paymentIntents.list({ limit: 100 }).autoPagingToArray(all)).filter(isOf(life)),
  },
  {
    move: 'createCustomer',
    before: (house) => blankLife(house, farMs),
    target: (life) => named('/v1/customers', workflowIdOf(life)),
    reach: () => ({ path: '/v1/customers' }),
    cause: bookInTrouble,
    end: held,
    objects: async (house, life) =>
      (await house.stripe.customers.list({ limit: 100 }).autoPagingToArray(all)).filter(isOf(life)),
  },
  {
    move: 'saveCard',
    before: (house) => blankLife(house, farMs),
    target: (life) => named('/v1/setup_intents', workflowIdOf(life)),
    reach: () => ({ path: '/v1/setup_intents' }),
    cause: bookInTrouble,
    end: held,
    objects: async (house, life) =>
      (await house.stripe.setupIntents.list({ limit: 100 }).autoPagingToArray(all)).filter(isOf(life)),
  },
  {
    move: 'capture',
    before: (house) => bookNow(house, hourMs, true),
    target: (life) => ({ path: `/v1/payment_intents/${life.paymentIntentId}/capture` }),
    reach: wholeIntent,
    cause: allPastEnd,
    end: held,
    objects: async (house, life) =>
      (await house.stripe.charges.list({ payment_intent: life.paymentIntentId })).data.filter((one) => one.captured),
  },
  {
    move: 'release',
    before: (house) => bookNow(house, nearMs, false),
    target: (life) => ({ path: `/v1/payment_intents/${life.paymentIntentId}/cancel` }),
    reach: wholeIntent,
    cause: cancelledBy('tutor'),
    end: { state: 'cancelled', payment: { authorized: 450, captured: 0, released: 450, refunded: 0, state: 'released' } },
    objects: async (house, life) =>
      (await house.stripe.refunds.list({ payment_intent: life.paymentIntentId })).data,
  },
  {
    // A person captured the hold; the student then cancels at half the price.
    move: 'refund',
    before: async (house) => {
      const life = await bookNow(house, hourMs, false);
      await house.sim('POST', `/payment_intents/${life.paymentIntentId}/capture`, {});
      await until(house, life.id, ({ payment }) => payment['captured'] === 450);
      return life;
    },
    // All that Stripe says about the captures is heard, so that no look at their refunds is still to come.
    ready: (house) => travel(house, 'PT1S'),
    target: (life) => named('/v1/refunds', workflowIdOf(life)),
    reach: () => ({ path: '/v1/refunds' }),
    cause: cancelledBy('student'),
    end: {
      state: 'cancelled',
      payment: { captured: 450, released: 0, refunded: 225, feeEarned: 45, transferred: 180, paidOut: 180, held: 0 },
    },
    objects: async (house, life) =>
      (await house.stripe.refunds.list({ payment_intent: life.paymentIntentId })).data,
  },
  {
    move: 'transfer',
    before: (house) => bookNow(house, hourMs, true),
    target: (life) => named('/v1/transfers', workflowIdOf(life)),
    reach: () => ({ path: '/v1/transfers' }),
    cause: allPastEnd,
    end: held,
    objects: async (house, life) => (await ownBy(house, life)).data,
  },
  {
    move: 'payOut',
    before: (house) => bookNow(house, hourMs, true),
    ready: allPastEnd,
    target: ({ account }) => ({ path: '/v1/payouts', account: account.stripeId }),
    reach: ({ account }) => ({ path: '/v1/payouts', account: account.stripeId }),
    cause: (house) => travel(house, 'P2DT1H'),
    end: held,
    objects: async (house, { account }) =>
      (await house.stripe.payouts.list({ limit: 100 }, { stripeAccount: account.stripeId })).data,
  },
]; // prettier-ignore

/** Every Stripe write of a lesson's life. */
export const writeStories: readonly WriteStory[] = lessonWrites.map((write) => ({
  ...write,
  ...ofLessons,
  async finish(house, lives) {
    if (isBooking(write)) for (const life of lives) await attend(house, life);
    for (const life of lives.slice(-1)) await liveOn(house, life);
  },
}));

/** Every request by which this write reached Stripe, oldest first. */
export async function requestsOf<L>(
  house: House,
  { target, workflowIdOf: idOf }: WriteStory<L>,
  life: L,
): Promise<LoggedRequest[]> {
  const { path } = target(life);
  const isOurs = ({ params }: LoggedRequest): boolean => {
    const { metadata } = params as { metadata?: Record<string, string> };
    return metadata === undefined || metadata['workflow_id'] === idOf(life);
  };
  return (await requests(house)).filter((one) => one.method === 'POST' && one.path === path && isOurs(one));
}

/** Both books of one write: it took effect once for Stripe and once for us, and nobody waits for a person. */
export async function expectOneEffect<L>(house: House, story: WriteStory<L>, life: L): Promise<void> {
  const workflowId = story.workflowIdOf(life);
  expect(await story.shown(house, life)).toMatchObject({ ...story.end, needsAttention: null });
  const effects = (await requestsOf(house, story, life)).filter(tookEffect);
  expect(effects, 'requests that took effect').toHaveLength(1);
  expect(await story.objects(house, life), 'objects in Stripe').toHaveLength(1);
  const operations = await house.store.listOperations(workflowId);
  const effective = operations.filter(({ kind, result }) => kind === story.move && result === 'effect');
  expect(effective, 'operations with an effect').toHaveLength(1);
  expect(
    operations.filter(({ status }) => status !== 'done').map(({ key }) => key),
    'unfinished operations',
  ).toEqual([]);
  const { data: parked } = (
    await house.request('GET', `/api/admin/alerts?type=PARKED&subject=${workflowId}&resolved=false`)
  ).body;
  expect(parked, 'open PARKED alerts').toEqual([]);
}
