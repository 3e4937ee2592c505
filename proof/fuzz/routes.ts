import { attack } from './attack.ts';
import type { Attempt } from './attempt.ts';
import { asCurl } from './attempt.ts';
import { doorsOf } from './doors.ts';
import { accuse, bookLesson, bookPaid, openCheckout, payee, provider, settle, tomorrow } from './ground.ts';
import type { Bag, Hunting } from './hunt.ts';
import { Broken, hunt } from './hunt.ts';
import type { Known } from './known.ts';
import { describedAt } from './operations.ts';
import { requestsTo } from './requests.ts';
import { Rows, grown } from './rows.ts';
import { credentialsOf } from './target.ts';
import type { Target } from './target.ts';
import type { Outcome } from './wire.ts';

const names = (prefix: string, count: number): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}_${index + 1}`);

/** Lays down stories in several states, under the same names in every house. */
export async function layGround(target: Target, series: string): Promise<Known> {
  const doors = doorsOf(target, await credentialsOf(target));
  const hour = tomorrow(target);
  await settle(doors);
  const lessons = names(`les_${series}`, 4);
  const [declined = ''] = lessons;
  for (const id of lessons) await bookLesson(doors, id, hour, id === declined ? 'pm_card_chargeDeclined' : undefined);
  const bookings = names(`bkg_${series}`, 3);
  const [unpaid = '', disputed = '', ...paid] = bookings;
  const opened = await openCheckout(doors, unpaid, hour);
  const dispute = await accuse(doors, await bookPaid(doors, disputed, hour));
  for (const id of paid) await bookPaid(doors, id, hour);
  const [accounts, providers, policies] = [[payee], [provider], ['default']];
  const sessions = [opened.payment.sessionId ?? ''];
  return { now: target.clock.now(), accounts, providers, policies, lessons, bookings, disputes: [dispute], sessions };
} // prettier-ignore

/** What a hunt has reached: how often each status was answered, and by which operations something was done. */
export interface Reached {
  readonly statuses: ReadonlyMap<string, number>;
  readonly operations: ReadonlySet<string>;
}

/** Asks everything that can be asked, rightly and wrongly, and holds every answer against what is promised of all. */
export async function huntRoutes(target: Target, known: Known, hunting: Hunting): Promise<Bag & Reached> {
  const credentials = await credentialsOf(target);
  const attempts = requestsTo(await describedAt(target.apiUrl), known);
  const rows = new Rows(target.databaseFile);
  const statuses = new Map<string, number>();
  const operations = new Set<string>();
  const send = (attempt: Attempt) => attack(target, attempt, credentials[attempt.bearer]);
  try {
    const bag = await hunt(attempts, hunting, async (attempt) => {
      const before = rows.count();
      const { outcome, wrong } = await send(attempt);
      const word = outcome.kind === 'answered' ? String(outcome.reply.status) : outcome.kind;
      statuses.set(word, (statuses.get(word) ?? 0) + 1);
      if (word.startsWith('2') && attempt.operation.startsWith(`${attempt.method} `)) operations.add(attempt.operation);
      const left = wrong ?? (await leftBehind(outcome, before, async () => (await send(attempt)).outcome));
      if (left !== null) throw new Broken(`${left}\n${asCurl(target.apiUrl, attempt)}`);
    });
    return { ...bag, statuses, operations };
  } finally {
    rows.close();
  }

  /** Stories go on meanwhile and write: only what a refusal leaves behind again, in a quiet house, is its own. */
  async function leftBehind(
    outcome: Outcome,
    before: ReturnType<Rows['count']>,
    again: () => Promise<Outcome>,
  ): Promise<string | null> {
    if (!isRefused(outcome) || grown(before, rows.count()) === null) return null;
    const quiet = await rows.atRest();
    if (!isRefused(await again())) return null;
    const left = grown(quiet, rows.count());
    return left === null ? null : `a refused request left rows behind: ${left}`;
  }
} // prettier-ignore

const isRefused = (outcome: Outcome): boolean =>
  outcome.kind === 'answered' && outcome.reply.status >= 400 && outcome.reply.status < 500;
