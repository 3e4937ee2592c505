import { describe, expect, it } from 'vitest';
import { columns, noon, openBooks, stateAt } from '../store/sample-books.ts';
import { openMailServer } from './mail-server.ts';
import {
  actionNeeded,
  messages,
  minuteMs,
  sendAll,
  sender,
  standingClock,
  tell,
  workflowId,
} from './post-office.ts';

describe('mail to people', () => {
  it('reaches either side once, in words that the outbox keeps', async () => {
    const [store, server] = [openBooks(), await openMailServer()];
    await tell(store, [actionNeeded, { kind: 'dispute_filed', to: 'payee', at: noon }]);
    const ports = sender(store, server.url);
    expect(await sendAll(ports)).toBe(2);
    expect(await sendAll(ports)).toBe(0);

    const [toStudent] = server.mails.filter(({ to }) => to === 's@example.org');
    const [toTutor] = server.mails.filter(({ to }) => to === 't@example.org');
    expect(server.mails).toHaveLength(2);
    expect(toStudent).toMatchObject({
      from: 'no-reply@pay.example.org',
      subject: 'Please confirm your payment: lesson les_1',
    });
    expect(toStudent?.text).toContain('USD 4.50');
    expect(toStudent?.headers).toMatchObject({ 'auto-submitted': 'auto-generated' });
    expect(toTutor?.subject).toBe('Complaint filed: lesson les_1');
    const kept = await messages(store);
    expect(
      kept.every(({ sentAt, attempts, error }) => sentAt === noon && attempts === 1 && error === null),
    ).toBe(true);
    expect(kept.map(({ subject }) => subject)).toEqual(
      expect.arrayContaining([toStudent?.subject, toTutor?.subject]),
    );
  });

  it('says what is true when it is sent, not when it came to be owed', async () => {
    const [store, server] = [openBooks(), await openMailServer()];
    await tell(store, [{ kind: 'dispute_filed', to: 'payer', at: noon }]);
    const state = stateAt(2);
    await store.project({ workflowId, state, columns: columns({ amount: 900 }), actor: 'system', at: noon });
    await sendAll(sender(store, server.url));
    expect(server.mails.map(({ text }) => text.includes('USD 9.00'))).toEqual([true]);
  });

  it('is not tried again where the server knows no such mailbox; an alert tells that somebody was not told', async () => {
    const [store, server] = [openBooks(), await openMailServer({ refuse: () => 550 })];
    await tell(store, [actionNeeded]);
    const ports = sender(store, server.url);
    await sendAll(ports);
    ports.clock.forward(1_000 * minuteMs);
    await sendAll(ports);
    expect(server.attempted).toEqual(['s@example.org']);
    const kept = new Map((await messages(store)).map((message) => [message.kind, message]));
    const never = { sentAt: null, nextAttemptAt: null };
    const error = 'the mail server answered 550 to RCPT TO';
    expect(kept.get('action_needed')).toMatchObject({ ...never, attempts: 1, error });
    expect(kept.get('admin_alert')).toMatchObject({ ...never, error: 'no address' });
    expect((await store.listAlerts({ limit: 5 })).rows).toMatchObject([
      { type: 'NOTIFICATION_FAILED', severity: 'high', subject: workflowId, count: 1 },
    ]);
  });

  it('is sent later and once where the server is too busy now', async () => {
    let isBusy = true;
    const server = await openMailServer({ refuse: () => (isBusy ? 451 : undefined) });
    const store = openBooks();
    await tell(store, [actionNeeded]);
    const ports = sender(store, server.url);
    await sendAll(ports);
    isBusy = false;
    ports.clock.forward(minuteMs);
    expect(await sendAll(ports)).toBe(1);
    expect(server.mails).toHaveLength(1);
    expect((await store.listAlerts({ limit: 5 })).rows).toEqual([]);
  });

  it('waits longer and longer for a server that is away, and arrives once when it is back', async () => {
    const gone = await openMailServer();
    await gone.close();
    const store = openBooks();
    await tell(store, [actionNeeded]);
    const ports = sender(store, gone.url);
    for (const waitMs of [minuteMs, 5 * minuteMs, 30 * minuteMs, 120 * minuteMs]) {
      expect(await sendAll(ports)).toBe(1);
      ports.clock.forward(waitMs - 1);
      expect(await sendAll(ports)).toBe(0);
      ports.clock.forward(1);
    }
    const server = await openMailServer({ port: gone.port });
    expect(await sendAll(ports)).toBe(1);
    expect(server.mails).toHaveLength(1);
    expect(await messages(store)).toMatchObject([{ attempts: 5, error: null, sentAt: ports.clock.now() }]);
  });

  it('is given up after fifteen hours without a server, kept with its error, and told to people', async () => {
    const gone = await openMailServer();
    await gone.close();
    const store = openBooks();
    await tell(store, [actionNeeded]);
    const ports = sender(store, gone.url);
    let tries = await sendAll(ports);
    for (let hours = 0; hours < 48; hours += 1) {
      ports.clock.forward(60 * minuteMs);
      tries += await sendAll(ports);
    }
    const [message] = await messages(store);
    expect(message).toMatchObject({ attempts: 6, sentAt: null, nextAttemptAt: null });
    expect(message?.error).toContain('gave no answer');
    expect((await store.listAlerts({ limit: 5 })).rows).toMatchObject([
      { type: 'NOTIFICATION_FAILED', count: 1 },
    ]);
    // The sixth try of the mail, and the one look at the alert's own, which has no address.
    expect(tries).toBe(7);
  });

  it('is not lost with a server that takes it and never answers', async () => {
    const silent = await openMailServer({ isSilent: true });
    const store = openBooks();
    await tell(store, [actionNeeded]);
    const ports = sender(store, silent.url, { attemptMs: 500 });
    await sendAll(ports);
    expect(await messages(store)).toMatchObject([
      { attempts: 1, sentAt: null, nextAttemptAt: noon + minuteMs },
    ]);
    const server = await openMailServer();
    await sendAll(sender(store, server.url, { clock: standingClock(noon + minuteMs) }));
    expect(server.mails.map(({ messageId }) => messageId)).toEqual(
      silent.mails.map(({ messageId }) => messageId),
    );
  });

  it('keeps addresses out of the log and out of what is kept of a failure', async () => {
    const [store, server] = [openBooks(), await openMailServer({ refuse: () => 550 })];
    await tell(store, [actionNeeded]);
    const ports = sender(store, server.url);
    await sendAll(ports);
    expect(ports.lines.join('')).toContain('a message was not sent');
    const kept = JSON.stringify([await messages(store), (await store.listAlerts({ limit: 5 })).rows]);
    expect(`${ports.lines.join('')}${kept}`).not.toContain('@example.org');
  });
});

