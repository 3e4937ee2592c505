import type { World } from './world.ts';
import type { Appointment, Due } from './schedule.ts';
import { attempt, type Send } from '../webhooks/delivery.ts';
import { policyOf, shuffled } from '../webhooks/policy.ts';

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

/** One delivery on its way; `done` settles when its attempt is over. */
interface Job {
  readonly appointment: Appointment;
  readonly done: Promise<void>;
  readonly finish: () => void;
}

/** Lets scheduled things happen: by the passing of wall time, and by travel. */
export class Timeline {
  readonly #hands: Hands;
  readonly #jobs = new Set<Job>();
  #ready: Job[] = [];
  #underway = 0;
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
        this.#queue(appointment);
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

  /** Waits for the deliveries that are under way or waiting now, not for those that others cause meanwhile. */
  async settled(): Promise<void> {
    const now = [...this.#jobs];
    this.#startDeliveries();
    await Promise.all(now.map((job) => job.done));
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
    for (const job of this.#jobs) job.finish();
    this.#ready = [];
  }

  #queue(appointment: Appointment): void {
    let finish: () => void = () => undefined;
    const done = new Promise<void>((resolve) => {
      finish = resolve;
    });
    const job = { appointment, done, finish };
    this.#jobs.add(job);
    this.#ready.push(job);
  }

  #startDeliveries(): void {
    const { world } = this.#hands;
    if (this.#ready.length > 1 && policyOf(world).shuffle) this.#ready = shuffled(world, this.#ready);
    while (this.#ready.length > 0 && this.#underway < deliveriesTogether) {
      const job = this.#ready.shift();
      if (job === undefined || this.#closed) return;
      this.#underway++;
      void this.#deliver(job);
    }
  }

  async #deliver(job: Job): Promise<void> {
    const { world, send, commit } = this.#hands;
    try {
      await attempt(world, job.appointment.subject, send);
    } finally {
      this.#underway--;
      this.#jobs.delete(job);
      world.schedule.done(job.appointment);
      commit();
      this.wake();
      job.finish();
    }
  }
}
