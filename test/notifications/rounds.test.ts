import { pino } from 'pino';
import { describe, expect, it, vi } from 'vitest';
import { startMailRounds } from '../../worker/mail-rounds.ts';
import { ConfigProblems, readConfig } from '../../worker/config.ts';
import type { ProcessRole } from '../../worker/config.ts';
import { noon, openBooks } from '../store/sample-books.ts';
import { openMailServer } from './mail-server.ts';
import { actionNeeded, messages, tell } from './post-office.ts';

const clock = { now: () => noon };

function logOf() {
  const lines: string[] = [];
  return { lines, log: pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) }) };
}

describe('the mail rounds of a worker', () => {
  it('tell a person within seconds of the change they are told of', async () => {
    const [store, server] = [openBooks(), await openMailServer()];
    const smtp = { url: server.url, from: 'no-reply@pay.example.org' };
    const rounds = startMailRounds({ smtp, adminEmail: null }, { store, clock, log: logOf().log });
    await tell(store, [actionNeeded]);
    await vi.waitUntil(() => server.mails.length === 1, { timeout: 90_000, interval: 20 });
    await rounds.stop();
    expect(await messages(store)).toMatchObject([{ sentAt: noon }]);
  });

  it('end with the mail under way taken and noted, and begin no other', async () => {
    const [store, server] = [openBooks(), await openMailServer({ answerAfterMs: 700 })];
    const smtp = { url: server.url, from: 'no-reply@pay.example.org' };
    await tell(store, [actionNeeded]);
    const rounds = startMailRounds({ smtp, adminEmail: null }, { store, clock, log: logOf().log });
    await vi.waitUntil(() => server.mails.length === 1, { timeout: 90_000, interval: 20 });
    expect(await messages(store)).toMatchObject([{ sentAt: null }]);
    await rounds.stop();
    expect(await messages(store)).toMatchObject([{ sentAt: noon }]);
    await tell(store, [actionNeeded, { ...actionNeeded, at: noon + 1 }], 2);
    await new Promise((resolve) => setTimeout(resolve, 1_500));
    expect(server.mails).toHaveLength(1);
  });

  it('show mail in the log where there is no server, without the address', async () => {
    const store = openBooks();
    await tell(store, [actionNeeded]);
    const { log, lines } = logOf();
    const rounds = startMailRounds({ smtp: null, adminEmail: null }, { store, clock, log });
    await vi.waitUntil(() => lines.length > 0, { timeout: 90_000, interval: 20 });
    await rounds.stop();
    expect(lines.join('')).toContain('Please confirm your payment: lesson les_1');
    expect(lines.join('')).not.toContain('@');
    expect(await messages(store)).toMatchObject([{ sentAt: noon }]);
  });
});

describe('the mail settings', () => {
  const nobody = { jwt: '', webhook: '', connectWebhook: '' };
  const problems = (variables: Record<string, string>, role: ProcessRole): string => {
    try {
      readConfig(variables, role, () => nobody);
    } catch (error) {
      if (error instanceof ConfigProblems) return error.problems.join('\n');
      throw error;
    }
    return '';
  };
  const smtp = {
    SMTP_URL: 'smtps://user:password@mail.example.org',
    MAIL_FROM: 'Holdfast <no-reply@example.org>',
  };

  it('keep a worker with a live key from starting where nobody could be told anything', () => {
    const live = { STRIPE_SECRET_KEY: 'rk_live_abc' };
    expect(problems(live, 'worker')).toMatch(/^SMTP_URL is missing/);
    expect(problems({ ...live, ...smtp }, 'worker')).toBe('');
    expect(problems({ STRIPE_SECRET_KEY: 'sk_test_abc' }, 'worker')).toBe('');
  });

  it.each([
    ['a server without a sender', { SMTP_URL: smtp.SMTP_URL }, /^MAIL_FROM is missing/],
    ['a server that speaks no SMTP', { ...smtp, SMTP_URL: 'https://mail.example.org' }, /^SMTP_URL must be/],
    ['a sender without an address', { ...smtp, MAIL_FROM: 'Holdfast' }, /^MAIL_FROM must be/],
    [
      'a sender with a line of its own',
      { ...smtp, MAIL_FROM: 'A\r\nBcc: b@c.d <a@b.c>' },
      /^MAIL_FROM must be/,
    ],
    ['an admin without an address', { HOLDFAST_ADMIN_EMAIL: 'ops' }, /^HOLDFAST_ADMIN_EMAIL must be/],
  ])('refuse %s, and never show the password', (_, variables, why) => {
    const told = problems(variables, 'worker');
    expect(told).toMatch(why);
    expect(told).not.toContain('password');
  });

  it('are read as one piece', () => {
    const { mail } = readConfig({ ...smtp, HOLDFAST_ADMIN_EMAIL: 'ops@example.org' }, 'worker', () => nobody);
    expect(mail).toEqual({
      smtp: { url: smtp.SMTP_URL, from: smtp.MAIL_FROM },
      adminEmail: 'ops@example.org',
    });
  });
});
