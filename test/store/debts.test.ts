import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { closeDebt, net } from '../../store/debts.ts';
import type { NewIntent } from '../../store/journal.ts';
import type { Store } from '../../store/store.ts';
import { captured, captureOf, columns, lesson, newFile, noon, openBooks, stateAt } from './sample-books.ts';

const account = 'tut_acct_1';

/** Two processes on one file, taking turns. */
function twoBooks() {
  const file = newFile();
  const [here, there] = [openBooks(file), openBooks(file)];
  return { here, there, either: (n: number) => (n % 2 === 0 ? here : there) };
}

/** The story says what the platform has laid out for its payee. */
const tell = (store: Store, id: string, rev: number, advanced: number, currency = 'usd') =>
  store.project({
    workflowId: `lesson:${id}`,
    state: stateAt(rev),
    columns: columns({ advanced, currency }),
    actor: 'system',
    at: noon + rev,
  });

async function owe(store: Store, id: string, rev: number, advanced: number, currency = 'usd') {
  await store.createAgreement(lesson(id));
  await tell(store, id, rev, advanced, currency);
}

const netOf = (store: Store, operationKey: string, most: number, currency = 'usd') =>
  store.transact((s) => net(s, { operationKey, account, currency, most }));

const close = (store: Store, id: string) => store.transact((s) => closeDebt(s, `lesson:${id}`));

const recovered = async (store: Store, ...ids: string[]) =>
  await Promise.all(ids.map((id) => store.recoveredOf(`lesson:${id}`)));

/** The intent of a transfer that keeps back what it can, as one commit. */
const intendNetting = (store: Store, intent: NewIntent, most: number) =>
  store.intend(intent, function* (s) {
    yield* net(s, { operationKey: intent.key, account, currency: 'usd', most });
  });

const nothingMoved = { result: 'none', ledger: [], objects: [], stripeIds: [] } as const;

describe('what a payee owes', () => {
  it('is kept back from the oldest debt first, in its own currency, and no more than is owed', async () => {
    const { here, there } = twoBooks();
    await owe(here, 'young', 2, 70);
    await owe(here, 'old', 1, 100);
    await owe(here, 'yen', 1, 900, 'jpy');
    expect(await netOf(there, 'a', 130)).toBe(130);
    expect(await recovered(here, 'old', 'young', 'yen')).toEqual([100, 30, 0]);
    expect(await here.debtsOf(account)).toEqual([
      { currency: 'jpy', amount: 900 },
      { currency: 'usd', amount: 40 },
    ]);
    expect(await netOf(here, 'b', 500)).toBe(40);
    expect(await netOf(there, 'c', 500)).toBe(0);
    expect(await there.debtsOf(account)).toEqual([{ currency: 'jpy', amount: 900 }]);
    expect(await there.debtsOf('tut_acct_2')).toEqual([]);
  });

  it('is kept back once by an operation that asks again, and never twice by two that ask together', async () => {
    const { here, there, either } = twoBooks();
    await owe(here, 'les_1', 1, 100);
    const kept = await Promise.all(Array.from({ length: 12 }, (_, n) => netOf(either(n), `op_${n % 6}`, 30)));
    expect(kept).toEqual([30, 30, 30, 10, 0, 0, 30, 30, 30, 10, 0, 0]);
    expect(await recovered(there, 'les_1')).toEqual([100]);
    expect([await there.nettedBy('op_0'), await there.nettedBy('op_3'), await there.nettedBy('op_9')]).toEqual([
      30, 10, 0,
    ]); // prettier-ignore
  });

  it('is not changed by older news of the story', async () => {
    const { here, there } = twoBooks();
    await owe(here, 'les_1', 5, 100);
    expect(await tell(there, 'les_1', 4, 500)).toBe(false);
    expect(await tell(there, 'les_1', 3, 0)).toBe(false);
    expect(await there.debtsOf(account)).toEqual([{ currency: 'usd', amount: 100 }]);
    await tell(there, 'les_1', 6, 60);
    expect(await here.debtsOf(account)).toEqual([{ currency: 'usd', amount: 60 }]);
    expect(await netOf(here, 'a', 500)).toBe(60);
  });

  it('refuses to keep back a part of a cent or less than nothing', async () => {
    const store = openBooks();
    await owe(store, 'les_1', 1, 100);
    await expect(netOf(store, 'a', 0.5)).rejects.toThrow(/Broken invariant/);
    await expect(netOf(store, 'a', -1)).rejects.toThrow(/Broken invariant/);
    expect(await recovered(store, 'les_1')).toEqual([0]);
  });
});

