import { startAgreement } from '../../api/agreements/start.ts';
import type { Composed } from '../../api/agreements/start.ts';
import { currentRules as bookingRules, slotOf } from '../../domain/booking/booking.ts';
import { AppError } from '../../domain/errors.ts';
import { currentRules as lessonRules } from '../../domain/lesson/lesson.ts';
import { minor } from '../../domain/money.ts';
import { Draw } from './chance.ts';
import type { Coverage } from './coverage.ts';
import { act } from './deeds.ts';
import { bringToRest } from './ending.ts';
import type { Broken } from './ground.ts';
import { Died } from './mortal.ts';
import type { BatchPlan, LifePlan } from './plan.ts';
import { dawn } from './plan.ts';
import type { TraceLine } from './trace.ts';
import { judge } from './verdict.ts';
import type { World } from './world.ts';
import { letPass, openWorld } from './world.ts';

/** What became of a batch: everything that was broken, and the hash of all that happened. */
export interface Lived {
  readonly broken: readonly Broken[];
  readonly digest: string;
  readonly coverage: Coverage;
  readonly struck: readonly string[];
  readonly lines: readonly TraceLine[] | null;
}

/** Trouble goes on for this long after the last thing anybody does. */
const troubleGoesOnMs = 3 * 86_400_000;

/** Lives every life of a plan to its end, first in trouble, then without, and judges what is left. */
export async function liveBatch(plan: BatchPlan, { keepsLines = false } = {}): Promise<Lived> {
  const release = fixChance(plan.seed);
  const world = await openWorld(plan, { keepsLines });
  const { timetable, trouble, broken, coverage, trace, post, simulator, store } = world;
  try {
    let last = dawn;
    for (const life of plan.lives) {
      timetable.at(life.opensAt, () => void begin(world, life));
      last = Math.max(last, life.opensAt, life.startsAt);
      for (const { at, who, deed } of life.acts) {
        timetable.at(at, () => void act(world, life, who, deed));
        last = Math.max(last, at);
      }
    }
    post.keepWatch();
    await letPass(world, last + troubleGoesOnMs);
    trouble.isOver = true;
    if (broken.length === 0) await bringToRest(world);
    if (broken.length === 0) await judge(world);
    return { broken, digest: trace.digest(), coverage, struck: trouble.struck, lines: trace.lines };
  } finally {
    simulator.close();
    await store.close();
    release();
  }
}

/** The house adds a little chance to its waits (activities/operation.ts); here that is the seed's too. Answers how to undo it. */
function fixChance(seed: string): () => void {
  const { random } = Math;
  const draw = new Draw(`${seed}/chance`);
  Math.random = () => draw.next();
  return () => {
    Math.random = random;
  };
}

const tryAgainMs = 5_000;

/** Starts an agreement by the API's own code, and again until the API says that it is there. */
async function begin(world: World, life: LifePlan): Promise<void> {
  const { post, timetable, trace, violate } = world;
  const { kind, id } = life;
  const opening = { kind, id, request: { metadata: {} }, compose: async () => composed(world, life), isDecided: () => true };
  try {
    await post.asApi(`${kind}:${id}`, (ports) => startAgreement(ports, opening));
  } catch (error) {
    if (!(error instanceof Died || error instanceof AppError)) violate('bug', id, `its start threw ${String(error)}`);
    trace.tell(`${kind}:${id}`, 'the start is not answered; it is sent again');
    timetable.after(tryAgainMs, () => void begin(world, life));
  }
} // prettier-ignore

function composed({ payees, timetable }: World, life: LifePlan): Composed {
  const payee = payees[life.payee] ?? { account: '', provider: '', stripeAccount: '' };
  const { id, currency, startsAt } = life;
  const { account, provider, stripeAccount } = payee;
  const agreed = { id, openedAt: timetable.now(), amount: minor(life.amount), currency, startsAt };
  const person = { name: `Person of ${id}`, email: `${id}@example.org`, timeZone: 'UTC' };
  if (life.kind === 'lesson') {
    return {
      input: {
        ...agreed,
        rules: lessonRules,
        endsAt: life.endsAt,
        student: { id: `student_${id}`, paymentMethod: life.paymentMethod },
        tutor: { id: provider, account, stripeAccount },
        policy: { id: 'drawn', version: 1, terms: life.terms },
      },
      contacts: { student: person },
    };
  }
  return {
    input: {
      ...agreed,
      rules: bookingRules,
      durationMinutes: life.durationMinutes,
      eventTypeId: 7,
      seat: null,
      provider: { id: provider, username: provider, account, stripeAccount },
      uiMode: 'hosted',
      returnUrl: 'https://example.org/back',
      policy: { id: 'drawn', version: 1, terms: life.terms },
    },
    contacts: { attendee: person },
    seat: { slot: slotOf(provider, 7, startsAt), seats: 100, label: null },
  };
}
