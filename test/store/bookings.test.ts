import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Seat } from '../../domain/machine.ts';
import type { NewProvider } from '../../store/providers.ts';
import type { SeatRequest } from '../../store/seats.ts';
import type { Store } from '../../store/store.ts';
import { captureOf, columns, lesson, newFile, noon, openBooks, stateAt } from './sample-books.ts';

const slot = 'prv_1:7:noon';
const later = 'prv_1:7:later';

/** Two processes on one file, taking turns. */
function twoBooks() {
  const file = newFile();
  const [here, there] = [openBooks(file), openBooks(file)];
  return { here, there, either: (n: number) => (n % 2 === 0 ? here : there) };
}

const seatOf = (id: string, more: Partial<SeatRequest> = {}): SeatRequest => ({
  workflowId: `lesson:${id}`,
  slot,
  seats: 1,
  label: null,
  at: noon,
  ...more,
});

const book = (store: Store, id: string, seats: number, label: string | null = null) =>
  store.createAgreement(
    lesson(id, { columns: columns({ seat: { slot, label } }) }),
    captureOf(`lesson:${id}`),
    { slot, seats, label },
  );

const tell = (store: Store, id: string, rev: number, seat: Seat | null) =>
  store.project({
    workflowId: `lesson:${id}`,
    state: stateAt(rev),
    columns: columns({ seat }),
    actor: 'system',
    at: noon + rev,
  });

const whoSits = async (store: Store, at: string = slot) =>
  (await store.listSeats(at)).map(({ workflowId }) => workflowId);

describe('the seats of a slot', () => {
  it('are sold once each, however many pay for the last one at the same moment', async () => {
    const { here, there, either } = twoBooks();
    const answers = await Promise.all(Array.from({ length: 20 }, (_, n) => book(either(n), `b_${n}`, 3)));
    const refused = answers.filter(({ row }) => row === null);
    expect(refused).toEqual(Array(17).fill({ created: false, row: null, seat: 'full' }));
    const sold = answers.flatMap(({ row }) => (row === null ? [] : [row.workflowId]));
    expect((await whoSits(there)).sort()).toEqual(sold.sort());
    expect((await here.listAgreements({ limit: 50 })).rows).toHaveLength(3);
    expect(await here.findOperation('lesson:b_19:capture')).toBeNull();
    expect(here.transactions + there.transactions).toBe(3);
  });

  it('are not sold again to a payer who asks again, also when the slot is full or theirs was freed', async () => {
    const { here, there } = twoBooks();
    expect(await book(here, 'b_1', 1)).toMatchObject({ created: true });
    expect(await book(there, 'b_1', 1)).toMatchObject({ created: false, row: { id: 'b_1' } });
    expect(await there.listSeats(slot)).toEqual([{ workflowId: 'lesson:b_1', label: null }]);
    await tell(here, 'b_1', 1, null);
    expect(await book(there, 'b_1', 1)).toMatchObject({ created: false, row: { id: 'b_1' } });
    expect(await there.listSeats(slot)).toEqual([]);
  });

  it('give one label to one payer, while seats without a label share the slot', async () => {
    const { here, there, either } = twoBooks();
    const answers = await Promise.all(
      Array.from({ length: 4 }, (_, n) => book(either(n), `b_${n}`, 9, 'A1')),
    );
    expect(answers.filter(({ created }) => created)).toHaveLength(1);
    expect(answers[3]).toEqual({ created: false, row: null, seat: 'label_taken' });
    expect(await book(there, 'plain_1', 9)).toMatchObject({ created: true });
    expect(await book(here, 'plain_2', 9)).toMatchObject({ created: true });
    expect(await book(here, 'b_9', 9, 'A2')).toMatchObject({ created: true });
    const labels = (await here.listSeats(slot)).map(({ label }) => label ?? 'none');
    expect(labels.sort()).toEqual(['A1', 'A2', 'none', 'none']);
  });

  it('are free for the next payer once the story takes none, and only then', async () => {
    const { here, there } = twoBooks();
    await book(here, 'b_1', 1);
    await tell(here, 'b_1', 2, { slot, label: null });
    expect(await tell(there, 'b_1', 1, null)).toBe(false);
    expect(await book(there, 'b_2', 1)).toMatchObject({ seat: 'full' });
    await tell(here, 'b_1', 3, null);
    expect(await book(there, 'b_2', 1)).toMatchObject({ created: true });
    expect(await tell(here, 'b_1', 2, { slot, label: null })).toBe(false);
    expect(await whoSits(here)).toEqual(['lesson:b_2']);
  });
});