describe('a transfer that keeps back an older debt', () => {
  const workflowId = 'lesson:les_2';
  const intent = captureOf(workflowId);

  it('keeps it with its intent, once, and keeps nothing where the intent is refused', async () => {
    const { here, there } = twoBooks();
    await owe(here, 'les_1', 1, 100);
    await here.createAgreement(lesson('les_2'));
    expect(await intendNetting(here, intent, 60)).toMatchObject({ fresh: true });
    expect(await intendNetting(there, intent, 60)).toMatchObject({ fresh: false });
    expect(await there.nettedBy(intent.key)).toBe(60);
    const broken = { ...intent, key: `${workflowId}:transfer` };
    const failing = here.intend(broken, function* (s) {
      yield* net(s, { operationKey: broken.key, account, currency: 'usd', most: 40 });
      throw new Error('changed my mind');
    });
    await expect(failing).rejects.toThrow('changed my mind');
    expect(await there.findOperation(broken.key)).toBeNull();
    expect(await recovered(there, 'les_1')).toEqual([60]);
  });

  it('gives it back when it moved no money, once, and keeps it when it did', async () => {
    const { here, there } = twoBooks();
    await owe(here, 'les_1', 1, 100);
    await here.createAgreement(lesson('les_2'));
    await intendNetting(here, intent, 60);
    await netOf(there, 'other', 10);
    const none = captured(workflowId, { ...nothingMoved, outcome: { type: 'refused', at: noon } });
    await here.settle(none);
    await there.settle(none);
    expect([await there.nettedBy(intent.key), await there.nettedBy('other')]).toEqual([0, 10]);
    expect(await recovered(there, 'les_1')).toEqual([10]);

    const second = { ...intent, key: `${workflowId}:capture:2` };
    await intendNetting(here, second, 60);
    await here.settle(captured(workflowId, { key: second.key, state: stateAt(2) }));
    await there.settle({ ...none, key: second.key });
    expect(await there.nettedBy(second.key)).toBe(60);
    expect(await there.debtsOf(account)).toEqual([{ currency: 'usd', amount: 30 }]);
  });
});

describe('a debt that its story closes', () => {
  it('has been recovered as far as it says, and nobody keeps more back for it', async () => {
    const { here, there } = twoBooks();
    await owe(here, 'les_1', 1, 100);
    const answers = await Promise.all([
      netOf(here, 'a', 30),
      close(there, 'les_1'),
      netOf(here, 'b', 30),
      close(here, 'les_1'),
    ]);
    expect(answers).toEqual([30, 30, 0, 30]);
    await tell(there, 'les_1', 2, 100);
    expect(await netOf(here, 'c', 30)).toBe(0);
    await tell(there, 'les_1', 3, 30);
    expect(await here.debtsOf(account)).toEqual([]);
    expect(await close(here, 'les_9')).toBe(0);
  });

  it('is owed again as far as what was kept for it is given back, and answers the same as before', async () => {
    const { here, there } = twoBooks();
    await owe(here, 'les_1', 1, 100);
    await here.createAgreement(lesson('les_2'));
    await intendNetting(here, captureOf('lesson:les_2'), 30);
    expect(await close(there, 'les_1')).toBe(30);
    await here.settle(captured('lesson:les_2', { ...nothingMoved, outcome: { type: 'refused', at: noon } }));
    expect(await close(there, 'les_1')).toBe(30);
    await tell(there, 'les_1', 2, 30);
    expect(await there.debtsOf(account)).toEqual([{ currency: 'usd', amount: 30 }]);
    expect(await netOf(there, 'b', 500)).toBe(30);
    expect(await here.debtsOf(account)).toEqual([]);
  });

  it('is open again when the platform lays out more', async () => {
    const { here, there } = twoBooks();
    await owe(here, 'les_1', 1, 100);
    await netOf(here, 'a', 30);
    await close(here, 'les_1');
    await tell(here, 'les_1', 2, 30);
    await tell(there, 'les_1', 3, 80);
    expect(await netOf(there, 'b', 500)).toBe(50);
    expect(await close(here, 'les_1')).toBe(80);
  });
});

