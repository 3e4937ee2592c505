import { describe, expect, it } from 'vitest';
import { defaultLessonPolicy } from '../../domain/policy.ts';
import type { NewAccount } from '../../store/accounts.ts';
import { newFile, noon, openBooks } from './sample-books.ts';

describe('policies', () => {
  it('has the built-in terms as version 1 of default, and keeps what people made of it', async () => {
    const file = newFile();
    const store = openBooks(file);
    expect(await store.latestPolicy('default')).toMatchObject({
      version: 1,
      kind: 'lesson',
      terms: defaultLessonPolicy,
    });
    const terms = { ...defaultLessonPolicy, platformFeeBps: 1500 };
    await store.putPolicy({ id: 'default', terms, by: 'adm_1', at: noon });
    await store.close();
    const reopened = openBooks(file);
    expect(await reopened.latestPolicy('default')).toMatchObject({ version: 2, terms, createdBy: 'adm_1' });
    expect(await reopened.policy('default', 1)).toMatchObject({ terms: defaultLessonPolicy });
    expect(await reopened.policy('default', 3)).toBeNull();
  });

  it('makes a new version of new terms only, and an audit row of each', async () => {
    const store = openBooks();
    const put = (platformFeeBps: number) =>
      store.putPolicy({
        id: 'gold',
        terms: { ...defaultLessonPolicy, platformFeeBps },
        by: 'adm_1',
        at: noon,
      });
    const made = [await put(1000), await put(1000), await put(900), await put(1000)];
    expect(made.map(({ created, policy }) => [created, policy.version])).toEqual([
      [true, 1],
      [false, 1],
      [true, 2],
      [true, 3],
    ]);
    const { rows } = await store.listAudit({ subject: 'policy:gold', limit: 10 });
    expect(rows.map(({ actor, action }) => `${actor} ${action}`)).toEqual(
      Array(3).fill('adm_1 policy_changed'),
    );
    const newest = await store.listPolicies();
    expect(newest.map(({ id, version }) => [id, version])).toEqual([
      ['booking:default', 1],
      ['default', 1],
      ['gold', 3],
    ]);
  });
});

describe('the travelled clock', () => {
  it('never goes back, for no process and after no restart', async () => {
    const file = newFile();
    const [here, there] = [openBooks(file), openBooks(file)];
    expect(await here.clockOffsetMs()).toBe(0);
    expect(await here.setClockOffsetMs(60_000)).toBe(60_000);
    expect(await there.setClockOffsetMs(30_000)).toBe(60_000);
    expect(await there.clockOffsetMs()).toBe(60_000);
    await here.close();
    expect(await openBooks(file).clockOffsetMs()).toBe(60_000);
  });
});

describe('payees and payers', () => {
  const account: NewAccount = {
    id: 'tut_1',
    stripeAccountId: null,
    email: 't@example.org',
    country: 'US',
    type: 'express',
    status: 'pending',
    transfersEnabled: false,
    payoutsEnabled: false,
    payoutSchedule: 'manual',
    onboarding: null,
    inputHash: 'first',
    at: noon,
  };

  it('stays frozen when Stripe has news about the account', async () => {
    const store = openBooks();
    await store.claimAccount(account);
    await store.updateAccount('tut_1', { frozen: true }, noon + 1);
    const news = { stripeAccountId: 'acct_1', status: 'configured', transfersEnabled: true } as const;
    await store.updateAccount('tut_1', news, noon + 2);
    const { at: _at, ...told } = account;
    expect(await store.findAccountByStripeId('acct_1')).toEqual({
      ...told,
      ...news,
      frozen: true,
      createdAt: noon,
      updatedAt: noon + 2,
    });
    expect(await store.updateAccount('tut_9', { frozen: true }, noon)).toBeNull();
    expect(await store.findAccount('tut_9')).toBeNull();
    expect((await store.listAccounts({ limit: 5 })).rows).toHaveLength(1);
  });

  it('belongs to whoever claimed its id first', async () => {
    const store = openBooks();
    const first = await store.claimAccount(account);
    const second = await store.claimAccount({ ...account, country: 'DE', inputHash: 'other', at: noon + 1 });
    expect(second).toEqual(first);
    expect(await store.isAccountUnderWay(noon)).toBe(true);
    expect(await store.isAccountUnderWay(noon + 1)).toBe(false);
    await store.updateAccount('tut_1', { stripeAccountId: 'acct_1' }, noon + 2);
    expect(await store.isAccountUnderWay(noon)).toBe(false);
  });

  it('refuses two payees on one connected account', async () => {
    const store = openBooks();
    await store.claimAccount({ ...account, stripeAccountId: 'acct_1' });
    const twice = store.claimAccount({ ...account, id: 'tut_2', stripeAccountId: 'acct_1' });
    await expect(twice).rejects.toThrow(/UNIQUE/);
    expect(await store.findAccount('tut_2')).toBeNull();
  });

  it('keeps the first customer of a payer', async () => {
    const store = openBooks();
    await store.putCustomer({ personId: 'stu_1', stripeCustomerId: 'cus_1', createdAt: noon });
    const second = await store.putCustomer({ personId: 'stu_1', stripeCustomerId: 'cus_2', createdAt: noon });
    expect(second.stripeCustomerId).toBe('cus_1');
    expect(await store.findCustomer('stu_1')).toEqual(second);
    expect(await store.findCustomer('stu_2')).toBeNull();
  });
});

describe('the outbox', () => {
  it('offers a message until it is sent, and counts the tries', async () => {
    const store = openBooks();
    const message = { kind: 'receipt', to: 'stu_1', subject: 'Paid', text: 'Thank you', agreement: null };
    await store.enqueueMessages([message], noon);
    const due = (now: number) => store.dueMessages({ now, limit: 5 });
    expect(await due(noon - 1)).toEqual([]);
    const id = (await due(noon))[0]?.id ?? '';
    await store.markMessage({
      id,
      at: noon,
      sent: false,
      error: 'mail server refused',
      nextAttemptAt: noon + 10,
    });
    expect(await due(noon + 9)).toEqual([]);
    expect(await due(noon + 10)).toMatchObject([{ attempts: 1, error: 'mail server refused' }]);
    expect(await store.markMessage({ id, at: noon + 11, sent: true })).toBe(true);
    expect(await store.markMessage({ id, at: noon + 12, sent: true })).toBe(false);
    expect(await due(noon + 99)).toEqual([]);
    expect((await store.listMessages({ limit: 5 })).rows).toMatchObject([
      { sentAt: noon + 11, attempts: 2, error: null },
    ]);
  });
});
