import { setImmediate as nextTurn } from 'node:timers/promises';
import type { WorkflowHandle } from '@temporalio/client';
import { Worker } from '@temporalio/worker';
import { afterAll, beforeAll, describe, expect, inject, it } from 'vitest';
import { coherent, invariants, unchecked } from '../../proof/coherent/coherent.ts';
import { honest } from '../../proof/coherent/honest.ts';
import { idOf } from '../../proof/coherent/ownership.ts';
import { readWorkflows } from '../../proof/coherent/workflows.ts';
import type { Run } from '../../proof/coherent/run.ts';
import { Draw } from '../../proof/simulate/chance.ts';
import { commandLineOf, json } from '../dev/command-line.ts';
import { bookPaid, openProvider, showBooking } from '../house/bookings.ts';
import { factsOf } from '../house/books.ts';
import type { House } from '../house/house.ts';
import { openHouse } from '../house/house.ts';
import { book, command, hourMs, openAccount, show, travel } from '../house/lessons.ts';
import { bothJoin } from '../house/stories.ts';
import { untrueMoney } from './planted-money.ts';
import { untrueRecords } from './planted-records.ts';
import type { Cast, Loose } from './untrue.ts';

// One true house: a booking and a lesson that are over, a late cancellation, and two that still wait. Everything is
// coherent; then each invariant is made to see something that no other one sees.

let house: House;
let cast: Cast;
let run: Run;

beforeAll(async () => {
  house = await openHouse();
  const provider = await openProvider(house);
  const { id: account } = await openAccount(house);
  const sold = await bookPaid(house, provider);
  const held = await book(house, account);
  const cancelled = await book(house, account);
  await travel(house, Date.parse(held.startsAt) - hourMs);
  const answer = await command(house, cancelled.id, 'cancel', { by: 'student', reason: 'ill' });
  expect(answer.status).toBe(200);
  await travel(house, Date.parse(held.startsAt));
  await bothJoin(house, held);
  await travel(house, Date.parse(sold.hold.endsAt ?? '') + 4 * 24 * hourMs);
  const waiting = await bookPaid(house, provider);
  const scheduled = await book(house, account);
  cast = {
    soldBooking: `booking:${sold.id}`,
    heldLesson: `lesson:${held.id}`,
    cancelledLesson: `lesson:${cancelled.id}`,
    waitingBooking: `booking:${waiting.id}`,
    waitingLesson: `lesson:${scheduled.id}`,
  };
  expect((await showBooking(house, sold.id)).payment).toMatchObject({ captured: 5000, paidOut: 4500, held: 0 });
  expect((await show(house, held.id)).payment).toMatchObject({ captured: 450, paidOut: 360, held: 0 });
  expect((await show(house, cancelled.id)).payment).toMatchObject({ captured: 225, released: 225, held: 0 });
  const facts = { ...(await factsOf(house)), attended: true };
  const histories = await readWorkflows(house.temporal, facts.store.agreements, replayed);
  run = { ...facts, histories };
}); // prettier-ignore

afterAll(() => house.close());

/** Replays a story of this house on the code of the tree. */
async function replayed(workflowId: string): Promise<string | null> {
  const handle: WorkflowHandle = house.temporal.workflow.getHandle(workflowId);
  const bundle = { codePath: inject('workflowBundlePath') };
  try {
    await Worker.runReplayHistory({ workflowBundle: bundle }, await handle.fetchHistory(), workflowId);
    return null;
  } catch (error) {
    return String(error);
  }
}

const copy = (): Loose => structuredClone(run) as Loose;

const plants = [...untrueMoney, ...untrueRecords];

describe('a house whose books are true', () => {
  it('breaks no invariant of money, with every story looked at from every side', () => {
    expect(coherent(run)).toEqual([]);
    expect(run.histories?.map(({ openRuns }) => openRuns).toSorted()).toEqual([0, 0, 0, 1, 1]);
    expect(run.requests?.filter(({ effect }) => effect).length).toBeGreaterThan(10);
  });

  it('says what was not looked at', () => {
    const gaps = unchecked(run).map((gap) => gap.split(':')[0]);
    expect(gaps).toEqual(['M15', 'M18', 'M20', 'M21']);
    const blind = { ...run, requests: null, histories: null, transitions: null };
    const more = unchecked(blind).map((gap) => gap.split(':')[0]);
    expect(more).toEqual(expect.arrayContaining(['M13, M14', 'M16', 'M17']));
  });

  it('is coherent story by story too, on the rows of one agreement alone', async () => {
    for (const { workflowId } of run.store.agreements) {
      const store = await house.store.readFacts(workflowId);
      expect(store.agreements.map((row) => row.workflowId)).toEqual([workflowId]);
      expect(coherent({ ...run, whole: false, store })).toEqual([]);
    }
  });
});

