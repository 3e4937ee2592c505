// test/review/: what an attacker and an unlucky operator tried. Every test is a way to pay twice, to lose money or to
// hang a payment for ever, and says that it does not work.
import { DefaultLogger } from '@temporalio/worker';
import { MockActivityEnvironment } from '@temporalio/testing';
import pino from 'pino';
import { createActivities } from '../../activities/activities.ts';
import { noCalendar } from '../house/no-calendar.ts';
import type { Activities, Ports } from '../../activities/tasks.ts';
import type { LessonFact, LessonInput, LessonState } from '../../domain/lesson/lesson.ts';
import { lessonMachine } from '../../domain/lesson/machine.ts';
import { live, open } from '../../domain/live.ts';
import type { DriverFact, Wait } from '../../domain/machine.ts';
import type { Move } from '../../domain/payment/moves.ts';
import type { Instant } from '../../domain/time.ts';
import type { Store } from '../../store/store.ts';
import type { LessonChoices } from '../domain/lessons.ts';
import { lessonInput } from '../domain/lessons.ts';
import type { House } from '../simulator/house.ts';
import { openHouse } from '../simulator/house.ts';
import { openBooks } from '../store/sample-books.ts';

/** Something that comes to the lesson at an instant. */
export interface DeskVisit {
  readonly at: Instant;
  readonly act: (desk: Desk) => unknown;
}

/** One lesson at a desk: the machine, the real activities, the store and the simulator, on one clock that we turn. */
export interface Desk {
  readonly house: House;
  readonly store: Store;
  readonly payee: string;
  readonly state: LessonState;
  readonly told: { name: string; accepted: boolean; message: string }[];
  /** Null while the lesson still waits: for a person, or for the end of the test. */
  readonly outcome: string | null;
  now: Instant;
  readonly startsAt: Instant;
  readonly endsAt: Instant;
  tell(name: string, body: unknown): void;
  hint(type: string): void;
  /** Requests like this, reads included, get no answer any more, after Stripe did what was asked. */
  loseAnswers(path: string, times?: number): Promise<unknown>;
  /** Makes one attempt at a move beside the story, as a worker does that Temporal has given up. */
  zombie(move: Move, state: LessonState): Promise<unknown>;
  /** Lives the lesson with these visits, at most until then. */
  live(visits: readonly DeskVisit[], until?: Instant): Promise<Desk>;
}

const silent = new DefaultLogger('ERROR');
/** As many tries as a story gives one move (workflows/options.ts). */
const attempts = 8;
const workflowId = 'lesson:les_42';

class Stopped extends Error {}

