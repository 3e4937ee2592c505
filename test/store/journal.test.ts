import { describe, expect, it } from 'vitest';
import { appendAudit } from '../../store/audit.ts';
import { intend } from '../../store/journal.ts';
import { Overtaken, settle } from '../../store/settlement.ts';
import { captured, captureOf, columns, lesson, newFile, noon, openBooks, stateAt } from './sample-books.ts';

const workflowId = 'lesson:les_1';
const key = `${workflowId}:capture`;

describe('the journal of money moves', () => {
  it('writes an intent once, also when twenty attempts ask at the same time', async () => {
    const file = newFile();
    const [here, there] = [openBooks(file), openBooks(file)];
    const either = (n: number) => (n % 2 === 0 ? here : there);
    const asked = Array.from({ length: 20 }, (_, n) => either(n).intend(captureOf(workflowId)));
    const answers = await Promise.all(asked);
    expect(answers.filter((answer) => answer.fresh)).toHaveLength(1);
    expect(answers.every((answer) => answer.operation.generation === 1)).toBe(true);
    expect((await here.listAudit({ limit: 50 })).rows.map(({ action }) => action)).toEqual(['intent']);
  });

  it('stops where one key would stand for two different moves', async () => {
    const store = openBooks();
    await store.intend(captureOf(workflowId));
    await expect(store.intend(captureOf(workflowId, { paramsHash: 'hash of 451' }))).rejects.toThrow(
      /Broken invariant/,
    );
    await expect(store.intend(captureOf(workflowId, { kind: 'refund' }))).rejects.toThrow(/Broken invariant/);
    await expect(store.intend(captureOf(workflowId, { key: 'lesson:les_2:capture' }))).rejects.toThrow(
      /belongs to/,
    );
    expect(await store.findOperation(key)).toMatchObject({ kind: 'capture', paramsHash: 'hash of 450' });
  });

  it('gives out a new idempotency key once per generation, and says why in the audit', async () => {
    const store = openBooks();
    await store.intend(captureOf(workflowId));
    const renewal = { key, generation: 1, reason: 'replayed 500; fresh read shows no capture', at: noon + 5 };
    const both = await Promise.all([store.renew(renewal), store.renew(renewal)]);
    expect(both.map(({ renewed }) => renewed)).toEqual([true, false]);
    expect(both.map(({ operation }) => operation.generation)).toEqual([2, 2]);
    const { rows } = await store.listAudit({ action: 'new_generation', limit: 10 });
    expect(rows).toMatchObject([
      { reason: renewal.reason, before: { generation: 1 }, after: { generation: 2 } },
    ]);

    await store.settle(captured(workflowId));
    expect((await store.renew({ ...renewal, generation: 2 })).renewed).toBe(false);
  });

  it('leaves exactly two audit rows that name the operation for one money effect, and one transaction each', async () => {
    const store = openBooks();
    await store.createAgreement(lesson('les_1'));
    const before = store.transactions;
    await store.intend(captureOf(workflowId));
    await store.settle(captured(workflowId));
    expect(store.transactions - before).toBe(2);
    const { rows } = await store.listAudit({ operationKey: key, limit: 10 });
    expect(rows.map(({ action, actor, stripeRequestId }) => [action, actor, stripeRequestId])).toEqual([
      ['effect', 'system', 'req_1'],
      ['intent', 'system', null],
    ]);
    expect(await store.verifyAudit()).toBeNull();
  });

  it('books everything that is true together: outcome, ledger, owner, lists and message', async () => {
    const store = openBooks();
    await store.createAgreement(lesson('les_1'), captureOf(workflowId));
    const message = {
      kind: 'receipt',
      to: 'stu_1',
      subject: 'Paid',
      text: 'Thank you',
      agreement: workflowId,
    };
    const { settled } = await store.settle(captured(workflowId, { notifications: [message] }));
    expect(settled).toBe(true);
    expect(await store.findOperation(key)).toMatchObject({
      status: 'done',
      result: 'effect',
      outcome: { type: 'captured', at: noon },
      stripeIds: ['pi_1', 'ch_1'],
      requestId: 'req_1',
      finishedAt: noon + 1,
    });
    expect(await store.ledgerBalances(workflowId)).toEqual([
      { account: 'fee', currency: 'usd', amount: 90 },
      { account: 'held', currency: 'usd', amount: 360 },
      { account: 'payer', currency: 'usd', amount: -450 },
    ]);
    expect(await store.ownerOf('pi_1')).toBe(workflowId);
    expect(await store.ownerOf('pi_2')).toBeNull();
    expect(await store.findAgreement(workflowId)).toMatchObject({
      rev: 1,
      status: 'completed',
      paymentState: 'captured',
    });
    expect((await store.listMessages({ limit: 10 })).rows).toMatchObject([{ ...message, sentAt: null }]);
  });

  it('moves money once when an operation is settled twice, and answers the first outcome', async () => {
    const file = newFile();
    const [here, there] = [openBooks(file), openBooks(file)];
    await here.createAgreement(lesson('les_1'), captureOf(workflowId));
    const late = captured(workflowId, {
      outcome: { type: 'declined', at: noon + 9 },
      result: 'none',
      ledger: [],
      state: stateAt(7),
    });
    const [first, second] = await Promise.all([here.settle(captured(workflowId)), there.settle(late)]);
    expect([first.settled, second.settled]).toEqual([true, false]);
    expect(second.operation).toEqual(first.operation);
    expect(await there.listLedger(workflowId)).toHaveLength(3);
    expect(await there.findAgreement(workflowId)).toMatchObject({ rev: 1 });
    expect((await there.listAudit({ operationKey: key, limit: 10 })).rows).toHaveLength(2);
  });

  it('writes nothing where another worker ended an operation since the books were read', async () => {
    const file = newFile();
    const [here, there] = [openBooks(file), openBooks(file)];
    await here.createAgreement(lesson('les_1'), captureOf(workflowId));
    const adoption = captureOf(workflowId, { key: `${workflowId}:adoption:1`, kind: 'adoption' });
    const found = { ...captured(workflowId, { ended: 0 }), key: adoption.key };
    await here.settle(captured(workflowId, { ended: 0 }));
    await expect(there.record(adoption, found)).rejects.toThrow(Overtaken);
    expect(await there.findOperation(adoption.key)).toBeNull();
    expect(await there.listLedger(workflowId)).toHaveLength(3);
    expect((await there.record(adoption, { ...found, ended: 1 })).settled).toBe(true);
    expect(await there.findOperation(adoption.key)).toMatchObject({ status: 'done', result: 'effect' });
    expect(await there.listLedger(workflowId)).toHaveLength(6);
    expect(await there.verifyAudit()).toBeNull();
  });

  it('refuses ledger lines that make or lose money, and leaves nothing of that settlement behind', async () => {
    const store = openBooks();
    await store.createAgreement(lesson('les_1'), captureOf(workflowId));
    const before = {
      agreement: await store.findAgreement(workflowId),
      operation: await store.findOperation(key),
    };
    const transactions = store.transactions;
    const lines = [
      { account: 'payer', currency: 'usd', amount: -450 },
      { account: 'held', currency: 'usd', amount: 449 },
      { account: 'fee', currency: 'eur', amount: 1 },
    ];
    await expect(store.settle(captured(workflowId, { ledger: lines }))).rejects.toThrow(
      /sum to zero, not to -1 usd/,
    );
    const fraction = [
      { account: 'payer', currency: 'usd', amount: -0.5 },
      { account: 'held', currency: 'usd', amount: 0.5 },
    ];
    await expect(store.settle(captured(workflowId, { ledger: fraction }))).rejects.toThrow(/whole number/);
    await expect(store.settle(captured(workflowId, { result: 'none' }))).rejects.toThrow(/moved no money/);

    expect(await store.findAgreement(workflowId)).toEqual(before.agreement);
    expect(await store.findOperation(key)).toEqual(before.operation);
    expect(await store.ledgerBalances()).toEqual([]);
    expect(await store.ownerOf('pi_1')).toBeNull();
    expect((await store.listAudit({ limit: 10 })).rows.map(({ action }) => action)).toEqual(['intent']);
    expect(store.transactions).toBe(transactions);
  });

  it('refuses to finish what was never intended', async () => {
    const store = openBooks();
    await expect(store.settle(captured(workflowId))).rejects.toThrow(/was intended before it is finished/);
  });

  it('keeps the first owner of an object at Stripe', async () => {
    const store = openBooks();
    await store.own('lesson:les_1', [{ objectId: 'pi_1', kind: 'payment_intent' }], noon);
    await store.own('lesson:les_2', [{ objectId: 'pi_1', kind: 'payment_intent' }], noon);
    expect(await store.ownerOf('pi_1')).toBe('lesson:les_1');
  });

  it('rolls joined work back as a whole when its last piece fails', async () => {
    const store = openBooks();
    const joined = store.transact(function* (session) {
      yield* appendAudit(session, { at: noon, actor: 'op_1', action: 'capture', subject: workflowId });
      yield* intend(session, captureOf(workflowId));
      return yield* settle(session, captured(workflowId, { key: `${workflowId}:other`, columns: columns() }));
    });
    await expect(joined).rejects.toThrow(/Broken invariant/);
    expect(await store.findOperation(key)).toBeNull();
    expect((await store.listAudit({ limit: 10 })).rows).toEqual([]);
    expect(store.transactions).toBe(0);
  });
});