describe('money that does not agree', () => {
  it.each(plants.map((one) => [one.breaks, one.claim, one] as const))(
    'is seen by %s alone where %s',
    (breaks, _, { plant, names }) => {
      const untrue = copy();
      plant(untrue, cast);
      const found = coherent(untrue as Run);
      expect([...new Set(found.map(({ invariant }) => invariant))], JSON.stringify(found)).toEqual([breaks]);
      expect(found.map(({ message }) => message).join('\n')).toMatch(names);
      for (const { invariant, subject, message } of found)
        expect(message.startsWith(`${invariant} ${subject}: `)).toBe(true);
    },
  );

  it('has a plant for every invariant there is', () => {
    expect(new Set(plants.map(({ breaks }) => breaks))).toEqual(new Set(Object.keys(invariants)));
  });
});

describe('true books of which some are edited on one side (M20)', () => {
  const edited = (edits: number, seed: string) => {
    const draw = new Draw(seed);
    return honest(run, edits, (below) => draw.whole(0, below - 1));
  };

  it('are named, those and no others, whichever they are and whatever was edited', async () => {
    for (let n = 0; n < 60; n += 1) {
      expect(edited(1 + (n % 3), `edits ${n}`)).toEqual([]);
      // The house lives in this process too: its connections are not to wait until all is done.
      await nextTurn();
    }
  });

  it('are not named where nothing was edited, and who did not agree before is nobody’s finding', () => {
    expect(edited(0, 'none')).toEqual([]);
    const untrue = copy();
    plants[0]?.plant(untrue, cast);
    const [found] = coherent(untrue as Run);
    const known = new Set([found?.subject ?? '']);
    expect(honest(untrue as Run, 0, () => 0, known)).toEqual([]);
    expect(honest(untrue as Run, 0, () => 0)).toMatchObject([{ invariant: 'M20', subject: found?.subject }]);
  });
});

describe('holdfast verify', () => {
  it('answers an admin what was checked, and finds nothing wrong with true books', async () => {
    const answer = await house.request('POST', '/api/admin/verify', { body: {} });
    expect(answer.status, JSON.stringify(answer.body)).toBe(200);
    expect(answer.body).toMatchObject({ checked: { agreements: 5 }, violations: [] });
    const usd = { currency: 'usd', authorized: 11_350, captured: 10_675, refunded: 0, transferred: 5_040 };
    expect(answer.body['checked']).toMatchObject({ amounts: [usd] });
    const before = house.store.transactions;
    await house.request('POST', '/api/admin/verify', { body: {} });
    expect(house.store.transactions).toBe(before);
  });

  it('ends as failed and names the amounts once somebody takes money back from an ended lesson’s tutor', async () => {
    const holdfast = await commandLineOf(house);
    expect(await holdfast('verify')).toMatchObject({ code: 0 });
    const [sent] = (await house.stripe.transfers.list({ transfer_group: cast.heldLesson })).data;
    const funds = { amount: 5_000, currency: 'usd', payment_method: 'pm_card_bypassPending' };
    await house.stripe.paymentIntents.create({ ...funds, allowed_payment_method_types: ['card'], confirm: true });
    const destination = run.stripe.transfers.find(({ transfer }) => transfer.id === sent?.id)?.transfer.destination;
    await house.stripe.transfers.create({ amount: 1_000, currency: 'usd', destination: idOf(destination) ?? '' });
    await house.stripe.transfers.createReversal(sent?.id ?? '', { amount: 100 });
    await travel(house, 'PT1H');
    const failed = await holdfast('verify --json');
    expect(failed.code).toBe(1);
    const { violations } = json(failed.out);
    expect(violations).toEqual([
      {
        invariant: 'M10',
        subject: cast.heldLesson,
        message: `M10 ${cast.heldLesson}: reversed: ours 0 usd, Stripe's 100`,
      },
    ]);
  });
}); // prettier-ignore
