import type { Logger } from 'pino';
import type { Clock } from '../../domain/clock.ts';
import { noAddress } from '../../store/notices.ts';
import type { MessageInContext, SendResult } from '../../store/outbox.ts';
import type { Store } from '../../store/store.ts';
import { addressOf, letterOf } from './letter.ts';
import type { Mailer } from './mail.ts';
import { MailRefused } from './mail.ts';
import { longestAttemptMs } from './smtp.ts';

/** What sending is built on. */
export interface SendPorts {
  readonly store: Store;
  readonly mailer: Mailer;
  readonly clock: Clock;
  readonly log: Logger;
  /** Who is told of alerts; null: nobody by mail. */
  readonly adminEmail: string | null;
}

/** All of a batch is sent at once: few connections to the server, and no message waits in a process that may die. */
const atOnce = 5;

/** Others take over what a dead process had in hand; twice the longest attempt, so that they never take what is under way. */
const leaseMs = 2 * longestAttemptMs;

/** Soon for a hiccup, then long enough for a night without a mail server: after some 15 hours a person is told. */
const backoffMs = [60_000, 5 * 60_000, 30 * 60_000, 2 * 3_600_000, 12 * 3_600_000];

/**
 * Sends a batch of what is due and answers how many it tried. Any number of processes may do so together. A message is
 * sent once, unless the process dies in the moment between the server's yes and the note of it: then it is sent again
 * when the lease ends, under the same Message-ID.
 */
export async function sendDue(ports: SendPorts): Promise<number> {
  const { store, clock } = ports;
  const now = clock.now();
  const [due] = await store.dueMessages({ now, limit: 1 });
  if (due === undefined) return 0;
  const messages = await store.claimMessages({ now, until: now + leaseMs, limit: atOnce });
  const sent = await Promise.allSettled(
    messages.map(async (message) => sendOne(ports, await store.messageInContext(message))),
  );
  for (const one of sent) if (one.status === 'rejected') throw one.reason;
  return messages.length;
}

async function sendOne(ports: SendPorts, inContext: MessageInContext): Promise<void> {
  // Noted outside the attempt: a yes that cannot be written down is no failure to send, and waits for its lease.
  await ports.store.markMessage(await attempt(ports, inContext));
}

/** Hands one message to the mail server and answers what came of it. */
async function attempt(
  { mailer, clock, log, adminEmail }: SendPorts,
  inContext: MessageInContext,
): Promise<SendResult> {
  const { id, attempts } = inContext.message;
  try {
    const to = addressOf(inContext, adminEmail);
    const words = letterOf(inContext);
    if (to === null || words === null) {
      return { id, at: clock.now(), sent: false, error: noAddress, nextAttemptAt: null };
    }
    await mailer.send({ id, to, ...words });
    return { id, at: clock.now(), sent: true, words };
  } catch (failure) {
    const at = clock.now();
    const delayMs = failure instanceof MailRefused ? undefined : backoffMs[attempts];
    const error = failure instanceof Error ? failure.message : 'unknown';
    log.warn({ message: id, error, isFinal: delayMs === undefined }, 'a message was not sent');
    return { id, at, sent: false, error, nextAttemptAt: delayMs === undefined ? null : at + delayMs };
  }
}