describe('mail to the people who run the house', () => {
  it('tells each alert of weight once, when it is opened', async () => {
    const [store, server] = [openBooks(), await openMailServer()];
    const parked = { type: 'PARKED', subject: workflowId, message: 'Stripe refused', at: noon } as const;
    await store.raiseAlert(parked);
    await store.raiseAlert(parked);
    await store.raiseAlert({ ...parked, type: 'CHARGE_REFUNDED' });
    await sendAll(sender(store, server.url, { adminEmail: 'ops@example.org' }));
    expect(server.mails).toMatchObject([
      { to: 'ops@example.org', subject: 'Alert (high): PARKED lesson:les_1' },
    ]);
    expect(server.mails[0]?.text).toContain('Stripe refused');
  });

  it('breeds no mail about mail about mail when their own address is refused', async () => {
    const [store, server] = [openBooks(), await openMailServer({ refuse: () => 550 })];
    await store.raiseAlert({ type: 'ORPHAN', subject: 'pi_1', message: 'nobody owns it', at: noon });
    await sendAll(sender(store, server.url, { adminEmail: 'ops@example.org' }));
    expect(server.attempted).toHaveLength(2);
    const open = (await store.listAlerts({ type: 'NOTIFICATION_FAILED', limit: 5 })).rows;
    expect(open).toMatchObject([{ subject: 'admin_alert', count: 2 }]);
  });
});