/** Opens a desk with the usual lesson: in an hour, 25 minutes, 4.50, paid by card. */
export async function openDesk(choices: LessonChoices = {}): Promise<Desk> {
  const house = await openHouse();
  const store = openBooks();
  const payee = (await house.payee()).id;
  const { now: begin } = await house.control<{ now: string }>('GET', '/clock');
  const openedAt = Date.parse(begin);
  const startsAt = choices.startsAt === undefined ? openedAt + 3_600_000 : openedAt + choices.startsAt;
  const endsAt = choices.endsAt === undefined ? startsAt + 1_500_000 : openedAt + choices.endsAt;
  const plain = lessonInput({ ...choices, startsAt, endsAt });
  const input: LessonInput = { ...plain, openedAt, tutor: { ...plain.tutor, stripeAccount: payee } };
  let now = openedAt;
  let outcome: string | null = null;
  const ports: Ports = {
    store,
    stripe: house.stripe,
    calendar: noCalendar,
    clock: { now: () => now },
    log: pino({ level: 'silent' }),
  };
  const activities = createActivities(ports);
  const life = open(lessonMachine, input);
  const columns = lessonMachine.columns(life.state, openedAt);
  await store.createAgreement({ workflowId, kind: 'lesson', id: input.id, inputHash: '', input, contacts: {}, metadata: {}, state: life.state, columns, at: openedAt }); // prettier-ignore

  const pass = async (ms: number): Promise<void> => {
    now += ms;
    if (ms >= 1000) await house.advance(Math.floor(ms / 1000));
  };
  const attempt = (move: Move, state: LessonState, nth: number): Promise<LessonFact> => {
    const environment = new MockActivityEnvironment(
      { workflowExecution: { workflowId, runId: 'run' }, attempt: nth },
      { logger: silent },
    );
    const activity = activities[move.type] as (task: object) => ReturnType<Activities['authorize']>;
    return environment.run(activity, { kind: 'lesson', state, move });
  };
  const perform = async (move: Move, state: LessonState): Promise<LessonFact | DriverFact<Move>> => {
    let lastError = '';
    for (let nth = 1; nth <= attempts; nth += 1) {
      await pass(1000);
      try {
        return await attempt(move, state, nth);
      } catch (error) {
        lastError = (error as Error).message;
      }
    }
    return { type: 'stuck', at: now, attempts, lastError };
  };

  const desk: Desk = {
    house,
    store,
    payee,
    get state() {
      return life.state;
    },
    told: [],
    get outcome() {
      return outcome;
    },
    get now() {
      return now;
    },
    startsAt,
    endsAt,
    tell: (name, body) => void desk.told.push({ name, ...life.tell(name, body, now) }),
    hint: (type) =>
      life.hint({ eventId: `evt_${type}_${now}`, type, objectId: life.state.payment.intent?.id ?? 'x' }, now),
    loseAnswers: (path, times = 1000) =>
      house.control('POST', '/faults', { method: '*', path, times, fault: { kind: 'drop_after' } }),
    zombie: (move, state) => attempt(move, state, attempts),
    async live(visits, until = openedAt + 30 * 86_400_000) {
      const agenda = [...visits].sort((a, b) => a.at - b.at);
      const world = {
        now: () => now,
        publish: () => Promise.resolve(false),
        perform,
        async waitUntil(wait: Wait, woken: () => boolean): Promise<void> {
          const end = Math.min(wait.until ?? Infinity, until);
          while (!woken()) {
            const visit = agenda[0];
            if (visit === undefined || visit.at > end) {
              if (end === until || end === Infinity) throw new Stopped();
              await pass(Math.max(1, end - now));
              return;
            }
            agenda.shift();
            await pass(Math.max(0, visit.at - now));
            await visit.act(desk);
          }
        },
      };
      try {
        outcome = await live(lessonMachine, life, world);
      } catch (error) {
        if (!(error instanceof Stopped)) throw error;
      }
      return desk;
    },
  };
  return desk;
}

/** Both parties come; the lesson takes place. */
export const takesPlace = ({ startsAt }: Desk): DeskVisit[] => [
  { at: startsAt, act: (desk) => desk.tell('join', { party: 'student' }) },
  { at: startsAt, act: (desk) => desk.tell('join', { party: 'tutor' }) },
];

/** What Stripe itself says was captured, transferred and given back for this lesson. */
export async function atStripe({ house: { stripe }, state }: Desk) {
  const id = state.payment.intent?.id ?? '';
  const intent = await stripe.paymentIntents.retrieve(id);
  const transfers = await stripe.transfers.list({ transfer_group: workflowId, limit: 100 });
  const refunds = await stripe.refunds.list({ payment_intent: id, limit: 100 });
  const sum = (rows: { amount: number }[]): number => rows.reduce((total, { amount }) => total + amount, 0);
  return {
    captured: intent.amount_received,
    transferred: sum(transfers.data),
    refunded: sum(
      refunds.data.filter(
        ({ balance_transaction, status }) => balance_transaction !== null && status !== 'failed',
      ),
    ),
  };
}

/** What the ledger holds in each account of this lesson. */
export const ledgerOf = async ({ store }: Desk): Promise<Record<string, number>> =>
  Object.fromEntries(
    (await store.ledgerBalances(workflowId)).map(({ account, amount }) => [account, amount]),
  );
