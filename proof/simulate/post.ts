import { createSweep } from '../../activities/gap-sweep.ts';
import type { Ports } from '../../activities/tasks.ts';
import { alertAgedDebts } from '../../api/aged-debts.ts';
import { sweepOverdue } from '../../api/overdue.ts';
import type { ApiPorts } from '../../api/ports.ts';
import { drainInbox } from '../../api/webhooks/drain.ts';
import { receiveEvent } from '../../api/webhooks/receive.ts';
import { AppError } from '../../domain/errors.ts';
import { isKnownEvent } from '../../domain/stripe-events.ts';
import type { Instant } from '../../domain/time.ts';
import { within } from './caller.ts';
import type { Ground } from './ground.ts';
import { Died, Mortal } from './mortal.ts';
import type { Appointment } from './timetable.ts';

/** Everything a process of the house is given, as the API and the worker take it. */
export type HousePorts = ApiPorts & Ports;

/** Webhooks that nobody ever gets although Stripe was told they arrived, those that come twice, and those nobody answers. */
const lostRate = 0.3;
const twiceRate = 0.5;
const unansweredRate = 0.1;
const latestMs = 120_000;
/** A copy that comes within Stripe's own tolerance is believed. */
const secondCopyWithinMs = 280_000;

const minuteMs = 60_000;
const sweepEveryMs = 15 * minuteMs;
/** A drain that died leaves its events leased for this long. */
const leaseMs = 21_000;
const drainEveryMs = 1_000;
/** Where nothing died nothing is overdue; the safety net is still thrown now and then. */
const overdueEveryMs = 12 * 3_600_000;
const sweepAttempts = 12;
const longestSweepRetryMs = 10_000;

/** Brings Stripe's events to the house through its real inbox, and runs what looks after leftovers. */
export class Post {
  readonly #ground: Ground;
  readonly #portsOf: (process: Mortal) => HousePorts;
  readonly #toldAt = new Map<string, Instant>();
  #drain: Appointment | null = null;
  #waits: Instant[] = [];
  #sweep: Appointment | null = null;

  constructor(ground: Ground, portsOf: (process: Mortal) => HousePorts) {
    this.#ground = ground;
    this.#portsOf = portsOf;
  }

