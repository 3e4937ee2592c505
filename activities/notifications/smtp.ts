import { createTransport } from 'nodemailer';
import type { Mail, Mailer } from './mail.ts';
import { MailNotTaken, MailRefused } from './mail.ts';

/** Where the mail server is and in whose name mail is sent. */
export interface SmtpOptions {
  /** smtp:// or smtps://, with user and password where the server asks for them. */
  readonly url: string;
  readonly from: string;
  /** Less than the house gives an attempt, so that a test can outlast it. */
  readonly attemptMs?: number;
}

/** A server that greets slowly is no broken one; a whole attempt that takes a minute is. */
export const longestAttemptMs = 60_000;

/** Sends through an SMTP server, one connection for each mail; an attempt ends within `attemptMs`, one way or another. */
export function smtpMail({ url, from, attemptMs = longestAttemptMs }: SmtpOptions): Mailer {
  const transport = createTransport({
    url,
    connectionTimeout: attemptMs,
    greetingTimeout: attemptMs,
    socketTimeout: attemptMs,
    disableFileAccess: true,
    disableUrlAccess: true,
  });
  return {
    async send({ id, to, subject, text }: Mail): Promise<void> {
      try {
        await transport.sendMail({
          from,
          // As an object, so that nothing in an address can add another recipient.
          to: { name: '', address: to },
          subject,
          text,
          // The same for every attempt: a mail that is sent twice is recognised as one.
          messageId: messageIdOf(id, from),
          headers: { 'Auto-Submitted': 'auto-generated' },
          signal: AbortSignal.timeout(attemptMs),
        });
      } catch (error) {
        throw failureOf(error);
      }
    },
  };
}

const messageIdOf = (id: string, from: string): string =>
  `<${id}@${/@([^\s<>@]+)>?\s*$/.exec(from)?.[1] ?? 'holdfast.invalid'}>`;

/** The commands whose refusal is about this message; another one's is about us, and an operator can change it. */
const aboutTheMessage = new Set(['RCPT TO', 'DATA']);

/** What went wrong, in codes only: a server's own words often repeat the address. */
function failureOf(error: unknown): Error {
  const { code, command, responseCode } = error as {
    readonly code?: unknown;
    readonly command?: unknown;
    readonly responseCode?: unknown;
  };
  const stage = typeof command === 'string' ? command : 'CONN';
  if (typeof responseCode === 'number') {
    const why = `the mail server answered ${responseCode} to ${stage}`;
    return responseCode >= 500 && aboutTheMessage.has(stage) ? new MailRefused(why) : new MailNotTaken(why);
  }
  return new MailNotTaken(`the mail server gave no answer (${typeof code === 'string' ? code : stage})`);
}
