import { createHash } from 'node:crypto';
import type { Answer } from '../../test/house/callers.ts';
import type { House } from '../../test/house/house.ts';

// proof/races/: everything that can race within one agreement, in every order, sent over HTTP to a whole house on the
// real Temporal server. What comes of it is held against Stripe's books and ours, and each agreement has one fate.

/** One agreement and the order in which its messages come. */
export interface Race<Racer extends string> {
  readonly id: string;
  readonly order: readonly Racer[];
  /** The statuses of all that was said. */
  readonly answers: number[];
  /** What a person gave up because Stripe refuses it for good: the money stays with the platform. */
  readonly givenUp: string[];
  /** What was wrong already on the way. */
  readonly problems: string[];
}

/** A race in which nothing was said yet. */
export const begun = <Racer extends string>(id: string, order: readonly Racer[]): Race<Racer> => ({
  id,
  order,
  answers: [],
  givenUp: [],
  problems: [],
});

/** What became of one race: who has the money, and what is wrong with that. */
export interface Ended {
  readonly workflowId: string;
  readonly order: string;
  readonly fate: string;
  readonly answers: readonly number[];
  readonly problems: readonly string[];
}

/** How messages are sent. */
export interface Manner {
  /** Each message is sent twice at once, as by a caller who did not wait for the answer. */
  readonly twins: boolean;
}

/** One of these, by the order and what is asked alone: so every seed and batch lives the same order in the same way. */
export function chosen<T>({ order }: Pick<Race<string>, 'order'>, asked: string, list: readonly [T, ...T[]]): T {
  const lot = createHash('sha256').update(`${order.join('/')}: ${asked}`).digest().readUInt32BE();
  return list[lot % list.length] ?? list[0];
} // prettier-ignore

/** How an admin may resolve a complaint. */
export const verdicts: readonly [object, ...object[]] = [
  { outcome: 'release' },
  { outcome: 'refund' },
  { outcome: 'split', payeeBps: 4_000 },
];

/** Says something once or twice at once, under one key, and keeps what was answered. */
export async function say(
  { answers, problems }: Pick<Race<string>, 'answers' | 'problems'>,
  { twins }: Manner,
  send: (key: ReturnType<typeof crypto.randomUUID>) => Promise<Answer>,
): Promise<void> {
  const key = crypto.randomUUID();
  const sent = await Promise.all(Array.from({ length: twins ? 2 : 1 }, () => send(key)));
  const statuses = sent.map(({ status }) => status);
  answers.push(...statuses);
  if (new Set(statuses).size > 1)
    problems.push(`one message sent twice was answered ${statuses.join(' and ')}`);
}

/** Does the work for all of a batch, a few at a time, so that two cores are busy and not swamped. */
export async function forAll<T>(list: readonly T[], work: (one: T) => Promise<void>): Promise<void> {
  const left = [...list];
  const lane = async (): Promise<void> => {
    for (let one = left.shift(); one !== undefined; one = left.shift()) await work(one);
  };
  await Promise.all(Array.from({ length: 8 }, lane));
}

/** What of a payment stands where. */
interface ShownEnd {
  readonly state: string;
  readonly needsAttention: unknown;
  readonly payment: { readonly paymentIntentId: string; readonly [figure: string]: unknown };
}

/** Holds the end of a race against Stripe: one fate, every cent somewhere, nobody waiting for anything. */
export async function endOf(
  house: House,
  workflowId: string,
  { order, answers, givenUp, problems }: Race<string>,
  amount: number,
  { state, needsAttention, payment }: ShownEnd,
): Promise<Ended> {
  const of = (figure: string): number => Number(payment[figure] ?? 0);
  const shares = {
    payer: of('released') + of('refunded'),
    provider: of('transferred') - of('reversed') + of('netted') - of('advanced'),
    bank: of('disputed'),
    'payer in cash': givenUp.length > 0 ? of('held') : 0,
  };
  const sum = Object.values(shares).reduce((all, share) => all + share, of('feeEarned'));
  const { status } = await house.stripe.paymentIntents.retrieve(payment.paymentIntentId);
  const transfers = await house.stripe.transfers.list({ transfer_group: workflowId, limit: 100 });
  const standing = transfers.data.filter((one) => one.amount > one.amount_reversed).length;
  const workflow = await house.temporal.workflow.getHandle(workflowId).describe();
  const claims: [boolean, string][] = [
    [sum === amount, `${sum} of ${amount} is accounted for, ${of('held')} is left on the platform`],
    [standing <= 1, `${standing} transfers stand`],
    [status === (of('captured') > 0 ? 'succeeded' : 'canceled'), `captured ${of('captured')}, and at Stripe it is ${status}`],
    [state === 'completed' || state === 'cancelled', `it is ${state}`],
    [needsAttention === null, `it waits for a person: ${JSON.stringify(needsAttention)}`],
    [workflow.status.name === 'COMPLETED', `its workflow is ${workflow.status.name}`],
    [answers.every((one) => one === 200 || one === 409), `answers: ${answers.join(' ')}`],
  ];
  const broken = claims.flatMap(([isTrue, problem]) => (isTrue ? [] : [problem]));
  const fate = Object.entries(shares).flatMap(([who, share]) => (share > 0 ? [who] : []));
  return { workflowId, order: order.join(' > '), fate: fate.join(' and '), answers, problems: [...problems, ...broken] };
} // prettier-ignore