describe('a move to another slot', () => {
  it('keeps the new seat while older news of the story arrives, and frees the old one when it is made', async () => {
    const { here, there } = twoBooks();
    await book(here, 'b_1', 1);
    expect(await here.reserveSeat(seatOf('b_1', { slot: later }))).toBe('taken');
    await tell(here, 'b_1', 1, { slot, label: null });
    expect(await there.reserveSeat(seatOf('b_2', { slot: later }))).toBe('full');
    expect(await whoSits(there)).toEqual(['lesson:b_1']);
    await tell(there, 'b_1', 2, { slot: later, label: null });
    expect([await whoSits(here), await whoSits(here, later)]).toEqual([[], ['lesson:b_1']]);
    await here.releaseSeat({ workflowId: 'lesson:b_1', slot: later });
    expect(await whoSits(here, later)).toEqual(['lesson:b_1']);
  });

  it('gives the new seat back when it is refused, and never the one the payer has', async () => {
    const { here, there } = twoBooks();
    await book(here, 'b_1', 1);
    await here.reserveSeat(seatOf('b_1', { slot: later }));
    await here.releaseSeat({ workflowId: 'lesson:b_1', slot: later });
    expect(await there.reserveSeat(seatOf('b_2', { slot: later }))).toBe('taken');
    expect(await here.reserveSeat(seatOf('b_1'))).toBe('taken');
    await here.releaseSeat({ workflowId: 'lesson:b_1', slot });
    expect(await whoSits(there)).toEqual(['lesson:b_1']);
  });

  it('leaves no seat behind when the booking is cancelled in the middle of it', async () => {
    const { here, there } = twoBooks();
    await book(here, 'b_1', 1);
    await there.reserveSeat(seatOf('b_1', { slot: later }));
    await tell(here, 'b_1', 1, null);
    expect([await whoSits(there), await whoSits(there, later)]).toEqual([[], []]);
  });

  it('never seats more people than a slot has, whatever they book, move, give up or drop', async () => {
    const { either } = twoBooks();
    const step = fc.record({
      who: fc.nat({ max: 5 }),
      what: fc.constantFrom('move', 'move', 'reserve', 'reserve', 'stale', 'stale', 'release', 'end'),
      to: fc.constantFrom(slot, later),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 60 }), async (steps) => {
        run += 1;
        const seats = 2;
        const named = (place: string) => `${place}:${run}`;
        const at = new Map<number, { rev: number; slot: string | null; promised: string | null }>();
        for (const [n, { who, what, to }] of steps.entries()) {
          const [store, id] = [either(n), `r${run}_${who}`];
          const [workflowId, place] = [`lesson:${id}`, named(to)];
          const wanted = { slot: place, seats, label: null };
          const now = at.get(who);
          if (now === undefined) {
            const { created } = await store.createAgreement(
              lesson(id, { columns: columns({ seat: { slot: place, label: null } }) }),
              undefined,
              wanted,
            );
            if (created) at.set(who, { rev: 0, slot: place, promised: null });
          } else if (now.slot !== null) {
            const rev = now.rev + 1;
            if (what === 'reserve') {
              const answer = await store.reserveSeat({ ...wanted, workflowId, at: noon + n });
              at.set(who, { ...now, promised: answer === 'taken' ? place : now.promised });
              continue;
            }
            if (what === 'release') await store.releaseSeat({ workflowId, slot: place });
            const promised = what === 'release' && now.promised === place ? null : now.promised;
            // A story that was promised a seat moves there whenever it gets to it, and asks nobody again.
            const goesTo = what === 'end' ? null : what === 'move' ? (promised ?? now.slot) : now.slot;
            await tell(store, id, rev, goesTo === null ? null : { slot: goesTo, label: null });
            at.set(who, { rev, slot: goesTo, promised: goesTo === promised ? null : promised });
          }
          for (const shown of [named(slot), named(later)]) {
            const sitting = await whoSits(either(n + 1), shown);
            expect(sitting.length).toBeLessThanOrEqual(seats);
            for (const [other, { slot: theirs }] of at) {
              if (theirs === shown) expect(sitting).toContain(`lesson:r${run}_${other}`);
            }
          }
        }
      }),
      { numRuns: 40 },
    );
  });
});

