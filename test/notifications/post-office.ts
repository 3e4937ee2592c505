import { pino } from 'pino';
import type { SendPorts } from '../../activities/notifications/send-due.ts';
import { sendDue } from '../../activities/notifications/send-due.ts';
import { smtpMail } from '../../activities/notifications/smtp.ts';
import type { Notice } from '../../domain/machine.ts';
import type { Store } from '../../store/store.ts';
import { columns, lesson, noon, stateAt } from '../store/sample-books.ts';

export const minuteMs = 60_000;

/** The lesson whose people are told something: a student and a tutor, each with an address. */
export const workflowId = 'lesson:les_1';

const people = {
  student: { name: 'S', email: 's@example.org', timeZone: 'Europe/Berlin' },
  tutor: { name: 'T', email: 't@example.org' },
};

/** A clock that stands until it is moved. */
export function standingClock(at = noon) {
  let now = at;
  return { now: () => now, forward: (byMs: number) => void (now += byMs) };
}

/** How a sender differs from the usual one. */
interface SenderChoices {
  readonly adminEmail?: string;
  readonly attemptMs?: number;
  readonly clock?: ReturnType<typeof standingClock>;
}

/** What a sender of this store is built on, with a log that keeps its lines. */
export function sender(store: Store, url: string, choices: SenderChoices = {}) {
  const { adminEmail = null, attemptMs = 5_000, clock = standingClock() } = choices;
  const lines: string[] = [];
  const log = pino({ level: 'debug' }, { write: (line: string) => void lines.push(line) });
  const mailer = smtpMail({ url, from: 'Holdfast <no-reply@pay.example.org>', attemptMs });
  return { store, mailer, log, lines, clock, adminEmail };
}

/** Sends until nothing is due and answers how many tries that took. */
export async function sendAll(ports: SendPorts): Promise<number> {
  let tries = 0;
  for (let batch = await sendDue(ports); batch > 0; batch = await sendDue(ports)) tries += batch;
  return tries;
}

/** Begins the lesson and has its story owe these notices. */
export async function tell(store: Store, notices: readonly Notice[], rev = 1): Promise<void> {
  await store.createAgreement(lesson('les_1', { contacts: people }));
  await store.project({
    workflowId,
    state: stateAt(rev, { notices }),
    columns: columns(),
    actor: 'system',
    at: noon,
  });
}

/** The notice that the student is to confirm the payment. */
export const actionNeeded: Notice = { kind: 'action_needed', to: 'payer', at: noon };

/** Everything in the outbox, oldest first. */
export const messages = async (store: Store) => (await store.listMessages({ limit: 100 })).rows.toReversed();
