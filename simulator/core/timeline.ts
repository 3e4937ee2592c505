import type { World } from './world.ts';
import type { Due } from './schedule.ts';
import { attempt, type Send } from '../webhooks/delivery.ts';
import { chance, policyOf } from '../webhooks/policy.ts';

/** What each kind of appointment does when its time has come; deliveries are the timeline's own. */
export type DueHandlers = Record<Exclude<Due, 'deliver'>, (world: World, subject: string) => void>;

/** setTimeout counts in 32 bits; a longer wait is simply taken in pieces. */
const longestTimerMs = 2 ** 31 - 1;

/** Deliveries that may be under way together, so that one slow listener does not hold up the others for ever. */
const deliveriesTogether = 16;

interface Hands {
  readonly world: World;
  readonly handlers: DueHandlers;
  readonly send: Send;
  readonly commit: () => void;
}

/** Lets scheduled things happen: by the passing of wall time, and by travel. */
export class Timeline {
  readonly #hands: Hands;
  readonly #underway = new Set<Promise<void>>();
  #ready: (() => Promise<void>)[] = [];
  #timer: NodeJS.Timeout | undefined;
  #timerAt = Infinity;
  #travel: Promise<void> = Promise.resolve();
  #closed = false;

  constructor(hands: Hands) {
    this.#hands = hands;
  }

  /** Executes everything that is due now; deliveries are started, not awaited. */
  catchUp(): void {
    const { world, handlers } = this.#hands;
    const now = world.clock.now();
    for (let due = world.schedule.takeDue(now); due !== undefined; due = world.schedule.takeDue(now)) {
      const appointment = due;
      if (appointment.kind === 'deliver') {
        this.#ready.push(async () => {
          await attempt(world, appointment.subject, this.#hands.send);
          world.schedule.done(appointment);
          this.#hands.commit();
          this.wake();
        });
        continue;
      }
      handlers[appointment.kind](world, appointment.subject);
      world.schedule.done(appointment);
    }
  }

  /** Commits, starts what is ready to be sent and sets the timer for what comes next. */
  wake(): void {
    if (this.#closed) return;
    this.#hands.commit();
    this.#startDeliveries();
    const next = this.#hands.world.schedule.next();
    if (next === undefined || next.at === this.#timerAt) return;
    clearTimeout(this.#timer);
    this.#timerAt = next.at;
    const wait = Math.min(Math.max(next.at - this.#hands.world.clock.now(), 0), longestTimerMs);
    this.#timer = setTimeout(() => {
      this.#timerAt = Infinity;
      this.catchUp();
      this.wake();
    }, wait);
    this.#timer.unref();
  }

  /** Moves time forward step by step, executing what comes due in order and waiting for the deliveries of each step. */
  async advance(ms: number): Promise<void> {
    const journey = this.#travel.then(async () => {
      const { world } = this.#hands;
      const target = world.clock.now() + ms;
      for (
        let next = world.schedule.next();
        next !== undefined && next.at <= target;
        next = world.schedule.next()
      ) {
        world.clock.moveTo(next.at);
        this.catchUp();
        this.wake();
        await this.settled();
      }
      world.clock.moveTo(target);
      this.catchUp();
      this.wake();
      await this.settled();
    });
    this.#travel = journey.catch(() => undefined);
    return journey;
  }

  /** Waits until no delivery is under way. */
  async settled(): Promise<void> {
    while (this.#underway.size > 0 || this.#ready.length > 0) {
      this.#startDeliveries();
      await Promise.all(this.#underway);
    }
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    this.#ready = [];
  }

  #startDeliveries(): void {
    if (this.#ready.length > 1 && policyOf(this.#hands.world).shuffle)
      this.#ready = this.#ready
        .map((start) => ({ start, key: chance(this.#hands.world) }))
        .sort((a, b) => a.key - b.key)
        .map((pair) => pair.start);
    while (this.#ready.length > 0 && this.#underway.size < deliveriesTogether) {
      const start = this.#ready.shift();
      if (start === undefined) return;
      const run: Promise<void> = start().finally(() => {
        this.#underway.delete(run);
        this.#startDeliveries();
      });
      this.#underway.add(run);
    }
  }
}