describe('providers', () => {
  const provider: NewProvider = {
    id: 'prv_1',
    username: 'ada',
    account: 'acc_1',
    defaultPrice: 5_000,
    currency: 'usd',
    eventTypes: [{ id: 7, title: 'Hour', price: null, duration: 60, seats: 2 }],
    inputHash: 'first',
    at: noon,
  };

  it('belong to whoever claimed the id first, and nobody takes a username that leads to their money', async () => {
    const { here, there } = twoBooks();
    const first = await here.claimProvider(provider);
    expect(first).toMatchObject({ account: 'acc_1', eventTypes: provider.eventTypes, createdAt: noon });
    const again = { ...provider, username: 'eve', account: 'acc_2', inputHash: 'other', at: noon + 1 };
    expect(await there.claimProvider(again)).toEqual(first);
    const thief = there.claimProvider({ ...provider, id: 'prv_2', account: 'acc_2' });
    await expect(thief).rejects.toMatchObject({ code: 'id_conflict' });
    expect(await there.findProvider('prv_2')).toBeNull();
    expect(await there.findProvider('prv_1')).toEqual(first);
    expect(await there.findProviderByUsername('ada')).toEqual(first);
    expect(await there.findProviderByUsername('eve')).toBeNull();
  });

  it('are listed newest first, each once', async () => {
    const store = openBooks();
    for (const n of [1, 2, 3]) {
      await store.claimProvider({ ...provider, id: `prv_${n}`, username: `name_${n}`, at: noon + n });
    }
    const { rows, nextCursor } = await store.listProviders({ limit: 2 });
    expect(rows.map(({ id }) => id)).toEqual(['prv_3', 'prv_2']);
    const rest = await store.listProviders({ limit: 2, cursor: nextCursor });
    expect([rest.rows.map(({ id }) => id), rest.nextCursor]).toEqual([['prv_1'], null]);
  });
});

describe('money that an admin stops', () => {
  const why = { by: 'adm_1', reason: 'looks like fraud', at: noon };

  it('stays stopped for one account until it is let go, with who and why in the audit log once each', async () => {
    const { here, there } = twoBooks();
    const known = { stripeAccountId: null, email: 't@example.org', country: 'US', type: 'express', status: 'pending', transfersEnabled: false, payoutsEnabled: false, payoutSchedule: 'manual', onboarding: null, inputHash: 'first', at: noon } as const; // prettier-ignore
    await here.claimAccount({ id: 'tut_1', ...known });
    const freeze = (frozen: boolean) => ({ id: 'tut_1', frozen, ...why });
    await Promise.all([here.setFrozen(freeze(true)), there.setFrozen(freeze(true))]);
    expect(await there.findAccount('tut_1')).toMatchObject({ frozen: true });
    expect(await there.setFrozen(freeze(false))).toMatchObject({ frozen: false });
    expect(await here.setFrozen({ ...freeze(true), id: 'tut_9' })).toBeNull();
    const trail = (await here.listAudit({ limit: 10 })).rows;
    expect(trail.map(({ action }) => action)).toEqual(['account_unfrozen', 'account_frozen']);
    expect(trail[1]).toMatchObject({
      actor: 'adm_1',
      subject: 'tut_1',
      reason: 'looks like fraud',
      before: { frozen: false },
      after: { frozen: true },
    });
  });

  it('stays stopped for everybody, in every process, until it is let go', async () => {
    const { here, there } = twoBooks();
    expect(await there.isFrozenAll()).toBe(false);
    expect([await here.freezeAll(why), await there.freezeAll(why)]).toEqual([true, false]);
    expect(await there.isFrozenAll()).toBe(true);
    expect([await there.unfreezeAll(why), await here.unfreezeAll(why)]).toEqual([true, false]);
    expect(await here.isFrozenAll()).toBe(false);
    const trail = (await here.listAudit({ subject: 'accounts', limit: 10 })).rows;
    expect(trail.map(({ action, actor, reason }) => `${action} ${actor} ${reason}`)).toEqual([
      'accounts_unfrozen adm_1 looks like fraud',
      'accounts_frozen adm_1 looks like fraud',
    ]);
    expect(await here.clockOffsetMs()).toBe(0);
  });

  it('goes on with what became due first when an account is ready again', async () => {
    const store = openBooks();
    const waiting = async (id: string, settlesAt: number) =>
      store.createAgreement(lesson(id, { columns: columns({ settlesAt, waitsFor: 'account' }) }));
    await waiting('due_last', noon + 9);
    await waiting('b_due_first', noon + 1);
    await waiting('a_due_first', noon + 1);
    const due = await store.listOpenByAccount('tut_acct_1', 'account');
    expect(due.map(({ id }) => id)).toEqual(['a_due_first', 'b_due_first', 'due_last']);
  });
});
