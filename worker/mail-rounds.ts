import { setTimeout as pause } from 'node:timers/promises';
import { consoleMail } from '../activities/notifications/console-mail.ts';
import { sendDue } from '../activities/notifications/send-due.ts';
import type { SendPorts } from '../activities/notifications/send-due.ts';
import { smtpMail } from '../activities/notifications/smtp.ts';
import type { Config } from './config.ts';

/** A person who waits for a mail feels no second; a query a second costs a database nothing. */
const everyMs = 1_000;

/** The process must be gone 15 s after Ctrl-C; a mail cut off then is sent again under the same Message-ID. */
const lastMailMs = 8_000;

/** Mail that keeps being sent. */
export interface MailRounds {
  /** Lets the mail under way be taken, within reason; nothing is begun after it. */
  stop(): Promise<void>;
}

/** Sends what the outbox owes people, at once and then every second, until stopped. */
export function startMailRounds(
  { smtp, adminEmail }: Config['mail'],
  process: Pick<SendPorts, 'store' | 'clock' | 'log'>,
): MailRounds {
  const mailer = smtp === null ? consoleMail(process.log) : smtpMail(smtp);
  const stopping = new AbortController();
  const { signal } = stopping;
  const rounds = async (): Promise<void> => {
    while (!signal.aborted) {
      try {
        const tried = await sendDue({ ...process, mailer, adminEmail });
        if (tried > 0) continue;
      } catch (error) {
        process.log.error({ err: error }, 'a mail round failed; there is another in a second');
      }
      await pause(everyMs, undefined, { signal }).catch(() => undefined);
    }
  };
  const ended = rounds();
  return {
    async stop() {
      stopping.abort();
      await Promise.race([ended, pause(lastMailMs, undefined, { ref: false })]);
    },
  };
}