describe('debts that nobody pays back', () => {
  const aged = async (store: Store, olderThan: number) =>
    (await store.listAgedDebts({ olderThan, limit: 5 })).map(({ workflowId }) => workflowId);

  it('are alerted to once each, oldest first, and again only when they are owed anew', async () => {
    const { here, there } = twoBooks();
    await owe(here, 'young', 2, 70);
    await owe(here, 'old', 1, 100);
    expect(await aged(there, noon + 1)).toEqual([]);
    expect(await aged(there, noon + 9)).toEqual(['lesson:old', 'lesson:young']);
    await here.markDebtAlerted('lesson:old', noon + 9);
    expect(await aged(there, noon + 9)).toEqual(['lesson:young']);
    await tell(here, 'old', 10, 120);
    expect(await aged(there, noon + 99)).toEqual(['lesson:young']);
    expect(await netOf(here, 'a', 190)).toBe(190);
    expect(await aged(there, noon + 99)).toEqual([]);
    await tell(here, 'old', 50, 150);
    expect(await aged(there, noon + 50)).toEqual([]);
    expect(await aged(there, noon + 51)).toEqual(['lesson:old']);
  });
});

describe('any history of debts', () => {
  it('never recovers more than is owed, and knows of every amount which operation keeps it', async () => {
    const { either } = twoBooks();
    const step = fc.record({
      what: fc.constantFrom('advance', 'net', 'net', 'giveBack', 'close'),
      which: fc.nat({ max: 2 }),
      amount: fc.integer({ min: 0, max: 120 }),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 30 }), async (steps) => {
        const prefix = `r${(run += 1)}`;
        const payeeAccount = `acct_${run}`;
        const advanced = [0, 0, 0];
        for (let n = 0; n < 3; n += 1) await either(n).createAgreement(lesson(`${prefix}_${n}`));
        const keys: string[] = [];
        for (const [n, { what, which, amount }] of steps.entries()) {
          const store = either(n);
          const workflowId = `lesson:${prefix}_${which}`;
          const key = `${workflowId}:op:${n}`;
          if (what === 'advance') {
            const total = (advanced[which] ?? 0) + amount;
            advanced[which] = total;
            const shown = columns({ advanced: total, payeeAccount });
            await store.project({
              workflowId,
              state: stateAt(n + 1),
              columns: shown,
              actor: 'system',
              at: noon + n,
            });
          } else if (what === 'net') {
            const intent = captureOf(workflowId, { key });
            await store.intend(intent, function* (s) {
              yield* net(s, { operationKey: key, account: payeeAccount, currency: 'usd', most: amount });
            });
            keys.push(key);
          } else if (what === 'giveBack') {
            const given = keys.shift();
            if (given === undefined) continue;
            const done = { ...captured(workflowId), ...nothingMoved, key: given, state: null, columns: null };
            await store.settle(done);
            expect(await either(n + 1).nettedBy(given)).toBe(0);
          } else {
            const answer = await close(store, `${prefix}_${which}`);
            expect(answer).toBeLessThanOrEqual(advanced[which] ?? 0);
          }
          const back = await recovered(store, ...[0, 1, 2].map((one) => `${prefix}_${one}`));
          for (const [one, sum] of back.entries()) expect(sum).toBeLessThanOrEqual(advanced[one] ?? 0);
          const kept = await Promise.all(keys.map((one) => either(n + 1).nettedBy(one)));
          expect(kept.reduce((sum, one) => sum + one, 0)).toBe(back.reduce((sum, one) => sum + one, 0));
        }
      }),
      { numRuns: 40 },
    );
  });
});