  /** Takes one delivery of Stripe's; answers the status that Stripe is told, 0 where nobody answers. */
  readonly send = async (url: string, headers: Record<string, string>, body: string): Promise<number> => {
    const { timetable, trouble, trace, coverage } = this.#ground;
    const type = /"type":"([a-z_.]+)"\}$/.exec(body)?.[1] ?? 'event';
    const about = /"(?:workflow_id|transfer_group)":"([a-z]+:[^"]+)"/.exec(body)?.[1] ?? 'stripe';
    const name = `${about}/webhook ${type}`;
    const isLost = trouble.strikes(`${name} lost`, lostRate);
    const isUnanswered = !isLost && trouble.strikes(`${name} unanswered`, unansweredRate);
    coverage.count('webhook', type, isLost ? 'lost' : isUnanswered ? 'unanswered' : 'delivered');
    if (isLost || isUnanswered) {
      trace.tell(about, `webhook ${type} is ${isLost ? 'lost' : 'not answered'}`);
      if (isKnownEvent(type)) this.#sweepSoon();
      return isLost ? 200 : 0;
    }
    const isTwice = trouble.strikes(`${name} twice`, twiceRate);
    await timetable.sleep(latestMs * trouble.share(`${about}/webhook late`) ** 3);
    const deliver = (): Promise<number> => this.#deliver(about, type, url, headers['stripe-signature'], body);
    if (isTwice)
      timetable.after(secondCopyWithinMs * trouble.share(`${about}/second copy`), () => void deliver());
    return await deliver();
  };

  async #deliver(about: string, type: string, url: string, signature: string | undefined, body: string): Promise<number> {
    const { timetable, trace, violate } = this.#ground;
    const endpoint = url.endsWith('connect') ? 'connect' : 'platform';
    try {
      const { fresh, isDue } = await this.asApi(about, (ports) =>
        receiveEvent(ports, endpoint, new TextEncoder().encode(body), signature),
      );
      trace.tell(about, `webhook ${type} ${fresh ? 'arrives' : 'arrives again'}`);
      if (isDue) this.drainAt(timetable.now());
      return 200;
    } catch (error) {
      if (error instanceof AppError) return 400;
      if (!(error instanceof Died)) violate('bug', about, `receiving ${type} threw ${String(error)}`);
      this.drainAt(timetable.now() + drainEveryMs);
      this.#sweepSoon();
      return 0;
    }
  } // prettier-ignore

  /** Runs work as a process of the API, which may die of it. */
  async asApi<T>(about: string, work: (ports: HousePorts) => Promise<T>): Promise<T> {
    const { trouble, trace, timetable } = this.#ground;
    const process = new Mortal(`${about}/api`, trouble, () => {
      trace.tell(about, 'the API dies');
      timetable.after(2 * minuteMs, () => void this.#lookForOverdue());
    });
    return await within({ life: about, process }, {}, () => work(this.#portsOf(process)));
  }

  /** Has the inbox looked through at this time, or sooner. */
  drainAt(at: Instant): void {
    this.#waits.push(at);
    this.#book();
  }

  #book(): void {
    const next = Math.min(...this.#waits);
    if (next === Infinity || (this.#drain !== null && this.#drain.at <= next)) return;
    this.#drain?.callOff();
    this.#drain = this.#ground.timetable.at(next, () => {
      this.#drain = null;
      void this.#drained();
    });
  }

  async #drained(): Promise<void> {
    const { timetable, violate } = this.#ground;
    const now = timetable.now();
    this.#waits = this.#waits.filter((at) => at > now);
    try {
      await this.asApi('inbox', drainInbox);
    } catch (error) {
      if (!(error instanceof Died)) violate('bug', 'inbox', `draining threw ${String(error)}`);
      this.drainAt(timetable.now() + drainEveryMs);
      this.drainAt(timetable.now() + leaseMs);
    }
    this.#book();
  }

  /** Events that never came are fetched a quarter of an hour later at most. A sweep that could find nothing is left out. */
  #sweepSoon(): void {
    const { timetable } = this.#ground;
    if (this.#sweep !== null) return;
    const at = (Math.floor(timetable.now() / sweepEveryMs) + 1) * sweepEveryMs;
    this.#sweep = timetable.at(at, () => {
      this.#sweep = null;
      void this.sweep();
    });
  }

  /** One gap sweep, tried again as its policy says. */
  async sweep(attempt = 1): Promise<void> {
    const { timetable, trouble, trace } = this.#ground;
    const process = new Mortal('gap-sweep', trouble, () => trace.tell('gap-sweep', 'the worker dies'));
    try {
      const { sweepGaps } = createSweep(this.#portsOf(process));
      const added = await within({ life: 'gap-sweep', process }, { attempt }, sweepGaps);
      trace.tell('gap-sweep', `finds ${added}`);
      if (added > 0) this.drainAt(timetable.now() + drainEveryMs);
    } catch {
      if (attempt >= sweepAttempts) this.#sweepSoon();
      else timetable.after(Math.min(longestSweepRetryMs, 1_000 * 2 ** (attempt - 1)), () => void this.sweep(attempt + 1));
    }
  } // prettier-ignore

  /** Looks for overdue agreements every now and then, as long as the world lasts. */
  keepWatch(): void {
    void this.#lookForOverdue();
    this.#ground.timetable.after(overdueEveryMs, () => this.keepWatch());
  }

  async #lookForOverdue(): Promise<void> {
    try {
      await this.asApi('overdue', async (ports) => {
        await sweepOverdue(ports, {}, this.#toldAt);
        await alertAgedDebts(ports);
      });
    } catch (error) {
      const isExpected = error instanceof Died || error instanceof AppError;
      if (!isExpected) this.#ground.violate('bug', 'overdue', `the sweep threw ${String(error)}`);
    }
  }

  /** Looks once at once, for whoever waits for the end. */
  readonly lookNow = (): Promise<void> => this.#lookForOverdue();
}
